"""Displays below the cell of a notebook."""

from __future__ import annotations

import contextvars
import secrets
import threading
from collections.abc import Callable

from gradlink._local.notebook import put
from gradlink._progress.board import View
from gradlink._progress.html import view_html, view_text

# A browser is to draw it, perhaps through a slow connection.
_SECONDS_BETWEEN = 0.1
# What changes without any event: the time that a job runs.
_SECONDS_AT_MOST = 1.0


class NotebookScreen:
    """One display, drawn by a thread of its own until it is closed."""

    def __init__(self, view: Callable[[], View]) -> None:
        self._view = view
        self._id = f"gradlink-{secrets.token_hex(8)}"
        # A kernel knows by its context which cell it is that shows something.
        self._context = contextvars.copy_context()
        self._changed = threading.Event()
        self._closed = threading.Event()
        self._shown = ""
        self._draw(update=False)
        self._thread = threading.Thread(target=self._run, name="gradlink-notebook", daemon=True)
        self._thread.start()

    def changed(self) -> None:
        """Draw it again, soon."""
        self._changed.set()

    def close(self) -> None:
        """Leave its last state below the cell."""
        if self._closed.is_set():
            return
        self._closed.set()
        self._changed.set()
        self._thread.join()
        self._context.run(self._draw)

    def _run(self) -> None:
        while not self._closed.is_set():
            self._changed.wait(_SECONDS_AT_MOST)
            self._changed.clear()
            if self._closed.wait(_SECONDS_BETWEEN):
                return
            self._context.run(self._draw)

    def _draw(self, *, update: bool = True) -> None:
        view = self._view()
        html = view_html(view)
        if html != self._shown:
            self._shown = html
            put(view_text(view), html, self._id, update=update)
