"""A Gradio app inside this process: httpx2 asks it without a socket, so that nothing depends on a network's time."""

from __future__ import annotations

import itertools
import json
import queue
import ssl
import threading
from collections import defaultdict
from collections.abc import AsyncIterator, Iterator
from contextlib import suppress
from typing import Any

import anyio
import httpx2

# Making one takes longer than all the rest of a client.
CONTEXT = ssl.create_default_context()
URL = "http://app.test/"

_COMPONENTS = [{"id": number, "type": "textbox", "props": {"label": "text"}} for number in (1, 2)]
_ENTRY = {"label": "text", "type": {"type": "string"}, "python_type": {"type": "str", "description": ""}}


def config(*, protocol: str = "sse_v3", queue: bool = True) -> Any:
    """Return what an app with one function says of itself."""
    version = "4.8.0" if protocol == "sse" else "6.31.0"
    dependency = {
        "id": 0, "api_name": "f", "inputs": [1], "outputs": [2], "backend_fn": True, "queue": queue,
        "show_api": True, "targets": [[1, "submit"]],
    }  # fmt: skip
    return {
        "version": version, "protocol": protocol, "components": _COMPONENTS, "dependencies": [dependency],
        "api_prefix": "" if protocol == "sse" else "/gradio_api", "enable_queue": queue,
    }  # fmt: skip


def info() -> Any:
    """Return the description of that function."""
    entry = {**_ENTRY, "parameter_name": "text", "parameter_has_default": False}
    described = {"parameters": [entry], "returns": [_ENTRY], "show_api": True}
    return {"named_endpoints": {"/f": described}, "unnamed_endpoints": {}}


class Break:
    """Put into a stream: it breaks here."""


class App:
    """The app.

    Attributes:
        joins: event ids of the jobs that were accepted, in order.
        cancels: event ids that a cancel named.
        streams: how many streams were read.
        holds: jobs only end when they are cancelled.
    """

    def __init__(self, *, protocol: str = "sse_v3", queue: bool = True, holds: bool = False) -> None:
        self._config = config(protocol=protocol, queue=queue)
        self.holds = holds
        self.joins: list[str] = []
        self.cancels: list[str] = []
        self.streams = 0
        self._lock = threading.Lock()
        self._numbers = itertools.count()
        self._pending: dict[str, str] = {}
        self._open: set[Stream] = set()
        self._told: dict[str, list[bytes | Break]] = defaultdict(list)

    def answer(self, request: httpx2.Request, body: bytes) -> tuple[int, Any]:
        """Return status and JSON, or a text, for a request that is not a stream."""
        path = request.url.path.removeprefix("/gradio_api")
        match path:
            case "/config":
                return 200, self._config
            case "/info":
                return 200, info()
            case "/queue/join":
                return 200, {"event_id": self._join(json.loads(body)["session_hash"])}
            case "/queue/data" | "/cancel" | "/reset":
                return 200, self._other(path, json.loads(body))
            case "/run/f" | "/api/f" | "/run/predict" | "/api/predict":
                self._join("direct")
                return 200, {"data": ["value"]}
            case _:
                return 404, {"detail": "Not Found"}

    def finish(self, event_id: str) -> None:
        """Let a job end that was held."""
        self._complete(event_id, {"data": ["value"], "is_generating": False, "duration": 1.0})

    def break_streams(self) -> int:
        """Break all streams that are open, and return their number; the server drops the jobs of their sessions."""
        with self._lock:
            opened = list(self._open)
            self._open.clear()
            for stream in opened:
                for event_id in [e for e, s in self._pending.items() if s == stream.session]:
                    del self._pending[event_id]
        for stream in opened:
            stream.put(Break())
        return len(opened)

    def opened(self, stream: Stream) -> None:
        """Note that a stream is read, and give it what came before."""
        with self._lock:
            self.streams += 1
            self._open.add(stream)
            if stream.session.startswith("job:"):
                event_id = f"event{next(self._numbers)}"
                self._pending[event_id] = stream.session
                stream.put(_message("send_data", event_id))
            told = self._told.pop(stream.session, [])
            for item in told:
                self._say(stream.session, item)
            if told:
                self._close_if_done(stream.session)

    def closed(self, stream: Stream) -> None:
        """Note that a stream has ended."""
        with self._lock:
            self._open.discard(stream)

    def _join(self, session: str) -> str:
        with self._lock:
            event_id = f"event{next(self._numbers)}"
            self.joins.append(event_id)
            if session == "direct":
                return event_id
            self._pending[event_id] = session
            self._say(session, _message("process_starts", event_id, eta=1.0))
        if not self.holds:
            self.finish(event_id)
        return event_id

    def _other(self, path: str, body: Any) -> Any:
        event_id = body["event_id"]
        if path == "/queue/data":
            self.joins.append(event_id)
            if not self.holds:
                self.finish(event_id)
            return {"event_id": event_id}
        self.cancels.append(event_id)
        self._complete(event_id, {})
        return {"success": True}

    def _complete(self, event_id: str, output: Any) -> None:
        with self._lock:
            session = self._pending.pop(event_id, "")
            if session:
                self._say(session, _message("process_completed", event_id, success=True, output=output))
                if any(stream.session == session for stream in self._open):
                    self._close_if_done(session)

    def _close_if_done(self, session: str) -> None:
        """Close the stream of a session, as a server does that knows no job of it any more. Caller holds _lock."""
        if session not in self._pending.values():
            self._say(session, _message("close_stream", None))

    def say(self, text: str) -> None:
        """Put a text on the stream of the only session there is."""
        with self._lock:
            (session,) = set(self._pending.values())
            self._say(session, f"data: {text}\n\n".encode())

    def _say(self, session: str, item: bytes) -> None:
        """Put a message on the stream of a session, or keep it for the next one. Caller holds _lock."""
        stream = next((stream for stream in self._open if stream.session == session), None)
        if stream is None:
            self._told[session].append(item)
            return
        stream.put(item)
        if stream.ends_with(item):
            self._open.discard(stream)


