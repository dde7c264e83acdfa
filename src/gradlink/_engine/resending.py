"""Whether a job that is lost is sent again."""

from __future__ import annotations

from gradlink._engine.effects import Effect, Notify, Resend
from gradlink._engine.known import Known
from gradlink._engine.state import JobState, JobT
from gradlink.errors import GradlinkError, SessionLostError


def lose(known: Known[JobT], job: JobT, error: GradlinkError, effects: list[Effect[JobT]]) -> None:
    """End a job that is lost, or have it sent again."""
    if known.closed or not may_resend(job, error) or not job.tracker.restart():
        job.cancelling = False
        job.tracker.lose(error)
        effects.append(Notify(job))
        return
    job.resent += 1
    job.session, job.ran = None, False
    effects.append(Resend(job))


def may_resend(job: JobState, error: GradlinkError) -> bool:
    """Tell whether a job that was lost with ``error`` is sent again in a fresh session.

    A call with State is never: it would move to another session. Others are once if the server does not know
    the session, which several replicas without sticky sessions bring about, and for any loss if their caller
    asked for it. Of one that is only read nothing is there to be sent.
    """
    if job.attached or job.endpoint.stateful or job.endpoint.session_hash is not None:
        return False
    if job.resubmit and job.resent < job.retries.count:
        return True
    return isinstance(error, SessionLostError) and job.resent == 0 and job.retries.count > 0
