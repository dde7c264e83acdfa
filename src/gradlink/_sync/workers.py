"""A bounded pool of daemon threads, started when there is work and ended when there is none."""

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

    Args:
        clock: tells when tasks are stuck. With it there is one thread at first, and more only while those that there are wait for something.
    """

    def __init__(self, limit: int, name: str, clock: Clock | None = None) -> None:
        self._limit = limit
        self._name = name
        self._clock = clock
        self._pool = _Pool()

    def run(self, task: Callable[[], None]) -> bool:
        """Run ``task`` soon; what it raises is logged. False if no task is taken any more."""
        if self._pool.lock_type is not threading.Lock:
            # gevent has patched threading since: idle threads are real ones, in which its locks do not wait well.
            self._pool.leave()
            self._pool = _Pool()
        pool = self._pool
        number = pool.take(task, self._limit if self._clock is None else 1)
        if number:
            self._start(pool, number)
        elif number is not None:
            self._watch(pool)
        return number is not None

    def close(self) -> None:
        """Take no more tasks; threads finish what is there and leave at once."""
        self._pool.leave()

    def _start(self, pool: _Pool, number: int) -> None:
        try:
            threading.Thread(target=pool.work, name=f"gradlink-{self._name}-{number}", daemon=True).start()
        except RuntimeError:
            # The system gives no more threads: those that there are take the task, or the one of the next task.
            _log.exception("a thread of gradlink could not be started")
            pool.miss()

    def _watch(self, pool: _Pool) -> None:
        """Look in a moment whether the tasks in line are stuck."""
        if self._clock is not None and (begun := pool.watch(self._limit)) is not None:
            self._clock.after(STUCK_SECONDS, partial(self._look, pool, begun))

    def _look(self, pool: _Pool, begun: int) -> None:
        for number in pool.grow(begun, self._limit):
            self._start(pool, number)
        self._watch(pool)


class _Pool:
    """The threads of one kind of lock, and their tasks."""

    def __init__(self) -> None:
        self.lock_type = threading.Lock
        self._changed = Changes()
        self._tasks: deque[Callable[[], None]] = deque()
        self._threads = 0
        self._idle = 0
        self._begun = 0
        self._watched = False
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

    def miss(self) -> None:
        """Note that a thread that was to be started is not there."""
        with self._changed:
            self._threads -= 1

    def watch(self, limit: int) -> int | None:
        """Return how many tasks were begun so far, for :meth:`grow`; None if nothing waits, or it is watched already."""
        with self._changed:
            if self._watched or len(self._tasks) <= self._idle or self._threads >= limit:
                return None
            self._watched = True
            return self._begun

    def grow(self, begun: int, limit: int) -> range:
        """Return the numbers of threads that are to be started: as many as there are, unless each has begun a task since."""
        with self._changed:
            self._watched = False
            wanted = len(self._tasks) - self._idle
            had = self._threads
            if wanted <= 0 or 0 < had <= self._begun - begun:
                return range(0)
            self._threads += min(wanted, had, limit - had)
            return range(had + 1, self._threads + 1)

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
                self._begun += 1
                return self._tasks.popleft()
            self._threads -= 1
            return None
