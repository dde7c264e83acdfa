"""Programs that a test runs in a terminal of its own, and what is then to be read there."""

from __future__ import annotations

import codecs
import os
import pty
import re
import select
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from tests.live.programs import ROOT
from tests.live.waits import END_SECONDS

HIDE_CURSOR, SHOW_CURSOR = "\x1b[?25l", "\x1b[?25h"
_TOKEN = re.compile(r"\x1b\[([?0-9;]*)([A-Za-z])|(\r)|(\n)|([^\x1b])")


class Terminal:
    """A program in a terminal.

    Attributes:
        written: all that it has written there.
    """

    def __init__(self, program: str, *arguments: str, env: Mapping[str, str] | None = None) -> None:
        self._master, slave = pty.openpty()
        sizes = {"COLUMNS": "100", "LINES": "40", "TERM": "xterm-256color"}
        self.process = subprocess.Popen(
            [sys.executable, "-c", program, *arguments],
            stdin=slave,
            stdout=slave,
            stderr=slave,
            cwd=ROOT,
            env={**os.environ, **sizes, **(env or {})},
            start_new_session=True,
        )
        os.close(slave)
        self.written = ""
        # A character may come in two parts.
        self._decoder = codecs.getincrementaldecoder("utf-8")("replace")

    def read_until(self, text: str) -> None:
        """Wait until the program has written ``text``."""
        until = time.monotonic() + END_SECONDS
        while text not in self.written:
            assert time.monotonic() < until, self.written
            assert self._read(), f"it ended without {text!r}: {self.written}"

    def end(self) -> int:
        """Wait until the program ends; return its exit code."""
        until = time.monotonic() + END_SECONDS
        while self._read():
            assert time.monotonic() < until, self.written
        return self.process.wait(END_SECONDS)

    def send(self, text: str) -> None:
        r"""Type ``text``; ``\x04`` is Ctrl-D."""
        os.write(self._master, text.encode())

    def interrupt(self) -> None:
        """Do what Ctrl-C does."""
        self.process.send_signal(signal.SIGINT)

    def screen(self) -> list[str]:
        """Return the lines that stand there, as one reads them."""
        rows: list[list[str]] = [[]]
        row = column = 0
        for found in _TOKEN.finditer(self.written):
            number, command, back, down, character = found.groups()
            if command == "A":
                row = max(0, row - int(number or 1))
            elif command == "K":
                rows[row] = []
            elif back:
                column = 0
            elif down:
                row += 1
            elif character:
                rows[row] += [" "] * (column - len(rows[row]))
                rows[row][column : column + 1] = [character]
                column += 1
            while len(rows) <= row:
                rows.append([])
        return [text for text in ("".join(cells).rstrip() for cells in rows) if text]

    def close(self) -> None:
        """End it if it has not ended."""
        self.process.kill()
        self.process.wait()
        os.close(self._master)

    def _read(self) -> bool:
        ready, _, _ = select.select([self._master], [], [], 1.0)
        if not ready:
            return True
        try:
            data = os.read(self._master, 1 << 16)
        except OSError:  # as Linux says that nobody has the other end any more
            return False
        self.written += self._decoder.decode(data)
        return bool(data)


@contextmanager
def in_terminal(program: str, *arguments: str, env: Mapping[str, str] | None = None) -> Iterator[Terminal]:
    """Run a program in a terminal, and end it."""
    terminal = Terminal(program, *arguments, env=env)
    try:
        yield terminal
    finally:
        terminal.close()
