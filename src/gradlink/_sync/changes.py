"""Tells threads that something has changed: as ``threading.Condition``, but nothing interrupts it where its lock would stay taken.

Ctrl-C in the few steps of Python's with which a ``threading.Condition`` is taken, left, or taken again after a wait leaves its
lock taken for ever, and with it everybody who needs it. Here it comes while a thread waits, and else when the lock is free.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from gradlink._sync.interrupts import waiting, whole


class Changes:
    """A lock, and those who wait for what it guards to change. The lock can be taken again by the thread that has it.

    Attributes:
        lock: the lock alone, for those who are within a ``whole()`` block anyway.
    """

    __slots__ = ("_bells", "_blocks", "lock")

    def __init__(self) -> None:
        self.lock: Any = threading.RLock()
        self._blocks: list[whole] = []
        # Each is taken, and is given back to wake whoever wants to take it again.
        self._bells: list[threading.Lock] = []

    def __enter__(self) -> None:
        block = whole()
        block.__enter__()
        self.lock.acquire()
        self._blocks.append(block)

    def __exit__(self, *_: object) -> None:
        block = self._blocks.pop()
        self.lock.release()
        block.__exit__()

    def acquire(self) -> bool:
        """Take the lock, as ``concurrent.futures.wait()`` does."""
        self.__enter__()
        return True

    def release(self) -> None:
        self.__exit__()

    def wait(self, seconds: float | None = None) -> bool:
        """Wait until somebody tells of a change, for ``seconds`` at most; return whether somebody has. Caller has the lock."""
        bell = threading.Lock()
        bell.acquire()
        self._bells.append(bell)
        blocks, self._blocks = self._blocks, []
        # Twice and more in the handler of a signal, which came while the thread had it. As threading.Condition does it.
        taken = self.lock._release_save()  # noqa: SLF001
        try:
            with waiting():
                return bell.acquire(timeout=-1 if seconds is None else max(0.0, seconds))
        finally:
            self.lock._acquire_restore(taken)  # noqa: SLF001
            self._blocks = blocks
            with suppress(ValueError):  # it was rung
                self._bells.remove(bell)

    def wait_for(self, satisfied: Callable[[], object], seconds: float | None = None) -> bool:
        """Wait until ``satisfied()``, for ``seconds`` at most; return whether it is. Caller has the lock."""
        until = None if seconds is None else time.monotonic() + seconds
        while not satisfied():
            left = None if until is None else until - time.monotonic()
            if left is not None and left <= 0:
                return False
            self.wait(left)
        return True

    def notify(self) -> None:
        """Wake one who waits, the first. Caller has the lock."""
        if self._bells:
            self._bells.pop(0).release()

    def notify_all(self) -> None:
        """Wake all who wait. Caller has the lock."""
        while self._bells:
            self._bells.pop().release()
