"""Runs programs as a reader of the examples would."""

from __future__ import annotations

import os
import re
import socket
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]


def run(
    *arguments: str, program: str | None = None, stdin: str | None = None
) -> subprocess.CompletedProcess[str]:
    """Run a Python program to its end; ``program`` is its text, if it is not a file, ``stdin`` what it reads otherwise."""
    command = [sys.executable, *(["-"] if program is not None else []), *arguments]
    return subprocess.run(
        command,
        input=program if stdin is None else stdin,
        cwd=ROOT,
        env=_environment({}),
        capture_output=True,
        text=True,
        check=False,
    )


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def serving(*arguments: str, **environment: str) -> Iterator[str]:
    """Run ``python ARGUMENTS``, which serves until it is ended, and give the URL that it tells."""
    with (
        tempfile.TemporaryDirectory(prefix="gradlink-examples-", ignore_cleanup_errors=True) as folder,
        subprocess.Popen(
            [sys.executable, *arguments],
            cwd=ROOT,
            env=_environment({**environment, "TMPDIR": folder, "GRADIO_TEMP_DIR": folder}),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        ) as process,
    ):
        try:
            yield _printed_url(process)
        finally:
            process.terminate()  # gunicorn ends its workers
            try:
                process.wait(10)
            except subprocess.TimeoutExpired:
                process.kill()


def _printed_url(process: subprocess.Popen[str]) -> str:
    said = ""
    for line in process.stdout or ():
        said += line
        if match := re.search(r"http://127\.0\.0\.1:\d+", line):
            return match[0]
    raise AssertionError(f"{process.args!r} ended with:\n{said}")


def _environment(more: dict[str, str]) -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join((str(ROOT / "src"), str(ROOT))), **more}
