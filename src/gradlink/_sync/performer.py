"""Performs what the engine wants done, in threads."""

from __future__ import annotations

import threading
from functools import cached_property, partial
from typing import TYPE_CHECKING, TypeAlias, assert_never

from gradlink._engine.effects import (
    Effect,
    Join,
    LeaveQueue,
    LeaveStream,
    Notify,
    OpenStream,
    RenewHeartbeat,
    Resend,
    ResetAlone,
    RetryCancelsLater,
    RunAlone,
    RunDirect,
    SendCancel,
    SetLimit,
    StartHeartbeat,
    StartQueue,
    StopAlone,
    WatchQueue,
)
from gradlink._engine.engine import LATE_JOIN_SECONDS
from gradlink._engine.streams import HeartbeatPolicy
from gradlink._flows import sending
from gradlink._flows.reading import SessionStream
from gradlink._flows.sending import Port
from gradlink._io import Flow
from gradlink._shell.options import ConnectionSettings
from gradlink._sync.clock import Clock
from gradlink._sync.driver import Driver
from gradlink._sync.jobcore import JobCore
from gradlink._sync.readers import Readers
from gradlink._sync.workers import Workers

if TYPE_CHECKING:
    from gradlink._sync.channel import JobChannel
    from gradlink._sync.heartbeat import Heartbeat
    from gradlink._sync.joins import Joins

# Threads that send joins, uploads and cancels of submitted jobs, where they may have to wait.
MAX_SENDERS = 8
# Streams that are opened at once, or read where they cannot be watched, each by a thread.
MAX_SESSIONS = 8
# Threads that ask the server to cancel; joins that wait for another try must not hold them up.
MAX_CANCELLERS = 2

Sending: TypeAlias = Join[JobCore] | RunDirect[JobCore] | RunAlone[JobCore]


