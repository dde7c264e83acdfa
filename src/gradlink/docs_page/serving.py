"""Serves the page of an app until its user has had enough."""

from __future__ import annotations

import asyncio
import contextlib
import secrets
import signal
import socket
import threading
from collections.abc import Callable, Generator
from functools import partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

import uvicorn

from gradlink._async.client import AsyncClient
from gradlink._dataclass import dataclass
from gradlink._serving.listening import Listening
from gradlink.docs_page.app import App, TargetOptions
from gradlink.docs_page.guard import Guard
from gradlink.docs_page.server import application

_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
# What a browser has still open then is not waited for.
_CLOSING_SECONDS: Final = 1


@dataclass(frozen=True, slots=True)
class Running:
    """A page that can be opened.

    Attributes:
        address: with the token.
        end: ends the server, whichever thread calls it.
    """

    address: str
    app: App
    end: Callable[[], object]


def serve(
    make_client: Callable[[Path], AsyncClient],
    target: TargetOptions,
    listening: Listening,
    ready: Callable[[Running], object],
) -> None:
    """Connect to an app and serve its page, until SIGINT or SIGTERM.

    Args:
        make_client: makes the client; it is given the directory for the files of results.
        ready: called when the page can be opened.
    """
    with TemporaryDirectory(prefix="gradlink-docs-") as directory, listening.bind() as bound:
        asyncio.run(_serve(make_client, target, (listening, bound), Path(directory), ready))


async def _serve(
    make_client: Callable[[Path], AsyncClient],
    target: TargetOptions,
    place: tuple[Listening, socket.socket],
    directory: Path,
    ready: Callable[[Running], object],
) -> None:
    listening, bound = place
    async with make_client(directory / "results") as client:
        app = await App.of(client, target, directory)
        token = secrets.token_urlsafe(24)
        config = uvicorn.Config(
            Guard(application(app), token, listening.host),
            log_config=None,
            access_log=False,
            lifespan="off",
            server_header=False,
            timeout_graceful_shutdown=_CLOSING_SECONDS,
        )
        server = _Server(config, app)
        end = partial(asyncio.get_running_loop().call_soon_threadsafe, server.end)
        ready(Running(f"{listening.origin(bound)}/{token}/", app, end))
        await server.serve(sockets=[bound])


class _Server(uvicorn.Server):
    """Ends its calls when it ends, and leaves it at that: uvicorn's own would have the signal end the program."""

    def __init__(self, config: uvicorn.Config, app: App) -> None:
        super().__init__(config)
        self._app = app

    @contextlib.contextmanager
    def capture_signals(self) -> Generator[None]:
        if threading.current_thread() is not threading.main_thread():
            yield
            return
        loop = asyncio.get_running_loop()

        def ended(*_: object) -> None:
            # A signal comes between any two steps: the loop does it in its turn.
            loop.call_soon_threadsafe(self.end)

        before = {number: signal.signal(number, ended) for number in _SIGNALS}
        try:
            yield
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)

    def end(self) -> None:
        """Answer no more, and cancel the calls that run."""
        self.should_exit = True
        self._app.stop()
