"""A live connection to one app for threads: performs what the engine decides."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, assert_never

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
from gradlink._engine.engine import LATE_JOIN_SECONDS, Engine
from gradlink._engine.known import EngineOptions
from gradlink._engine.streams import StreamPolicy
from gradlink._flows import sending
from gradlink._flows import submit as submit_flows
from gradlink._flows.collect import collect
from gradlink._flows.connect import connect
from gradlink._flows.exchange import Access
from gradlink._flows.options import CallOptions
from gradlink._flows.submit import Call
from gradlink._io import Flow
from gradlink._local.store import Stores
from gradlink._protocol.job import JobTracker
from gradlink._protocol.messages import Message
from gradlink._protocol.outputs import Output, arrange
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink._shell.binding import bind_call
from gradlink._shell.options import ConnectionSettings
from gradlink._shell.sessionhash import new_session_hash
from gradlink._shell.timing import Scope
from gradlink._sync.channel import JobChannel
from gradlink._sync.clock import Clock
from gradlink._sync.driver import Driver
from gradlink._sync.heartbeat import Heartbeat
from gradlink._sync.jobcore import JobCore
from gradlink._sync.reader import StreamReader
from gradlink._sync.workers import Workers
from gradlink._text import one_line
from gradlink.errors import GradlinkError

_log = logging.getLogger("gradlink.connection")

# Threads that send joins, uploads and cancels of submitted jobs.
MAX_SENDERS = 8
# Streams that are read at once, each by a thread.
MAX_SESSIONS = 8
# Threads for callbacks; a callback may wait for another job, so they are apart from those that send.
MAX_CALLBACKS = 4
# Threads that ask the server to cancel; joins that wait for another try must not hold them up.
MAX_CANCELLERS = 2


class Connection:
    """Everything of a client that lives: connections, threads, and the engine under its lock."""

    def __init__(self, settings: ConnectionSettings, parent: Connection | None = None) -> None:
        """Connect, or take what ``parent``, the connection of another process, found out."""
        self.settings = settings
        self.pid = os.getpid()
        self.downloads = settings.downloads is not None
        self.driver = Driver(settings.transport, settings.access.routes.base, Stores(settings.downloads))
        access, schema = self._connect() if parent is None else (parent.access, parent.schema)
        self.access: Access = access
        # Guards the engine and with it the trackers of all jobs. A signal handler may cancel a job in the thread that has it.
        self.lock = threading.RLock()
        options = EngineOptions(settings.max_jobs, MAX_SESSIONS, settings.one_session)
        self._engine: Engine[JobCore] = Engine(options, new_session_hash, time.monotonic(), schema)
        self._readers: dict[SessionRouter[JobCore], StreamReader[SessionRouter[JobCore]]] = {}
        self._channels: dict[JobCore, JobChannel] = {}
        self._senders = Workers(MAX_SENDERS, "sender")
        self._streams = Workers(4 * MAX_SESSIONS, "reader")
        self._direct = Workers(settings.max_jobs, "direct")
        self._callbacks = Workers(MAX_CALLBACKS, "callback")
        self._cancellers = Workers(MAX_CANCELLERS, "canceller")
        self._heartbeat = Heartbeat(self.driver, lambda: self.session_hash, self.access.routes.heartbeat)
        self._clock = Clock()

    def _connect(self) -> tuple[Access, AppSchema]:
        try:
            return self.driver.run(connect(self.settings.access))
        except BaseException:
            self.driver.close()
            raise

    # -- what is known ----------------------------------------------------------------------------

    @property
    def schema(self) -> AppSchema:
        return self._engine.schema

    @property
    def closed(self) -> bool:
        return self._engine.closed

    @property
    def session_hash(self) -> str:
        """The client's own session."""
        return self._engine.session_hash

    def renew_session(self, session_hash: str | None = None) -> None:
        """Use another session from now on; jobs that run end where they are."""
        self.apply(partial(self._engine.renew_session, session_hash))

    # -- the engine -------------------------------------------------------------------------------

    @property
    def engine(self) -> Engine[JobCore]:
        return self._engine

    def now(self) -> float:
        """Return the time that the engine counts with, in seconds."""
        return time.monotonic()

    def apply(self, decide: Callable[[], list[Effect[JobCore]]]) -> None:
        """Let the engine decide, and do what it wants done."""
        with self.lock:
            effects = decide()
            self._wake(effects)
        self._perform(effects)

    def may_send(self, decide: Callable[[], tuple[bool, list[Effect[JobCore]]]]) -> bool:
        """Let the engine decide whether something is to be sent, and do what it wants done besides."""
        with self.lock:
            wanted, effects = decide()
            self._wake(effects)
        self._perform(effects)
        return wanted

    def _wake(self, effects: list[Effect[JobCore]]) -> None:
        """Wake those who wait for a job, and stop what is still sent for one that has ended. Caller holds lock."""
        for effect in effects:
            if isinstance(effect, Notify) and effect.job.wake():
                self._engine.settled(effect.job)
                if effect.job.joining.active:
                    self._clock.after(LATE_JOIN_SECONDS, effect.job.joining.end)

    def _perform(self, effects: list[Effect[JobCore]]) -> None:
        for effect in effects:
            match effect:
                case Notify():
                    pass  # see _wake()
                case SetLimit(seconds=seconds):
                    self._clock.after(
                        seconds, partial(self.apply, partial(self._engine.limit_reached, effect))
                    )
                case Join():
                    self._senders.run(partial(self._join, effect))
                case RunDirect(job=job):
                    self._run(self._direct, sending.run_directly(self, job))
                case RunAlone(job=job):
                    self._direct.run(partial(self._run_alone, job))
                case Resend(job=job):
                    self._run(self._senders, sending.resend(self, job))
                case OpenStream(session=session):
                    self._read(session)
                case LeaveStream(session=session):
                    if (reader := self._readers.get(session)) is not None:
                        reader.stop()
                case SendCancel():
                    if not self._run(self._cancellers, sending.send_cancel(self, effect)):
                        self.apply(partial(self._engine.cancel_failed, effect))
                case LookAgain(session=session, seconds=seconds):
                    self._clock.after(seconds, partial(self.apply, partial(self._engine.look, session)))
                case ResetAlone():
                    if not self._run(self._cancellers, sending.reset_alone(self, effect)):
                        self.apply(partial(self._engine.reset_ended, effect))
                case StopAlone(job=job):
                    if (channel := self._channels.get(job)) is not None:
                        channel.stop()
                case WatchQueue(seconds=seconds):
                    self._clock.after(seconds, self._queue_stands)
                case LeaveQueue():
                    self._clock.forget(self._queue_stands)
                case StartQueue():
                    self._run(self._cancellers, sending.start_queue(self))
                case StartHeartbeat():
                    self._heartbeat.start()
                case RenewHeartbeat():
                    self._heartbeat.renew()
                case _:
                    assert_never(effect)

    def _queue_stands(self) -> None:
        self.apply(self._engine.queue_stands)

    def _run(self, workers: Workers, flow: Flow[None]) -> bool:
        return workers.run(partial(self.driver.run, flow))

    # -- sending ----------------------------------------------------------------------------------

    def bind(
        self, endpoint: Endpoint, args: Sequence[Any], kwargs: Mapping[str, Any], options: CallOptions
    ) -> Call:
        """Return the call of ``endpoint`` with these arguments; raises for wrong ones, nothing is sent."""
        self._engine.check_open()
        return bind_call(self.access, self.schema, self.settings, endpoint, (args, kwargs), options)

    def new_job(self, call: Call) -> JobCore:
        """Return a job for ``call`` that is not sent yet."""
        endpoint, schema = call.payload.endpoint, self.schema
        tracker = JobTracker(
            api_name=endpoint.title,
            generator=endpoint.generator,
            dialect=schema.dialect,
        )
        return JobCore(call, tracker)

    def send(self, job: JobCore) -> None:
        """Send ``job`` in the background."""
        self.apply(partial(self._engine.submit, job))

    def send_here(self, job: JobCore) -> None:
        """Send ``job`` from this thread; returns when the server has accepted it, or it has ended."""
        job.sent_by_caller = True
        with self.lock:
            effects = self._engine.submit(job)
            self._wake(effects)
        own = [effect for effect in effects if isinstance(effect, (Join, RunDirect, RunAlone))]
        self._perform([effect for effect in effects if effect not in own])
        match own:
            case [Join() as join]:
                self._join(join)
            case [RunDirect()]:
                self.driver.run(sending.run_directly(self, job))
            case [RunAlone()]:
                self._run_alone(job)
            case _:
                try:
                    session = job.wait_admitted()
                except BaseException:
                    # Ctrl-C, or a gevent timeout. Who was given a place meanwhile has to give it back.
                    self.apply(partial(self._engine.give_up, job))
                    raise
                if session is not None:
                    self._join(Join(job, session))

    def _join(self, join: Join[JobCore]) -> None:
        core = join.job
        core.sender = threading.get_ident()
        try:
            self.driver.run(sending.join(self, join.job, join.session))
        finally:
            core.sender = None

    def _run_alone(self, job: JobCore) -> None:
        """Run the job on a connection of its own, in this thread (before 4.9)."""
        with self.lock:
            session_hash = self._engine.begin_alone(job)
            if session_hash is None:
                return
            channel = JobChannel(self, job, session_hash)
            self._channels[job] = channel
        try:
            error, lost = channel.run()
        finally:
            with self.lock:
                del self._channels[job]
        self.apply(partial(self._engine.left_alone, job, error, lost=lost))

    # -- receiving --------------------------------------------------------------------------------

    def _read(self, session: SessionRouter[JobCore]) -> None:
        reader = StreamReader(self, session, StreamPolicy(self.schema.dialect, self.access.retries))
        self._readers[session] = reader
        self._streams.run(reader.run)

    def opening_stream(self, session: SessionRouter[JobCore]) -> str:
        """Return where the stream of ``session`` is, and note that it is asked for now."""
        with self.lock:
            self._engine.opening_stream(session)
        return self.access.routes.stream(session.session_hash)

    def deliver(self, session: SessionRouter[JobCore], message: Message) -> bool:
        """Hand ``message`` to its job; return whether the stream is to be read on."""
        with self.lock:
            effects = self._engine.received(session, message)
            self._wake(effects)
        if len(effects) == 1 and isinstance(effects[0], Notify):
            return True  # as for nearly every message of a stream
        leave = [effect for effect in effects if isinstance(effect, LeaveStream)]
        self._perform([effect for effect in effects if effect not in leave] if leave else effects)
        return not leave

    def stream_ended(
        self, session: SessionRouter[JobCore], error: GradlinkError | None, *, carried: bool
    ) -> bool:
        """Apply what a stream's end means; return whether its reader is to read another one."""
        with self.lock:
            effects = self._engine.stream_ended(session, error, carried=carried)
            self._wake(effects)
            more = [
                effect for effect in effects if isinstance(effect, OpenStream) and effect.session is session
            ]
            if not more:
                self._readers.pop(session, None)
        _log.debug("a stream of messages ended: %s", one_line(error or "the app closed it"))
        self._perform([effect for effect in effects if effect not in more])
        return bool(more)

    # -- the rest ---------------------------------------------------------------------------------

    def collect(
        self, endpoint: Endpoint, output: Output, fetched: dict[str, str] | None, scope: Scope | None
    ) -> Any:
        """Return what the caller gets for ``output``; downloads its files in this thread and helpers."""
        if not output.has_files:
            return arrange(output.data, endpoint.skipped_outputs)
        return self.driver.run(collect(self.access, self.schema.dialect, endpoint, output, fetched), scope)

    def cancel(self, job: JobCore) -> None:
        """End a job as cancelled, and see that the server stops it."""
        self.apply(partial(self._engine.cancel, job))

    def send_chunk(self, job: JobCore, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Give a live endpoint that runs further input, from this thread."""
        self._engine.check_live(job.endpoint)
        call = self.bind(job.endpoint, args, kwargs, CallOptions(job.call.headers))
        event_id, session_hash = self._live(job)
        data = self.driver.run(submit_flows.prepare(call))
        self.driver.run(submit_flows.send_chunk(call, data, session_hash, event_id))

    def close_chunks(self, job: JobCore) -> None:
        """End the input of a live endpoint, from this thread."""
        self._engine.check_live(job.endpoint)
        event_id, _ = self._live(job)
        self.driver.run(submit_flows.close_chunks(self.access, event_id))

    def _live(self, job: JobCore) -> tuple[str, str]:
        job.wait_joined()
        with self.lock:
            return self._engine.live_session(job)

    def run_callback(self, task: Callable[[], None]) -> None:
        """Run a callback of the caller's in a thread for them."""
        if not self._callbacks.run(task):
            # The job has ended while the client was closed, and its callbacks are to hear of it all the same.
            threading.Thread(target=task, name="gradlink-callback", daemon=True).start()

    def close(self) -> None:
        """End everything: pending jobs fail, streams and connections close, threads leave.

        Each step does nothing if it was done. So another call goes on where Ctrl-C has ended the one before.
        """
        if self.pid != os.getpid():
            return  # the sockets are the parent's, which may be using them
        self.apply(self._engine.close)
        self._heartbeat.stop()
        self._clock.close()
        for reader in list(self._readers.values()):
            reader.stop()
        for workers in (self._senders, self._streams, self._direct, self._callbacks, self._cancellers):
            workers.close()
        self.driver.close()

    def close_soon(self) -> None:
        """Close in a thread of its own: a forgotten client is noticed anywhere, perhaps under one of our locks."""
        if sys.is_finalizing() or not threading.main_thread().is_alive():
            self.close()
            return
        try:
            threading.Thread(target=self.close, name="gradlink-closer", daemon=True).start()
        except RuntimeError:  # the interpreter is ending, no thread can be started
            self.close()