class Performer:
    """The threads of one connection that send, read and cancel, and its time limits."""

    def __init__(self, port: Port[JobCore], driver: Driver, settings: ConnectionSettings) -> None:
        self._port = port
        self._driver = driver
        self._max_message = settings.transport.max_message
        self._one_session = settings.one_session
        self._channels: dict[JobCore, JobChannel] = {}
        self._clock = Clock()
        threads = driver.threads
        self._senders = Workers(MAX_SENDERS, "sender", threads, self._clock)
        self._direct = Workers(settings.max_jobs, "direct", threads)
        self._cancellers = Workers(MAX_CANCELLERS, "canceller", threads)
        self.readers = Readers(driver, self._clock, 4 * MAX_SESSIONS, settings.max_jobs)
        self._heartbeat: Heartbeat | None = None
        self._lock = threading.Lock()
        # Threads that send a job and wait for it then.
        self._callers: set[int] = set()

    def wake(self, effects: list[Effect[JobCore]]) -> None:
        """Wake those who wait for a job, and stop what is still sent for one that has ended. Caller holds the lock."""
        for effect in effects:
            if isinstance(effect, Notify) and effect.job.wake():
                self._port.engine.settled(effect.job)
                if effect.job.joining.active:
                    self._clock.after(LATE_JOIN_SECONDS, effect.job.joining.end)

    def perform(self, effects: list[Effect[JobCore]]) -> None:
        """Begin all else that the engine wants done. Caller does not hold the lock."""
        port, engine = self._port, self._port.engine
        for effect in effects:
            match effect:
                case Notify():
                    pass  # see wake()
                case SetLimit(seconds=seconds):
                    self._clock.after(seconds, partial(port.apply, partial(engine.limit_reached, effect)))
                case Join(job=job) if (
                    self._driver.posts and not job.endpoint.stateful and not self._one_session
                ):
                    self._joins.add(effect)
                case Join():  # what has a State is sent by one thread, in order, as long as the app answers soon
                    self._senders.run(partial(self.send, effect))
                case RunDirect() | RunAlone():
                    self._direct.run(partial(self.send, effect))
                case Resend(job=job):
                    self._run(self._senders, sending.resend(port, job))
                case OpenStream(session=session):
                    stream = SessionStream(port, session)
                    self.readers.open(stream, by_caller=threading.get_ident() in self._callers)
                case LeaveStream(session=session):
                    self.readers.stop(session)
                case SendCancel():
                    if not self._run(self._cancellers, sending.send_cancel(port, effect)):
                        port.apply(partial(engine.cancel_failed, effect))
                case RetryCancelsLater(session=session, seconds=seconds):
                    self._clock.after(seconds, partial(port.apply, partial(engine.retry_cancels, session)))
                case ResetAlone():
                    if not self._run(self._cancellers, sending.reset_alone(port, effect)):
                        port.apply(partial(engine.reset_ended, effect))
                case StopAlone(job=job):
                    if (channel := self._channels.get(job)) is not None:
                        channel.stop()
                case WatchQueue(seconds=seconds):
                    self._clock.after(seconds, self._queue_stands)
                case LeaveQueue():
                    self._clock.forget(self._queue_stands)
                case StartQueue():
                    self._run(self._cancellers, sending.start_queue(port))
                case StartHeartbeat():
                    self._start_heartbeat()
                case RenewHeartbeat():
                    if self._heartbeat is not None:
                        self._heartbeat.renew()
                case _:
                    assert_never(effect)

    def send(self, effect: Sending) -> None:
        """Send a job from this thread; returns when the server has accepted it, or it has ended."""
        job = effect.job
        match effect:
            case Join():
                job.sender = threading.get_ident()
                try:
                    self._driver.run(self._join(effect))
                finally:
                    job.sender = None
            case RunDirect():
                self._driver.run(sending.run_directly(self._port, job))
            case RunAlone():
                self._run_alone(job)
            case _:
                assert_never(effect)

    def send_as_caller(self, effect: Sending) -> None:
        """Send a job from this thread, which waits for it then, and may read its stream meanwhile."""
        caller = threading.get_ident()
        self._callers.add(caller)
        try:
            self.send(effect)
        finally:
            self._callers.discard(caller)

    def close(self) -> None:
        """Let all threads leave, those that wait for the server at once; the time limits are forgotten."""
        if self._heartbeat is not None:
            self._heartbeat.stop()
        self._clock.close()
        self.readers.close()
        for workers in (self._senders, self._direct, self._cancellers):
            workers.close()

    @cached_property
    def _joins(self) -> Joins:
        """The joins of submitted jobs. Where two threads begin with the first ones, each has a line of its own for a moment."""
        from gradlink._sync.joins import Joins  # predict() needs none

        url = self._port.access.routes.join
        return Joins(self._driver, url, self._join, self.readers, self._clock)

    def _join(self, effect: Join[JobCore]) -> Flow[None]:
        """Return what sends a job, of whose session all that has come was read."""
        job, session = effect.job, effect.session
        job.sent_under = session
        self.readers.catch_up(session)
        return sending.join(self._port, job, session)

    def _run(self, workers: Workers, flow: Flow[None]) -> bool:
        return workers.run(partial(self._driver.run, flow))

    def _start_heartbeat(self) -> None:
        """Have the heartbeat of the client's own session, unless it is there."""
        if self._heartbeat is not None:
            return
        from gradlink._sync.heartbeat import Heartbeat  # apps without State have none

        port = self._port
        policy = HeartbeatPolicy(lambda: port.engine.session_hash)
        with self._lock:
            if self._heartbeat is None:
                self._heartbeat = Heartbeat(
                    self._driver, policy, port.access.routes.heartbeat, self.readers.watch, self._clock
                )
        self._heartbeat.start()

    def _queue_stands(self) -> None:
        self._port.apply(self._port.engine.queue_stands)

    def _run_alone(self, job: JobCore) -> None:
        """Run the job on a connection of its own, in this thread (before 4.9)."""
        from gradlink._flows.alone import Conversation
        from gradlink._sync.channel import JobChannel

        engine = self._port.engine
        session_hash = self._port.ask(partial(engine.begin_alone, job))
        if session_hash is None:
            return
        talk = Conversation(self._port, job, session_hash)
        channel = JobChannel(self._driver, talk, self._max_message)
        self._channels[job] = channel
        try:
            error, lost = channel.run()
        finally:
            del self._channels[job]
        self._port.apply(partial(engine.left_alone, job, error, lost=lost))
