"""A live connection to one app: its sessions, its streams, and the jobs on them."""

from __future__ import annotations

import logging
import os
import sys
import threading
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

from gradlink._failures import crossed_break, lost_with, not_started, stopped_along, unsendable
from gradlink._flows import cancel as cancel_flows
from gradlink._flows import submit as submit_flows
from gradlink._flows.collect import collect
from gradlink._flows.connect import connect, look_again
from gradlink._flows.exchange import Access
from gradlink._flows.retry import pause_before
from gradlink._flows.startup import start_queue
from gradlink._flows.submit import Call
from gradlink._local.sources import check_uploads
from gradlink._local.store import Stores
from gradlink._protocol.job import JobTracker
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._protocol.messages import (
    Estimation,
    Message,
    ProcessCompleted,
    ProcessGenerating,
    ProcessStarts,
    UnexpectedError,
    Unreadable,
)
from gradlink._protocol.outputs import Output, arrange
from gradlink._protocol.payload import bind, with_event
from gradlink._protocol.queuewatch import STARTUP_SECONDS, QueueWatch
from gradlink._protocol.router import CancelPlan, SessionRouter
from gradlink._protocol.schema import AppSchema, Endpoint, with_rendered, without_rendered
from gradlink._protocol.sessions import SessionPool, wish_of
from gradlink._protocol.version import Protocol, cancel_way
from gradlink._sync.channel import JobChannel
from gradlink._sync.clock import Clock
from gradlink._sync.driver import Driver
from gradlink._sync.heartbeat import Heartbeat
from gradlink._sync.job import Job
from gradlink._sync.reader import StreamReader
from gradlink._sync.workers import Workers
from gradlink._text import one_line
from gradlink._timing import Scope
from gradlink._transport import (
    KEEPALIVE_SECONDS,
    CallOptions,
    ConnectionSettings,
    bound_again,
    check_state,
    may_resend,
    new_session_hash,
)
from gradlink.errors import ClientClosedError, EndpointError, GradlinkError, SessionLostError

_log = logging.getLogger("gradlink.connection")

# Threads that send joins, uploads and cancels of submitted jobs.
MAX_SENDERS = 8
# Streams that are read at once, each by a thread.
MAX_SESSIONS = 8
# Threads for callbacks; a callback may wait for another job, so they are apart from those that send.
MAX_CALLBACKS = 4
# Threads that tell the server of cancels; joins that wait for another try must not hold them up.
MAX_CANCELLERS = 2
CANCEL_SECONDS = 5.0


