"""Loaded apps that say and serve what a test wants, and remember who asked for what."""

from __future__ import annotations

import json
import threading
from collections.abc import AsyncIterator, Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, Final

import anyio
import uvicorn
from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from gradlink._protocol.filedata import META
from tests.loading.configs import component, config

WAIT_SECONDS = 60
CHUNK: Final = bytes(1 << 16)
# The buffers of the system between three programs may take a tenth of it.
BIG: Final = 1 << 30
ETAG: Final = '"tag"'
CONTENT: Final = bytes(range(256)) * 40


@dataclass(frozen=True)
class Asked:
    """A request that came: its path as it was sent, and its headers."""

    method: str
    path: str
    headers: Mapping[str, str]


@dataclass
class Original:
    """A server of apps below ``/sub/``; what lies beside is somebody else's.

    Attributes:
        url: of the app.
        config: what it says of itself.
        password: what its login wants; None for no login.
        files: what is answered for a file, by its name.
        tells: the messages of every call.
    """

    url: str = ""
    config: dict[str, Any] = field(default_factory=dict)
    password: str | None = None
    files: dict[str, Callable[[Request], Response]] = field(default_factory=dict)
    tells: list[dict[str, Any]] = field(default_factory=list)
    asked: list[Asked] = field(default_factory=list)
    sent: int = 0
    big_ended: threading.Event = field(default_factory=threading.Event)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        request = Request(scope, receive)
        path = scope["raw_path"].decode()
        self.asked.append(Asked(request.method, path, dict(request.headers)))
        answer = await self._answer(request, path)
        await answer(scope, receive, send)

    async def _answer(self, request: Request, path: str) -> Response:
        if path == "/sub/login":
            form = (await request.body()).decode()
            answer: Response = (
                JSONResponse({"success": True})
                if f"password={self.password}" in form
                else Response(status_code=400)
            )
            answer.set_cookie("access-token", "let-me-in")
            return answer
        if self.password is not None and request.cookies.get("access-token") != "let-me-in":
            return JSONResponse({"detail": "Not authenticated"}, 401)
        match path.removeprefix("/sub"):
            case "/config":
                # What Python alone writes: NaN, and halves of characters.
                return Response(json.dumps(self.config), media_type="application/json")
            case "/gradio_api/info":
                return JSONResponse({"named_endpoints": {}, "unnamed_endpoints": {}})
            case "/gradio_api/queue/join":
                return JSONResponse({"event_id": "e"})
            case "/gradio_api/queue/data":
                told = "".join(f"data: {json.dumps({'event_id': 'e', **one})}\n\n" for one in self.tells)
                return Response(told, media_type="text/event-stream")
            case "/gradio_api/file=big.bin":
                return StreamingResponse(self._zeros(), 200, {"content-length": str(BIG)}, "video/mp4")
            case _:
                name = path.rpartition("=")[2].rpartition("/")[2]
                made = self.files.get(name)
                return PlainTextResponse("nothing", 404) if made is None else made(request)

    async def _zeros(self) -> AsyncIterator[bytes]:
        try:
            for _ in range(BIG // len(CHUNK)):
                self.sent += len(CHUNK)
                yield CHUNK
                await anyio.lowlevel.checkpoint()
        finally:
            self.big_ended.set()

    def asked_for(self, text: str) -> list[Asked]:
        """Return the requests whose path has this in it."""
        return [one for one in self.asked if text in one.path]

    def says(self, **files: Any) -> None:
        """Say of the app that it has components with these files as values."""
        self.config = config(
            [
                component(n, "file", label=name, value=value)
                for n, (name, value) in enumerate(files.items(), 1)
            ]
        )


def file(path: str, **fields: Any) -> dict[str, Any]:
    """Return a file as an app says it."""
    return {"path": path, "meta": dict(META), "orig_name": path.rpartition("/")[2], **fields}


def content(kind: str | None, body: bytes = CONTENT, **headers: str) -> Callable[[Request], Response]:
    """Return what answers with a file, whole or in parts, as Gradio does."""

    def answer(request: Request) -> Response:
        given = {
            "etag": ETAG,
            "accept-ranges": "bytes",
            **{k.replace("_", "-"): v for k, v in headers.items()},
        }
        if kind is not None:
            given["content-type"] = kind
        if request.headers.get("if-none-match") == ETAG:
            return Response(None, 304, given)
        asked = request.headers.get("range", "")
        if not asked.startswith("bytes="):
            return Response(body, 200, given)
        first, _, last = asked.removeprefix("bytes=").partition("-")
        start, end = int(first), min(int(last or len(body) - 1), len(body) - 1)
        if start >= len(body):
            return Response(b"that is too far", 416, {**given, "content-range": f"bytes */{len(body)}"})
        return Response(
            body[start : end + 1], 206, {**given, "content-range": f"bytes {start}-{end}/{len(body)}"}
        )

    return answer


@contextmanager
def serving(original: Original) -> Iterator[Original]:
    """Serve an app in a thread of this process."""
    configured = uvicorn.Config(original, host="127.0.0.1", port=0, log_level="error", lifespan="off")
    server = uvicorn.Server(configured)
    started = threading.Event()
    startup = server.startup

    async def start(*args: Any, **kwargs: Any) -> None:
        await startup(*args, **kwargs)
        started.set()

    server.startup = start  # type: ignore[method-assign]  # it tells nobody when it listens
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    assert started.wait(WAIT_SECONDS)
    original.url = f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/sub/"
    try:
        yield original
    finally:
        server.should_exit = server.force_exit = True
        thread.join(WAIT_SECONDS)
