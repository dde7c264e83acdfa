"""The local Hub as a program: prints its address, then serves until Ctrl-C, or until its standard input ends."""

from __future__ import annotations

import argparse
import sys
import threading
from contextlib import suppress

from gradlink.testing.hub.server import LocalHub

DESCRIPTION = """
Run a Hugging Face Hub on this machine. The first line that it prints is its URL, for HF_ENDPOINT.
GET URL/_control/requests lists what it was asked (…/requests/hub, …/requests/user/name: of one place);
POST URL/_control/spaces, accounts, answers, forget and stages/user/name take JSON objects with the options of
add_space(), add_account(), answer_next(), forget() and {"stages": [...]}.
"""


def pair(text: str) -> tuple[str, str]:
    """Return the two sides of ``name=value``."""
    name, equals, value = text.partition("=")
    if not (name and equals and value):
        raise argparse.ArgumentTypeError(f"{text!r} is not of the form name=value")
    return name, value


def main(arguments: list[str] | None = None) -> None:
    """Serve a Hub as the command line says."""
    parser = argparse.ArgumentParser("gradlink.testing.hub", description=DESCRIPTION)
    parser.add_argument("--port", type=int, default=0, help="port to listen on; 0 takes a free one")
    parser.add_argument("--space", type=pair, action="append", default=[], metavar="USER/NAME=URL")
    parser.add_argument("--private", action="append", default=[], metavar="USER/NAME")
    parser.add_argument(
        "--stages", type=pair, action="append", default=[], metavar="USER/NAME=STAGE,STAGE,...",
        help="stages, one for each time somebody asks; the last one stays",
    )  # fmt: skip
    parser.add_argument("--account", type=pair, action="append", default=[], metavar="NAME=TOKEN")
    parser.add_argument("--until-stdin-ends", action="store_true", help="stop when standard input is closed")
    options = parser.parse_args(arguments)
    stages = dict(options.stages)
    with suppress(KeyboardInterrupt), LocalHub(options.port) as hub:
        for name, token in options.account:
            hub.add_account(name, token)
        for space_id, url in options.space:
            script = stages.get(space_id, "RUNNING").split(",")
            hub.add_space(space_id, url, private=space_id in options.private, stages=script)
        print(hub.url, flush=True)  # noqa: T201  # what whoever starts it waits for
        if options.until_stdin_ends:
            sys.stdin.read()
        else:
            threading.Event().wait()


if __name__ == "__main__":
    main()
