"""Jobs with a ticket: sent without a reader, and read by who has not sent them.

A server keeps the messages of a session until its stream is read, once: when that stream is left, it drops what the session
has. So a job that is to outlive its client has a session of its own, whose stream is not opened before it is collected.
"""

from __future__ import annotations

from gradlink._engine.effects import Effect, Notify, OpenStream
from gradlink._engine.known import Known
from gradlink._engine.limits import begin_phase
from gradlink._engine.state import JobState, JobT
from gradlink._facts import with_facts
from gradlink._protocol.job import JobPhase
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.schema import Endpoint
from gradlink.errors import (
    CollectedTicketError,
    DetachError,
    GradlinkError,
    LostTicketError,
    ServerStoppedError,
    StreamLostError,
    StreamSilentError,
    TicketInUseError,
)


def new_session(known: Known[JobT], endpoint: Endpoint) -> str:
    """Return a session for a job of ``endpoint`` that nobody reads for now. Raises DetachError if it would be lost."""
    dialect = known.app.schema.dialect
    why = None
    if not dialect.shares_stream:
        why = f"the app runs Gradio {dialect.release}, which drops a job when its client leaves; 4.9 and later keep it"
    elif endpoint.live:
        why = "it takes input while it runs, from a client that stays"
    elif endpoint.session_hash is not None:
        why = "gr.render made it in another session, and a detached job has a session of its own"
    elif endpoint.stateful and known.pool.holds_state:
        why = (
            "a detached job has a session of its own and would not see the State of this client; use a new client, "
            "or reset_session(), if it is to begin with a fresh one"
        )
    elif endpoint.batch and dialect.mixes_batches:
        why = f"Gradio {dialect.release} gives all calls that it puts into one batch the result of one; 4.20 and later do not"
    if why is not None:
        raise DetachError(
            f"{endpoint.title} cannot be detached: {why}", endpoint=endpoint.title, execution="not started"
        )
    return known.new_session_hash()


def attach(
    known: Known[JobT], job: JobT, session_hash: str, event_id: str, effects: list[Effect[JobT]]
) -> None:
    """Read a job that was sent under ``session_hash`` and accepted as ``event_id``."""
    title = job.endpoint.title
    in_use = known.pool.named(session_hash)
    if in_use is not None and not in_use.idle:
        raise TicketInUseError(
            f"{title}: this client collects the ticket already; keep the job that attach() has returned",
            endpoint=title,
            event_id=event_id,
            execution="unknown",
        )
    if in_use is not None:
        raise CollectedTicketError(
            f"{title}: this client has just collected the ticket",
            endpoint=title,
            event_id=event_id,
            execution="unknown",
        )
    session = known.pool.adopt(session_hash)
    job.attached = True
    job.tracker.joined(event_id)
    session.adopt(job, event_id, job.endpoint.fn_index, generator=job.endpoint.generator)
    begin_phase(job, "total", effects)
    begin_phase(job, "queue", effects)
    effects.append(Notify(job))
    session.start_reading()
    effects.append(OpenStream(session))


def heard_heartbeat(session: SessionRouter[JobT], effects: list[Effect[JobT]]) -> None:
    """Note a heartbeat: the messages that were kept come before it, so of a job without any there are none."""
    if not session.attached:
        return
    for event_id, entry in list(session.entries.items()):
        if not _heard(entry.job):
            entry.job.tracker.lose(_collected(entry.job))
            session.ended(event_id, cancelled=False)
            effects.append(Notify(entry.job))


def explained(job: JobState, error: GradlinkError) -> LostTicketError | None:
    """Return what it means for ``job`` that its stream ended with ``error``; None if it means the same as for any job.

    Servers before 4.22 break the stream of a session that they do not know without a word.
    """
    broke = isinstance(error, StreamLostError) and not isinstance(
        error, (ServerStoppedError, StreamSilentError)
    )
    if not (job.attached and broke and not _heard(job)):
        return None
    text = (
        f"{job.tracker.api_name}: the server has nothing for this ticket: it was collected, or a client that collected it left; "
        "or the server has forgotten it (it keeps the last 2,000 sessions), or was restarted"
    )
    return with_facts(LostTicketError(text, url=error.url), cause=error)


def _heard(job: JobState) -> bool:
    return job.tracker.phase is not JobPhase.PENDING


def _collected(job: JobState) -> CollectedTicketError:
    return CollectedTicketError(
        f"{job.tracker.api_name}: the server has no message of this job: it was collected, or somebody else collects it now"
    )
