"""What a client decides about its jobs: events in, effects out.

Its owner holds a lock while it calls a method, and performs the effects that come back; time comes in as a number.
Vectors: engine.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic

from gradlink._engine.effects import (
    Effect,
    Join,
    LeaveQueue,
    LeaveStream,
    LookAgain,
    Notify,
    OpenStream,
    RenewHeartbeat,
    Resend,
    ResetAlone,
    RunAlone,
    RunDirect,
    SendCancel,
    SetLimit,
    StartHeartbeat,
    StartQueue,
    StopAlone,
    WatchQueue,
)
from gradlink._engine.failures import crossed_break, lost_state, lost_with, stopped_along
from gradlink._engine.state import JobState, JobT
from gradlink._protocol import cancelling
from gradlink._protocol.cancelling import LOOK_SECONDS, CancelPlan
from gradlink._protocol.dialect import NEWEST
from gradlink._protocol.job import Failed
from gradlink._protocol.jsonvalue import JSONObject, JSONValue
from gradlink._protocol.messages import (
    HeartbeatMessage,
    Message,
    ProcessCompleted,
    ProcessGenerating,
    ProcessStarts,
    UnexpectedError,
    Unreadable,
)
from gradlink._protocol.policy import LimitPhase
from gradlink._protocol.queuewatch import STARTUP_SECONDS, QueueWatch
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.schema import AppSchema, Endpoint, with_rendered, without_rendered
from gradlink._protocol.sessions import SessionPool, wish_of
from gradlink.errors import (
    ClientClosedError,
    EndpointError,
    GradlinkError,
    NotConnectedError,
    SessionLostError,
)

_log = logging.getLogger("gradlink.connection")

# uvicorn closes a connection that was used and then idle for 5 s; while one is in use the app was not restarted.
KEEPALIVE_SECONDS = 4.0
# How long the answer to a join is waited for whose job has ended meanwhile. It is all that names the job: given up early,
# a server that is slow just then would run the function for nobody, and nothing could stop it.
LATE_JOIN_SECONDS = 60.0


@dataclass(frozen=True, slots=True)
class EngineOptions:
    """How a client spreads its jobs.

    Attributes:
        max_jobs: jobs that are at the server at a time.
        max_sessions: streams that are read at a time.
        one_session: every job goes into the client's own session.
    """

    max_jobs: int
    max_sessions: int
    one_session: bool = False


class Engine(Generic[JobT]):
    """The sessions and the pending jobs of one client. Not thread-safe: its owner holds a lock.

    Attributes:
        closed: the client was closed.
    """

    def __init__(
        self,
        options: EngineOptions,
        new_session_hash: Callable[[], str],
        now: float,
        schema: AppSchema | None = None,
    ) -> None:
        """Begin with what is known of the app; without ``schema`` it is told to :meth:`connected`.

        ``new_session_hash`` makes names that nobody can guess.
        """
        self._new_session_hash = new_session_hash
        self._schema = schema
        self._heard_at = now
        self.closed = False
        self._pool: SessionPool[JobT] = SessionPool(
            self._new_session,
            max_jobs=options.max_jobs,
            max_sessions=options.max_sessions,
            one_session=options.one_session,
        )
        # All jobs that have not ended, or of whose end nobody has been told yet, in order.
        self._jobs: dict[JobT, None] = {}
        # Those that have a connection of their own, and the session of each.
        self._alone: dict[JobT, str] = {}
        self._queue: QueueWatch[JobT] = QueueWatch()

    # -- the app ----------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """The app is known."""
        return self._schema is not None

    @property
    def schema(self) -> AppSchema:
        """The app, with the endpoints that ``gr.render`` made in the client's own session."""
        if self._schema is None:
            raise NotConnectedError("the client has not connected yet; await it, or use it in 'async with'")
        return self._schema

    def connect(self, schema: AppSchema) -> None:
        """Take what the app is."""
        self._schema = schema
        for session in self._pool:
            session.way = schema.dialect.cancels

    def check_open(self) -> None:
        """Raise ClientClosedError if the client was closed."""
        if self.closed:
            raise ClientClosedError("the client is closed; make a new one")

    def heard(self, now: float) -> list[Effect[JobT]]:
        """Note that the server has answered."""
        self._heard_at = now
        return []

    def doubts_app(self, now: float) -> bool:
        """Tell whether the app may have been restarted since it was heard.

        A restart closes all connections, so it cannot have happened while one was in use.
        """
        return now - self._heard_at >= KEEPALIVE_SECONDS

    def restarted(self, schema: AppSchema) -> list[Effect[JobT]]:
        """Take what the app is after a restart; its sessions are gone."""
        self._schema = schema
        self._pool.forget()
        self._queue = QueueWatch()
        return []

    def rebind(self, job: JobT, endpoint: Endpoint) -> list[Effect[JobT]]:
        """Take the endpoint that ``job`` calls now that the app was restarted."""
        job.endpoint = endpoint
        return []

    # -- sessions ---------------------------------------------------------------------------------

    @property
    def session_hash(self) -> str:
        """The client's own session."""
        return self._pool.own.session_hash

    def renew_session(self, session_hash: str | None = None) -> list[Effect[JobT]]:
        """Use another session from now on; jobs that run end where they are."""
        self._pool.renew_own(session_hash)
        if self._schema is not None:
            self._schema = without_rendered(self._schema)
        return [RenewHeartbeat()]

    def _new_session(self) -> SessionRouter[JobT]:
        way = (NEWEST if self._schema is None else self._schema.dialect).cancels
        return SessionRouter(self._new_session_hash(), way)

    # -- sending ----------------------------------------------------------------------------------

    def submit(self, job: JobT) -> list[Effect[JobT]]:
        """Send a job. Raises ClientClosedError, and SessionLostError if the State that it would use is lost."""
        self.check_open()
        effects: list[Effect[JobT]] = []
        if job.ended:
            return effects  # it was cancelled before
        self._enter(job, "total", effects)
        if job.endpoint.takes_direct_route:
            effects.append(RunDirect(job))
        elif not self.schema.dialect.shares_stream:
            effects.append(RunAlone(job))
        else:
            self._place(job, effects)
        self._jobs[job] = None
        return effects

    def resubmit(self, job: JobT, error: GradlinkError | None = None) -> list[Effect[JobT]]:
        """Send a job again that was lost, in a session that the server knows nothing of; or end it with ``error``."""
        effects: list[Effect[JobT]] = []
        if job.ended:
            return effects
        job.sent_by_caller = False
        try:
            if error is not None:
                raise error
            self.check_open()
            self._place(job, effects)
        except GradlinkError as exc:
            self._fail(job, exc, effects)
        return effects

    def give_up(self, job: JobT) -> list[Effect[JobT]]:
        """Take it that a job's caller, who was to send it, waits for its place no more."""
        effects: list[Effect[JobT]] = []
        if not self._pool.withdraw(job) and job.session is not None and job.session.is_joining(job):
            self._unjoin(job, job.session, effects)
        return effects

    def uploading(self, job: JobT) -> list[Effect[JobT]]:
        """Note that the job's files are sent."""
        effects: list[Effect[JobT]] = []
        self._enter(job, "upload", effects)
        return effects

    def joining(self, job: JobT, session: SessionRouter[JobT]) -> tuple[bool, list[Effect[JobT]]]:
        """Return whether the job's join is to be sent now, which counts as sent from here on."""
        effects: list[Effect[JobT]] = []
        if not job.tracker.begin_sending():
            self._unjoin(job, session, effects)
            return False, effects
        session.join_sent(job, job.endpoint.fn_index, generator=job.endpoint.generator)
        self._enter(job, "queue", effects)
        # The server knows the session already, so its stream can be opened while the join is on its way.
        self._read_if_wanted(session, effects)
        return True, effects

    def joined(
        self, job: JobT, session: SessionRouter[JobT], event_id: str, now: float
    ) -> list[Effect[JobT]]:
        """Take the server's answer to a join."""
        self._heard_at = now
        job.cancelling = False
        job.tracker.joined(event_id)
        effects: list[Effect[JobT]] = []
        effects.append(Notify(job))
        for message in session.register(job, event_id):
            self._take(session, job, message, effects)
        if session.is_doubtful(job):
            session.join_failed(job)
            self._lose(job, crossed_break(), effects)
        elif job.ended:
            # It was cancelled while the join was on its way.
            self._cancel_at_server(session, event_id, effects)
        self._read_if_wanted(session, effects)
        return effects

    def join_failed(
        self,
        job: JobT,
        session: SessionRouter[JobT],
        error: GradlinkError | None = None,
    ) -> list[Effect[JobT]]:
        """Take it that the server did not accept a job; ``error`` ends it, None leaves that to its caller."""
        effects: list[Effect[JobT]] = []
        self._unjoin(job, session, effects)
        if error is not None:
            self._fail(job, error, effects)
        return effects

    # -- without the queue ------------------------------------------------------------------------

    def running_directly(self, job: JobT) -> tuple[bool, list[Effect[JobT]]]:
        """Return whether the job's request is to be sent now, which counts as sent from here on."""
        effects: list[Effect[JobT]] = []
        if not job.tracker.begin_sending():
            return False, effects
        self._enter(job, "run", effects)
        return True, effects

    def ran_directly(self, job: JobT, data: list[JSONValue]) -> list[Effect[JobT]]:
        """Take the values of a function that was called without the queue."""
        job.tracker.succeed(data)
        effects: list[Effect[JobT]] = []
        effects.append(Notify(job))
        return effects

    def fail(self, job: JobT, error: GradlinkError) -> list[Effect[JobT]]:
        """End a job with ``error``."""
        effects: list[Effect[JobT]] = []
        self._fail(job, error, effects)
        return effects

    # -- on a connection of its own ---------------------------------------------------------------

    def begin_alone(self, job: JobT) -> str | None:
        """Return the session for a job with a connection of its own, None if it has ended.

        Gradio 3 gives two jobs of one generator and session the values of one and the same generator.
        """
        if job.ended:
            return None
        busy = any(other.endpoint.fn_index == job.endpoint.fn_index for other in self._alone)
        session_hash = self._new_session_hash() if busy and not job.endpoint.stateful else self.session_hash
        self._alone[job] = session_hash
        return session_hash

    def joining_alone(self, job: JobT) -> tuple[bool, list[Effect[JobT]]]:
        """Return whether the job's connection is to be made now; the job counts as sent from here on."""
        effects: list[Effect[JobT]] = []
        if not job.tracker.begin_sending():
            return False, effects
        self._enter(job, "queue", effects)
        return True, effects

    def joined_alone(self, job: JobT, event_id: str) -> list[Effect[JobT]]:
        """Take the name that the server has given to a job on its own stream."""
        job.tracker.joined(event_id)
        effects: list[Effect[JobT]] = []
        effects.append(Notify(job))
        return effects

    def received_alone(self, job: JobT, message: Message) -> list[Effect[JobT]]:
        """Take a message of the job's own connection."""
        effects: list[Effect[JobT]] = []
        self._receive(job, message, effects)
        return effects

    def left_alone(self, job: JobT, error: GradlinkError | None, *, lost: bool) -> list[Effect[JobT]]:
        """Forget a job with a connection of its own, which has ended.

        Args:
            error: why; None if the server ended it cleanly, which is how it cancels a job.
            lost: the job may have been accepted.
        """
        self._alone.pop(job, None)
        job.cancelling = False
        if error is None:
            job.tracker.cancel()
        elif lost:
            job.tracker.lose(error)
        else:
            job.tracker.fail(error)
        effects: list[Effect[JobT]] = []
        effects.append(Notify(job))
        return effects

    # -- receiving --------------------------------------------------------------------------------

    def opening_stream(self, session: SessionRouter[JobT]) -> None:
        """Note that the session's stream is asked for."""
        session.stream_opened()

    def received(self, session: SessionRouter[JobT], message: Message) -> list[Effect[JobT]]:
        """Take a message of a session's stream."""
        effects: list[Effect[JobT]] = []
        match message:
            case HeartbeatMessage():
                if not session.heard_heartbeat():
                    effects.append(LeaveStream(session))
                return effects
            case _:
                pass
        for job in session.route(message):
            self._take(session, job, message, effects)
        if session.retired and session.idle:
            # The stream of a session that is used no more does not end by itself.
            effects.append(LeaveStream(session))
        return effects

    def stream_ended(
        self, session: SessionRouter[JobT], error: GradlinkError | None, *, carried: bool
    ) -> list[Effect[JobT]]:
        """Take it that a stream has ended, cleanly or with ``error``; OpenStream asks for the next one.

        ``carried`` tells whether it had messages of jobs.
        """
        effects: list[Effect[JobT]] = []
        lost = session.stream_closed(
            clean=error is None, session_not_found=isinstance(error, SessionLostError)
        )
        for job in lost:
            self._lose(job, lost_with(error), effects)
        self._admit(effects)
        session.reading = session.wants_another(carried=carried) and not self.closed
        if session.reading:
            effects.append(OpenStream(session))
        return effects

    def limit_reached(self, limit: SetLimit[JobT]) -> list[Effect[JobT]]:
        """End the job if the phase whose time is over still lasts."""
        if not limit.lasts:
            return []
        job = limit.job
        job.tracker.expire(limit.phase, limit.seconds)
        effects: list[Effect[JobT]] = []
        effects.append(Notify(job))
        self._stop(job, effects)
        return effects

    def queue_stands(self) -> list[Effect[JobT]]:
        """Take it that the time of WatchQueue has passed; asks once for a queue that runs nothing to be started."""
        return [StartQueue()] if self._queue.expired(lambda job: not job.ended) else []

    # -- cancelling -------------------------------------------------------------------------------

    def cancel(self, job: JobT) -> list[Effect[JobT]]:
        """End a job as cancelled, and see that the server stops it; ``job.cancelling`` until it was asked to."""
        job.tracker.cancel()
        effects: list[Effect[JobT]] = []
        effects.append(Notify(job))
        self._stop(job, effects)
        return effects

    @property
    def cancelling(self) -> list[JobT]:
        """Jobs that the server is to be asked to cancel in a moment."""
        return [job for session in self._pool for job in session.jobs if job.cancelling]

    def cancel_answered(self, cancel: SendCancel[JobT]) -> list[Effect[JobT]]:
        """Take it that the server has carried out a cancel."""
        cancel.job.cancelling = False
        effects: list[Effect[JobT]] = [Notify(cancel.job)]
        cancelling.cancel_answered(cancel.session, cancel.event_id, cancel.plan)
        self._cancel_ready(cancel.session, effects)
        return effects

    def cancel_failed(self, cancel: SendCancel[JobT]) -> list[Effect[JobT]]:
        """Take it that a cancel did not reach the server; the job ends there by itself."""
        cancel.job.cancelling = False
        effects: list[Effect[JobT]] = [Notify(cancel.job)]
        cancelling.cancel_failed(cancel.session, cancel.event_id)
        self._admit(effects)
        return effects

    def look(self, session: SessionRouter[JobT]) -> list[Effect[JobT]]:
        """Take it that the time of LookAgain has passed."""
        effects: list[Effect[JobT]] = []
        session.watched = False
        self._watch(session, effects)
        return effects

    def reset_ended(self, reset: ResetAlone[JobT]) -> list[Effect[JobT]]:
        """Take it that the server was asked to reset a job with a stream of its own."""
        reset.job.cancelling = False
        return [StopAlone(reset.job), Notify(reset.job)]

    # -- live input -------------------------------------------------------------------------------

    def check_live(self, endpoint: Endpoint) -> None:
        """Raise EndpointError if ``endpoint`` takes no input while it runs."""
        if not endpoint.live:
            raise EndpointError(
                f"{endpoint.title} takes no further input; only endpoints of .stream() events do"
            )

    def live_session(self, job: JobT) -> tuple[str, str]:
        """Return the event id and the session of a job that takes input while it runs.

        Raises the error of a job that was not accepted, and EndpointError for one that has ended.
        """
        event_id, outcome = job.tracker.event_id, job.tracker.outcome
        if event_id is None and isinstance(outcome, Failed):
            raise outcome.error
        for session in self._pool:
            if event_id is not None and session.has(event_id):
                return event_id, session.session_hash
        raise EndpointError(f"{job.endpoint.title}: the job has ended, it takes no further input")

    # -- the end ----------------------------------------------------------------------------------

    def settled(self, job: JobT) -> None:
        """Take it that those who wait for a job have been told of its end."""
        self._jobs.pop(job, None)

    def close(self) -> list[Effect[JobT]]:
        """Take no more jobs, and end all that are pending.

        Another call tells again of the ends that nobody was told of, because the one before was interrupted.
        """
        self.closed = True
        effects: list[Effect[JobT]] = []
        for job in list(self._jobs):
            job.cancelling = False
            job.tracker.stop(ClientClosedError(f"{job.endpoint.title}: the client was closed"))
            effects.append(Notify(job))
        effects.extend(StopAlone(job) for job in self._alone)
        effects.extend(LeaveStream(session) for session in self._pool if session.reading)
        return effects

    # -- inside -----------------------------------------------------------------------------------

    def _enter(self, job: JobT, phase: LimitPhase, effects: list[Effect[JobT]]) -> None:
        """Let the job enter ``phase``: the limit of the one before ends, that of this one counts from now."""
        if phase != "total":
            job.stage += 1
        seconds = job.timeout.limit_of(phase)
        if seconds is not None:
            effects.append(SetLimit(job, phase, job.stage, seconds))

    def _place(self, job: JobT, effects: list[Effect[JobT]]) -> None:
        endpoint = job.endpoint
        if endpoint.stateful and endpoint.session_hash is None:
            lost = self._pool.claim_state()
            if lost is not None:
                raise lost_state(lost)
        session = self._pool.enter(job, wish_of(endpoint, self.schema.dialect))
        if self.schema.wants_heartbeat:
            effects.append(StartHeartbeat())
        self._enter(job, "queue", effects)
        if session is not None:
            effects.append(Join(job, session))

    def _unjoin(
        self,
        job: JobT,
        session: SessionRouter[JobT],
        effects: list[Effect[JobT]],
    ) -> None:
        session.join_failed(job)
        job.cancelling = False
        effects.append(Notify(job))
        self._admit(effects)

    def _fail(self, job: JobT, error: GradlinkError, effects: list[Effect[JobT]]) -> None:
        job.tracker.fail(error)
        effects.append(Notify(job))

    def _read_if_wanted(self, session: SessionRouter[JobT], effects: list[Effect[JobT]]) -> None:
        if session.start_reading():
            effects.append(OpenStream(session))

    def _admit(self, effects: list[Effect[JobT]]) -> None:
        """Send jobs that waited for a place."""
        if self.closed:
            return
        for job, session in self._pool.admit():
            if job.sent_by_caller:
                job.session = session
                effects.append(Notify(job))
            else:
                effects.append(Join(job, session))

    def _receive(self, job: JobT, message: Message, effects: list[Effect[JobT]]) -> None:
        job.tracker.receive(message)
        effects.append(Notify(job))
        if not self._queue.settled:
            self._watch_queue(job, message, effects)
        if not job.ran and job.tracker.started:
            job.ran = True
            self._enter(job, "run", effects)

    def _watch_queue(self, job: JobT, message: Message, effects: list[Effect[JobT]]) -> None:
        armed = self._queue.armed
        if self._queue.take(job, message):
            effects.append(WatchQueue(STARTUP_SECONDS))
        elif armed and self._queue.settled:
            effects.append(LeaveQueue())

    def _take(
        self,
        session: SessionRouter[JobT],
        job: JobT,
        message: Message,
        effects: list[Effect[JobT]],
    ) -> None:
        """Give a job its message, and apply what it means for its session."""
        was_pending = not job.ended
        self._receive(job, message, effects)
        event_id = message.event_id or ""
        match message:
            case ProcessStarts():
                self._started(session, event_id, effects)
            case ProcessGenerating(output=output):
                self._started(session, event_id, effects)
                self._take_rendered(output, session, effects)
            case ProcessCompleted(output=output):
                self._take_rendered(output, session, effects)
                # The server's answer to a cancel is a success with nothing in it.
                cancelled = message.success and message.data is None
                for other in [] if cancelled else cancelling.hit_by_stop(session, event_id):
                    other.tracker.lose(stopped_along())
                    effects.append(Notify(other))
                self._ended_at_server(session, event_id, effects, cancelled=cancelled)
            case Unreadable(is_end=True):
                self._ended_at_server(session, event_id, effects, cancelled=False)
            case UnexpectedError():
                return
            case _:
                pass
        if was_pending and job.ended and session.has(event_id):
            # Nothing could be made of what it brought: it is not to be worked on any more.
            self._cancel_at_server(session, event_id, effects)

    def _started(
        self,
        session: SessionRouter[JobT],
        event_id: str,
        effects: list[Effect[JobT]],
    ) -> None:
        if session.started(event_id):
            self._cancel_ready(session, effects)

    def _ended_at_server(
        self,
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
        self._cancel_ready(session, effects)

    def _take_rendered(
        self,
        output: JSONObject,
        session: SessionRouter[JobT],
        effects: list[Effect[JobT]],
    ) -> None:
        """Take the endpoints that ``gr.render`` made in the client's own session."""
        if session is not self._pool.own or not output.get("render_config"):
            return
        try:
            self._schema = with_rendered(self.schema, output["render_config"], session.session_hash)
        except Exception:  # an app can say anything
            _log.warning("what gr.render made in the app cannot be read", exc_info=True)
        if any(endpoint.stateful for endpoint in self.schema.endpoints.values()):
            effects.append(StartHeartbeat())

    def _lose(self, job: JobT, error: GradlinkError, effects: list[Effect[JobT]]) -> None:
        """End a job that is lost, or have it sent again."""
        if self.closed or not may_resend(job, error) or not job.tracker.restart():
            job.cancelling = False
            job.tracker.lose(error)
            effects.append(Notify(job))
            return
        job.resent += 1
        job.session, job.ran = None, False
        effects.append(Resend(job))

    def _stop(self, job: JobT, effects: list[Effect[JobT]]) -> None:
        """See that the server stops a job that has ended here."""
        if self._pool.withdraw(job):
            return
        event_id = job.tracker.event_id
        if job in self._alone:
            if event_id is not None and self.schema.dialect.resets_alone and not self.closed:
                job.cancelling = True
                effects.append(ResetAlone(job, event_id))
            else:
                effects.append(StopAlone(job))
            return
        joining = next((session for session in self._pool if session.is_joining(job)), None)
        if joining is not None:
            # Who sends it finds it cancelled, and the server is asked then.
            joining.withdraw(job)
            job.cancelling = True
            return
        session = next((s for s in self._pool if event_id is not None and s.has(event_id)), None)
        if session is not None and event_id is not None and not self.closed:
            self._cancel_at_server(session, event_id, effects)

    def _cancel_at_server(
        self,
        session: SessionRouter[JobT],
        event_id: str,
        effects: list[Effect[JobT]],
    ) -> None:
        job, fn_index = session.job_of(event_id), session.fn_index_of(event_id)
        plan = cancelling.cancel(session, event_id)
        if job is None or fn_index is None or plan is None:
            return
        if plan is CancelPlan.LATER:
            job.cancelling = session.entries[event_id].may_start
            self._watch(session, effects)
            return
        job.cancelling = True
        effects.append(SendCancel(job, session, event_id, fn_index, plan))

    def _cancel_ready(self, session: SessionRouter[JobT], effects: list[Effect[JobT]]) -> None:
        """Send the cancels that waited and hit no other job any more, and the jobs that waited for them."""
        for event_id in cancelling.cancellable(session):
            self._cancel_at_server(session, event_id, effects)
        for event_id, entry in session.entries.items():
            if entry.job.cancelling and not entry.may_start and event_id not in session.cancelling:
                # It waits for other jobs now, perhaps for long.
                entry.job.cancelling = False
                effects.append(Notify(entry.job))
        self._admit(effects)

    def _watch(self, session: SessionRouter[JobT], effects: list[Effect[JobT]]) -> None:
        """Look from time to time which jobs wait for their place, so that cancels that wait can be sent."""
        if self.closed or session.watched or not cancelling.look(session):
            return
        session.watched = True
        self._cancel_ready(session, effects)
        effects.append(LookAgain(session, LOOK_SECONDS))


def may_resend(job: JobState, error: GradlinkError) -> bool:
    """Tell whether a job that was lost with ``error`` is sent again in a fresh session.

    A call with State is never: it would move to another session. Others are once if the server does not know
    the session, which several replicas without sticky sessions bring about, and for any loss if their caller
    asked for it.
    """
    if job.endpoint.stateful or job.endpoint.session_hash is not None:
        return False
    if job.resubmit and job.resent < job.retries.count:
        return True
    return isinstance(error, SessionLostError) and job.resent == 0 and job.retries.count > 0
