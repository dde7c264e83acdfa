"""A scripted app: Gradio 6 as it is on the wire, or whatever a script has it say."""

from __future__ import annotations

import asyncio
import base64
import json
import re
from collections import defaultdict
from dataclasses import dataclass, field
from typing import Any

from tests.hostile.attacks import Attack, content_type

API = "/gradio_api"
FILE = b"the file of a result"
RESULT_PATH = "/srv/result.txt"
# Place of an attack by method and the route's beginning, after the prefix.
ROUTES = {
    ("GET", "/config"): "config",
    ("GET", "/info"): "info",
    ("POST", "/queue/join"): "join",
    ("GET", "/queue/data"): "stream",
    ("POST", "/upload"): "upload",
    ("POST", "/run/"): "run",
    ("GET", "/file="): "file",
}


@dataclass(slots=True)
class Asked:
    """A request as it arrived, and what became of it.

    Attributes:
        packets: pieces in which its body came: 1 if it was there when the head was, 2 if it was not.
        sent: bytes of the answer that went into the connection.
        ended: "answered", or "left" when the client was gone first; None while it is being answered.
    """

    method: str
    path: str
    query: dict[str, str]
    headers: dict[str, str]
    body: bytes
    connection: int = 0
    packets: int = 1
    sent: int = 0
    ended: str | None = None

    def shown(self) -> dict[str, Any]:
        text = self.body[:100_000].decode("utf-8", "replace")
        return {
            "method": self.method,
            "path": self.path,
            "query": self.query,
            "headers": self.headers,
            "body": text,
            "connection": self.connection,
            "packets": self.packets,
            "sent": self.sent,
            "ended": self.ended,
        }


@dataclass(frozen=True, slots=True)
class Answer:
    """A whole answer."""

    body: bytes
    status: int = 200
    headers: dict[str, str] = field(default_factory=dict[str, str])


class Session:
    """What the app has to say to one session."""

    def __init__(self) -> None:
        self.said: asyncio.Queue[str | None] = asyncio.Queue()


class App:
    """One app: honest, but for its attack and its script.

    A script has these fields, all of which may be left out:
        config, info: what the app says of itself, as JSON; config_text, info_text: the same as raw text.
        messages: raw texts of the stream of a job; EVENT_ID in them is replaced.
        end: the text of the job's process_completed, without "msg" and "event_id".
        replies: answers by a part of the path: ``status``, ``headers``, ``body`` or ``body_base64``; of a list
            each is given once and the last for ever, null is the app's own answer.
        crossing: the stream of the first job is closed when the next join has come, and that is answered when the
            next stream is asked for: as where the close and the join are on their way at the same time.
    """

    def __init__(self, attack: Attack | None = None, script: dict[str, Any] | None = None) -> None:
        self.attack = attack
        self.script = script or {}
        self.asked: list[Asked] = []
        self.sessions: defaultdict[str, Session] = defaultdict(Session)
        self.next_stream = asyncio.Event()
        self._jobs = 0
        self._uploads = 0

    def place(self, asked: Asked) -> str | None:
        """Return which place of the exchange a request is at."""
        path = asked.path.removeprefix(API)
        return next(
            (
                place
                for (method, start), place in ROUTES.items()
                if method == asked.method and path.startswith(start)
            ),
            None,
        )

    def answer(self, asked: Asked, root: str) -> Answer:
        """Return the answer to any request but that for a stream."""
        scripted = self._scripted(asked.path)
        if scripted is not None:
            return scripted
        match self.place(asked):
            case "config":
                return self._described("config", config(root))
            case "info":
                return self._described("info", info())
            case "join":
                return _json({"event_id": self._join(json.loads(asked.body), root)})
            case "upload":
                return _json(self._uploaded(asked.body))
            case "run":
                return _json(_output(json.loads(asked.body)["data"]))
            case "file":
                return Answer(FILE, headers={"content-type": content_type("file")})
            case _:
                return self._other(asked.path)

    def _other(self, path: str) -> Answer:
        if path.endswith("/app_id"):
            return _json({"app_id": 1})
        if path.endswith(("/cancel", "/reset", "/login")):
            return _json({"success": True})
        return _json({"detail": "Not Found"}, 404)

    def _described(self, what: str, honest: dict[str, Any]) -> Answer:
        text = self.script.get(f"{what}_text")
        if text is not None:
            return Answer(text.encode("utf-8", "surrogatepass"), headers={"content-type": "application/json"})
        said = self.script.get(what)
        return _json(honest if said is None else said)

    def _scripted(self, path: str) -> Answer | None:
        for part, reply in self.script.get("replies", {}).items():
            if part not in path:
                continue
            if isinstance(reply, list):
                reply = reply.pop(0) if len(reply) > 1 else reply[0]  # noqa: PLW2901 - one of them
            if reply is None:
                return None
            packed = reply.get("body_base64")
            body = base64.b64decode(packed) if packed is not None else reply.get("body", "").encode()
            return Answer(body, reply.get("status", 200), reply.get("headers", {}))
        return None

    def _join(self, body: dict[str, Any], root: str) -> str:
        self._jobs += 1
        event_id = f"{self._jobs:032x}"
        said = self.sessions[body["session_hash"]].said
        messages, end = self.script.get("messages"), self.script.get("end")
        if messages is None:
            said.put_nowait(_message({"msg": "process_starts", "event_id": event_id, "eta": 0.1}))
        for text in messages or ():
            said.put_nowait(text.replace("EVENT_ID", event_id))
        if end is None and messages is None:
            end = json.dumps({"output": _output(result(body, root)), "success": True})
        if end is not None:
            said.put_nowait(
                f'data: {{"msg":"process_completed","event_id":"{event_id}",{end.strip()[1:]}\n\n'
            )
        if self.script.get("crossing") and self._jobs == 1:
            return event_id
        if end is not None:
            said.put_nowait(_message({"msg": "close_stream", "event_id": None}))
        said.put_nowait(None)
        return event_id

    def crosses(self, asked: Asked) -> bool:
        """Tell whether this is the join that crosses the close of the stream before it."""
        return bool(self.script.get("crossing")) and self.place(asked) == "join" and self._jobs == 1

    def close_stream(self, session_hash: str) -> None:
        """Close the stream of a session."""
        said = self.sessions[session_hash].said
        said.put_nowait(_message({"msg": "close_stream", "event_id": None}))
        said.put_nowait(None)

    def _uploaded(self, body: bytes) -> list[str]:
        names = re.findall(rb'filename="([^"]*)"', body)
        self._uploads += 1
        return [f"/srv/{self._uploads}/{index}" for index, _ in enumerate(names)]


