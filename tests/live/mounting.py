"""Apps that one server has below paths of their own, in a process of its own."""

from __future__ import annotations

import importlib
import os
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from tests.live.servers import FORKS

START_SECONDS = 90


@contextmanager
def served(module: str, *args: str) -> Iterator[str]:
    """Serve what ``mounted(*args)`` of a module returns; give the address below which its apps are."""
    connection, theirs = FORKS.Pipe()
    process = FORKS.Process(target=_serve_for, args=(module, args, theirs), daemon=True)
    process.start()
    theirs.close()
    try:
        assert connection.poll(START_SECONDS)
        yield connection.recv()
    finally:
        process.kill()
        process.join()
        connection.close()


def _serve_for(module: str, args: tuple[str, ...], connection: Connection) -> None:
    """Serve until the other end of ``connection`` is closed."""
    with Path(os.devnull).open("w", encoding="utf-8") as nothing:
        sys.stdout = nothing
        connection.send(_serve(importlib.import_module(module).mounted(*args)))
        try:
            connection.recv()
        except EOFError:
            os._exit(0)


def _serve(app: Any) -> str:
    """Serve in the background; return the address."""
    import uvicorn

    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="warning"))
    threading.Thread(target=server.run, daemon=True).start()
    while not server.started:
        threading.Event().wait(0.01)
    port = server.servers[0].sockets[0].getsockname()[1]
    return f"http://127.0.0.1:{port}/"
