"""How long a call may take and how often a request is repeated: the options, and what may be repeated.

Vectors: retries.
"""

from __future__ import annotations

from dataclasses import fields
from typing import Literal

from gradlink._dataclass import dataclass
from gradlink.errors import (
    ArgumentError,
    ConnectError,
    GradlinkError,
    QueueError,
    RedirectError,
    ResponseError,
    TooManyRequestsError,
    TransportError,
)

LimitPhase = Literal["upload", "queue", "run", "total"]

# What a proxy answers while the app behind it is away for a moment.
TRANSIENT = frozenset({429, 502, 503, 504})


@dataclass(frozen=True, slots=True)
class Timeout:
    """Limits in seconds for the phases of a call; None means no limit.

    Attributes:
        connect: making a connection, and finding out what the app is as a whole (of the client, not of a call).
        upload: sending the call's files.
        queue: from the join until the function starts.
        run: from the function's start to its end.
        idle: silence of the stream of messages, on which the server beats every 15 s (of the client).
        total: all of it, and the fetching of the result's files.
    """

    connect: float | None = 15.0
    upload: float | None = None
    queue: float | None = None
    run: float | None = None
    idle: float | None = 60.0
    total: float | None = None

    def __post_init__(self) -> None:
        for item in fields(self):
            value = getattr(self, item.name)
            if value is not None and (
                isinstance(value, bool) or not isinstance(value, (int, float)) or value <= 0
            ):
                raise ArgumentError(
                    f"timeout: {item.name} is a number of seconds above 0 or None, not {value!r}"
                )

    @property
    def watches(self) -> bool:
        """Some limit of a single call is set."""
        return any(limit is not None for limit in (self.upload, self.queue, self.run, self.total))

    def limit_of(self, phase: LimitPhase) -> float | None:
        """Return the limit of ``phase``."""
        match phase:
            case "upload":
                return self.upload
            case "queue":
                return self.queue
            case "run":
                return self.run
            case "total":
                return self.total


def as_timeout(value: float | Timeout | None, default: Timeout) -> Timeout:
    """Return ``value`` as a Timeout: a number limits the whole call, None is ``default``.

    Raises ArgumentError if it is neither.
    """
    if value is None:
        return default
    if isinstance(value, Timeout):
        return value
    return Timeout(connect=default.connect, idle=default.idle, total=value)


@dataclass(frozen=True, slots=True)
class Retries:
    """How often, and how patiently, a request that had no effect is sent again.

    The pause before repetition n is drawn between 0 and ``base_seconds * 2 ** (n - 1)``, or what the server
    asks for with ``Retry-After`` if that is longer.

    Attributes:
        count: repetitions of one request; 0 repeats nothing.
        base_seconds: bound of the first pause.
        cap_seconds: bound of any pause that the server does not ask for.
        budget_seconds: all pauses of one request together; a longer ``Retry-After`` is not waited for.
    """

    count: int = 3
    base_seconds: float = 0.5
    cap_seconds: float = 10.0
    budget_seconds: float = 30.0

    def pause(self, attempt: int, error: GradlinkError) -> tuple[float, float] | None:
        """Return the shortest and longest pause after the failed ``attempt`` (1 is the first), None to give up."""
        if attempt > self.count:
            return None
        longest = min(self.base_seconds * 2 ** (attempt - 1), self.cap_seconds)
        asked = error.retry_after if isinstance(error, TooManyRequestsError) else None
        if asked is not None:
            return asked, max(asked, longest)
        return 0.0, longest


NO_RETRIES = Retries(count=0)
DEFAULT_RETRIES = Retries()
DEFAULT_TIMEOUT = Timeout()


def as_retries(value: object, default: Retries) -> Retries:
    """Return ``value`` as Retries: a number is the count, None is ``default``. Raises ArgumentError otherwise."""
    if value is None:
        return default
    if isinstance(value, Retries):
        return value
    if isinstance(value, bool) or not isinstance(value, int) or value < 0:
        raise ArgumentError(f"retries is a number from 0 or a Retries, not {value!r}")
    return Retries(count=value)


def may_repeat(error: GradlinkError) -> bool:
    """Tell whether what failed with ``error`` surely had no effect and may go better next time.

    That is: no connection was made, the request was not sent whole, or a proxy, a rate limit or a full queue
    refused it.
    """
    match error:
        case RedirectError():
            return False
        case ConnectError():
            return error.transient
        case QueueError():
            return True
        case ResponseError():
            return error.status in TRANSIENT
        case TransportError():
            return error.execution == "not started"
        case _:
            return False


def may_reopen(error: GradlinkError) -> bool:
    """Tell whether a stream that could not be opened may be asked for again.

    Only if the app never saw the request: it drops a session's jobs when a stream that it has begun breaks off,
    and a gateway that timed out (502, 504) may have been that stream's other end.
    """
    if isinstance(error, ResponseError):
        return error.status in {429, 503}
    return may_repeat(error)


def is_retryable_read(error: GradlinkError) -> bool:
    """Tell the same of a request that changes nothing, however often it is made: a GET, or an upload."""
    if may_repeat(error):
        return True
    return isinstance(error, TransportError) and not isinstance(
        error, (ConnectError, RedirectError, ResponseError)
    )
