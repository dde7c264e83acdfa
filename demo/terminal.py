"""What the tour writes with: plain text, with colour and moving lines where a person looks."""

from __future__ import annotations

import os
import textwrap
from typing import TextIO

BAR_CELLS = 30
WIDTH = 80


class Terminal:
    """A stream of text; ``lively`` if it is a terminal that may be coloured and overwritten."""

    def __init__(self, stream: TextIO) -> None:
        self._stream = stream
        self.lively = stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
        self._last_bar = ""
        self._column = 0

    def heading(self, text: str) -> None:
        """Begin a new part."""
        self._write(f"\n{self._styled(text, '1;36')}\n")

    def code(self, *lines: str) -> None:
        """Show the lines of Python that run next."""
        for line in lines:
            self._write(f"  {self._styled('>>> ' + line, '33')}\n")

    def line(self, text: str) -> None:
        """Write a line of result, on several where it is long."""
        for part in textwrap.wrap(text, WIDTH - 2, break_on_hyphens=False, subsequent_indent="  "):
            self._write(f"  {part}\n")

    def note(self, text: str) -> None:
        """Write a line that is beside the point."""
        self._write(f"  {self._styled(text, '2')}\n")

    def failure(self, text: str) -> None:
        """Write what went wrong."""
        self._write(f"  {self._styled(text, '1;31')}\n")

    def begin_text(self) -> None:
        """Begin a text that comes in pieces."""
        self._write("  ")
        self._column = 2

    def piece(self, text: str) -> None:
        """Write the next piece of a text, at once; a line that is full ends before it."""
        if self._column + len(text) > WIDTH:
            self._write("\n  ")
            text, self._column = text.lstrip(), 2
        self._write(text)
        self._column += len(text)

    def end_text(self) -> None:
        """End a text that came in pieces."""
        self._write("\n")

    def bar(self, fraction: float, text: str) -> None:
        """Show a progress bar, over the one before where that is possible."""
        full = round(fraction * BAR_CELLS)
        bar = f"[{'#' * full}{'.' * (BAR_CELLS - full)}] {text}"
        if self.lively:
            self._write(f"\r  {self._styled(bar, '32')}\033[K")
        elif bar != self._last_bar:
            self._write(f"  {bar}\n")
        self._last_bar = bar

    def end_bar(self) -> None:
        """Leave the progress bar as it is."""
        if self.lively and self._last_bar:
            self._write("\n")
        self._last_bar = ""

    def _styled(self, text: str, style: str) -> str:
        return f"\033[{style}m{text}\033[0m" if self.lively else text

    def _write(self, text: str) -> None:
        self._stream.write(text)
        self._stream.flush()
