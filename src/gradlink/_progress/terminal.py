"""Displays in a terminal, drawn by rich."""

from __future__ import annotations

import atexit
import sys
import threading
import time
from collections.abc import Callable
from typing import TextIO

from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.progress_bar import ProgressBar
from rich.table import Table
from rich.text import Text

from gradlink._progress.board import Bar, Line, Mark, View

_PER_SECOND = 8
_BAR_WIDTH = 24
_SPINNER = "⠋⠙⠹⠸⠼⠴⠦⠧⠇⠏"
_SIGNS: dict[Mark, tuple[str, str]] = {
    "waiting": ("·", "dim"),
    "running": (_SPINNER, "cyan"),
    "done": ("✓", "green"),
    "failed": ("✗", "red"),
    "cancelled": ("⊘", "yellow"),
}
_PLAIN_SIGNS: dict[Mark, str] = {
    "waiting": ".",
    "running": r"|/-\\",
    "done": "+",
    "failed": "x",
    "cancelled": "-",
}


class TerminalScreen:
    """One display in a terminal."""

    def __init__(self, terminal: Terminal, view: Callable[[], View]) -> None:
        self._terminal = terminal
        self.view = view

    def changed(self) -> None:
        """Leave it to the terminal, which is drawn a few times a second."""

    def close(self) -> None:
        """Leave its last state where it is."""
        self._terminal.remove(self)


class Terminal:
    """A terminal that is drawn in as long as there is a display: one place for all displays of the process."""

    def __init__(self, stream: TextIO) -> None:
        self._console = Console(file=stream, highlight=False)
        self._lock = threading.RLock()
        self._screens: list[TerminalScreen] = []
        self._live: Live | None = None

    @property
    def in_use(self) -> bool:
        """There is a display."""
        return bool(self._screens)

    def add(self, view: Callable[[], View]) -> TerminalScreen:
        """Show another one, below those that are there."""
        with self._lock:
            screen = TerminalScreen(self, view)
            self._screens.append(screen)
            if self._live is None:
                self._live = Live(
                    console=self._console,
                    get_renderable=self._drawn,
                    refresh_per_second=_PER_SECOND,
                    # What the program prints meanwhile comes above; what goes into a file stays there.
                    redirect_stdout=sys.stdout is not None and sys.stdout.isatty(),
                    redirect_stderr=sys.stderr is not None and sys.stderr.isatty(),
                )
                # A program may end without an end of its jobs: the cursor is to come back.
                atexit.register(self.stop)
                self._live.start()
            return screen

    def remove(self, screen: TerminalScreen) -> None:
        """Show one no more."""
        with self._lock:
            if screen not in self._screens:
                return
            if len(self._screens) == 1:
                self.stop()
                self._screens.clear()
                return
            self._screens.remove(screen)
            self._console.print(drawn(screen.view(), self._console))

    def stop(self) -> None:
        """Draw no more; what is there stays."""
        with self._lock:
            live, self._live = self._live, None
            if live is not None:
                atexit.unregister(self.stop)
                live.stop()

    def _drawn(self) -> RenderableType:
        return Group(*(drawn(screen.view(), self._console) for screen in list(self._screens)))


def drawn(view: View, console: Console) -> RenderableType:
    """Return what is seen of a view; nothing that an app says is markup."""
    table = Table.grid(padding=(0, 1))
    table.add_column(width=1)
    table.add_column(no_wrap=True, overflow="ellipsis", max_width=30)
    table.add_column(overflow="fold")
    for line in view.lines:
        table.add_row(_sign(line.mark, console), Text(line.title, "bold"), _said(line))
        for bar in line.bars:
            table.add_row("", "", _bar(bar))
        if line.note:
            table.add_row("", "", Text(line.note, "dim"))
    return Group(table, Text(view.summary, "dim")) if view.summary else table


def _sign(mark: Mark, console: Console) -> Text:
    signs, style = _SIGNS[mark]
    if not console.encoding.startswith("utf"):
        signs = _PLAIN_SIGNS[mark]
    return Text(signs[int(time.monotonic() * _PER_SECOND) % len(signs)], style)


def _said(line: Line) -> Text:
    return Text(line.text, "red" if line.mark == "failed" else "")


def _bar(bar: Bar) -> RenderableType:
    row = Table.grid(padding=(0, 1))
    row.add_column(width=_BAR_WIDTH)
    row.add_column(justify="right", width=4)
    row.add_column(no_wrap=True, overflow="ellipsis")
    if bar.fraction is None:
        row.add_row(ProgressBar(total=None, width=_BAR_WIDTH), "", Text(bar.text))
    else:
        percent = Text(f"{bar.fraction:.0%}")
        row.add_row(ProgressBar(total=1.0, completed=bar.fraction, width=_BAR_WIDTH), percent, Text(bar.text))
    return row


_lock = threading.Lock()
_terminals: dict[int, Terminal] = {}


def open_screen(stream: TextIO, view: Callable[[], View]) -> TerminalScreen:
    """Show a display in the terminal that ``stream`` is, together with those that are shown there."""
    with _lock:
        # Two that do not know of each other would draw over each other.
        number = stream.fileno()
        terminal = _terminals.get(number)
        if terminal is None or not terminal.in_use:
            # While one is drawn in, rich puts something else in the place of standard error.
            terminal = _terminals[number] = Terminal(getattr(stream, "rich_proxied_file", stream))
        return terminal.add(view)