def result(body: dict[str, Any], root: str) -> list[Any]:
    """Return what the function of a call gives."""
    name = FUNCTIONS[body["fn_index"]] if isinstance(body.get("fn_index"), int) else "echo"
    given = body["data"][0] if body["data"] else None
    if name == "file":
        return [file_data(RESULT_PATH, f"{root}{API}/file={RESULT_PATH}")]
    if name == "up":
        return [given["path"] if isinstance(given, dict) else str(given)]
    return [given]


def file_data(path: str, url: str | None) -> dict[str, Any]:
    """Return a file as Gradio 6 says it."""
    meta = {"_type": "gradio.FileData"}
    return {
        "path": path,
        "url": url,
        "orig_name": path.rsplit("/", 1)[-1],
        "size": None,
        "mime_type": None,
        "meta": meta,
    }


FUNCTIONS = ("echo", "file", "up", "json", "run")
_TEXT = {"type": "string"}
_COMPONENTS = {"text": ("textbox", 1), "text out": ("textbox", 2), "file": ("file", 3), "json": ("json", 4)}
_IO = {"echo": (1, 2), "file": (1, 3), "up": (3, 2), "json": (1, 4), "run": (1, 2)}


def config(root: str) -> dict[str, Any]:
    """Return the honest description of the app at ``root``."""
    return {
        "version": "6.31.0",
        "api_prefix": API,
        "app_id": 1,
        "mode": "blocks",
        "protocol": "sse_v3",
        "root": root,
        "title": "hostile",
        "enable_queue": True,
        "connect_heartbeat": False,
        "is_space": False,
        "space_id": None,
        "components": [
            {"id": number, "type": kind, "props": {"label": label, "name": kind}, "skip_api": False}
            for label, (kind, number) in _COMPONENTS.items()
        ],
        "dependencies": [
            {
                "id": index,
                "targets": [[9, "click"]],
                "inputs": [_IO[name][0]],
                "outputs": [_IO[name][1]],
                "backend_fn": True,
                "queue": name != "run",
                "api_name": name,
                "api_visibility": "public",
                "types": {"generator": False, "cancel": False},
                "cancels": [],
                "batch": False,
                "connection": "sse",
            }
            for index, name in enumerate(FUNCTIONS)
        ],
    }


def info() -> dict[str, Any]:
    """Return the honest description of the app's endpoints."""
    kinds = {"text": "Textbox", "file": "File", "json": "JSON"}

    def endpoint(given: str, got: str) -> dict[str, Any]:
        hint = {"type": "str", "description": ""}
        parameter = {
            "label": given,
            "parameter_name": given,
            "parameter_has_default": False,
            "parameter_default": None,
            "type": _TEXT,
            "python_type": hint,
            "component": kinds[given],
            "example_input": "x",
        }
        value = {"label": "out", "type": _TEXT, "python_type": hint, "component": kinds[got]}
        return {"parameters": [parameter], "returns": [value], "api_visibility": "public"}

    endpoints = {
        "/echo": endpoint("text", "text"),
        "/file": endpoint("text", "file"),
        "/up": endpoint("file", "text"),
        "/json": endpoint("text", "json"),
        "/run": endpoint("text", "text"),
    }
    return {"named_endpoints": endpoints, "unnamed_endpoints": {}}


def _output(data: list[Any]) -> dict[str, Any]:
    return {"data": data, "is_generating": False, "duration": 0.1, "average_duration": 0.1}


def _message(message: dict[str, Any]) -> str:
    return f"data: {json.dumps(message)}\n\n"


def _json(value: Any, status: int = 200) -> Answer:
    return Answer(json.dumps(value).encode(), status, {"content-type": "application/json"})
