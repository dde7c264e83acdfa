"""What trackio does with a server of its own: usage: URL FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import trackio
from gradio_client import handle_file
from trackio.remote_client import RemoteClient, is_transient_remote_error

from tests.compat.packages.telling import tell, tell_who_answered

URL, FOLDER = sys.argv[1], Path(sys.argv[2])
NOBODY = "http://127.0.0.1:9"


def upload(remote: Any, note: Path) -> list[Any]:
    """Send a file that lies in a dict in a list, and return what came of it."""
    entry = {"project": "alone", "relative_path": "x", "uploaded_file": handle_file(note)}
    remote.predict(api_name="/bulk_upload_media", uploads=[entry], hf_token=None)
    return came(remote, "alone", "uploads")


def came(remote: Any, project: str, what: str) -> Any:
    return remote.predict(project, what, api_name="/received")


def dead() -> list[Any]:
    try:
        RemoteClient(NOBODY)
    except ConnectionError as error:
        return [str(error).splitlines()[0], is_transient_remote_error(error.__cause__)]
    return ["it connected"]


def run(remote: Any, note: Path) -> list[Any]:
    """Log from a whole run, and return what the server has of it."""
    server = f"{URL}?write_token=tok"
    trackio.init(
        project="p1", name="run-b", server_url=server, embed=False, auto_log_gpu=False, auto_log_cpu=False
    )
    trackio.log({"loss": 0.5})
    trackio.save(str(note))
    # finish() gives up after some seconds when it could not even connect: wait until it has.
    logs = came(remote, "p1", "logs")
    trackio.finish()
    return [logs, came(remote, "p1", "uploads"), came(remote, "p1", "tokens")[-1]]


def main() -> None:
    note = FOLDER / "note.txt"
    note.write_text("hello file\n")
    remote: Any = RemoteClient(URL)
    tell("its client", lambda: type(remote._client).__name__)
    tell("projects", lambda: remote.predict(api_name="/get_all_projects"))
    tell("runs", lambda: remote.predict("p1", api_name="/get_runs_for_project"))
    log = {"project": "alone", "run": "r", "metrics": {"a": 1}}
    tell("a log", lambda: remote.predict(api_name="/bulk_log", logs=[log], hf_token=None))
    tell("the log there", lambda: came(remote, "alone", "logs"))
    tell("a file in a list", lambda: upload(remote, note))
    tell("an endpoint that is not there", lambda: remote.predict(api_name="/nope"))
    tell("nobody there", dead)
    tell("a run", lambda: run(remote, note))
    tell_who_answered()


main()
