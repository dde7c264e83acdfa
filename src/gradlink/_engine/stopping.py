"""How the server is made to stop a job that has ended locally."""

from __future__ import annotations

from gradlink._engine.effects import Effect, Notify, RetryCancelsLater, SendCancel
from gradlink._engine.known import Known
from gradlink._engine.places import admit
from gradlink._engine.state import JobT
from gradlink._protocol import cancelling
from gradlink._protocol.cancelling import LOOK_SECONDS, CancelPlan
from gradlink._protocol.router import SessionRouter


def stop(known: Known[JobT], job: JobT, effects: list[Effect[JobT]]) -> None:
    """Make the server stop a job, wherever it is."""
    if known.pool.withdraw(job):
        return
    if job in known.alone:
        from gradlink._engine import alone

        alone.stop(known, job, effects)
        return
    joining = next((session for session in known.pool if session.is_joining(job)), None)
    if joining is not None:
        # The sender finds it cancelled, and the cancel is sent then.
        joining.withdraw(job)
        job.cancelling = True
        return
    event_id = job.tracker.event_id
    session = next((s for s in known.pool if event_id is not None and s.has(event_id)), None)
    if session is not None and event_id is not None and not known.closed:
        cancel_event(known, session, event_id, effects)


def cancel_event(
    known: Known[JobT], session: SessionRouter[JobT], event_id: str, effects: list[Effect[JobT]]
) -> None:
    """Ask the server to cancel a job that it has accepted, at once or when no other job is hit."""
    job, fn_index = session.job_of(event_id), session.fn_index_of(event_id)
    plan = cancelling.cancel(session, event_id)
    if job is None or fn_index is None or plan is None:
        return
    if plan is CancelPlan.LATER:
        job.cancelling = session.entries[event_id].may_start
        watch(known, session, effects)
        return
    job.cancelling = True
    effects.append(SendCancel(job, session, event_id, fn_index, plan))


def cancel_ready(known: Known[JobT], session: SessionRouter[JobT], effects: list[Effect[JobT]]) -> None:
    """Send the cancels that waited and hit no other job any more, and the jobs that waited for them."""
    for event_id in cancelling.cancellable(session):
        cancel_event(known, session, event_id, effects)
    for event_id, entry in session.entries.items():
        if entry.job.cancelling and not entry.may_start and event_id not in session.cancelling:
            # It waits for other jobs now, perhaps for a long time.
            entry.job.cancelling = False
            effects.append(Notify(entry.job))
    admit(known, effects)


def watch(known: Known[JobT], session: SessionRouter[JobT], effects: list[Effect[JobT]]) -> None:
    """Look from time to time which jobs wait for their place, so that cancels that wait can be sent."""
    if known.closed or session.watched or not cancelling.look(session):
        return
    session.watched = True
    cancel_ready(known, session, effects)
    effects.append(RetryCancelsLater(session, LOOK_SECONDS))


def answered(known: Known[JobT], cancel: SendCancel[JobT], effects: list[Effect[JobT]]) -> None:
    """Note that the server has carried out a cancel."""
    cancel.job.cancelling = False
    effects.append(Notify(cancel.job))
    cancelling.cancel_answered(cancel.session, cancel.event_id, cancel.plan)
    cancel_ready(known, cancel.session, effects)


def failed(known: Known[JobT], cancel: SendCancel[JobT], effects: list[Effect[JobT]]) -> None:
    """Note that a cancel did not reach the server; the job ends there by itself."""
    cancel.job.cancelling = False
    effects.append(Notify(cancel.job))
    cancelling.cancel_failed(cancel.session, cancel.event_id)
    admit(known, effects)
