"""Markdown in the terminal while it is still being written.

What is finished is printed for good, block by block; only the block at the end is drawn again as it grows. So an answer
may be longer than the screen, and what has scrolled away is right.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from gradlink._text import lines

if TYPE_CHECKING:
    from rich.console import Console, RenderableType


def write_markdown(parts: Iterable[str], console: Console) -> None:
    """Write the text that ``parts`` make up as Markdown, as they come."""
    from rich.live import Live

    blocks = Blocks()
    with Live(
        console=console,
        auto_refresh=True,
        refresh_per_second=12,
        transient=True,
        vertical_overflow="ellipsis",
    ) as live:
        for part in parts:
            for finished in blocks.add(lines(part)):
                live.console.print(rendered(finished))
            live.update(rendered(blocks.rest))
    if blocks.rest.strip():
        console.print(rendered(blocks.rest))


def rendered(text: str) -> RenderableType:
    """Return Markdown for the terminal; what it links to is written out, since a hidden address cannot be judged."""
    from rich.markdown import Markdown

    return Markdown(text, hyperlinks=False)


class Blocks:
    """A text on its way, cut where a paragraph or a fenced block has ended.

    Attributes:
        rest: what is not finished.
    """

    def __init__(self) -> None:
        self.rest = ""
        self._lines: list[str] = []
        self._fence = ""

    def add(self, text: str) -> list[str]:
        """Take further text; return the blocks that it has finished."""
        finished: list[str] = []
        *whole, last = (self._tail() + text).split("\n")
        for line in whole:
            self._lines.append(line)
            if self._ends(line):
                block = "\n".join(self._lines)
                self._lines.clear()
                if block.strip():
                    finished.append(block)
        self.rest = "\n".join([*self._lines, last])
        return finished

    def _tail(self) -> str:
        """Return the line that is not finished."""
        return self.rest.rpartition("\n")[2]

    def _ends(self, line: str) -> bool:
        mark = line.lstrip()[:3]
        if self._fence:
            if mark == self._fence and not line.strip().strip(self._fence[0]):
                self._fence = ""
                return True
            return False
        if mark in {"```", "~~~"}:
            self._fence = mark
            return False
        return not line.strip()
