"""Which copy of the app each call of a pool goes to, and when: events in, effects out, time as a number of seconds.

A call goes where its end is nearest, and waits in the pool if that copy has enough to do: what is with a copy can neither be
taken back when that becomes slow, nor be given to another one.
"""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import Final, Generic, TypeAlias, TypeVar

from gradlink._dataclass import dataclass
from gradlink._facts import with_facts
from gradlink.errors import (
    ArgumentError,
    ClientClosedError,
    EndpointError,
    FileError,
    GradlinkError,
    JobCancelledError,
    JobTimeoutError,
    NoCopyError,
    QueueError,
    RedirectError,
    RequestRejectedError,
    SpaceNotRunningError,
    TooManyRequestsError,
    TransportError,
)
from gradlink.pooling.copy import Copy

# Beside one on each copy.
_MORE_ATTEMPTS: Final = 3
# How long calls wait while no copy can be used.
DOWN_SECONDS: Final = 30.0
# How a call ends that its caller has ended, or that was never sent.
_SAY_NOTHING: Final = (ArgumentError, ClientClosedError, FileError, JobCancelledError, JobTimeoutError)


@dataclass(slots=True, eq=False)
class Call:
    """A call between its submission and its end; shells add what they need. Only the dispatcher writes to what stands here.

    Attributes:
        resubmit: it is given to another copy though it may have run.
        direct: it goes past the queue, so it runs when it is there.
        copy: where it was sent last, None before that.
        tries: how often it was sent.
        started: its function runs, or was seen running.
        era: that of the copy when it was sent.
    """

    resubmit: bool = False
    direct: bool = False
    copy: Copy | None = None
    tries: int = 0
    started: bool = False
    era: int = 0


CallT = TypeVar("CallT", bound=Call)


@dataclass(frozen=True, slots=True)
class Send(Generic[CallT]):
    """Send the call to a copy; tell :meth:`Dispatcher.ended` what became of it."""

    call: CallT
    copy: Copy


@dataclass(frozen=True, slots=True)
class Refuse(Generic[CallT]):
    """End the call with ``error``: no copy can be used."""

    call: CallT
    error: GradlinkError


@dataclass(frozen=True, slots=True)
class Probe:
    """Ask a copy something that has no effect; tell :meth:`Dispatcher.probed` the answer."""

    copy: Copy


@dataclass(frozen=True, slots=True)
class LookAgain:
    """Call :meth:`Dispatcher.look` in ``seconds``."""

    seconds: float


Effect: TypeAlias = Send[CallT] | Refuse[CallT] | Probe | LookAgain


