"""What the engine knows of one job."""

from __future__ import annotations

from typing import Any, TypeVar

from gradlink._dataclass import dataclass
from gradlink._protocol.job import JobTracker
from gradlink._protocol.policy import Retries, Timeout
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.schema import Endpoint


@dataclass(slots=True, eq=False)
class JobState:
    """A job between its call and its end; shells add what they need. Only the engine writes to what stands here.

    Attributes:
        endpoint: the function that is called; another one when the app was restarted in between.
        tracker: what the server has said about it.
        timeout: limits of its phases.
        retries: how often it may be sent again.
        resubmit: it is sent again when it is lost, though it may have run.
        sent_by_caller: the thread that wants the result sends it, so none is to be found for it.
        session: where it is to be sent, for a job that waited for its place and is sent by its caller.
        resent: how often it was sent again.
        cancelling: a cancel is on its way to the server, or follows the answer to the join.
        stage: counts the phases, so that the limit of an earlier one does nothing.
        ran: its function has been seen running.
        attached: it was sent by another client, or by this one, without a reader, and is only read.
    """

    endpoint: Endpoint
    tracker: JobTracker
    timeout: Timeout
    retries: Retries
    resubmit: bool = False
    sent_by_caller: bool = False
    session: SessionRouter[Any] | None = None
    resent: int = 0
    cancelling: bool = False
    stage: int = 0
    ran: bool = False
    attached: bool = False

    @property
    def ended(self) -> bool:
        """The job has its outcome."""
        return self.tracker.outcome is not None


JobT = TypeVar("JobT", bound=JobState)
