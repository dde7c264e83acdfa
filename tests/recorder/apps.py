"""Small apps as /config and /info describe them, and what their pages say."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from gradlink._protocol.schema import AppSchema, read_app
from gradlink.codegen.snippets.calls import Target
from gradlink.recorder.files import RecordedFiles
from gradlink.recorder.programs.writing import Part
from gradlink.recorder.recorder import Outlet, Recorder

TARGET = Target("http://127.0.0.1:7860/", "http://127.0.0.1:7860/", "/gradio_api")


def component(key: int, kind: str, **props: Any) -> dict[str, Any]:
    return {
        "id": key,
        "type": kind,
        "props": {"label": f"{kind} {key}", **props},
        "skip_api": kind == "state",
    }


def function(
    key: int, name: str | bool, inputs: Sequence[int], outputs: Sequence[int], **more: Any
) -> dict[str, Any]:
    return {
        "id": key,
        "api_name": name,
        "inputs": list(inputs),
        "outputs": list(outputs),
        "targets": [[100 + key, "click"]],
        "backend_fn": True,
        "queue": True,
        "api_visibility": "public" if name else "private",
        "types": {"generator": False, "cancel": False},
        **more,
    }


def app(components: Sequence[dict[str, Any]], functions: Sequence[dict[str, Any]], **more: Any) -> AppSchema:
    config = {
        "version": "6.31.0",
        "protocol": "sse_v3",
        "api_prefix": "/gradio_api",
        "components": list(components),
        "dependencies": list(functions),
        **more,
    }
    return read_app(config, None)


class Page:
    """A page of an app, whose calls are recorded."""

    def __init__(self, schema: AppSchema, files: RecordedFiles, *, language: str = "python") -> None:
        self.parts: list[Part] = []
        self.programs: list[str] = []
        self.recorder = Recorder(TARGET, files, Outlet(language, self.programs.append, self.parts.append))
        self.recorder.described(schema)
        self._events = 0

    def start(self, fn_index: int, data: Sequence[Any], *, session: str = "s", **more: Any) -> str:
        """Call a function; return the event id."""
        body = {"fn_index": fn_index, "data": list(data), "session_hash": session, **more}
        call = self.recorder.call_sent(json.loads(json.dumps(body)), "")
        event_id = f"e{self._events}"
        self._events += 1
        if call is not None:
            self.recorder.call_joined(call, 200, json.dumps({"event_id": event_id}).encode(), None)
        return event_id

    def say(self, event_id: str, msg: str, **more: Any) -> None:
        self.recorder.message(json.dumps({"msg": msg, "event_id": event_id, **more}), None)

    def finish(self, event_id: str, *data: Any) -> None:
        self.say(
            event_id, "process_completed", success=True, output={"data": list(data), "is_generating": False}
        )

    def fail(self, event_id: str, error: str) -> None:
        self.say(event_id, "process_completed", success=False, output={"error": error})

    def call(self, fn_index: int, data: Sequence[Any], *result: Any, **more: Any) -> None:
        """Call a function that gives a result at once."""
        self.finish(self.start(fn_index, data, **more), *result)

    def upload(self, name: str, content: bytes, path: str) -> dict[str, Any]:
        """Send a file; return it as the page sends it on."""
        from gradlink.recorder.multipart import Part as Sent

        self.recorder.uploaded([Sent(name, content)], json.dumps([path]).encode())
        return file(path)

    @property
    def lines(self) -> list[str]:
        """The lines of the program that are in its block."""
        return [line[4:] for line in self.recorder.program().splitlines() if line.startswith("    ")]


def file(path: str) -> dict[str, Any]:
    return {
        "path": path,
        "url": f"http://127.0.0.1:7860/gradio_api/file={path}",
        "orig_name": path.rpartition("/")[2],
        "size": 3,
        "mime_type": None,
        "meta": {"_type": "gradio.FileData"},
    }
