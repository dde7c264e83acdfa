"""Runs the proxy in a thread of its own."""

from __future__ import annotations

import asyncio
import logging
import threading
from types import TracebackType
from typing import Any, Final, Self

import uvicorn

from gradlink._serving.listening import Listening
from gradlink.recorder.origins import origin_of
from gradlink.recorder.proxy import Proxy
from gradlink.recorder.recorder import Recorder
from gradlink.recorder.upstream import App, Upstream

_LEAVE_SECONDS: Final = 1


class Serving:
    """A proxy that listens as long as the block lasts.

    Attributes:
        url: where the app's page is, at the proxy.

    Raises OSError if the address cannot be listened at, AuthenticationError if the app refuses the login.
    """

    def __init__(self, app: App, recorder: Recorder, host: str = "127.0.0.1", port: int = 0) -> None:
        self._app = app
        self._recorder = recorder
        listening = Listening(host, port)
        self._host = host
        self._socket = listening.bind()
        self.origin = listening.origin(self._socket)
        self.url = self.origin + app.base[len(origin_of(app.base)) :]
        self._thread = threading.Thread(target=self._run, name="gradlink-recorder", daemon=True)
        self._ready = threading.Event()
        self._failure: BaseException | None = None
        self._server: uvicorn.Server | None = None

    def __enter__(self) -> Self:
        self._thread.start()
        self._ready.wait()
        if self._failure is not None:
            self._socket.close()
            raise self._failure
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        if self._server is not None:
            self._server.should_exit = True
        self._thread.join()
        self._socket.close()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as exc:
            self._failure = exc
        finally:
            self._ready.set()

    async def _serve(self) -> None:
        upstream = Upstream(self._app)
        try:
            await upstream.log_in()
            await self._listen(Proxy(upstream, self._recorder, self._host))
        finally:
            await upstream.close()

    async def _listen(self, proxy: Proxy) -> None:
        config = uvicorn.Config(
            proxy,
            log_config=None,
            log_level=logging.CRITICAL,
            access_log=False,
            lifespan="off",
            ws="none",
            server_header=False,
            date_header=False,
            timeout_graceful_shutdown=_LEAVE_SECONDS,
        )
        self._server = _Server(config, self._ready)
        await self._server.serve(sockets=[self._socket])


class _Server(uvicorn.Server):
    """One that says when it listens."""

    def __init__(self, config: uvicorn.Config, ready: threading.Event) -> None:
        super().__init__(config)
        self._ready = ready

    async def startup(self, sockets: list[Any] | None = None) -> None:
        await super().startup(sockets)
        self._ready.set()
