"""Finds out how many rows are to be at the server at a time.

It grows while throughput grows, doubling at first and by a part later, and halves when the server refuses a row or is too
slow for it. Times are those of one clock, in seconds, and come with each event.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final, cast

from gradlink._dataclass import dataclass
from gradlink.errors import ArgumentError

# So few that a small server is not flooded, so many that a large one is soon in use.
START: Final = 4
# A rate is measured over as many rows as run at a time, and over these at least: fewer say little where rows differ.
LEAST_MEASURED: Final = 8
# How much faster it must be with twice as many at a time, and with a quarter more.
DOUBLED_GAIN: Final = 1.1
PROBED_GAIN: Final = 1.04
# Measurements between two tries whether more at a time would be faster.
HELD: Final = 3
# A measurement says nothing about the server if the caller took this part of it for itself.
AWAY_PART: Final = 0.25
PAUSE_SECONDS: Final = 0.5
MAX_PAUSE_SECONDS: Final = 30.0
# What a server may ask for with Retry-After.
MAX_ASKED_SECONDS: Final = 300.0


@dataclass(frozen=True, slots=True)
class Bounds:
    """Between which numbers it is; both are the same where it is fixed.

    Attributes:
        start: the number to begin with.
    """

    low: int
    high: int
    start: int

    @classmethod
    def of(cls, wanted: object, most: int, batch: int = 1) -> Bounds:
        """Return the bounds that a caller asks for.

        Args:
            wanted: "auto", a number, or the least and the largest one.
            most: how many jobs the client has at the server at a time; there are never more.
            batch: how many rows the server takes together.

        Raises ArgumentError for anything else.
        """
        if wanted == "auto":
            # One batch that runs, and the next one that is there when it has ended.
            low = min(2 * batch, most) if batch > 1 else 1
            return cls(low, most, min(max(low, START), most))
        low, high = _pair(wanted)
        if not 1 <= low <= high:
            raise ArgumentError(
                f'concurrency is "auto", a number from 1 on, or two of them such as (2, 16), not {wanted!r}'
            )
        low, high = min(low, most), min(high, most)
        return cls(low, high, min(max(low, START), high))


def _pair(wanted: object) -> tuple[int, int]:
    """Return the two numbers that a caller gives, or twice the only one; (0, 0) for anything else."""
    pair = cast("tuple[object, ...]", wanted) if isinstance(wanted, tuple) else (wanted, wanted)
    match pair:
        case (int(low), int(high)) if not any(isinstance(one, bool) for one in pair):
            return low, high
        case _:
            return 0, 0


class Concurrency:
    """How many rows are at the server at a time, and since when none may be sent.

    Attributes:
        limit: the number for now.
        paused_until: no row is to be sent before.
    """

    def __init__(self, bounds: Bounds, now: float) -> None:
        self._bounds = bounds
        self.limit = bounds.start
        self.paused_until = now
        self._refusals = 0
        self._cut_at = now
        # While it doubles: the rate with half as many. Later: the rates that were measured with the number that is held.
        self._doubling = True
        self._before: tuple[int, float] | None = None
        self._doubted = False
        self._held: list[float] = []
        self._probed_from: int | None = None
        self._begin(now)

    def ended(self, now: float, rank: Callable[[], int | None]) -> None:
        """Note that the server has done a row.

        Args:
            rank: tells how many jobs stand before the row that was sent last, None if that is not known.
        """
        self._refusals = 0
        self._ended += 1
        if self._ended < max(self.limit, LEAST_MEASURED):
            return
        seconds = now - self._since
        if seconds <= 0:
            return
        if self._away <= AWAY_PART * seconds and self._bounds.low < self._bounds.high:
            self._measured(self._ended / seconds, rank())
        self._begin(now)

    def away(self, seconds: float) -> None:
        """Note that nothing was sent for so long, since the caller was busy with a row, or made one."""
        self._away += seconds

    def refused(self, now: float, began: float, asked: float | None = None) -> None:
        """Note that the server has not taken a row that was sent at the time ``began``, or was too slow for it.

        Args:
            asked: seconds that it asks to wait.
        """
        if began < self._cut_at:
            return  # one of those that were sent before the number was halved
        self._cut_at = now
        self._refusals += 1
        pause = min(PAUSE_SECONDS * 2 ** min(self._refusals - 1, 10), MAX_PAUSE_SECONDS)
        self.paused_until = now + max(pause, min(asked or 0.0, MAX_ASKED_SECONDS))
        self._hold(max(self._bounds.low, self.limit // 2))
        self._begin(self.paused_until)

    def _begin(self, now: float) -> None:
        self._since = now
        self._ended = 0
        self._away = 0.0

    def _measured(self, rate: float, rank: int | None) -> None:
        if self._doubling:
            self._double(rate)
        elif self._probed_from is not None:
            self._judge_probe(rate)
        else:
            self._held.append(rate)
            if len(self._held) < HELD:
                return
            if rank is not None and rank > self.limit // 2 and rank > self._bounds.low:
                # Most of them stand in line, behind each other or behind somebody else's: more would only wait longer.
                self._hold(max(self._bounds.low, self.limit - max(1, self.limit // 8)))
                return
            self._probed_from = self.limit
            self.limit = self._within(self.limit + max(1, self.limit // 4))

    def _double(self, rate: float) -> None:
        if self._before is None or rate > self._before[1] * DOUBLED_GAIN:
            self._before, self._doubted = (self.limit, rate), False
            if self.limit >= self._bounds.high:
                self._hold(self.limit)
            else:
                self.limit = self._within(2 * self.limit)
        elif not self._doubted:
            self._doubted = True  # rows differ: once more
        else:
            half = self._before[0]
            # A few more than were enough, so that the next one is there when one has ended.
            self._hold(min(self.limit, half + max(1, half // 4)))

    def _judge_probe(self, rate: float) -> None:
        before = sum(self._held) / len(self._held)
        faster = rate > before * PROBED_GAIN
        self._hold(self.limit if faster or self._probed_from is None else self._probed_from)

    def _hold(self, limit: int) -> None:
        self._doubling = False
        self._probed_from = None
        self._held = []
        self.limit = self._within(limit)

    def _within(self, limit: int) -> int:
        return min(max(limit, self._bounds.low), self._bounds.high)
