"""A terminal of our own, in which a command runs as it does in front of a person."""

from __future__ import annotations

import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Self

ROOT = Path(__file__).parents[2]
END_SECONDS = 90
# Sequences that a terminal obeys: those of rich and readline are colours and the movements of the cursor.
_SEQUENCE = re.compile(rb"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")


class Terminal:
    """A command in a terminal.

    Attributes:
        seen: all bytes that it has written.
    """

    def __init__(self, process: subprocess.Popen[bytes], master: int) -> None:
        self._process = process
        self._master = master
        self.seen = b""

    @classmethod
    def start(cls, *command: str, env: Mapping[str, str] | None = None) -> Self:
        """Run ``gradlink`` with these arguments, 80 columns wide."""
        master, slave = pty.openpty()
        sizes = {"COLUMNS": "80", "LINES": "24", "TERM": "xterm-256color", "NO_COLOR": ""}
        process = subprocess.Popen(
            [sys.executable, "-m", "gradlink", *command],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env={**os.environ, **sizes, **(env or {})},
            start_new_session=True,
            preexec_fn=_take_terminal,  # noqa: PLW1509  # so that Ctrl-C, written to it, is a signal
        )
        os.close(slave)
        return cls(process, master)

    @property
    def text(self) -> str:
        """What it has written, without the sequences that a terminal obeys."""
        return _SEQUENCE.sub(b"", self.seen).decode("utf-8", "replace")

    def expect(self, text: str, after: int = 0) -> int:
        """Wait until ``text`` is written behind the place ``after``; return the place behind it."""
        until = time.monotonic() + END_SECONDS
        while (found := self.text.find(text, after)) < 0:
            assert time.monotonic() < until, self.text
            if not self._read(1.0):
                raise AssertionError(f"it ended without {text!r}: {self.text}")
        return found + len(text)

    def send(self, text: str) -> None:
        r"""Type ``text``; ``\x03`` is Ctrl-C, ``\x04`` Ctrl-D."""
        os.write(self._master, text.encode())

    def end(self) -> int:
        """Wait until the command has ended; return its exit code."""
        until = time.monotonic() + END_SECONDS
        while self._read(1.0):
            assert time.monotonic() < until, self.text
        return self._process.wait(END_SECONDS)

    def close(self) -> None:
        """End the command if it has not ended."""
        if self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()
        os.close(self._master)

    def _read(self, seconds: float) -> bool:
        ready, _, _ = select.select([self._master], [], [], seconds)
        if not ready:
            return True
        try:
            data = os.read(self._master, 65536)
        except OSError:  # as Linux says that nobody has the other end any more
            return False
        self.seen += data
        return bool(data)


@contextmanager
def terminal(*command: str, env: Mapping[str, str] | None = None) -> Generator[Terminal]:
    """Run a command in a terminal, and end it."""
    made = Terminal.start(*command, env=env)
    try:
        yield made
    finally:
        made.close()


def _take_terminal() -> None:
    import fcntl
    import termios

    fcntl.ioctl(0, termios.TIOCSCTTY, 0)
