"""Connections that are kept between requests."""

from __future__ import annotations

import threading
import time
from typing import Generic, Protocol, TypeVar

from gradlink._shell.addresses import Address

MAX_KEPT = 20


class Kept(Protocol):
    """A connection that can be kept.

    Attributes:
        idle_since: when it was given back last.
    """

    idle_since: float

    @property
    def usable(self) -> bool:
        """Nothing has come since the last answer, as the end that a server makes of a kept connection."""
        ...

    def close(self) -> None:
        """Close it, now or soon."""
        ...


W = TypeVar("W", bound=Kept)


class Pool(Generic[W]):
    """Kept connections by where they lead, the youngest first.

    Args:
        seconds: how long one is kept.
    """

    def __init__(self, seconds: float, most: int = MAX_KEPT) -> None:
        self._seconds = seconds
        self._most = most
        self._lock = threading.Lock()
        self._kept: list[tuple[tuple[str, str, int], W]] = []
        self._closed = False

    def take(self, address: Address) -> W | None:
        """Return a connection that can be used, None if there is none."""
        place = address.scheme, address.host, address.port
        while (wire := self._pick(place)) is not None:
            if wire.usable:
                return wire
            wire.close()
        return None

    def keep(self, address: Address, wire: W) -> None:
        """Take a connection back; those that nobody wants are closed."""
        wire.idle_since = time.monotonic()
        with self._lock:
            old = self._expired(wire.idle_since)
            if self._closed:
                old.append(wire)
            else:
                self._kept.append(((address.scheme, address.host, address.port), wire))
                if len(self._kept) > self._most:
                    old.append(self._kept.pop(0)[1])
        for one in old:
            one.close()

    def close(self) -> None:
        """Close what is kept, and keep nothing more."""
        with self._lock:
            self._closed = True
            kept, self._kept = self._kept, []
        for _, wire in kept:
            wire.close()

    def _pick(self, place: tuple[str, str, int]) -> W | None:
        with self._lock:
            old = self._expired(time.monotonic())
            found = None
            for index in range(len(self._kept) - 1, -1, -1):
                if self._kept[index][0] == place:
                    found = self._kept.pop(index)[1]
                    break
        for one in old:
            one.close()
        return found

    def _expired(self, now: float) -> list[W]:
        """Take out those that were kept for too long. Caller holds the lock."""
        count = 0
        while count < len(self._kept) and now - self._kept[count][1].idle_since > self._seconds:
            count += 1
        old, self._kept = self._kept[:count], self._kept[count:]
        return [wire for _, wire in old]
