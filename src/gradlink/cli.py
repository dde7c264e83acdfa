"""The command line: ``gradlink generate`` writes a module with types for an app."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import cast

from gradlink._local.terminal import show
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._text import one_line
from gradlink.errors import GradlinkError


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a command; return the exit code. Errors are one line on standard error."""
    chosen = _parser().parse_args(arguments)
    try:
        _write(_generate(chosen), chosen.output)
    except (GradlinkError, OSError) as exc:
        _say(str(exc))
        return 1
    return 0


def _write(text: str, output: str) -> None:
    if output == "-":
        show(text, end="")
        return
    Path(output).write_text(text, encoding="utf-8")
    _say(f"wrote {output}")


def _say(text: str) -> None:
    show(f"gradlink: {one_line(text)}", file=sys.stderr)


def _generate(chosen: argparse.Namespace) -> str:
    # Late, so that --help answers at once.
    from gradlink._protocol.schema import read_app
    from gradlink.client import Client
    from gradlink.codegen.typescript import typescript_module

    auth = tuple(chosen.auth.split(":", 1)) if chosen.auth else None
    with Client(chosen.app, token=chosen.token, auth=auth, verbose=False) as client:
        target = "app.ts" if chosen.output == "-" else chosen.output
        info = cast("JSONObject", client.view_api(all_endpoints=True, print_info=False, return_format="dict"))
        return typescript_module(read_app(client.config, info), chosen.app, target)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="gradlink", description="Tools for callers of Gradio apps.")
    commands = parser.add_subparsers(dest="command", required=True)
    generate = commands.add_parser("generate", help="write a module with types for the endpoints of an app")
    generate.add_argument("app", help="URL of the app, or name of a Space")
    generate.add_argument("--lang", choices=["ts"], required=True, help="language of the module")
    generate.add_argument(
        "-o", "--output", default="-", metavar="FILE", help="where to; standard output by default"
    )
    generate.add_argument("--token", help="Hugging Face token of a private Space; HF_TOKEN is used anyway")
    generate.add_argument("--auth", metavar="USER:PASSWORD", help="login of the app")
    return parser
