"""Decides which row is sent when, and which is handed out next, for one map."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from typing import Any, Final

from gradlink._dataclass import dataclass
from gradlink.mapping.concurrency import Concurrency
from gradlink.mapping.rows import MapRow

# Rows that have ended and wait for the caller: as many as run at a time, and this many besides.
SPARE_ROWS: Final = 16
# Rows whose end another process has to tell.
MAX_AWAITED: Final = 1000


@dataclass(frozen=True, slots=True)
class Item:
    """A row on its way.

    Attributes:
        attempts: how often it was called in this run.
        earlier: how often it was before.
        number: its number in the journal, 0 without one.
    """

    index: int
    row: Any
    attempts: int = 0
    earlier: int = 0
    key: str | None = None
    number: int = 0

    def ended(self, value: Any, error: Any = None) -> MapRow:
        """Return the row as it is handed out."""
        return MapRow(self.index, self.row, value, error, self.earlier + self.attempts, self.key)


class Schedule:
    """The rows between the one that was pulled last and those that were handed out.

    Args:
        ordered: rows are handed out in the order in which they were given.
    """

    def __init__(self, control: Concurrency, *, ordered: bool) -> None:
        self._control = control
        self._ordered = ordered
        self._running: dict[int, float] = {}
        self._again: deque[Item] = deque()
        self._awaited: deque[Item] = deque()
        self._ready: dict[int, MapRow] = {}
        self._pulled = 0
        self._handed_out = 0

    # -- what goes on -----------------------------------------------------------------------------

    def has_room(self, now: float) -> bool:
        """Tell whether a row may be sent now."""
        return now >= self._control.paused_until and len(self._running) < self._control.limit

    def wants_row(self, now: float) -> bool:
        """Tell whether another row is to be pulled, after those that are in line again."""
        if not self.has_room(now) or self._again or len(self._awaited) >= MAX_AWAITED:
            return False
        # What has ended waits for the caller; with an order, also for the rows before it.
        held = self._pulled - self._handed_out if self._ordered else len(self._ready) + len(self._running)
        return held < 2 * self._control.limit + SPARE_ROWS

    def pulled(self) -> int:
        """Note that a row was pulled; return its place."""
        self._pulled += 1
        return self._pulled - 1

    def began(self, item: Item, now: float) -> None:
        """Note that a row is sent."""
        self._running[item.index] = now

    def ended(self, row: MapRow) -> None:
        """Note what became of a row."""
        self._running.pop(row.index, None)
        self._ready[row.index] = row

    def worked(self, now: float, rank: Callable[[], int | None]) -> None:
        """Note that the server has done a row; see :meth:`Concurrency.ended`."""
        self._control.ended(now, rank)

    def refused(self, index: int, now: float, asked: float | None) -> None:
        """Note that the server has not taken the row at this place, or was too slow for it."""
        self._control.refused(now, self._running.get(index, now), asked)

    def put_back(self, item: Item) -> None:
        """Put a row in line again that was sent."""
        self._running.pop(item.index, None)
        self._again.append(item)

    def await_other(self, item: Item) -> None:
        """Note that another process has a row."""
        self._awaited.append(item)

    # -- what is next -----------------------------------------------------------------------------

    def next_again(self) -> Item | None:
        """Return the next row that is in line again."""
        return self._again.popleft() if self._again else None

    def awaited(self) -> list[Item]:
        """Return the rows that other processes have; they are not noted any more."""
        items = list(self._awaited)
        self._awaited.clear()
        return items

    def take(self) -> MapRow | None:
        """Return the next row for the caller, None if there is none."""
        if not self._ready:
            return None
        index = self._handed_out if self._ordered else next(iter(self._ready))
        row = self._ready.pop(index, None)
        if row is not None:
            self._handed_out += 1
        return row

    @property
    def awaits_others(self) -> bool:
        """Other processes have rows of this map."""
        return bool(self._awaited)

    @property
    def idle(self) -> bool:
        """Nothing is on its way."""
        return not (self._running or self._again or self._awaited or self._ready)

    def seconds_paused(self, now: float) -> float | None:
        """Return how long it is until a row may be sent that waits for that; None if nothing waits."""
        left = self._control.paused_until - now
        return left if left > 0 else None

    def away(self, seconds: float) -> None:
        """Note that the caller was busy; see :meth:`Concurrency.away`."""
        self._control.away(seconds)
