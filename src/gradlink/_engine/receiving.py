"""What a message of the server means."""

from __future__ import annotations

from gradlink._engine import stopping
from gradlink._engine.effects import Effect, LeaveQueue, Notify, StartHeartbeat, WatchQueue
from gradlink._engine.failures import stopped_along
from gradlink._engine.known import Known
from gradlink._engine.limits import begin_phase
from gradlink._engine.state import JobT
from gradlink._protocol import cancelling
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.messages import (
    Message,
    ProcessCompleted,
    ProcessGenerating,
    ProcessStarts,
    UnexpectedError,
    Unreadable,
)
from gradlink._protocol.queuewatch import STARTUP_SECONDS
from gradlink._protocol.router import SessionRouter


def receive(known: Known[JobT], job: JobT, message: Message, effects: list[Effect[JobT]]) -> None:
    """Give a job its message."""
    job.tracker.receive(message)
    last = effects[-1] if effects else None
    if not (isinstance(last, Notify) and last.job is job):  # of messages that came together one is enough
        effects.append(Notify(job))
    if not known.queue.settled:
        _watch_queue(known, job, message, effects)
    if not job.ran and job.tracker.started:
        job.ran = True
        begin_phase(job, "run", effects)


def take(
    known: Known[JobT],
    session: SessionRouter[JobT],
    job: JobT,
    message: Message,
    effects: list[Effect[JobT]],
) -> None:
    """Give a job its message, and apply what it means for its session."""
    was_pending = not job.ended
    receive(known, job, message, effects)
    event_id = message.event_id or ""
    match message:
        case ProcessGenerating():
            # First, since nearly every message of a stream is one.
            _started(known, session, event_id, effects)
            if message.render_config is not None:
                _take_rendered(known, message.render_config, session, effects)
        case ProcessStarts():
            _started(known, session, event_id, effects)
        case ProcessCompleted(output=output):
            _take_rendered(known, output.get("render_config"), session, effects)
            # The server's answer to a cancel is a success with nothing in it.
            cancelled = message.success and message.data is None
            for other in [] if cancelled else cancelling.collateral_of_stop(session, event_id):
                other.tracker.lose(stopped_along())
                effects.append(Notify(other))
            _ended_at_server(known, session, event_id, effects, cancelled=cancelled)
        case Unreadable(is_end=True):
            _ended_at_server(known, session, event_id, effects, cancelled=False)
        case UnexpectedError():
            return
        case _:
            pass
    if was_pending and job.ended and session.has(event_id):
        # Nothing could be made of what it brought: it is not to be worked on any more.
        stopping.cancel_event(known, session, event_id, effects)


def _watch_queue(known: Known[JobT], job: JobT, message: Message, effects: list[Effect[JobT]]) -> None:
    armed = known.queue.armed
    if known.queue.take(job, message):
        effects.append(WatchQueue(STARTUP_SECONDS))
    elif armed and known.queue.settled:
        effects.append(LeaveQueue())


def _started(
    known: Known[JobT], session: SessionRouter[JobT], event_id: str, effects: list[Effect[JobT]]
) -> None:
    if session.started(event_id):
        stopping.cancel_ready(known, session, effects)


def _ended_at_server(
    known: Known[JobT],
    session: SessionRouter[JobT],
    event_id: str,
    effects: list[Effect[JobT]],
    *,
    cancelled: bool,
) -> None:
    job = session.job_of(event_id)
    session.ended(event_id, cancelled=cancelled)
    if job is not None and job.cancelling and event_id not in session.cancelling:
        # It was to be stopped when it started, and has ended by itself.
        job.cancelling = session.has(event_id)
        effects.append(Notify(job))
    stopping.cancel_ready(known, session, effects)


def _take_rendered(
    known: Known[JobT], render_config: JSONValue, session: SessionRouter[JobT], effects: list[Effect[JobT]]
) -> None:
    """Take the endpoints that ``gr.render`` made in the client's own session."""
    if not render_config or session is not known.pool.own:
        return
    known.app.take_rendered(render_config, session.session_hash)
    if any(endpoint.stateful for endpoint in known.app.schema.endpoints.values()):
        effects.append(StartHeartbeat())
