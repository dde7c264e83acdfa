"""Calls functions at set times, from one thread that is there only while something is set."""

from __future__ import annotations

import heapq
import itertools
import logging
import threading
import time
from collections.abc import Callable

from gradlink._sync.changes import Changes

_log = logging.getLogger("gradlink.clock")


class Clock:
    """The time limits of one connection. What is set for a job that ends before does nothing."""

    def __init__(self) -> None:
        self._changed = Changes()
        self._due: list[tuple[float, int, Callable[[], None]]] = []
        self._numbers = itertools.count()
        self._running = False
        self._closed = False

    def after(self, seconds: float, task: Callable[[], None]) -> None:
        """Call ``task`` in ``seconds``."""
        with self._changed:
            if self._closed:
                return
            heapq.heappush(self._due, (time.monotonic() + seconds, next(self._numbers), task))
            self._changed.notify()
            if self._running:
                return
            self._running = True
        threading.Thread(target=self._run, name="gradlink-clock", daemon=True).start()

    def forget(self, task: Callable[[], None]) -> None:
        """Do not call ``task`` any more."""
        with self._changed:
            self._due = [entry for entry in self._due if entry[2] != task]
            heapq.heapify(self._due)
            self._changed.notify()

    def close(self) -> None:
        """Forget what is set, and let the thread leave."""
        with self._changed:
            self._closed = True
            self._due.clear()
            self._changed.notify()

    def _run(self) -> None:
        while (task := self._next()) is not None:
            try:
                task()
            except Exception:
                _log.exception("a time limit of gradlink failed")

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            while self._due:
                pause = self._due[0][0] - time.monotonic()
                if pause <= 0:
                    return heapq.heappop(self._due)[2]
                self._changed.wait(pause)
            self._running = False
            return None
