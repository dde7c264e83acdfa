"""What is known of a row, and what follows: whether it may be called, once more, or never again."""

from __future__ import annotations

from typing import Final, Literal, TypeAlias

from gradlink._dataclass import dataclass
from gradlink.errors import (
    AuthenticationError,
    ConnectError,
    Execution,
    GradlinkError,
    JobTimeoutError,
    NotFoundError,
    QueueError,
    RedirectError,
    RequestRejectedError,
    SessionLostError,
    TooManyRequestsError,
    TransportError,
)

State: TypeAlias = Literal["running", "done", "failed", "unknown", "waiting"]
"""A row in a journal: it is being called, has its value, its function has failed, it may have run, it has not run."""

Step: TypeAlias = Literal["call", "replay", "wait", "give up"]
"""Call it, hand out what the journal has, wait for another process, hand out that it may have run."""

# How often a row is called that the server does not take.
ATTEMPTS: Final = 5
# What is no better the next time.
_LASTING: Final = (
    AuthenticationError,
    NotFoundError,
    RedirectError,
    RequestRejectedError,
    SessionLostError,
)
_GATEWAY: Final = frozenset({502, 503, 504})


@dataclass(frozen=True, slots=True)
class Again:
    """Which rows the caller wants called once more.

    Attributes:
        resubmit: those that may have run.
        failed: those whose function has failed.
    """

    resubmit: bool = False
    failed: bool = False


def next_step(state: State, again: Again, *, leased: bool) -> Step:
    """Return what to do with a row that is in the journal.

    Args:
        leased: a process that is there calls it.
    """
    match state:
        case "waiting":
            return "call"
        case "done":
            return "replay"
        case "failed":
            return "call" if again.failed else "replay"
        case "running" if leased:
            return "wait"
        case "running" | "unknown":
            return "call" if again.resubmit else "give up"


def state_of(error: GradlinkError | None) -> State:
    """Return what a row is in the journal that has ended so."""
    if error is None:
        return "done"
    states: dict[Execution | None, State] = {"not started": "waiting", "failed": "failed"}
    return states.get(error.execution, "unknown")


def is_called_again(error: GradlinkError, attempts: int, again: Again) -> bool:
    """Tell whether a row is put in line again after it has failed for the ``attempts``-th time in this run."""
    if attempts >= ATTEMPTS:
        return False
    if error.execution == "not started":
        return is_refused(error)
    return again.resubmit and error.execution == "unknown" and isinstance(error, TransportError)


def is_refused(error: GradlinkError) -> bool:
    """Tell whether the server, or what is before it, has too much to do; fewer rows at a time may help."""
    if isinstance(error, _LASTING):
        return False
    if isinstance(error, ConnectError):
        return error.transient
    return isinstance(error, (QueueError, TooManyRequestsError, JobTimeoutError)) or (
        isinstance(error, TransportError) and (error.status is None or error.status in _GATEWAY)
    )


def asked_pause(error: GradlinkError) -> float | None:
    """Return the seconds that the server asks to wait, None if it does not."""
    return error.retry_after if isinstance(error, TooManyRequestsError) else None