def _message(msg: str, event_id: str | None, **fields: Any) -> bytes:
    return f"data: {json.dumps({'msg': msg, 'event_id': event_id, **fields})}\n\n".encode()


class Stream:
    """The messages of one stream, for the reader that has it."""

    def __init__(self, app: App, session: str) -> None:
        self.session = session
        self._app = app
        self._items: queue.SimpleQueue[bytes | Break] = queue.SimpleQueue()
        self._came: anyio.Event | None = None

    def put(self, item: bytes | Break) -> None:
        self._items.put(item)
        if self._came is not None:
            with suppress(RuntimeError):  # from another thread, on trio
                self._came.set()

    def __iter__(self) -> Iterator[bytes]:
        self._app.opened(self)
        try:
            while True:
                item = self._checked(self._items.get())
                yield item
                if self.ends_with(item):
                    return
        finally:
            self._app.closed(self)

    async def __aiter__(self) -> AsyncIterator[bytes]:
        self._came = anyio.Event()
        self._app.opened(self)
        try:
            while True:
                while self._items.empty():
                    # What comes from another thread sets no event of this one's loop.
                    with anyio.move_on_after(0.002):
                        await self._came.wait()
                    self._came = anyio.Event()
                item = self._checked(self._items.get())
                yield item
                if self.ends_with(item):
                    return
        finally:
            self._app.closed(self)

    def _checked(self, item: bytes | Break) -> bytes:
        if isinstance(item, Break):
            raise httpx2.ReadError("the test broke the stream")
        return item

    def ends_with(self, item: bytes) -> bool:
        """Tell whether nothing follows ``item``."""
        # Before 4.9 a stream has one job and ends with it.
        return b"close_stream" in item or (self.session.startswith("job:") and b"process_completed" in item)


class socket:  # noqa: N801  # found by its name, so that it may be older than gevent's
    """What a stream's reader is woken by."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream

    def shutdown(self, _: int) -> None:
        self._stream.put(Break())

    def get_extra_info(self, _: str) -> socket:
        return self


class Wire(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """What httpx2 is given for a network."""

    def __init__(self, app: App) -> None:
        self._app = app
        self._numbers = itertools.count()

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        if (stream := self._stream(request)) is not None:
            return httpx2.Response(
                200,
                headers={"content-type": "text/event-stream"},
                content=iter(stream),
                extensions={"network_stream": socket(stream)},
            )
        return _response(*self._app.answer(request, request.read()))

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        # Before the request has come, and before its answer has.
        await anyio.lowlevel.checkpoint()
        if (stream := self._stream(request)) is not None:
            return httpx2.Response(
                200, headers={"content-type": "text/event-stream"}, content=stream.__aiter__()
            )
        status, answer = self._app.answer(request, await request.aread())
        await anyio.lowlevel.checkpoint()
        return _response(status, answer)

    def _stream(self, request: httpx2.Request) -> Stream | None:
        if request.method != "GET":
            return None
        session = request.url.params.get("session_hash", "")
        if request.url.path.endswith("/queue/data"):
            return Stream(self._app, session)
        return Stream(self._app, f"job:{next(self._numbers)}") if request.url.path == "/queue/join" else None


def _response(status: int, answer: Any) -> httpx2.Response:
    if isinstance(answer, str):
        # Not read yet, as what comes from a network.
        stream = httpx2.ByteStream(answer.encode())
        return httpx2.Response(status, stream=stream, headers={"content-type": "application/json"})
    return httpx2.Response(status, json=answer)


def options(app: App) -> dict[str, Any]:
    """Return the options of a client of ``app``."""
    wire = Wire(app)
    return {
        "verbose": False, "download_files": False, "ssl_verify": CONTEXT, "retries": 0,
        "httpx_kwargs": {"transport": wire, "trust_env": False},
    }  # fmt: skip
