"""What a client decides about its jobs: events in, effects out.

Its owner holds a lock while it calls a method, and performs the effects that come back; time comes in as a number.
Vectors: sessions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Generic

from gradlink._engine import detached, receiving, stopping
from gradlink._engine.app import App
from gradlink._engine.effects import (
    Effect,
    LeaveStream,
    Notify,
    OpenStream,
    RenewHeartbeat,
    ResetAlone,
    RunAlone,
    RunDirect,
    SendCancel,
    SetLimit,
    StartHeartbeat,
    StartQueue,
    StopAlone,
)
from gradlink._engine.failures import crossed_break, lost_with
from gradlink._engine.known import EngineOptions, Known
from gradlink._engine.limits import begin_phase
from gradlink._engine.places import admit, place, vacate, wait_again
from gradlink._engine.resending import lose
from gradlink._engine.state import JobT
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.messages import HeartbeatMessage, Message
from gradlink._protocol.queuewatch import QueueWatch
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink.errors import ClientClosedError, GradlinkError, SessionLostError

# How long the answer to a join is waited for whose job has ended meanwhile. It is all that names the job: given up early,
# a server that is slow just then would run the function in vain, and nothing could stop it.
LATE_JOIN_SECONDS = 60.0


class Engine(Generic[JobT]):
    """The sessions and the pending jobs of one client. Not thread-safe: its owner holds a lock."""

    def __init__(
        self,
        options: EngineOptions,
        new_session_hash: Callable[[], str],
        now: float,
        schema: AppSchema | None = None,
    ) -> None:
        """Begin with what is known of the app; without ``schema`` it is passed to :meth:`connect` later.

        ``new_session_hash`` makes names that cannot be guessed.
        """
        self._app = App(schema, now)
        self._known: Known[JobT] = Known(options, new_session_hash, self._app)

    # -- the app ----------------------------------------------------------------------------------

    @property
    def connected(self) -> bool:
        """The app is known."""
        return self._app.connected

    @property
    def schema(self) -> AppSchema:
        """The app, with the endpoints that ``gr.render`` made in the client's own session."""
        return self._app.schema

    def connect(self, schema: AppSchema) -> None:
        """Take what the app is."""
        self._app.take(schema)
        for session in self._known.pool:
            session.way = schema.dialect.cancels

    @property
    def closed(self) -> bool:
        """The client was closed."""
        return self._known.closed

    def check_open(self) -> None:
        """Raise ClientClosedError if the client was closed."""
        if self.closed:
            raise ClientClosedError("the client is closed; make a new one")

    def heard(self, now: float) -> list[Effect[JobT]]:
        """Note that the server has answered."""
        self._app.heard_at = now
        return []

    def doubts_app(self, now: float) -> bool:
        """Tell whether the app may have been restarted since it was heard."""
        return self._app.is_in_doubt(now)

    def restarted(self, schema: AppSchema) -> list[Effect[JobT]]:
        """Take what the app is after a restart; its sessions are gone."""
        self._app.take(schema)
        self._known.pool.forget()
        self._known.queue = QueueWatch()
        return []

    def rebind(self, job: JobT, endpoint: Endpoint) -> list[Effect[JobT]]:
        """Take the endpoint that ``job`` calls now that the app was restarted."""
        job.endpoint = endpoint
        return []

    # -- sessions ---------------------------------------------------------------------------------

    @property
    def session_hash(self) -> str:
        """The client's own session."""
        return self._known.pool.own.session_hash

    def renew_session(self, session_hash: str | None = None) -> list[Effect[JobT]]:
        """Use another session from now on; jobs that run end where they are."""
        self._known.pool.renew_own(session_hash)
        self._app.forget_rendered()
        return [RenewHeartbeat()]

    # -- sending ----------------------------------------------------------------------------------

    def submit(self, job: JobT) -> list[Effect[JobT]]:
        """Send a job. Raises ClientClosedError, and SessionLostError if the State that it would use is lost."""
        self.check_open()
        effects: list[Effect[JobT]] = []
        if job.ended:
            return effects  # it was cancelled before
        begin_phase(job, "total", effects)
        if job.endpoint.takes_direct_route:
            effects.append(RunDirect(job))
        elif not self.schema.dialect.shares_stream:
            effects.append(RunAlone(job))
        else:
            place(self._known, job, effects)
        self._known.jobs[job] = None
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
            place(self._known, job, effects)
        except GradlinkError as exc:
            _fail(job, exc, effects)
        return effects

    def give_up(self, job: JobT) -> list[Effect[JobT]]:
        """Note that a job's caller, who was to send it, no longer waits for its place."""
        effects: list[Effect[JobT]] = []
        if not self._known.pool.withdraw(job) and job.session is not None and job.session.is_joining(job):
            vacate(self._known, job, job.session, effects)
        return effects

    def uploading(self, job: JobT) -> list[Effect[JobT]]:
        """Note that the job's files are sent."""
        effects: list[Effect[JobT]] = []
        begin_phase(job, "upload", effects)
        return effects

    def joining(self, job: JobT, session: SessionRouter[JobT]) -> tuple[bool, list[Effect[JobT]]]:
        """Return whether the job's join is to be sent now, which counts as sent from here on.

        If not, the job has left ``session``: it has ended, or a cancel of its function has begun there since it has its
        place, and it waits for another one.
        """
        effects: list[Effect[JobT]] = []
        if not job.ended and session.is_cancelling(job.endpoint.fn_index):
            wait_again(self._known, job, session, effects)
            return False, effects
        if not job.tracker.begin_sending():
            vacate(self._known, job, session, effects)
            return False, effects
        session.join_sent(job, job.endpoint.fn_index, generator=job.endpoint.generator)
        begin_phase(job, "queue", effects)
        # The server knows the session already, so its stream can be opened while the join is on its way.
        _read_if_wanted(session, effects)
        return True, effects

    def joined(
        self, job: JobT, session: SessionRouter[JobT], event_id: str, now: float
    ) -> list[Effect[JobT]]:
        """Take the server's answer to a join."""
        self._app.heard_at = now
        job.cancelling = False
        job.tracker.joined(event_id)
        effects: list[Effect[JobT]] = [Notify(job)]
        for message in session.register(job, event_id):
            receiving.take(self._known, session, job, message, effects)
        if session.is_in_doubt(job):
            session.join_failed(job)
            lose(self._known, job, crossed_break(), effects)
            admit(self._known, effects)
        elif job.ended:
            # It was cancelled while the join was on its way.
            stopping.cancel_event(self._known, session, event_id, effects)
        _read_if_wanted(session, effects)
        if self.schema.wants_heartbeat:
            # After the stream, which is waited for, and may have the one connection that is there.
            effects.append(StartHeartbeat())
        return effects

    def join_failed(
        self,
        job: JobT,
        session: SessionRouter[JobT],
        error: GradlinkError | None = None,
    ) -> list[Effect[JobT]]:
        """Note that the server did not accept a job; ``error`` ends it, None leaves that to its caller."""
        effects: list[Effect[JobT]] = []
        vacate(self._known, job, session, effects)
        if error is not None:
            _fail(job, error, effects)
        return effects

    # -- without the queue ------------------------------------------------------------------------

    def running_directly(self, job: JobT) -> tuple[bool, list[Effect[JobT]]]:
        """Return whether the job's request is to be sent now, which counts as sent from here on."""
        effects: list[Effect[JobT]] = []
        if not job.tracker.begin_sending():
            return False, effects
        begin_phase(job, "run", effects)
        return True, effects

    def ran_directly(self, job: JobT, data: list[JSONValue]) -> list[Effect[JobT]]:
        """Take the values of a function that was called without the queue."""
        job.tracker.succeed(data)
        return [Notify(job)]

    def fail(self, job: JobT, error: GradlinkError) -> list[Effect[JobT]]:
        """End a job with ``error``."""
        effects: list[Effect[JobT]] = []
        _fail(job, error, effects)
        return effects

    # -- on a connection of its own ---------------------------------------------------------------

    def begin_alone(self, job: JobT) -> str | None:
        """Return the session for a job with a connection of its own, None if it has ended."""
        from gradlink._engine import alone  # no newer app needs it

        return alone.begin(self._known, job)

    def joining_alone(self, job: JobT) -> tuple[bool, list[Effect[JobT]]]:
        """Return whether the job's connection is to be made now; the job counts as sent from here on."""
        effects: list[Effect[JobT]] = []
        if not job.tracker.begin_sending():
            return False, effects
        begin_phase(job, "queue", effects)
        return True, effects

    def joined_alone(self, job: JobT, event_id: str) -> list[Effect[JobT]]:
        """Take the name that the server has given to a job on its own stream."""
        job.tracker.joined(event_id)
        return [Notify(job)]

    def received_alone(self, job: JobT, message: Message) -> list[Effect[JobT]]:
        """Take a message of the job's own connection."""
        effects: list[Effect[JobT]] = []
        receiving.receive(self._known, job, message, effects)
        return effects

    def left_alone(self, job: JobT, error: GradlinkError | None, *, lost: bool) -> list[Effect[JobT]]:
        """Forget a job with a connection of its own, which has ended.

        Args:
            error: why; None if the server ended it cleanly, which is how it cancels a job.
            lost: the job may have been accepted.
        """
        from gradlink._engine import alone

        effects: list[Effect[JobT]] = []
        alone.leave(self._known, job, error, effects, lost=lost)
        return effects

    # -- with a ticket ----------------------------------------------------------------------------

    def detaching(self, job: JobT) -> str:
        """Return the session for a job that is to outlive the client: nobody reads its stream for now.

        Raises ClientClosedError, and DetachError if the job would not outlive it.
        """
        self.check_open()
        return detached.new_session(self._known, job.endpoint)

    def joining_detached(self, job: JobT) -> bool:
        """Tell whether the join of such a job is to be sent now, which counts as sent from here on."""
        job.stage += 1  # the limit for sending its files ends
        return job.tracker.begin_sending()

    def attach(self, job: JobT, session_hash: str, event_id: str) -> list[Effect[JobT]]:
        """Read a job that was detached. Raises ClientClosedError, and TicketInUseError if it is read already."""
        self.check_open()
        effects: list[Effect[JobT]] = []
        detached.attach(self._known, job, session_hash, event_id, effects)
        self._known.jobs[job] = None
        return effects

    # -- receiving --------------------------------------------------------------------------------

    def opening_stream(self, session: SessionRouter[JobT]) -> None:
        """Note that the session's stream is asked for."""
        session.stream_opened()

    def received(self, session: SessionRouter[JobT], messages: Iterable[Message]) -> list[Effect[JobT]]:
        """Take messages of a session's stream, up to one after which it is left."""
        effects: list[Effect[JobT]] = []
        for message in messages:
            if isinstance(message, HeartbeatMessage):
                detached.heard_heartbeat(session, effects)
                leaves = not session.heard_heartbeat()
            else:
                for job in session.route(message):
                    receiving.take(self._known, session, job, message, effects)
                # The stream of a session that is used no more does not end by itself.
                leaves = session.retired and session.idle
            if leaves:
                effects.append(LeaveStream(session))
                break
        return effects

    def stream_ended(
        self, session: SessionRouter[JobT], error: GradlinkError | None, *, carried: bool
    ) -> list[Effect[JobT]]:
        """Note that a stream has ended, cleanly or with ``error``; OpenStream asks for the next one.

        ``carried`` tells whether it had messages of jobs.
        """
        effects: list[Effect[JobT]] = []
        if error is not None:
            unknown = isinstance(error, SessionLostError)
            for job in session.stream_closed(clean=False, session_not_found=unknown):
                lose(self._known, job, detached.explained(job, error) or lost_with(error), effects)
        admit(self._known, effects)
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
        effects: list[Effect[JobT]] = [Notify(job)]
        stopping.stop(self._known, job, effects)
        return effects

    def queue_stands(self) -> list[Effect[JobT]]:
        """Note that the time of WatchQueue has passed; asks once for a queue that runs nothing to be started."""
        return [StartQueue()] if self._known.queue.expired(lambda job: not job.ended) else []

    # -- cancelling -------------------------------------------------------------------------------

    def cancel(self, job: JobT) -> list[Effect[JobT]]:
        """End a job as cancelled, and see that the server stops it; ``job.cancelling`` until it was asked to."""
        job.tracker.cancel()
        effects: list[Effect[JobT]] = [Notify(job)]
        stopping.stop(self._known, job, effects)
        return effects

    @property
    def cancelling(self) -> list[JobT]:
        """Jobs that the server is to be asked to cancel in a moment."""
        return [job for session in self._known.pool for job in session.jobs if job.cancelling]

    def cancel_answered(self, cancel: SendCancel[JobT]) -> list[Effect[JobT]]:
        """Note that the server has carried out a cancel."""
        effects: list[Effect[JobT]] = []
        stopping.answered(self._known, cancel, effects)
        return effects

    def cancel_failed(self, cancel: SendCancel[JobT]) -> list[Effect[JobT]]:
        """Note that a cancel did not reach the server; the job ends there by itself."""
        effects: list[Effect[JobT]] = []
        stopping.failed(self._known, cancel, effects)
        return effects

    def retry_cancels(self, session: SessionRouter[JobT]) -> list[Effect[JobT]]:
        """Note that the time of RetryCancelsLater has passed."""
        effects: list[Effect[JobT]] = []
        session.watched = False
        stopping.watch(self._known, session, effects)
        return effects

    def reset_ended(self, reset: ResetAlone[JobT]) -> list[Effect[JobT]]:
        """Note that the server was asked to reset a job with a stream of its own."""
        reset.job.cancelling = False
        return [StopAlone(reset.job), Notify(reset.job)]

    # -- live input -------------------------------------------------------------------------------

    def check_live(self, endpoint: Endpoint) -> None:
        """Raise EndpointError if ``endpoint`` takes no input while it runs."""
        from gradlink._engine import live  # hardly any app has such endpoints

        live.check(endpoint)

    def live_session(self, job: JobT) -> tuple[str, str]:
        """Return the event id and the session of a job that takes input while it runs.

        Raises the error of a job that was not accepted, and EndpointError for one that has ended.
        """
        from gradlink._engine import live

        return live.place_of(self._known, job)

    # -- the end ----------------------------------------------------------------------------------

    def settled(self, job: JobT) -> None:
        """Note that everything that waits for a job has been notified of its end."""
        self._known.jobs.pop(job, None)

    def close(self) -> list[Effect[JobT]]:
        """Take no more jobs, and end all that are pending.

        Another call notifies again of the ends that were not delivered because the previous one was interrupted.
        """
        self._known.closed = True
        effects: list[Effect[JobT]] = []
        for job in list(self._known.jobs):
            job.cancelling = False
            job.tracker.stop(ClientClosedError(f"{job.endpoint.title}: the client was closed"))
            effects.append(Notify(job))
        effects.extend(StopAlone(job) for job in self._known.alone)
        effects.extend(LeaveStream(session) for session in self._known.pool if session.reading)
        return effects


def _fail(job: JobT, error: GradlinkError, effects: list[Effect[JobT]]) -> None:
    job.tracker.fail(error)
    effects.append(Notify(job))


def _read_if_wanted(session: SessionRouter[JobT], effects: list[Effect[JobT]]) -> None:
    if session.start_reading():
        effects.append(OpenStream(session))
