"""An ASGI app in a thread of its own, whose answers come as it sends them."""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections.abc import Awaitable, Callable, MutableMapping
from contextlib import AbstractAsyncContextManager, suppress
from typing import Any, TypeAlias

from gradlink.testing.exchange import Exchange

Message: TypeAlias = MutableMapping[str, Any]
Receive: TypeAlias = Callable[[], Awaitable[Message]]
Send: TypeAlias = Callable[[Message], Awaitable[None]]
AsgiApp: TypeAlias = Callable[[MutableMapping[str, Any], Receive, Send], Awaitable[None]]

_log = logging.getLogger("gradlink.testing")
# Where requests come from, as the app sees it.
_CLIENT = ("127.0.0.1", 1)
_WORKERS_SECONDS = 1.0
# A function in a thread cannot be interrupted.
_STOP_SECONDS = 5.0


class AsgiThread:
    """Runs an app on an event loop in one thread, from :meth:`start` to :meth:`stop`.

    Args:
        running: makes the app and starts it, and stops it when it is left; entered and left on that event loop.
    """

    def __init__(self, running: Callable[[], AbstractAsyncContextManager[AsgiApp]]) -> None:
        self._running = running
        self._thread = threading.Thread(target=self._run, name="gradlink-served", daemon=True)
        self._ready = threading.Event()
        self._lock = threading.Lock()
        self._failed: BaseException | None = None
        self._app: AsgiApp | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stopping: asyncio.Event | None = None
        self._open: dict[Exchange, asyncio.Task[None]] = {}

    def start(self) -> None:
        """Start the app. Raises what its start raises."""
        self._thread.start()
        self._ready.wait()
        if self._failed is not None:
            self._thread.join()
            raise self._failed

    def stop(self) -> None:
        """End the connections, stop the app, and wait until its thread has ended, but not long for a function that runs on."""
        with self._lock:
            loop, stopping, self._stopping = self._loop, self._stopping, None
        if loop is not None and stopping is not None:
            loop.call_soon_threadsafe(stopping.set)
        self._thread.join(_STOP_SECONDS)
        if self._thread.is_alive():
            _log.warning(
                "a function of the served app still runs, so its thread goes on until that has ended"
            )
        elif loop is not None:
            _join_workers(loop)

    def answer(self, exchange: Exchange) -> None:
        """Have the app answer; a connection to one that was stopped is refused."""
        with self._lock:
            if self._loop is not None and self._stopping is not None:
                self._loop.call_soon_threadsafe(self._begin, exchange)
                return
        exchange.refuse("the app is not served any more")

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except Exception as exc:
            if self._ready.is_set():
                _log.exception("the served app failed to stop")
            self._failed = exc
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        stopping = asyncio.Event()
        async with self._running() as app:
            with self._lock:
                self._app, self._loop, self._stopping = app, asyncio.get_running_loop(), stopping
            self._ready.set()
            try:
                await stopping.wait()
            finally:
                with self._lock:
                    self._stopping = None
                await self._end_all()

    async def _end_all(self) -> None:
        """End all exchanges, which the app is told as if each client had left."""
        tasks = dict(self._open)
        for exchange in tasks:
            exchange.break_off("the app was stopped")
            exchange.leave()
        if tasks:
            _, late = await asyncio.wait(tasks.values(), timeout=1)
            for task in late:
                task.cancel()
            await asyncio.gather(*late, return_exceptions=True)

    def _begin(self, exchange: Exchange) -> None:
        task = asyncio.get_running_loop().create_task(self._serve_one(exchange))
        self._open[exchange] = task
        task.add_done_callback(lambda _: self._open.pop(exchange, None))

    async def _serve_one(self, exchange: Exchange) -> None:
        asked = exchange.asked
        scope = {
            "type": "http",
            "asgi": {"version": "3.0", "spec_version": "2.3"},
            "http_version": "1.1",
            "method": asked.method,
            "scheme": asked.scheme,
            "path": asked.path,
            "raw_path": asked.raw_path,
            "query_string": asked.query,
            "root_path": "",
            "headers": list(asked.headers),
            "client": _CLIENT,
            "server": (asked.host, asked.port or 80),
            "state": {},
        }
        loop, left = asyncio.get_running_loop(), asyncio.Event()

        def leave() -> None:
            with suppress(RuntimeError):  # the app was stopped
                loop.call_soon_threadsafe(left.set)

        exchange.when_left(leave)
        bodies = [asked.body]

        async def receive() -> Message:
            if bodies:
                return {"type": "http.request", "body": bodies.pop(), "more_body": False}
            await left.wait()
            return {"type": "http.disconnect"}

        async def send(message: Message) -> None:
            if message["type"] == "http.response.start":
                exchange.begin(
                    message["status"], [(bytes(k), bytes(v)) for k, v in message.get("headers", [])]
                )
            elif message["type"] == "http.response.body":
                if asked.method != "HEAD":
                    exchange.send(bytes(message.get("body", b"")))
                if not message.get("more_body", False):
                    exchange.end()

        app = self._app
        assert app is not None  # noqa: S101  # nothing is answered before it is there
        try:
            await app(scope, receive, send)
        except Exception:  # a server goes on without the request that fails
            _log.exception("the served app failed at %s %s", asked.method, asked.path)
        if not exchange.begun:
            exchange.answer(500, "text/plain; charset=utf-8", b"Internal Server Error")
        exchange.break_off("the app has ended the connection in the middle of its answer")


def _join_workers(loop: asyncio.AbstractEventLoop) -> None:
    """Wait for the threads in which functions ran; anyio has told them to end. One that is in a function goes on by itself."""
    until = time.monotonic() + _WORKERS_SECONDS
    for thread in threading.enumerate():
        if getattr(thread, "loop", None) is loop:
            thread.join(max(until - time.monotonic(), 0))
