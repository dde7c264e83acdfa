"""A server that answers as a recorded one did, for whole calls over real sockets."""

from __future__ import annotations

import base64
import json
import threading
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from email import message_from_bytes
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any, ClassVar
from urllib.parse import unquote, urlsplit

from tests.vectors.cases import app

PATIENCE_SECONDS = 30.0


class Replay:
    """What is answered, and what was asked.

    Attributes:
        asked: the requests in order: method and path, and of a POST its JSON or its files' names.
    """

    def __init__(self, given: Any) -> None:
        config, info = app(given["app"])
        prefix = config.get("api_prefix", "").strip("/")
        self._answers: dict[str, list[Any]] = {"GET config": [{"status": 200, "json": config}] * 9}
        described = {"status": 200, "json": info} if info is not None else {"status": 404, "text": ""}
        self._answers[f"GET {prefix + '/' if prefix else ''}info"] = [described] * 9
        for answer in given["answers"]:
            self._answers.setdefault(answer["to"], []).append(answer)
        self._counts: Counter[str] = Counter()
        self._changed = threading.Condition()
        self.asked: list[list[Any]] = []

    @property
    def calls(self) -> list[list[Any]]:
        """The requests for the call itself, without an order: some are made side by side."""
        beside = ("config", "info", "heartbeat/")
        kept = [request for request in self.asked if not any(part in request[0] for part in beside)]
        return sorted(kept, key=lambda request: (request[0], str(request[1:])))

    def take(self, key: str, body: Any) -> Any:
        """Note a request and return what it is answered."""
        with self._changed:
            self.asked.append([key, body] if body is not None else [key])
            self._counts[key] += 1
            self._changed.notify_all()
            left = self._answers.get(key, [])
            return left.pop(0) if left else {"status": 404, "json": {"detail": "Not Found"}}

    def wait(self, after: dict[str, int]) -> bool:
        """Wait until these requests have come so often."""
        with self._changed:
            return self._changed.wait_for(
                lambda: all(self._counts[key] >= count for key, count in after.items()), PATIENCE_SECONDS
            )


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    replay: ClassVar[Replay]

    def do_GET(self) -> None:
        self._answer(None)

    def do_POST(self) -> None:
        body = self.rfile.read(int(self.headers["content-length"] or 0))
        kind = self.headers.get("content-type", "")
        if kind.startswith("application/json"):
            self._answer(_without_session(json.loads(body)))
        elif kind.startswith("multipart/form-data"):
            parts = message_from_bytes(b"content-type: " + kind.encode() + b"\r\n\r\n" + body)
            self._answer({"files": [part.get_filename() for part in parts.walk() if part.get_filename()]})
        else:
            self._answer({})

    def _answer(self, body: Any) -> None:
        path = unquote(urlsplit(self.path).path).lstrip("/")
        answer = self.replay.take(f"{self.command} {path}", body)
        if "events" in answer:
            self._stream(answer["events"])
            return
        if "base64" in answer:
            content = base64.b64decode(answer["base64"])
        else:
            content = (json.dumps(answer["json"]) if "json" in answer else answer.get("text", "")).encode()
        self.send_response(answer.get("status", 200))
        self.send_header("content-length", str(len(content)))
        for name, value in answer.get("headers", {}).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(content)

    def _stream(self, events: list[Any]) -> None:
        self.send_response(200)
        self.send_header("content-type", "text/event-stream; charset=utf-8")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()
        for event in events:
            if not self.replay.wait(event.get("after", {})):
                return
            chunk = f"data: {json.dumps(event['json'])}\n\n".encode()
            self.wfile.write(f"{len(chunk):x}\r\n".encode() + chunk + b"\r\n")
            self.wfile.flush()
        self.wfile.write(b"0\r\n\r\n")

    def log_message(self, *args: Any) -> None:
        pass


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing: clients leave streams and connections as they like."""


def _without_session(body: dict[str, Any]) -> dict[str, Any]:
    """Return a body without what is null anyway, and with a session that is not the client's choice."""
    kept = {name: value for name, value in body.items() if value is not None}
    return {**kept, "session_hash": "SESSION1"} if "session_hash" in kept else kept


@contextmanager
def replaying(given: Any) -> Iterator[tuple[str, Replay]]:
    """Run a server for one case; yield its URL and what it is asked."""
    replay = Replay(given)
    handler = type("Handler", (_Handler,), {"replay": replay})
    with _Server(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/", replay
        finally:
            server.shutdown()
            thread.join()
