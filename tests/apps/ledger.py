"""What the functions of a test app note down, and the gates they wait at.

A test that wants to know whether a cancelled function really stopped asks the server, and a test that
wants a function to be in the middle of its work opens its gates one by one. So no test has to guess how
long something takes.
"""

from __future__ import annotations

import asyncio
import threading
from collections import Counter, defaultdict
from collections.abc import Callable
from contextlib import suppress


class Ledger:
    """Counts by key and by what is counted, and permits to pass; usable from threads and event loops."""

    def __init__(self) -> None:
        self._lock = threading.Lock()  # guards everything below
        self._counts: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._permits: Counter[str] = Counter()
        self._waiters: list[tuple[Callable[[], bool], asyncio.AbstractEventLoop, asyncio.Future[None]]] = []

    def note(self, key: str, what: str) -> None:
        """Count one more ``what`` under ``key``."""
        with self._lock:
            self._counts[key][what] += 1
            self._wake()

    def counts(self, key: str) -> dict[str, int]:
        """Return what was counted under ``key``."""
        with self._lock:
            return dict(self._counts[key])

    def open_gate(self, key: str, times: int = 1) -> None:
        """Let ``times`` passers through the gate ``key``, now or later."""
        with self._lock:
            self._permits[key] += times
            self._wake()

    async def pass_gate(self, key: str) -> None:
        """Wait until the gate ``key`` is open for one more."""
        while not self._take_permit(key):
            await self._until(lambda: self._permits[key] > 0)

    async def reach(self, key: str, what: str, count: int) -> None:
        """Wait until ``what`` has been counted ``count`` times under ``key``."""
        await self._until(lambda: self._counts[key][what] >= count)

    def _take_permit(self, key: str) -> bool:
        with self._lock:
            if self._permits[key] == 0:
                return False
            self._permits[key] -= 1
            return True

    async def _until(self, holds: Callable[[], bool]) -> None:
        with self._lock:
            if holds():
                return
            loop = asyncio.get_running_loop()
            waiter = (holds, loop, loop.create_future())
            self._waiters.append(waiter)
        try:
            await waiter[2]
        finally:
            with self._lock, suppress(ValueError):
                self._waiters.remove(waiter)

    def _wake(self) -> None:
        """Wake those whose condition holds now. Caller holds _lock."""
        for holds, loop, woken in self._waiters:
            if holds():
                loop.call_soon_threadsafe(_resolve, woken)


def _resolve(woken: asyncio.Future[None]) -> None:
    if not woken.done():
        woken.set_result(None)


LEDGER = Ledger()
"""The one ledger of this process."""
