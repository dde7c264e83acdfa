"""All apps of this folder, served by one process: each under its own name."""

from __future__ import annotations

import os
import sys
import threading
from collections.abc import Callable, Iterator
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
import uvicorn
from fastapi import FastAPI

from tests.codegen.apps import annotated, data, media, talks, texts
from tests.codegen.names import NAMES


def builders() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the functions that build the apps, by name."""
    for name in NAMES:
        for module in (annotated, data, media, talks, texts):
            if hasattr(module, name):
                yield name, getattr(module, name)


def serve() -> str:
    """Serve all apps in the background; return the address below which they are."""
    outer: Any = FastAPI()
    for name, build in builders():
        outer = gr.mount_gradio_app(outer, build(), path=f"/{name}", show_error=True, ssr_mode=False)
    server = uvicorn.Server(uvicorn.Config(outer, host="127.0.0.1", port=0, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        threading.Event().wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    return f"http://127.0.0.1:{port}/"


def serve_for(connection: Connection) -> None:
    """Serve until the other end of ``connection`` is closed."""
    with Path(os.devnull).open("w", encoding="utf-8") as nothing:
        sys.stdout = nothing
        connection.send(serve())
        try:
            connection.recv()
        except EOFError:
            os._exit(0)
