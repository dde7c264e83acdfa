"""What happens to a job with its own connection, as all have before Gradio 4.9."""

from __future__ import annotations

from gradlink._engine.effects import Effect, Notify, ResetAlone, StopAlone
from gradlink._engine.known import Known
from gradlink._engine.state import JobT
from gradlink.errors import GradlinkError


def begin(known: Known[JobT], job: JobT) -> str | None:
    """Return the session for a job, None if it has ended.

    Gradio 3 gives two jobs of one generator and session the values of one and the same generator.
    """
    if job.ended:
        return None
    busy = any(other.endpoint.fn_index == job.endpoint.fn_index for other in known.alone)
    apart = busy and not job.endpoint.stateful
    session_hash = known.new_session_hash() if apart else known.pool.own.session_hash
    known.alone[job] = session_hash
    return session_hash


def stop(known: Known[JobT], job: JobT, effects: list[Effect[JobT]]) -> None:
    """Make the server stop a job that has ended locally."""
    event_id = job.tracker.event_id
    if event_id is not None and known.app.schema.dialect.resets_alone and not known.closed:
        job.cancelling = True
        effects.append(ResetAlone(job, event_id))
    else:
        effects.append(StopAlone(job))


def leave(
    known: Known[JobT], job: JobT, error: GradlinkError | None, effects: list[Effect[JobT]], *, lost: bool
) -> None:
    """Forget a job whose connection has ended; see ``Engine.left_alone``."""
    known.alone.pop(job, None)
    job.cancelling = False
    if error is None:
        job.tracker.cancel()
    elif lost:
        job.tracker.lose(error)
    else:
        job.tracker.fail(error)
    effects.append(Notify(job))
