"""Real Gradio apps in this process, without a port."""

from __future__ import annotations

import io
import itertools
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager, nullcontext, redirect_stdout
from typing import Any

from gradlink.errors import MissingPackageError
from gradlink.testing.asgi import AsgiApp, AsgiThread
from gradlink.testing.exchange import Exchange
from gradlink.testing.inprocess import InProcessApp

_numbers = itertools.count(1)


class ServedApp(InProcessApp):
    """A running ``gr.Blocks``; made by :func:`serve`, and stopped by leaving ``with`` or by :meth:`close`."""

    def __init__(self, demo: Any, options: dict[str, Any]) -> None:
        super().__init__(f"served-app-{next(_numbers)}.test")
        self._thread = AsgiThread(lambda: _running(demo, options))
        self._thread.start()

    def close(self) -> None:
        """Close the clients that :meth:`client` made, and stop the app."""
        self._close_clients()
        self._thread.stop()

    def _answer(self, exchange: Exchange) -> None:
        self._thread.answer(exchange)


def serve(demo: Any, **options: Any) -> ServedApp:
    """Run a ``gr.Blocks`` (an Interface, a ChatInterface) in this process, without a port; it is not launched.

    >>> with serve(demo) as app, app.client() as client:  # doctest: +SKIP
    ...     client.predict("Ada", api_name="/greet")

    It is the whole app, with its queue, on an event loop in a thread of its own, which ends with it.

    Args:
        demo: the app, as it is at the end of its ``with gr.Blocks()``.
        options: those of ``gr.mount_gradio_app``: auth, allowed_paths, max_file_size, show_error, ...

    Raises MissingPackageError where gradio is not installed.
    """
    return ServedApp(demo, options)


@asynccontextmanager
async def _running(demo: Any, options: dict[str, Any]) -> AsyncGenerator[AsgiApp]:
    """Run the app, which is made here: off an event loop gradio makes some of its own, and closes none."""
    try:
        import fastapi
        import gradio
    except ImportError as exc:
        raise MissingPackageError(
            "serve() needs a package that is not installed: pip install gradio"
        ) from exc
    gr: Any = gradio  # its own types are partly unknown
    # It prints where an app is mounted.
    quiet = redirect_stdout(io.StringIO()) if gr.__version__.startswith("5.") else nullcontext()
    with quiet:
        app: Any = gr.mount_gradio_app(fastapi.FastAPI(), demo, path="/", **options)
    async with app.router.lifespan_context(app):
        yield app
