"""A bounded crew of daemon threads that come when there is work and leave when there is none."""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable

_log = logging.getLogger("gradlink.workers")

# Long enough that a program that calls now and then does not start a thread each time.
IDLE_SECONDS = 5.0


class Workers:
    """Runs tasks in at most ``limit`` threads, in the order given.

    The threads are daemons: they never keep the interpreter from ending. ``threading`` is used by attribute,
    so that gevent may patch it after gradlink was imported.
    """

    def __init__(self, limit: int, name: str) -> None:
        self._limit = limit
        self._name = name
        self._changed = threading.Condition()
        self._tasks: deque[Callable[[], None]] = deque()
        self._threads = 0
        self._idle = 0
        self._closed = False

    def run(self, task: Callable[[], None]) -> None:
        """Run ``task`` soon; what it raises is logged."""
        with self._changed:
            if self._closed:
                return
            self._tasks.append(task)
            if self._idle >= len(self._tasks):
                self._changed.notify()
                return
            if self._threads >= self._limit:
                return
            self._threads += 1
            number = self._threads
        threading.Thread(target=self._work, name=f"gradlink-{self._name}-{number}", daemon=True).start()

    def close(self) -> None:
        """Take no more tasks; threads finish what is there and leave at once."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()

    def _work(self) -> None:
        while (task := self._next()) is not None:
            try:
                task()
            except Exception:  # nobody waits for it
                _log.exception("a task of gradlink failed")
            # A reference kept while idle would keep what the task belongs to alive.
            del task

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: bool(self._tasks) or self._closed, IDLE_SECONDS)
            self._idle -= 1
            if self._tasks:
                return self._tasks.popleft()
            self._threads -= 1
            return None
