"""A bounded pool of daemon threads, started when there is work and ended when there is none."""

from __future__ import annotations

import logging
import sys
import threading
from collections import deque
from collections.abc import Callable

_log = logging.getLogger("gradlink.workers")

# Long enough that a program that calls now and then does not start a thread each time.
IDLE_SECONDS = 5.0


def run_apart(task: Callable[[], None], name: str, *, daemon: bool = True) -> None:
    """Run ``task`` in a thread of its own, or in this one where the program is ending and no thread can be started."""
    if sys.is_finalizing() or not threading.main_thread().is_alive():
        task()
        return
    try:
        threading.Thread(target=task, name=f"gradlink-{name}", daemon=daemon).start()
    except RuntimeError:
        task()


class Workers:
    """Runs tasks in at most ``limit`` threads, in the order given.

    The threads are daemons: they never keep the interpreter from ending. ``threading`` is used by attribute,
    so that gevent may patch it after gradlink was imported.
    """

    def __init__(self, limit: int, name: str) -> None:
        self._limit = limit
        self._name = name
        self._pool = _Pool()

    def run(self, task: Callable[[], None]) -> bool:
        """Run ``task`` soon; what it raises is logged. False if no task is taken any more."""
        if self._pool.lock_type is not threading.Lock:
            # gevent has patched threading since: idle threads are real ones, in which its locks do not wait well.
            self._pool.leave()
            self._pool = _Pool()
        pool = self._pool
        number = pool.take(task, self._limit)
        if number:
            name = f"gradlink-{self._name}-{number}"
            threading.Thread(target=pool.work, name=name, daemon=True).start()
        return number is not None

    def close(self) -> None:
        """Take no more tasks; threads finish what is there and leave at once."""
        self._pool.leave()


class _Pool:
    """The threads of one kind of lock, and their tasks."""

    def __init__(self) -> None:
        self.lock_type = threading.Lock
        self._changed = threading.Condition()
        self._tasks: deque[Callable[[], None]] = deque()
        self._threads = 0
        self._idle = 0
        self._leaving = False

    def take(self, task: Callable[[], None], limit: int) -> int | None:
        """Put ``task`` in line; return the number of a thread that is to be started for it, 0 for none.

        None if it is not taken, since the threads leave.
        """
        with self._changed:
            if self._leaving:
                return None
            self._tasks.append(task)
            if self._idle >= len(self._tasks):
                self._changed.notify()
                return 0
            if self._threads >= limit:
                return 0
            self._threads += 1
            return self._threads

    def leave(self) -> None:
        """Let the threads leave when the tasks in line are done."""
        with self._changed:
            self._leaving = True
            self._changed.notify_all()

    def work(self) -> None:
        """Run tasks until none has come for a while."""
        while (task := self._next()) is not None:
            try:
                task()
            except Exception:
                _log.exception("a task of gradlink failed")
            # A reference kept while idle would keep what the task belongs to alive.
            del task

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            self._idle += 1
            self._changed.wait_for(lambda: bool(self._tasks) or self._leaving, IDLE_SECONDS)
            self._idle -= 1
            if self._tasks:
                return self._tasks.popleft()
            self._threads -= 1
            return None