class Connection:
    """Everything of a client that lives: connections, threads, sessions, pending jobs."""

    def __init__(self, settings: ConnectionSettings, parent: Connection | None = None) -> None:
        """Connect, or take what ``parent``, the connection of another process, found out."""
        self.settings = settings
        self.pid = os.getpid()
        self.downloads = settings.downloads is not None
        self.driver = Driver(settings.transport, settings.access.routes.base, Stores(settings.downloads))
        self.closed = False
        access, schema = self._connect() if parent is None else (parent.access, parent.schema)
        self.access: Access = access
        self.schema: AppSchema = schema
        # Guards what follows, and the order in which messages reach the jobs.
        self._lock = threading.Lock()
        self._pool: SessionPool[Job] = SessionPool(
            self._new_session,
            max_jobs=settings.max_jobs,
            max_sessions=MAX_SESSIONS,
            one_session=settings.one_session,
        )
        self._readers: set[StreamReader] = set()
        self._senders = Workers(MAX_SENDERS, "sender")
        self._streams = Workers(4 * MAX_SESSIONS, "reader")
        self._direct = Workers(settings.max_jobs, "direct")
        self._callbacks = Workers(MAX_CALLBACKS, "callback")
        # All jobs that have not ended, in order. A job that ends leaves it without the lock.
        self._jobs: dict[Job, None] = {}
        self._channels: dict[Job, JobChannel] = {}
        self._heartbeat = Heartbeat(self)
        self.clock = Clock()
        self.queue: QueueWatch[Job] = QueueWatch()
        # Guards the watch of the queue; no other lock is taken under it but that of the clock.
        self._watching = threading.Lock()
        self._cancellers = Workers(MAX_CANCELLERS, "canceller")
        # When the server was heard last; see _look_again().
        self._heard_at = time.monotonic()

    def _connect(self) -> tuple[Access, AppSchema]:
        try:
            return self.driver.run(connect(self.settings.access))
        except BaseException:
            self.driver.close()
            raise

    def _new_session(self) -> SessionRouter[Job]:
        return SessionRouter(new_session_hash(), cancel_way(self.schema.version))

    # -- sessions ---------------------------------------------------------------------------------

    @property
    def session_hash(self) -> str:
        """The client's own session."""
        return self._pool.own.session_hash

    def renew_session(self, session_hash: str | None = None) -> None:
        """Use another session from now on; jobs that run end where they are."""
        with self._lock:
            self._pool.renew_own(session_hash)
            self.schema = without_rendered(self.schema)
        self._heartbeat.renew()

    def open_stream_url(self, session: SessionRouter[Job]) -> str:
        """Return where the stream of ``session`` is, and note that it is asked for now."""
        with self._lock:
            session.stream_opened()
        return self.access.routes.stream(session.session_hash)

    # -- sending ----------------------------------------------------------------------------------

    def bind(
        self, endpoint: Endpoint, args: Sequence[Any], kwargs: Mapping[str, Any], options: CallOptions
    ) -> Call:
        """Return the call of ``endpoint`` with these arguments; raises for wrong ones, nothing is sent."""
        if self.closed:
            raise ClientClosedError("the client is closed; make a new one")
        try:
            payload = bind(endpoint, args, kwargs, self.access.routes, self.schema.version)
            payload = with_event(payload, options.event_data)
            check_uploads(payload.uploads, self.schema.max_file_size, endpoint.title)
            access, timeout = options.apply(self.access, self.settings.transport.timeout)
        except GradlinkError as exc:
            exc.endpoint, exc.execution = endpoint.title, "not started"
            raise
        headers, token = dict(options.headers or {}), self.settings.oauth_token
        return Call(access, self.schema.version, payload, headers, token, timeout, options.resubmit)

    def new_job(self, call: Call, owner: object) -> Job:
        """Return a job for ``call`` that is not sent yet."""
        endpoint = call.payload.endpoint
        tracker = JobTracker(
            api_name=endpoint.title,
            generator=endpoint.generator,
            protocol=self.schema.protocol,
            version=self.schema.version,
        )
        return Job(self, call, tracker, owner)

    def send(self, job: Job) -> None:
        """Send ``job`` in the background."""
        self._take_in(job)
        job.enter("total")
        if job.call.payload.endpoint.takes_direct_route:
            self._direct.run(partial(self._run_direct, job))
            return
        if not self.schema.protocol.shares_stream:
            self._direct.run(partial(self._run_channel, job))
            return
        session = self._enter(job)
        if session is not None:
            self._senders.run(partial(self._join, job, session))

    def send_here(self, job: Job) -> None:
        """Send ``job`` from this thread; returns when the server has accepted it, or it has ended."""
        self._take_in(job)
        if job.call.payload.endpoint.takes_direct_route:
            self._run_direct(job)
            return
        if not self.schema.protocol.shares_stream:
            self._run_channel(job)
            return
        session = self._enter(job, waits_here=True) or self._wait_admitted(job)
        if session is not None:
            self._join(job, session)

    def _take_in(self, job: Job) -> None:
        """Note that ``job`` is pending from now on: who closes the client ends it."""
        with self._lock:
            if self.closed:
                raise ClientClosedError("the client is closed; make a new one")
            self._jobs[job] = None
        if job.has_ended():
            self.forget(job)

    def forget(self, job: Job) -> None:
        """Note that ``job`` has ended, and stop what is still sent, or waited for, for it."""
        self._jobs.pop(job, None)
        job.scope.end()
        if job.joining.active:
            # Its answer is what the server is told of the cancel with; it does not take for ever.
            self.clock.after(CANCEL_SECONDS, job.joining.end)

    def _wait_admitted(self, job: Job) -> SessionRouter[Job] | None:
        """Wait for a place, in this thread; None if the job ended before there was one."""
        try:
            session = job.wait_admitted()
        except BaseException:
            # Ctrl-C, or a gevent timeout. Who was given a place meanwhile has to give it back.
            if (session := self._withdraw(job)) is not None:
                self._join_failed(job, session)
            raise
        return session or self._withdraw(job)

    def _withdraw(self, job: Job) -> SessionRouter[Job] | None:
        """Let ``job`` wait for a place no more; return the session if it has been given one."""
        with self._lock:
            return None if self._pool.withdraw(job) else job.session

    def _enter(self, job: Job, *, waits_here: bool = False) -> SessionRouter[Job] | None:
        endpoint = job.call.payload.endpoint
        with self._lock:
            if self.closed:
                raise ClientClosedError("the client is closed; make a new one")
            job.waits_here = waits_here
            if endpoint.stateful and endpoint.session_hash is None:
                try:
                    check_state(self._pool.claim_state())
                except SessionLostError:
                    self.forget(job)
                    raise
            session = self._pool.enter(job, wish_of(endpoint, self.schema.version))
        if self.schema.wants_heartbeat:
            self._heartbeat.start()
        job.enter("queue")
        return session

    def _join(self, job: Job, session: SessionRouter[Job]) -> None:
        """Upload the job's files and put it into the app's queue, in this thread."""
        job.sender = threading.get_ident()
        try:
            self._look_again(job)
            if job.call.payload.uploads:
                job.enter("upload")
            data = self.driver.run(submit_flows.prepare(job.call), job.scope)
            if not job.begin_sending("queue"):
                self._join_failed(job, session)
                return
            # The server knows the session already, so its stream can be opened while the join is on its way.
            self._read_if_wanted(session)
            event_id = self.driver.run(submit_flows.join(job.call, data, session.session_hash), job.joining)
            self._heard_at = time.monotonic()
        except GradlinkError as exc:
            self._join_failed(job, session)
            job.fail(exc)
            return
        except Exception as exc:  # the job must end, whatever went wrong
            self._join_failed(job, session)
            job.stop(unsendable(job.call.payload.endpoint.title, exc))
            return
        except BaseException:
            # Ctrl-C, or a gevent timeout, in the thread that waits for predict().
            self._join_failed(job, session)
            raise
        job.joined(event_id)
        with self._lock:
            for message in session.register(job, event_id):
                self._hand_over(session, job, message)
            doubtful = session.is_doubtful(job)
            wanted = session.start_reading()
        if doubtful:
            self._lose(job, crossed_break())
        if wanted:
            self._read(session)
        if job.has_ended() and not doubtful:
            # It was cancelled while the join was on its way.
            self._tell_cancelled(session, event_id)
        job.told.set()

    def _look_again(self, job: Job) -> None:
        """Before the first call after a pause: if the app was restarted, learn what it is now.

        A restart closes all connections, so it cannot have happened while one was in use.
        """
        if time.monotonic() - self._heard_at < KEEPALIVE_SECONDS:
            return
        fresh = self.driver.run(look_again(self.access, self.schema), job.scope)
        self._heard_at = time.monotonic()
        if fresh is None:
            return
        _log.warning("the app at %s was restarted; its sessions are gone", one_line(self.access.routes.base))
        with self._lock:
            self.schema = fresh
            self._pool.forget()
            self.queue = QueueWatch()
        job.call = bound_again(job.call, fresh)

    def _join_failed(self, job: Job, session: SessionRouter[Job]) -> None:
        with self._lock:
            session.join_failed(job)
            self._admit()
        job.told.set()

    def _run_direct(self, job: Job) -> None:
        """Call the job's function without the queue, in this thread."""
        try:
            self._look_again(job)
            if job.call.payload.uploads:
                job.enter("upload")
            data = self.driver.run(submit_flows.prepare(job.call), job.scope)
            if job.begin_sending("run"):
                job.succeed(self.driver.run(submit_flows.run(job.call, data, self.session_hash), job.scope))
        except GradlinkError as exc:
            job.fail(exc)
        except Exception as exc:  # the job must end, whatever went wrong
            job.stop(unsendable(job.call.payload.endpoint.title, exc))

    def _run_channel(self, job: Job) -> None:
        """Run the job on a connection of its own, in this thread (before 4.9)."""
        with self._lock:
            channel = JobChannel(self, job, self._channel_session(job))
            self._channels[job] = channel
        try:
            channel.run()
        finally:
            with self._lock:
                del self._channels[job]

    def _channel_session(self, job: Job) -> str:
        """Return the session for a job with a connection of its own.

        Gradio 3 gives two jobs of one generator and session the values of one and the same generator.
        Caller holds _lock, until the job is among the others.
        """
        endpoint = job.call.payload.endpoint
        busy = any(other.fn_index == endpoint.fn_index for other in self._channels)
        return new_session_hash() if busy and not endpoint.stateful else self.session_hash

    # -- receiving --------------------------------------------------------------------------------

    def deliver(self, session: SessionRouter[Job], message: Message) -> bool:
        """Hand ``message`` to its job; return whether the stream is to be read on."""
        with self._lock:
            for job in session.route(message):
                self._hand_over(session, job, message)
            # A burnt session's stream does not end by itself.
            return not (session.retired and session.idle)

    def heard_heartbeat(self, session: SessionRouter[Job]) -> bool:
        """Return whether a stream on which nothing but a heartbeat came is to be read on."""
        with self._lock:
            return session.heard_heartbeat()

    def _hand_over(self, session: SessionRouter[Job], job: Job, message: Message) -> None:
        """Give a job its message and draw the consequences for its session. Caller holds _lock."""
        was_pending = not job.has_ended()
        job.receive(message)
        event_id = message.event_id or ""
        match message:
            case Estimation():
                for other in session.queued(event_id):
                    self._cancellers.run(partial(self._tell_cancelled, session, other))
            case ProcessStarts():
                session.started(event_id)
            case ProcessGenerating(output=output):
                session.started(event_id)
                self._take_rendered(output, session)
            case ProcessCompleted(output=output):
                self._take_rendered(output, session)
                cancelled = message.success and message.data is None
                for _, other_job in session.hit_by_stop(event_id, cancelled=cancelled):
                    other_job.lose(stopped_along())
                for other in session.ended(event_id, cancelled=cancelled):
                    self._cancellers.run(partial(self._tell_cancelled, session, other))
                self._admit()
            case Unreadable(is_end=True):
                for other in session.ended(event_id, cancelled=False):
                    self._cancellers.run(partial(self._tell_cancelled, session, other))
                self._admit()
            case UnexpectedError():
                return
            case _:
                pass
        if was_pending and job.has_ended() and session.has(event_id):
            # Nothing could be made of what it brought: it is not to be worked on any more.
            self._cancellers.run(partial(self._tell_cancelled, session, event_id))

    def stream_ended(
        self, reader: StreamReader, session: SessionRouter[Job], error: GradlinkError | None, *, carried: bool
    ) -> bool:
        """Draw the consequences of a stream's end; return whether another one is to be read."""
        with self._lock:
            lost = session.stream_closed(
                clean=error is None, session_not_found=isinstance(error, SessionLostError)
            )
            for job in lost:
                self._lose(job, lost_with(error))
            self._admit()
            more = session.wants_another(carried=carried) and not self.closed
            session.reading = more
            if not more:
                self._readers.discard(reader)
        _log.debug("a stream of messages ended: %s", one_line(error or "the app closed it"))
        return more

    def _lose(self, job: Job, error: GradlinkError) -> None:
        """End a job that is lost, or send it once more."""
        if not self.closed and may_resend(job.call, error, job.resent) and job.restart():
            self._senders.run(partial(self._resend, job))
        else:
            job.lose(error)

    def _resend(self, job: Job) -> None:
        """Send a job once more that was lost, in a session that the server knows nothing of."""
        try:
            self.driver.run(pause_before(job.call.access.retries, job.resent))
            session = self._enter(job)
        except GradlinkError as exc:
            job.fail(exc)
            return
        if session is not None:
            self._join(job, session)

    def _read_if_wanted(self, session: SessionRouter[Job]) -> None:
        with self._lock:
            wanted = session.start_reading()
        if wanted:
            self._read(session)

    def _read(self, session: SessionRouter[Job]) -> None:
        reader = StreamReader(self, session)
        with self._lock:
            self._readers.add(reader)
        self._streams.run(reader.run)

    def _admit(self) -> None:
        """Send jobs that waited for a place. Caller holds _lock."""
        for job, session in self._pool.admit():
            if job.waits_here:
                job.admit(session)
            else:
                self._senders.run(partial(self._join, job, session))

    def _take_rendered(self, output: JSONObject, session: SessionRouter[Job]) -> None:
        """Take the endpoints that ``gr.render`` made in the client's own session. Caller holds _lock."""
        if session is not self._pool.own or not output.get("render_config"):
            return
        try:
            self.schema = with_rendered(self.schema, output["render_config"], session.session_hash)
        except Exception:  # an app can say anything
            _log.warning("what gr.render made in the app cannot be read", exc_info=True)
        if any(endpoint.stateful for endpoint in self.schema.endpoints.values()):
            self._heartbeat.start()

    def watch_queue(self, job: Job, message: Message) -> None:
        """Look at a message for whether the app's queue runs."""
        with self._watching:
            if self.queue.take(job, message):
                self.clock.after(STARTUP_SECONDS, self._queue_stands)
            elif self.queue.settled:
                self.clock.forget(self._queue_stands)

    def _queue_stands(self) -> None:
        with self._watching:
            ask = self.queue.expired(lambda job: not job.has_ended())
        if ask:
            self._cancellers.run(self._start_queue)

    def _start_queue(self) -> None:
        """Ask the app to start its queue, in this thread."""
        try:
            self.driver.run(start_queue(self.access))
        except GradlinkError as exc:
            if not self.closed:
                _log.warning("%s", one_line(not_started(self.access.routes.base, exc)))
        else:
            _log.warning("%s", one_line(not_started(self.access.routes.base, None)))

    # -- the rest ---------------------------------------------------------------------------------

    def collect(
        self, endpoint: Endpoint, output: Output, fetched: dict[str, str] | None, scope: Scope | None
    ) -> Any:
        """Return what the caller gets for ``output``; downloads its files in this thread and helpers."""
        if not output.has_files:
            return arrange(output.data, endpoint.skipped_outputs)
        return self.driver.run(collect(self.access, self.schema.version, endpoint, output, fetched), scope)

    def cancel(self, job: Job, *, waits: bool = True) -> None:
        """Tell the server, or whoever holds the job, that it was cancelled; ``waits`` a few seconds for that."""
        patience = CANCEL_SECONDS if waits else 0.0
        told = threading.Event()
        with self._lock:
            channel = self._channels.get(job)
            if self._pool.withdraw(job):
                return
            event_id = job.event_id
            session = next((s for s in self._pool if event_id is not None and s.has(event_id)), None)
            joining = any(s.is_joining(job) for s in self._pool)
        if channel is not None:
            if event_id is not None and self.schema.protocol is Protocol.SSE and not self.closed:
                if self._cancellers.run(partial(self._reset, channel, event_id, told)):
                    told.wait(patience)
                return
            channel.stop()
        if joining and threading.get_ident() != job.sender:
            # The thread that sends it finds it cancelled, and tells the server then.
            job.told.wait(patience)
            return
        if session is None or event_id is None or self.closed:
            return  # it never was at the server, or a join on its way will find it cancelled
        if self._cancellers.run(partial(self._tell_cancelled, session, event_id, told)):
            told.wait(patience)

    def _reset(self, channel: JobChannel, event_id: str, told: threading.Event) -> None:
        """Stop a job and give up its stream: 4.0 does not notice that, and its function would run on."""
        try:
            self.driver.run(cancel_flows.cancel(self.access, "", 0, event_id, CancelPlan.RESET))
        except GradlinkError as exc:
            self._untold(exc)
        finally:
            channel.stop()
            told.set()

    def _untold(self, error: GradlinkError) -> None:
        """Log that a cancel did not reach the server; that of a closed client is made by its closed connections."""
        _log.log(
            logging.DEBUG if self.closed else logging.WARNING,
            "the server could not be told of a cancel: %s",
            one_line(error),
        )

    def _tell_cancelled(
        self, session: SessionRouter[Job], event_id: str, told: threading.Event | None = None
    ) -> None:
        try:
            with self._lock:
                fn_index = session.fn_index_of(event_id)
                plan = session.cancel(event_id)
            if plan is None or plan is CancelPlan.LATER or fn_index is None:
                return
            try:
                self.driver.run(
                    cancel_flows.cancel(self.access, session.session_hash, fn_index, event_id, plan)
                )
            except GradlinkError as exc:
                self._untold(exc)
                with self._lock:
                    session.cancel_failed(event_id)
                    self._admit()
                return
            with self._lock:
                for other in session.cancel_answered(event_id, plan):
                    self._cancellers.run(partial(self._tell_cancelled, session, other))
                self._admit()
        finally:
            if told is not None:
                told.set()

    def send_chunk(self, job: Job, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Give a live endpoint that runs further input, from this thread."""
        call = self.bind(job.call.payload.endpoint, args, kwargs, CallOptions(job.call.headers))
        event_id, session_hash = self._live(job)
        data = self.driver.run(submit_flows.prepare(call))
        self.driver.run(submit_flows.send_chunk(call, data, session_hash, event_id))

    def close_chunks(self, job: Job) -> None:
        """End the input of a live endpoint, from this thread."""
        event_id, _ = self._live(job)
        self.driver.run(submit_flows.close_chunks(self.access, event_id))

    def _live(self, job: Job) -> tuple[str, str]:
        endpoint = job.call.payload.endpoint
        if not endpoint.live:
            raise EndpointError(
                f"{endpoint.title} takes no further input; only endpoints of .stream() events do"
            )
        event_id = job.wait_joined()
        with self._lock:
            for session in self._pool:
                if session.has(event_id):
                    return event_id, session.session_hash
        raise EndpointError(f"{endpoint.title}: the job has ended, it takes no further input")

    def call_back(self, task: Callable[[], None]) -> None:
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
        with self._lock:
            self.closed = True
            channels = list(self._channels.values())
            jobs = list(self._jobs)
            readers = list(self._readers)
        self._heartbeat.stop()
        self.clock.close()
        for job in jobs:
            job.stop(ClientClosedError(f"{job.call.payload.endpoint.title}: the client was closed"))
        for reader in readers:
            reader.stop()
        for channel in channels:
            channel.stop()
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
