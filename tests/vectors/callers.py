"""What the caller of a whole call does, with Python's clients, against a server that replays a recording."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Any

from gradlink import Retries
from gradlink._protocol.schema import read_app
from gradlink.errors import GradlinkError
from tests.live.shells import Shell, SyncShell
from tests.vectors.cases import app
from tests.vectors.readings import arguments, error
from tests.vectors.replay import replaying

NO_RETRY = Retries(count=0)


def play(given: Any, shell: Shell | None = None) -> Any:
    """Perform a call; return the requests that were made and what its caller got."""
    caller = given["caller"]
    with tempfile.TemporaryDirectory() as folder, replaying(given) as (url, replay):
        options = {"download_files": folder, "retries": NO_RETRY}
        with (shell or SyncShell())(url, **options) as client:
            args = [arguments(value) for value in caller.get("args", [])]
            kwargs = {name: arguments(value) for name, value in caller.get("kwargs", {}).items()}
            got: dict[str, Any]
            try:
                if caller["do"] == "iterate":
                    job = client.submit(*args, api_name=caller["api_name"], **kwargs)
                    got = {"outputs": [_values(value, given) for value in job]}
                else:
                    value = client.predict(*args, api_name=caller["api_name"], **kwargs)
                    got = {"values": _values(value, given)}
            except GradlinkError as exc:
                got = error(exc)
        return {"requests": replay.calls, "result": got}


def _values(value: Any, given: Any) -> list[Any]:
    """Return what a caller got as a list of values: Python gives a single one bare."""
    endpoint = read_app(*app(given["app"])).find(given["caller"]["api_name"], None)
    shown = _shown(value)
    values: list[Any] = [shown] if endpoint.skipped_outputs.count(False) == 1 else shown
    return values


def _shown(value: Any) -> Any:
    """Return a value with the content of its files in place of their paths on this machine."""
    match value:
        case str() if Path(value).is_absolute() and Path(value).is_file():
            return {"$file": Path(value).name, "text": Path(value).read_text("utf-8")}
        case tuple() | list():
            return [_shown(item) for item in value]
        case dict():
            return {name: _shown(item) for name, item in value.items()}
        case _:
            return value
