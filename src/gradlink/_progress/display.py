"""A board on a screen: in a notebook, in a terminal, or nowhere."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time
from collections.abc import Callable
from typing import Protocol, TextIO

from gradlink._local.notebook import in_notebook
from gradlink._progress.board import Board, View
from gradlink._shell.watched import WatchedEvent, WatchedJob
from gradlink.errors import MissingPackageError


class Screen(Protocol):
    """Where a display is seen."""

    def changed(self) -> None:
        """Show what has changed, soon."""
        ...

    def close(self) -> None:
        """Show how it ends, and nothing more."""
        ...


class Display:
    """What is known of jobs; while it is open it can be seen, if there is a place for that.

    Args:
        file: where that is; None for a notebook, or else standard error.
    """

    def __init__(self, file: TextIO | None = None) -> None:
        self._file = file
        self._board = Board()
        self._lock = threading.Lock()
        self._screen: Screen | None = None

    def open(self) -> None:
        """Show it: below the cell of a notebook, or in a terminal, or not at all."""
        self._screen = _screen_of(self._file, self._view)

    def take(self, job: WatchedJob, event: WatchedEvent) -> None:
        """Take what has happened to a job."""
        with self._lock:
            self._board.take(job, event, time.monotonic())
        if (screen := self._screen) is not None:
            screen.changed()

    def close(self) -> None:
        """Show no more; what is seen stays."""
        screen, self._screen = self._screen, None
        if screen is not None:
            screen.close()

    def _view(self) -> View:
        with self._lock:
            return self._board.view(time.monotonic())


def _screen_of(file: TextIO | None, view: Callable[[], View]) -> Screen | None:
    if file is None and in_notebook():
        from gradlink._progress.notebook import NotebookScreen

        return NotebookScreen(view)
    # There is none under pythonw, whatever its type says.
    stream: TextIO | None = sys.stderr if file is None else file
    if stream is None or not stream.isatty() or os.environ.get("TERM") == "dumb":
        return None
    from gradlink._progress.terminal import open_screen

    return open_screen(stream, view)


def require_rich(file: TextIO | None) -> None:
    """Raise MissingPackageError if what is to be shown on ``file`` needs rich, and there is none."""
    if file is None and in_notebook():
        return
    try:
        importlib.import_module("rich")
    except ImportError:
        raise MissingPackageError(
            "showing progress needs rich; install it with: pip install 'gradlink[progress]'"
            " (a callback needs nothing: gradlink.progress(callback))"
        ) from None
