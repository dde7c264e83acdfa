"""Servers that a test starts for itself, to kill them and to start another one at the same port."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager


def free_port() -> int:
    """Return a port that nobody listens at now."""
    with socket.create_server(("127.0.0.1", 0)) as probe:
        return int(probe.getsockname()[1])


@contextmanager
def process(module: str, *arguments: str | int) -> Iterator[subprocess.Popen[str]]:
    """Run an app, from when it says that it is ready."""
    command = [sys.executable, "-m", module, *map(str, arguments)]
    with (
        tempfile.TemporaryDirectory(prefix="gradlink-process-", ignore_cleanup_errors=True) as folder,
        subprocess.Popen(
            command,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
            env={**os.environ, "GRADIO_TEMP_DIR": folder},
        ) as running,
    ):
        try:
            assert running.stdout is not None
            assert json.loads(running.stdout.readline())["url"]
            yield running
        finally:
            running.kill()
