"""What the engine wants done: a closed union, which both shells match exhaustively.

An effect is performed outside of the lock that guards the engine, :class:`Notify` apart, in the order of its list.
"""

from __future__ import annotations

from typing import Generic, TypeAlias

from gradlink._dataclass import dataclass
from gradlink._engine.state import JobT
from gradlink._protocol.cancelling import CancelPlan
from gradlink._protocol.policy import LimitPhase
from gradlink._protocol.router import SessionRouter


@dataclass(frozen=True, slots=True)
class Notify(Generic[JobT]):
    """Something happened to the job: wake what waits for it; once its end is delivered, call ``Engine.settled``."""

    job: JobT


@dataclass(frozen=True, slots=True)
class SetLimit(Generic[JobT]):
    """Call ``Engine.limit_reached`` with this in ``seconds``; it does nothing if the phase is over by then."""

    job: JobT
    phase: LimitPhase
    stage: int
    seconds: float

    @property
    def lasts(self) -> bool:
        """The phase is not over."""
        return not self.job.ended and (self.phase == "total" or self.stage == self.job.stage)


@dataclass(frozen=True, slots=True)
class Join(Generic[JobT]):
    """Upload the job's files, then put it into the app's queue under ``session``."""

    job: JobT
    session: SessionRouter[JobT]


@dataclass(frozen=True, slots=True)
class RunDirect(Generic[JobT]):
    """Call the job's function without the queue."""

    job: JobT


@dataclass(frozen=True, slots=True)
class RunAlone(Generic[JobT]):
    """Run the job on a connection of its own (servers before 4.9)."""

    job: JobT


@dataclass(frozen=True, slots=True)
class Resend(Generic[JobT]):
    """Pause, then give the job to ``Engine.resubmit``: it was lost and may be sent again."""

    job: JobT


@dataclass(frozen=True, slots=True)
class OpenStream(Generic[JobT]):
    """Read the session's stream."""

    session: SessionRouter[JobT]


@dataclass(frozen=True, slots=True)
class LeaveStream(Generic[JobT]):
    """Stop reading the session's stream: nothing more is to come on it, and the server does not end it."""

    session: SessionRouter[JobT]


@dataclass(frozen=True, slots=True)
class SendCancel(Generic[JobT]):
    """Ask the server to cancel a job, then call ``Engine.cancel_answered`` or ``Engine.cancel_failed`` with this."""

    job: JobT
    session: SessionRouter[JobT]
    event_id: str
    fn_index: int
    plan: CancelPlan


@dataclass(frozen=True, slots=True)
class RetryCancelsLater(Generic[JobT]):
    """Call ``Engine.retry_cancels`` with the session in ``seconds``: a cancel waits until it can hit no other job."""

    session: SessionRouter[JobT]
    seconds: float


@dataclass(frozen=True, slots=True)
class ResetAlone(Generic[JobT]):
    """Reset a job that has a stream of its own, then leave that stream: 4.0 does not notice when it is left."""

    job: JobT
    event_id: str


@dataclass(frozen=True, slots=True)
class StopAlone(Generic[JobT]):
    """Close the job's own connection, if it has one by now: that is what cancels it."""

    job: JobT


@dataclass(frozen=True, slots=True)
class WatchQueue:
    """Call ``Engine.queue_stands`` in ``seconds``, unless the queue is seen to run before."""

    seconds: float


@dataclass(frozen=True, slots=True)
class LeaveQueue:
    """Stop watching the queue: it runs."""


@dataclass(frozen=True, slots=True)
class StartQueue:
    """Ask the app to start its queue."""


@dataclass(frozen=True, slots=True)
class StartHeartbeat:
    """Keep the client's own session alive from now on."""


@dataclass(frozen=True, slots=True)
class RenewHeartbeat:
    """Go on with the heartbeat of the session that is the client's own now."""


Effect: TypeAlias = (
    Notify[JobT]
    | SetLimit[JobT]
    | Join[JobT]
    | RunDirect[JobT]
    | RunAlone[JobT]
    | Resend[JobT]
    | OpenStream[JobT]
    | LeaveStream[JobT]
    | SendCancel[JobT]
    | RetryCancelsLater[JobT]
    | ResetAlone[JobT]
    | StopAlone[JobT]
    | WatchQueue
    | LeaveQueue
    | StartQueue
    | StartHeartbeat
    | RenewHeartbeat
)
