"""What a pool knows of one copy of the app: how busy it is, how fast, and whether it fails. Time is a number of seconds."""

from __future__ import annotations

import math
from dataclasses import field
from typing import Final

from gradlink._dataclass import dataclass

# How much of a new time per call counts: the last ten calls say nearly all.
_WEIGHT: Final = 0.2
# Calls that wait at a copy, so that it never stands still: this many, or as many as it does in this time.
AHEAD: Final = 4
AHEAD_SECONDS: Final = 0.5
# A copy from which nothing has come for several times of a call has become slower.
_PATIENCE: Final = 4.0
# What was measured of an idle copy counts half after this time: it may be faster now.
_HALF_LIFE_SECONDS: Final = 30.0
# What a server has told of its queue is true for about as long as it tells it again.
_TOLD_SECONDS: Final = 10.0
FIRST_PAUSE_SECONDS: Final = 1.0
LONGEST_PAUSE_SECONDS: Final = 60.0
# A queue that is full may have a place again any time.
LONGEST_FULL_SECONDS: Final = 5.0


@dataclass(slots=True, eq=False)
class Copy:
    """One copy of the app. Only the dispatcher writes to what stands here.

    Attributes:
        number: its place in the list that the pool was made with.
        excluded: it is not used: its API is another one.
        outstanding: calls of this pool that it has.
        unstarted: those of them whose function is not known to run.
        pace: seconds per call while it is busy, however many it runs at a time; None before that is known.
        failures: how often it has failed since a call came through.
        retry_at: when it is to be asked whether it is there again, None if it does not fail.
        probing: it was asked, and has not answered yet.
        on_trial: it has answered; one call has to come through before it gets more.
        era: counts its failures, so that calls which were sent before one do not count as another.
    """

    number: int
    excluded: bool = False
    outstanding: int = 0
    unstarted: int = 0
    pace: float | None = None
    failures: int = 0
    retry_at: float | None = None
    probing: bool = False
    on_trial: bool = False
    era: int = 0
    _heard_at: float = -math.inf
    _others: int = 0
    _told_at: float = field(default=-math.inf)

    @property
    def usable(self) -> bool:
        """It may be given a call, if it has room."""
        return not self.excluded and self.retry_at is None

    def room(self, now: float, guess: float, most: int) -> bool:
        """Tell whether it takes another call; see :meth:`pace_now` for ``guess``; it never gets more than ``most``."""
        if self.on_trial:
            return self.outstanding == 0
        pace = self.pace_now(now, guess)
        ahead = max(AHEAD, math.ceil(AHEAD_SECONDS / pace)) if self.pace is not None and pace > 0 else AHEAD
        return self.outstanding < most and self.unstarted < ahead

    def wait(self, now: float, guess: float) -> float:
        """Return the seconds until a call that is sent now has ended, as far as that can be told."""
        return self._line(now) * self.pace_now(now, guess)

    def pace_now(self, now: float, guess: float) -> float:
        """Return the seconds per call as they are now; ``guess`` is taken as long as nothing is known."""
        since = now - self._heard_at
        pace = guess if self.pace is None else self.pace
        if self.outstanding:
            return max(pace, since / _PATIENCE)
        return pace if self.pace is None else pace * 0.5 ** (since / _HALF_LIFE_SECONDS)

    def slow_at(self, wait: float, now: float) -> float:
        """Return when its wait will have grown to ``wait`` if nothing comes from it until then."""
        return self._heard_at + _PATIENCE * wait / self._line(now)

    def sent(self, now: float, *, runs: bool = False) -> None:
        """Note that it gets a call; ``runs``: its function runs at once."""
        if self.outstanding == 0:
            self._heard_at = now
        self.outstanding += 1
        self.unstarted += not runs

    def told(self, rank: int | None, queue_size: int | None, eta: float | None, now: float) -> None:
        """Take what the server says of its queue: a call's rank in it, its length, and the seconds until that call's end."""
        if queue_size is not None:
            self._others, self._told_at = max(queue_size - self.unstarted, 0), now
        if self.pace is None and eta is not None and eta > 0 and rank is not None and rank >= 0:
            self.pace = eta / (rank + 1)

    def came_through(self, now: float) -> None:
        """Note that a call has ended, whatever its function made of it."""
        took = now - self._heard_at
        self.pace = took if self.pace is None else self.pace + _WEIGHT * (took - self.pace)
        self._heard_at = now
        self.failures, self.retry_at, self.on_trial = 0, None, False

    def failed(self, now: float, *, full: bool = False, asked: float = 0.0) -> None:
        """Leave it alone for a while; ``full``: it is there, but takes nothing; ``asked``: seconds that it asks for."""
        self.failures += 1
        longest = LONGEST_FULL_SECONDS if full else LONGEST_PAUSE_SECONDS
        pause = min(FIRST_PAUSE_SECONDS * 2.0 ** min(self.failures - 1, 10), longest)
        self.retry_at = now + max(pause, asked)
        self.on_trial = False
        self.era += 1

    def answered(self) -> None:
        """Note that it is there again, as far as a question without an effect can tell."""
        # A call that was sent before may have come through meanwhile.
        self.on_trial = self.retry_at is not None
        self.retry_at = None

    def _line(self, now: float) -> int:
        others = self._others if now - self._told_at < _TOLD_SECONDS else 0
        return self.outstanding + others + 1
