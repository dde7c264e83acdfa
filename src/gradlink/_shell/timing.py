"""Limits of time of an exchange: how long its next read may wait.

A limit on each single read is none at all: a server that sends one byte now and then meets it for ever. So every
exchange has an account, which is asked before each read and each write and allows no more than what is left of:

- the limit of the procedure that it belongs to, such as connecting, or the call;
- the limit of the answer's head, from the end of sending; informational answers do not begin it anew;
- a floor of progress of the body: within each such time so many bytes, or a whole message of a stream.

The network streams of both shells ask, so no thread and no timer has to watch.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Generator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Literal, Protocol, Self

from gradlink._protocol.chunks import AnswerJoiner
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.watching import JobWatch
from gradlink.errors import ConnectTimeoutError, GradlinkError, JobTimeoutError

# What a body has to bring within its limit, in bytes for each second of it: below any line that is in use.
FLOOR_BYTES_PER_SECOND = 256

# What a connection holds back of a request until more of it comes: the head of any, and bodies of most.
HELD_BYTES = 1 << 14

# The most that is read at once of a body that comes faster than it is taken; httpcore2 asks for a quarter of that.
READ_BYTES = 1 << 18

# A server closes the connection after an answer that says that it has failed, whatever it says of that: uvicorn does so a moment
# later, when the next request may be on its way.
SERVER_ERROR = 500

# Guards what runs in all scopes: it is held for a moment, and a lock for each would cost each job more.
_lock = threading.Lock()


class Scope:
    """What bounds the exchanges of one procedure; it can be ended from anywhere.

    Args:
        kind: the limit that its deadline is.
        seconds: how long it may take, None for as long as it likes.
        limit: the number that the limit has, where less of it is left.
        parent: the scope that it lies in.

    Attributes:
        watch: the job whose files are exchanged in it, None if nobody watches that.
    """

    __slots__ = ("_deadline", "_ended", "_kind", "_limit", "_parent", "_running", "watch")

    def __init__(
        self,
        kind: Literal["connect", "total"] = "total",
        seconds: float | None = None,
        limit: float | None = None,
        parent: Scope | None = None,
    ) -> None:
        self._kind = kind
        self._limit = seconds if limit is None else limit
        self._deadline = None if seconds is None else time.monotonic() + seconds
        self._parent = parent
        self._ended = False
        self._running: set[Account] = set()
        self.watch: JobWatch | None = None

    @property
    def active(self) -> bool:
        """An exchange of it is under way."""
        return bool(self._running)

    @property
    def ran_out(self) -> bool:
        """Nothing may begin in it any more."""
        left = self.left(time.monotonic())
        return left is not None and left <= 0

    def left(self, now: float) -> float | None:
        """Return the seconds that are left, None for no limit."""
        if self._ended:
            return 0.0
        above = self._parent.left(now) if self._parent is not None else None
        if self._deadline is None:
            return above
        own = self._deadline - now
        return own if above is None else min(own, above)

    def check(self, what: str = "") -> None:
        """Raise the error of the limit that has run out, if one has, while ``what`` was asked."""
        if self._ended:
            raise GradlinkError("the job has ended")
        if self._parent is not None:
            self._parent.check(what)
        if self._deadline is not None and time.monotonic() >= self._deadline:
            raise self._ran_out(what)

    def allow(self, pause: float) -> float:
        """Return how much of a pause before a repetition is to be waited."""
        if self._deadline is None or self._kind == "connect":
            return pause
        return max(min(pause, self._deadline - time.monotonic()), 0.0)

    def paused(self, seconds: float) -> None:
        """Note a pause, which does not count as connecting."""
        if self._deadline is not None and self._kind == "connect":
            self._deadline += seconds

    def end(self) -> None:
        """Stop what is under way, and let nothing begin any more."""
        self._ended = True
        if self._running:
            with _lock:
                running = list(self._running)
            for account in running:
                account.stop()

    def add(self, account: Account) -> None:
        if self._parent is not None:
            self._parent.add(account)
        with _lock:
            self._running.add(account)

    def remove(self, account: Account) -> None:
        if self._parent is not None:
            self._parent.remove(account)
        with _lock:
            self._running.discard(account)

    def _ran_out(self, what: str) -> GradlinkError:
        limit = self._limit or 0.0
        if self._kind == "connect":
            return ConnectTimeoutError(
                f"{what or 'the app'} did not answer in time: the limit of {limit:g} s for connecting ran out; "
                "Timeout(connect=...) sets it",
                transient=False,  # what took all of the time would take it again
                seconds=limit,
                execution="not started",
            )
        waited = f" while {what} was waited for" if what else ""
        return JobTimeoutError(f"the call's total limit of {limit:g} s ran out{waited}", seconds=limit)


class TotalTime:
    """How much of the limit for all of a call is left for the fetching of its files, which may begin much later."""

    __slots__ = ("_began", "_ended", "_limit")

    def __init__(self, limit: float | None) -> None:
        self._limit = limit
        self._began: float | None = None
        self._ended: float | None = None

    def begin(self) -> None:
        if self._limit is not None:
            self._began = time.monotonic()

    def end(self) -> None:
        if self._limit is not None and self._ended is None:
            self._ended = time.monotonic()

    def for_files(self, watch: JobWatch | None = None) -> Scope | None:
        """Return what bounds the fetching of files from now on, None if nothing does and nobody watches it."""
        scope = None
        if self._limit is not None and self._began is not None:
            took = (self._ended or time.monotonic()) - self._began
            scope = Scope("total", max(self._limit - took, 0.0), self._limit)
        if watch is not None:
            scope = scope or Scope()
            scope.watch = watch
        return scope


class Line(Protocol):
    """A connection.

    Attributes:
        is_last: no further request is to be sent over it.
    """

    is_last: bool


class Account:
    """What one exchange has left; ``with account:`` has the network streams of this thread or task ask it.

    Args:
        head: seconds for the answer to begin, from the end of sending; None for no limit.
        body: seconds within which the body has to go on; None for no limit.

    Attributes:
        joiner: joins chunks of the answer's body that come together, None to leave them apart.
        line: the connection that the request was sent over, where httpx2 has it.
        read_bytes: how much is read at once, if that is more than is asked for.
    """

    __slots__ = (
        "_answered",
        "_before",
        "_body",
        "_head",
        "_stopped",
        "_until",
        "joiner",
        "line",
        "read_bytes",
        "received",
        "released",
        "scope",
        "stopper",
    )

    def __init__(self, scope: Scope | None, head: float | None, body: float | None) -> None:
        self.scope = scope
        self._head = head
        self._body = body
        self._answered = False
        # Bytes since the limit of the body counts from; each read adds to it.
        self.received = 0
        self._until: float | None = None
        self._stopped = False
        self.stopper: Callable[[], None] | None = None
        self.released = False
        self.joiner: AnswerJoiner | None = None
        self.line: Line | None = None
        self.read_bytes = 0
        self._before: Account | None = None

    def __enter__(self) -> Self:
        self._before = _account.get()
        _account.set(self)
        if self.scope is not None:
            self.scope.add(self)
        return self

    def __exit__(self, *_: object) -> None:
        _account.set(self._before)
        if self.scope is not None:
            self.scope.remove(self)

    @contextmanager
    def counted(self) -> Generator[None, None, None]:
        """Be an exchange of its scope, for streams that have their account and need not look for it."""
        if self.scope is not None:
            self.scope.add(self)
        try:
            yield
        finally:
            if self.scope is not None:
                self.scope.remove(self)

    @property
    def waits(self) -> bool:
        """The answer has to begin within a limit."""
        return self._head is not None

    def before_connecting(self, limit: float | None) -> float | None:
        """Return the seconds that a step of connecting may take."""
        return self._least(limit, time.monotonic(), "ConnectTimeout")

    def before_write(self, limit: float | None) -> float | None:
        """Return the seconds that a write may wait."""
        self._answered = False
        self._until = None
        if self.joiner is not None:
            self.joiner.asked()
        return self._least(limit, time.monotonic(), "WriteTimeout")

    def before_read(self, limit: float | None) -> float | None:
        """Return the seconds that a read may wait. Raises NetworkError if there are none left."""
        now = time.monotonic()
        own = self._body if self._answered else self._head
        if own is not None:
            if self._answered and self.received >= FLOOR_BYTES_PER_SECOND * own:
                self._until = None
            if self._until is None:
                self._until, self.received = now + own, 0
            left = self._until - now
            if left <= 0:
                raise NetworkError("ReadTimeout", self._too_slow(), own)
            if limit is None or left < limit:
                limit = left
        # Before each message of a stream: no call that can be done without.
        return limit if self.scope is None else self._least(limit, now, "ReadTimeout")

    def was_read(self, count: int, at_most: int) -> None:
        """Note that so many bytes came of those that were asked for."""
        self.received += count
        if count == at_most and self._answered:
            # More of the body waits: each round of reading has a cost of its own.
            self.read_bytes = READ_BYTES

    def answered(self, headers: Mapping[str, str], status: int = 200) -> None:
        """Note that the answer's head has come."""
        self._answered = True
        if status >= SERVER_ERROR and self.line is not None:
            self.line.is_last = True
        if self.joiner is not None:
            self.joiner.answered(chunked=headers.get("transfer-encoding", "").lower() == "chunked")
        self.progress()

    def progress(self) -> None:
        """Let the time for the body begin anew: a whole message came, or enough bytes."""
        self._until = None

    def release(self) -> None:
        """Let the exchange take as long as it likes from now on."""
        self._head = self._body = None
        self.released = True
        self.progress()

    def stop(self) -> None:
        """Wake what waits for the exchange."""
        self._stopped = True
        if self.stopper is not None:
            self.stopper()

    def check(self, what: str) -> None:
        """Raise the error of the procedure's limit if that is what has ended the exchange."""
        if self.scope is not None:
            self.scope.check(what)

    def _least(self, limit: float | None, now: float, kind: str) -> float | None:
        left = None if self.scope is None else self.scope.left(now)
        if left is None:
            return limit
        if left <= 0 or self._stopped:
            raise NetworkError(kind, "timed out", limit or 0.0)
        return left if limit is None else min(limit, left)

    def _too_slow(self) -> str:
        if not self._answered:
            return f"no answer within {self._head:g} s"
        return f"less than {FLOOR_BYTES_PER_SECOND * (self._body or 0):g} bytes within {self._body:g} s"


_account: ContextVar[Account | None] = ContextVar("gradlink_account", default=None)
_scope: ContextVar[Scope | None] = ContextVar("gradlink_scope", default=None)

current_account = _account.get
current_scope = _scope.get


@contextmanager
def within(scope: Scope | None) -> Generator[None, None, None]:
    """Have ``scope`` bound what is exchanged by this thread or task; None bounds nothing."""
    before = _scope.get()
    _scope.set(scope)
    try:
        yield
    finally:
        _scope.set(before)


def jitter(shortest: float, longest: float) -> float:
    """Return how many seconds to pause, so that clients that failed together do not come back together."""
    import random  # few calls pause

    return random.uniform(shortest, longest)  # noqa: S311


def left_until(until: float | None) -> float | None:
    """Return the seconds until ``until`` of the monotonic clock, None for no limit. Raises TimeoutError if none are left."""
    if until is None:
        return None
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("timed out")
    return left
