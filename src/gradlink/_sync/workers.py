"""Runs tasks of one kind, in as many threads as they may have."""

from __future__ import annotations

import logging
import sys
import threading
from collections import deque
from collections.abc import Callable
from functools import partial

from gradlink._shell.limits import STUCK_SECONDS
from gradlink._sync.changes import Changes
from gradlink._sync.clock import Clock
from gradlink._sync.threads import Threads

_log = logging.getLogger("gradlink.workers")


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

    Args:
        threads: where the threads come from.
        clock: tells when tasks are stuck. With it there is one thread at first, and more only while those that there are wait for something.
    """

    def __init__(self, limit: int, name: str, threads: Threads, clock: Clock | None = None) -> None:
        self._limit = limit
        self._name = name
        self._threads = threads
        self._clock = clock
        self._line = _Line()

    def run(self, task: Callable[[], None]) -> bool:
        """Run ``task`` soon; what it raises is logged. False if no task is taken any more."""
        if self._line.lock_type is not threading.Lock:
            # gevent has patched threading since, and its locks do not wait well for real threads.
            self._line.leave()
            self._line = _Line()
        line = self._line
        number = line.take(task, self._limit if self._clock is None else 1)
        if number:
            self._start(line, number)
        elif number is not None:
            self._watch(line)
        return number is not None

    def close(self) -> None:
        """Take no more tasks; what is in line is done."""
        self._line.leave()

    def _start(self, line: _Line, number: int) -> None:
        try:
            self._threads.run(line.work, f"gradlink-{self._name}-{number}")
        except RuntimeError:
            # The system gives no more threads: those that there are take the task, or the one of the next task.
            _log.exception("a thread of gradlink could not be started")
            line.miss()

    def _watch(self, line: _Line) -> None:
        """Look in a moment whether the tasks in line are stuck."""
        if self._clock is not None and (begun := line.watch(self._limit)) is not None:
            self._clock.after(STUCK_SECONDS, partial(self._look, line, begun))

    def _look(self, line: _Line, begun: int) -> None:
        for number in line.grow(begun, self._limit):
            self._start(line, number)
        self._watch(line)


class _Line:
    """Tasks in line, and how many threads there are for them, of one kind of lock."""

    def __init__(self) -> None:
        self.lock_type = threading.Lock
        self._changed = Changes()
        self._tasks: deque[Callable[[], None]] = deque()
        self._threads = 0
        self._begun = 0
        self._watched = False
        self._leaving = False

    def take(self, task: Callable[[], None], limit: int) -> int | None:
        """Put ``task`` in line; return the number of a thread that is to be there for it, 0 for none.

        None if it is not taken, since no more are.
        """
        with self._changed:
            if self._leaving:
                return None
            self._tasks.append(task)
            if self._threads >= limit:
                return 0
            self._threads += 1
            return self._threads

    def miss(self) -> None:
        """Note that a thread that was to be there is not."""
        with self._changed:
            self._threads -= 1

    def watch(self, limit: int) -> int | None:
        """Return how many tasks were begun so far, for :meth:`grow`; None if nothing waits, or it is watched already."""
        with self._changed:
            if self._watched or not self._tasks or self._threads >= limit:
                return None
            self._watched = True
            return self._begun

    def grow(self, begun: int, limit: int) -> range:
        """Return the numbers of threads that are to be added: as many as there are, unless each has begun a task since."""
        with self._changed:
            self._watched = False
            had = self._threads
            if not self._tasks or 0 < had <= self._begun - begun:
                return range(0)
            self._threads += min(len(self._tasks), had, limit - had)
            return range(had + 1, self._threads + 1)

    def leave(self) -> None:
        """Take no more tasks."""
        with self._changed:
            self._leaving = True

    def work(self) -> None:
        """Run tasks until none is in line, in a thread for that."""
        while (task := self._next()) is not None:
            try:
                task()
            except Exception:
                _log.exception("a task of gradlink failed")
            # What it belongs to may be forgotten by everybody else.
            del task

    def _next(self) -> Callable[[], None] | None:
        with self._changed:
            if self._tasks:
                self._begun += 1
                return self._tasks.popleft()
            self._threads -= 1
            return None
