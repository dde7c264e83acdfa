"""The command in a terminal of its own, 80 columns wide, as it is in front of a person."""

from __future__ import annotations

import re
import time
from collections.abc import Generator, Mapping
from contextlib import contextmanager

from tests.live.ptys import Terminal
from tests.live.waits import END_SECONDS

PROGRAM = "import sys; from gradlink.cli import main; sys.exit(main(sys.argv[1:]))"
# Sequences that a terminal obeys: those of rich and readline are colours and the movements of the cursor.
_SEQUENCE = re.compile(r"\x1b\[[0-9;?]*[A-Za-z]|\x1b[=>]|\x1b\][^\x07\x1b]*(?:\x07|\x1b\\)")


class Screen(Terminal):
    """A command in a terminal."""

    @property
    def text(self) -> str:
        """What it has written, without the sequences that a terminal obeys."""
        return _SEQUENCE.sub("", self.written)

    def expect(self, text: str, after: int = 0) -> int:
        """Wait until ``text`` is written behind the place ``after``; return the place behind it."""
        until = time.monotonic() + END_SECONDS
        while (found := self.text.find(text, after)) < 0:
            assert time.monotonic() < until, self.text
            assert self._read(), f"it ended without {text!r}: {self.text}"
        return found + len(text)


@contextmanager
def terminal(*command: str, env: Mapping[str, str] | None = None) -> Generator[Screen]:
    """Run ``gradlink`` with these arguments in a terminal, and end it."""
    screen = Screen(PROGRAM, *command, env={"COLUMNS": "80", "LINES": "24", "NO_COLOR": "", **(env or {})})
    try:
        yield screen
    finally:
        screen.close()