class Dispatcher(Generic[CallT]):
    """The calls and the copies of one pool. Its owner holds a lock.

    Attributes:
        copies: in the order of the list that the pool was made with.
    """

    def __init__(self, count: int, max_jobs: int, describe: Callable[[int], str] = str) -> None:
        """Begin with ``count`` copies, each of which gets at most ``max_jobs`` calls at a time; ``describe`` names one."""
        self.copies = [Copy(number) for number in range(count)]
        self._max_jobs = max_jobs
        self._describe = describe
        self._waiting: deque[CallT] = deque()
        self._closed = False
        self._look_at = math.inf
        self._down_since: float | None = None
        self._last_error: GradlinkError | None = None

    # -- events -----------------------------------------------------------------------------------

    def submit(self, call: CallT, now: float) -> list[Effect[CallT]]:
        """Take a call."""
        self._waiting.append(call)
        return self._decide(now)

    def withdraw(self, call: CallT) -> bool:
        """Forget a call that waits here; False if it does not."""
        if call not in self._waiting:
            return False
        self._waiting.remove(call)
        return True

    def told(
        self, call: CallT, rank: int | None, queue_size: int | None, eta: float | None, now: float
    ) -> None:
        """Take what a copy says of its queue, to a call that waits in it."""
        if call.copy is not None:
            call.copy.told(rank, queue_size, eta, now)

    def started(self, call: CallT, now: float) -> list[Effect[CallT]]:
        """Note that the function of a call runs."""
        if call.started or call.copy is None:
            return []
        call.started = True
        call.copy.unstarted -= 1
        return self._decide(now)

    def ended(
        self, call: CallT, error: GradlinkError | None, now: float, *, wanted: bool = True
    ) -> tuple[bool, list[Effect[CallT]]]:
        """Note how a call has ended where it was sent; return whether it goes to a copy again, if it is still ``wanted``."""
        copy = call.copy
        assert copy is not None  # noqa: S101  # it was sent
        copy.outstanding -= 1
        copy.unstarted -= not call.started
        if error is not None and blames_copy(error):
            if call.era == copy.era:
                self._fail(copy, error, now)
        elif not isinstance(error, _SAY_NOTHING):
            copy.came_through(now)
            self._down_since = None
        again = (
            wanted
            and not self._closed
            and error is not None
            and moves(error, resubmit=call.resubmit)
            and call.tries < len(self.copies) + _MORE_ATTEMPTS
        )
        if again:
            self._waiting.appendleft(call)
        return again, self._decide(now)

    def probed(self, copy: Copy, error: GradlinkError | None, now: float) -> list[Effect[CallT]]:
        """Note what a copy has answered that was asked whether it is there; ``error``: it is not."""
        copy.probing = False
        if error is None:
            copy.answered()
            self._down_since = None
        else:
            self._fail(copy, error, now)
        return self._decide(now)

    def exclude(self, copy: Copy, error: GradlinkError, now: float) -> list[Effect[CallT]]:
        """Use a copy no more, ``error`` says why."""
        copy.excluded, copy.probing = True, False
        self._last_error = error
        return self._decide(now)

    def look(self, now: float) -> list[Effect[CallT]]:
        """Note that the time of LookAgain has come."""
        self._look_at = math.inf
        return self._decide(now)

    def close(self) -> list[CallT]:
        """Send nothing more; return the calls that wait."""
        self._closed = True
        return self._empty()

    # -- decisions --------------------------------------------------------------------------------

    def _fail(self, copy: Copy, error: GradlinkError, now: float) -> None:
        full = isinstance(error, (QueueError, TooManyRequestsError))
        asked = error.retry_after if isinstance(error, TooManyRequestsError) else None
        copy.failed(now, full=full, asked=asked or 0.0)
        self._last_error = error

    def _decide(self, now: float) -> list[Effect[CallT]]:
        effects: list[Effect[CallT]] = []
        while self._waiting and (copy := self._choose(now)) is not None:
            call = self._waiting.popleft()
            call.copy, call.started, call.era = copy, call.direct, copy.era
            call.tries += 1
            copy.sent(now, runs=call.direct)
            effects.append(Send(call, copy))
        if not self._waiting:
            return effects
        for copy in self.copies:
            if copy.retry_at is not None and copy.retry_at <= now and not (copy.probing or copy.excluded):
                copy.probing = True
                effects.append(Probe(copy))
        effects += self._give_up(now)
        self._look_later(now, effects)
        return effects

    def _choose(self, now: float) -> Copy | None:
        """Return the copy where a call ends first; None if that has enough to do, or if there is none."""
        usable = [copy for copy in self.copies if copy.usable]
        if not usable:
            return None
        guess = self._guess(usable)
        best = min(usable, key=lambda copy: (copy.wait(now, guess), copy.outstanding, copy.number))
        return best if best.room(now, guess, self._max_jobs) else None

    def _guess(self, usable: Sequence[Copy]) -> float:
        """Return the pace of copies that have not been heard yet: that of the fastest, so that they are tried."""
        return min((copy.pace for copy in usable if copy.pace is not None), default=0.0)

    def _give_up(self, now: float) -> list[Effect[CallT]]:
        """End the calls that wait, if no copy could be used for a while, or none ever will."""
        left = [copy for copy in self.copies if not copy.excluded]
        if any(copy.usable for copy in left):
            self._down_since = None
            return []
        if self._down_since is None:
            self._down_since = now
        if left and now - self._down_since < DOWN_SECONDS:
            return []
        return [Refuse(call, self._no_copy()) for call in self._empty()]

    def _empty(self) -> list[CallT]:
        waiting = list(self._waiting)
        self._waiting.clear()
        return waiting

    def _no_copy(self) -> NoCopyError:
        names = ", ".join(self._describe(copy.number) for copy in self.copies)
        error = NoCopyError(
            f"no copy of the app can be used ({names}); the last error was: {self._last_error}",
            execution="not started",
        )
        return with_facts(error, cause=self._last_error)

    def _look_later(self, now: float, effects: list[Effect[CallT]]) -> None:
        """Ask to be called when time alone changes what is to be done with the calls that wait."""
        if not self._waiting:
            return
        times = [copy.retry_at for copy in self.copies if copy.retry_at is not None and not copy.probing]
        if self._down_since is not None:
            times.append(self._down_since + DOWN_SECONDS)
        usable = [copy for copy in self.copies if copy.usable]
        guess = self._guess(usable)
        free = [copy.wait(now, guess) for copy in usable if copy.room(now, guess, self._max_jobs)]
        if free:
            # The best one has enough to do. When nothing comes from it, another one is the best.
            best = min(usable, key=lambda copy: copy.wait(now, guess))
            times.append(best.slow_at(min(free), now))
        at = max(min(times, default=math.inf), now + 0.01)
        if at < self._look_at:
            self._look_at = at
            effects.append(LookAgain(at - now))


def blames_copy(error: GradlinkError) -> bool:
    """Tell whether ``error`` is the copy's, and not the call's: the next call may have it, too."""
    if isinstance(error, (RedirectError, RequestRejectedError)):
        return False
    return isinstance(error, (QueueError, TransportError, SpaceNotRunningError, EndpointError))


def moves(error: GradlinkError, *, resubmit: bool) -> bool:
    """Tell whether a call that failed with ``error`` is given to another copy.

    That is if it had no effect; if it may have run, only if its caller has asked for it.
    """
    if not blames_copy(error):
        return False
    return error.execution == "not started" or (resubmit and error.execution == "unknown")
