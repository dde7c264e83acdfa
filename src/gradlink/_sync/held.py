"""Streams that are not asked for at once, since more is about to be sent whose messages would come over the same one."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

from gradlink._shell.limits import HELD_SECONDS
from gradlink._sync.clock import Clock
from gradlink._sync.reader import StreamReader


class Held:
    """Streams that are asked for in a moment, while joins are in line.

    A server ends a stream with the last job of its session that it knows. Where functions take no time that is each of them, and a
    stream would be asked for for each.

    Args:
        in_line: tells whether there are joins in line.
    """

    def __init__(self, clock: Clock, in_line: Callable[[], bool]) -> None:
        self._clock = clock
        self._in_line = in_line
        self._lock = threading.RLock()
        self._readers: list[StreamReader] = []
        self._until = 0.0
        self._is_set = False

    @property
    def wanted(self) -> bool:
        """There are joins in line."""
        return self._in_line()

    def add(self, reader: StreamReader) -> None:
        """Have a reader resumed in a moment, or as soon as no joins are in line, with the lead that the caller has."""
        with self._lock:
            if not self._readers:
                self._until = time.monotonic() + HELD_SECONDS
            self._readers.append(reader)
            wanted = self.wanted
            sets = wanted and not self._is_set
            self._is_set = self._is_set or sets
        if not wanted:
            self.release()
        elif sets:
            self._clock.after(HELD_SECONDS, self._look)

    def release(self) -> None:
        """Resume all of them now."""
        with self._lock:
            readers, self._readers = self._readers, []
        for reader in readers:
            reader.resume()

    def _look(self) -> None:
        """Resume them if they were held for long enough."""
        with self._lock:
            left = self._until - time.monotonic() if self._readers else 0.0
            self._is_set = left > 0
        if left > 0:
            self._clock.after(left, self._look)
        else:
            self.release()
