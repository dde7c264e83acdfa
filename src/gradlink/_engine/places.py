"""Which jobs have a place at the server."""

from __future__ import annotations

from gradlink._engine.effects import Effect, Join, Notify
from gradlink._engine.failures import lost_state
from gradlink._engine.known import Known
from gradlink._engine.limits import begin_phase
from gradlink._engine.state import JobT
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.sessions import placement_of


def place(known: Known[JobT], job: JobT, effects: list[Effect[JobT]]) -> None:
    """Send a job, or let it wait for its place. Raises SessionLostError if the State that it would use is lost."""
    endpoint, schema = job.endpoint, known.app.schema
    if endpoint.stateful and endpoint.session_hash is None:
        lost = known.pool.claim_state()
        if lost is not None:
            raise lost_state(lost)
    session = known.pool.place(job, placement_of(endpoint, schema.dialect))
    begin_phase(job, "queue", effects)
    if session is not None:
        effects.append(Join(job, session))


def vacate(known: Known[JobT], job: JobT, session: SessionRouter[JobT], effects: list[Effect[JobT]]) -> None:
    """Take its place from a job that the server has not accepted."""
    session.join_failed(job)
    job.cancelling = False
    effects.append(Notify(job))
    admit(known, effects)


def wait_again(
    known: Known[JobT], job: JobT, session: SessionRouter[JobT], effects: list[Effect[JobT]]
) -> None:
    """Let a job that has a place in ``session`` wait for another one; from now on it is sent in the background."""
    session.join_failed(job)
    job.sent_by_caller = False
    known.pool.put_back(job, placement_of(job.endpoint, known.app.schema.dialect))
    admit(known, effects)


def admit(known: Known[JobT], effects: list[Effect[JobT]]) -> None:
    """Send jobs that waited for a place."""
    if known.closed:
        return
    for job, session in known.pool.admit():
        if job.sent_by_caller:
            job.session = session
            effects.append(Notify(job))
        else:
            effects.append(Join(job, session))
