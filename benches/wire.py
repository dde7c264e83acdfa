"""What hand-written clients need to know of the wire: names, bodies, and how edits make the next value."""

from __future__ import annotations

import json
from typing import Any

JOIN = "gradio_api/queue/join"
DATA = "gradio_api/queue/data"
UPLOAD = "gradio_api/upload"


def function_ids(config: bytes) -> dict[str, int]:
    """Return the function's id for every name."""
    return {f"/{fn['api_name']}": fn["id"] for fn in json.loads(config)["dependencies"]}


def join_body(fn_index: int, data: list[Any], session_hash: str) -> dict[str, Any]:
    """Return the body of a join."""
    return {
        "data": data,
        "fn_index": fn_index,
        "session_hash": session_hash,
        "event_data": None,
        "trigger_id": None,
    }


def file_argument(path: str) -> dict[str, Any]:
    """Return the argument for a file that was uploaded."""
    return {"path": path, "orig_name": "file.bin", "meta": {"_type": "gradio.FileData"}}


class Fold:
    """Follows one event: what was said about it so far, edited in place, without a copy of any value."""

    def __init__(self) -> None:
        self.values: list[Any] = []
        self.updates = 0
        self.completed = False

    def take(self, message: dict[str, Any]) -> None:
        """Take a message of the event."""
        match message["msg"]:
            case "process_generating":
                self.updates += 1
                data = message["output"]["data"]
                if self.updates == 1:
                    self.values = data
                else:
                    self.values = [
                        edited(value, edits) for value, edits in zip(self.values, data, strict=True)
                    ]
            case "process_completed":
                assert message["success"], message
                self.completed = True
                self.values = message["output"]["data"]
            case _:
                pass


def edited(value: Any, edits: list[Any]) -> Any:
    """Return the value with ``append`` edits applied; those are all that the benches meet."""
    for action, path, addition in edits:
        assert action == "append", action
        if not path:
            value += addition
            continue
        place = value
        for key in path[:-1]:
            place = place[key]
        place[path[-1]] += addition
    return value
