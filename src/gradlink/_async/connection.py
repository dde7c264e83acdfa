"""A live connection to one app on one event loop: its sessions, its streams, and the jobs on them."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from functools import partial
from typing import Any

import anyio
from anyio.lowlevel import current_token

from gradlink._async.channel import AsyncJobChannel
from gradlink._async.driver import AsyncDriver
from gradlink._async.heartbeat import AsyncHeartbeat
from gradlink._async.job import AsyncJob
from gradlink._async.keeper import Keeper
from gradlink._async.reader import AsyncStreamReader
from gradlink._async.tasks import Tasks
from gradlink._failures import crossed_break, lost_with, not_started, stopped_along, unsendable
from gradlink._flows import cancel as cancel_flows
from gradlink._flows import submit as submit_flows
from gradlink._flows.collect import collect
from gradlink._flows.connect import connect, look_again
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
from gradlink._protocol.version import CancelWay, Protocol, cancel_way
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
from gradlink.errors import (
    ClientClosedError,
    EndpointError,
    GradlinkError,
    NotConnectedError,
    SessionLostError,
)

_log = logging.getLogger("gradlink.connection")

# A stream costs a connection and a task. With one per job, each job can be cancelled without another.
MAX_SESSIONS = 32
CANCEL_SECONDS = 5.0


class AsyncConnection:
    """Everything of a client that lives: connections, tasks, sessions, pending jobs."""

    def __init__(self, settings: ConnectionSettings, elsewhere: AsyncConnection | None = None) -> None:
        """Make a connection that is to be opened, or take what one on another event loop found out."""
        self.settings = settings
        self.downloads = settings.downloads is not None
        self.driver = AsyncDriver(settings.transport, settings.access.routes.base, Stores(settings.downloads))
        self.closed = False
        self.loop_token = current_token()
        self.tasks = Tasks()
        self.access = settings.access
        self._schema: AppSchema | None = None
        if elsewhere is not None:
            self.access, self._schema = elsewhere.access, elsewhere._schema  # noqa: SLF001  # another of this class
        self._pool: SessionPool[AsyncJob] = SessionPool(
            self._new_session,
            max_jobs=settings.max_jobs,
            max_sessions=MAX_SESSIONS,
            one_session=settings.one_session,
        )
        self._heartbeat = AsyncHeartbeat(self)
        self.queue: QueueWatch[AsyncJob] = QueueWatch()
        self._queue_runs = anyio.Event()
        # All jobs that have not ended, in order.
        self._jobs: dict[AsyncJob, None] = {}
        self._channels: dict[AsyncJob, AsyncJobChannel] = {}
        # Before 4.9 each job has a connection of its own; the sessions' own bound does not apply.
        self._channel_limit = anyio.Semaphore(settings.max_jobs)
        # When the server was heard last; see _look_again().
        self._heard_at = time.monotonic()
        self._opening = anyio.Lock()
        self._cancels: set[anyio.Event] = set()
        self.keeper = Keeper(self.close)

    async def open(self) -> None:
        """Find out what the app is, once; after a failure the next call tries again."""
        async with self._opening:
            if self.closed:
                raise ClientClosedError("the client is closed; make a new one")
            if self._schema is None:
                self.access, self._schema = await self.driver.run(connect(self.settings.access))
                for session in self._pool:
                    session.way = cancel_way(self.schema.version)

    @property
    def opened(self) -> bool:
        """The app is known."""
        return self._schema is not None

    @property
    def schema(self) -> AppSchema:
        if self._schema is None:
            raise NotConnectedError("the client has not connected yet; await it, or use it in 'async with'")
        return self._schema

    def _new_session(self) -> SessionRouter[AsyncJob]:
        return SessionRouter(
            new_session_hash(), cancel_way(self.schema.version) if self.opened else CancelWay.SESSION
        )

    # -- sessions ---------------------------------------------------------------------------------

    @property
    def session_hash(self) -> str:
        """The client's own session."""
        return self._pool.own.session_hash

    def renew_session(self, session_hash: str | None = None) -> None:
        """Use another session from now on; jobs that run end where they are."""
        self._pool.renew_own(session_hash)
        if self._schema is not None:
            self._schema = without_rendered(self._schema)
        self._heartbeat.renew()

    def open_stream_url(self, session: SessionRouter[AsyncJob]) -> str:
        """Return where the stream of ``session`` is, and note that it is asked for now."""
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

    def take_in(self, job: AsyncJob) -> None:
        """Note that ``job`` is pending from now on: who closes the client ends it."""
        if not job.done():
            self._jobs[job] = None

    def forget(self, job: AsyncJob) -> None:
        """Note that ``job`` has ended, and stop what is still sent, or waited for, for it."""
        self._jobs.pop(job, None)
        job.scope.end()
        if job.joining.active:
            # Its answer is what the server is told of the cancel with; it does not take for ever.
            self.tasks.start(partial(self._end_later, job.joining))

    async def _end_later(self, scope: Scope) -> None:
        await anyio.sleep(CANCEL_SECONDS)
        scope.end()

    def begin(self, job: AsyncJob, call: Call) -> None:
        """Send ``job`` in the background."""
        endpoint = call.payload.endpoint
        tracker = JobTracker(
            api_name=endpoint.title,
            generator=endpoint.generator,
            protocol=self.schema.protocol,
            version=self.schema.version,
        )
        job.begin(call, tracker)
        if job.done():
            return
        self.take_in(job)
        job.enter("total")
        if endpoint.takes_direct_route:
            self.tasks.start(partial(self._run_direct, job))
            return
        if not self.schema.protocol.shares_stream:
            self.tasks.start(partial(self._run_channel, job))
            return
        session = self._enter(job)
        if session is not None:
            self.tasks.start(partial(self._join, job, session))

    def _enter(self, job: AsyncJob) -> SessionRouter[AsyncJob] | None:
        endpoint = job.bound_call.payload.endpoint
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

    async def _join(self, job: AsyncJob, session: SessionRouter[AsyncJob]) -> None:
        """Upload the job's files and put it into the app's queue."""
        event_id: str | None = None
        try:
            await self._look_again(job)
            if job.bound_call.payload.uploads:
                job.enter("upload")
            data = await self.driver.run(submit_flows.prepare(job.bound_call), job.scope)
            if job.begin_sending("queue"):
                # The server knows the session already, so its stream can be opened while the join is on its way.
                self._read_if_wanted(session)
                event_id = await self.driver.run(
                    submit_flows.join(job.bound_call, data, session.session_hash), job.joining
                )
                self._heard_at = time.monotonic()
        except GradlinkError as exc:
            job.fail(exc)
        except Exception as exc:  # the job must end, whatever went wrong
            job.stop(unsendable(job.api_name, exc))
        finally:
            if event_id is None:
                session.join_failed(job)
                self._admit()
        if event_id is None:
            job.told.set()
            return
        job.joined(event_id)
        for message in session.register(job, event_id):
            self._hand_over(session, job, message)
        doubtful = session.is_doubtful(job)
        if doubtful:
            self._lose(job, crossed_break())
        self._read_if_wanted(session)
        if job.done() and not doubtful:
            # It was cancelled while the join was on its way.
            await self._tell_cancelled(session, event_id)
        job.told.set()

    async def _run_direct(self, job: AsyncJob) -> None:
        """Call the job's function without the queue."""
        try:
            await self._look_again(job)
            call = job.bound_call
            if call.payload.uploads:
                job.enter("upload")
            data = await self.driver.run(submit_flows.prepare(call), job.scope)
            if job.begin_sending("run"):
                answer = await self.driver.run(submit_flows.run(call, data, self.session_hash), job.scope)
                job.succeed(answer)
        except GradlinkError as exc:
            job.fail(exc)
        except Exception as exc:  # the job must end, whatever went wrong
            job.stop(unsendable(job.api_name, exc))

    async def _run_channel(self, job: AsyncJob) -> None:
        """Run the job on a connection of its own (before 4.9)."""
        channel = AsyncJobChannel(self, job, self._channel_session(job))
        self._channels[job] = channel
        try:
            async with self._channel_limit:
                if not job.done():
                    await channel.run()
        finally:
            del self._channels[job]

    async def _look_again(self, job: AsyncJob) -> None:
        """Before the first call after a pause: if the app was restarted, learn what it is now.

        A restart closes all connections, so it cannot have happened while one was in use.
        """
        if time.monotonic() - self._heard_at < KEEPALIVE_SECONDS:
            return
        fresh = await self.driver.run(look_again(self.access, self.schema), job.scope)
        self._heard_at = time.monotonic()
        if fresh is None:
            return
        _log.warning("the app at %s was restarted; its sessions are gone", one_line(self.access.routes.base))
        self._schema = fresh
        self._pool.forget()
        self.queue = QueueWatch()
        job.call = bound_again(job.bound_call, fresh)

    def _channel_session(self, job: AsyncJob) -> str:
        """Return the session for a job with a connection of its own.

        Gradio 3 gives two jobs of one generator and session the values of one and the same generator.
        """
        endpoint = job.bound_call.payload.endpoint
        others = self._channels
        busy = any(other.fn_index == endpoint.fn_index for other in others)
        return new_session_hash() if busy and not endpoint.stateful else self.session_hash

    # -- receiving --------------------------------------------------------------------------------

    def deliver(self, session: SessionRouter[AsyncJob], message: Message) -> bool:
        """Hand ``message`` to its job; return whether the stream is to be read on."""
        for job in session.route(message):
            self._hand_over(session, job, message)
        # A burnt session's stream does not end by itself.
        return not (session.retired and session.idle)

    def heard_heartbeat(self, session: SessionRouter[AsyncJob]) -> bool:
        """Return whether a stream on which nothing but a heartbeat came is to be read on."""
        return session.heard_heartbeat()

    def _hand_over(self, session: SessionRouter[AsyncJob], job: AsyncJob, message: Message) -> None:
        """Give a job its message and draw the consequences for its session."""
        was_pending = not job.done()
        job.receive(message)
        event_id = message.event_id or ""
        match message:
            case Estimation():
                for other in session.queued(event_id):
                    self.tasks.start(partial(self._tell_cancelled, session, other))
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
                    self.tasks.start(partial(self._tell_cancelled, session, other))
                self._admit()
            case Unreadable(is_end=True):
                for other in session.ended(event_id, cancelled=False):
                    self.tasks.start(partial(self._tell_cancelled, session, other))
                self._admit()
            case UnexpectedError():
                return
            case _:
                pass
        if was_pending and job.done() and session.has(event_id):
            # Nothing could be made of what it brought: it is not to be worked on any more.
            self.tasks.start(partial(self._tell_cancelled, session, event_id))

    def stream_ended(
        self, session: SessionRouter[AsyncJob], error: GradlinkError | None, *, carried: bool
    ) -> bool:
        """Draw the consequences of a stream's end; return whether another one is to be read."""
        lost = session.stream_closed(
            clean=error is None, session_not_found=isinstance(error, SessionLostError)
        )
        for job in lost:
            self._lose(job, lost_with(error))
        self._admit()
        session.reading = session.wants_another(carried=carried) and not self.closed
        _log.debug("a stream of messages ended: %s", one_line(error or "the app closed it"))
        return session.reading

    def _lose(self, job: AsyncJob, error: GradlinkError) -> None:
        """End a job that is lost, or send it once more."""
        if not self.closed and may_resend(job.bound_call, error, job.resent) and job.restart():
            self.tasks.start(partial(self._resend, job))
        else:
            job.lose(error)

    async def _resend(self, job: AsyncJob) -> None:
        """Send a job once more that was lost, in a session that the server knows nothing of."""
        try:
            await self.driver.run(pause_before(job.bound_call.access.retries, job.resent))
            session = self._enter(job)
        except GradlinkError as exc:
            job.fail(exc)
            return
        if session is not None:
            await self._join(job, session)

    def _read_if_wanted(self, session: SessionRouter[AsyncJob]) -> None:
        if session.start_reading():
            self.tasks.start(AsyncStreamReader(self, session).run)

    def _admit(self) -> None:
        """Send jobs that waited for a place."""
        for job, session in self._pool.admit():
            self.tasks.start(partial(self._join, job, session))

    def _take_rendered(self, output: JSONObject, session: SessionRouter[AsyncJob]) -> None:
        """Take the endpoints that ``gr.render`` made in the client's own session."""
        if session is not self._pool.own or not output.get("render_config"):
            return
        try:
            self._schema = with_rendered(self.schema, output["render_config"], session.session_hash)
        except Exception:  # an app can say anything
            _log.warning("what gr.render made in the app cannot be read", exc_info=True)
        if any(endpoint.stateful for endpoint in self.schema.endpoints.values()):
            self._heartbeat.start()

    def watch_queue(self, job: AsyncJob, message: Message) -> None:
        """Look at a message for whether the app's queue runs."""
        if self.queue.take(job, message):
            self.tasks.start(self._queue_stands)
        elif self.queue.settled:
            self._queue_runs.set()

    async def _queue_stands(self) -> None:
        """Ask the app to start its queue, unless it is seen to run before some seconds have passed."""
        self._queue_runs = anyio.Event()
        with anyio.move_on_after(STARTUP_SECONDS):
            await self._queue_runs.wait()
        if not self.queue.expired(lambda job: not job.done()):
            return
        try:
            await self.driver.run(start_queue(self.access))
        except GradlinkError as exc:
            if not self.closed:
                _log.warning("%s", one_line(not_started(self.access.routes.base, exc)))
        else:
            _log.warning("%s", one_line(not_started(self.access.routes.base, None)))

    # -- the rest ---------------------------------------------------------------------------------

    async def collect(
        self, endpoint: Endpoint, output: Output, fetched: dict[str, str] | None, scope: Scope | None
    ) -> Any:
        """Return what the caller gets for ``output``; downloads its files."""
        if not output.has_files:
            return arrange(output.data, endpoint.skipped_outputs)
        return await self.driver.run(
            collect(self.access, self.schema.version, endpoint, output, fetched), scope
        )

    def cancel(self, job: AsyncJob) -> anyio.Event | None:
        """Tell the server, or whoever holds the job, that it was cancelled; None if nobody is to be told."""
        if self._pool.withdraw(job):
            return None
        channel, event_id = self._channels.get(job), job.event_id
        if channel is not None:
            if event_id is not None and self.schema.protocol is Protocol.SSE and not self.closed:
                told = anyio.Event()
                self._cancels.add(told)
                self.tasks.start(partial(self._reset, channel, event_id, told))
                return told
            channel.stop()
        if any(s.is_joining(job) for s in self._pool):
            return job.told  # the task that sends it finds it cancelled, and tells the server then
        session = next((s for s in self._pool if event_id is not None and s.has(event_id)), None)
        if session is None or event_id is None or self.closed:
            return None  # it never was at the server, or a join on its way will find it cancelled
        told = anyio.Event()
        self._cancels.add(told)
        self.tasks.start(partial(self._tell_cancelled, session, event_id, told))
        return told

    async def _reset(self, channel: AsyncJobChannel, event_id: str, told: anyio.Event) -> None:
        """Stop a job and give up its stream: 4.0 does not notice that, and its function would run on."""
        try:
            await self.driver.run(cancel_flows.cancel(self.access, "", 0, event_id, CancelPlan.RESET))
        except GradlinkError as exc:
            self._untold(exc)
        finally:
            channel.stop()
            self._cancels.discard(told)
            told.set()

    def _untold(self, error: GradlinkError) -> None:
        """Log that a cancel did not reach the server; that of a closed client is made by its closed connections."""
        _log.log(
            logging.DEBUG if self.closed else logging.WARNING,
            "the server could not be told of a cancel: %s",
            one_line(error),
        )

    async def _tell_cancelled(
        self, session: SessionRouter[AsyncJob], event_id: str, told: anyio.Event | None = None
    ) -> None:
        try:
            fn_index = session.fn_index_of(event_id)
            plan = session.cancel(event_id)
            if plan is None or plan is CancelPlan.LATER or fn_index is None:
                return
            try:
                await self.driver.run(
                    cancel_flows.cancel(self.access, session.session_hash, fn_index, event_id, plan)
                )
            except GradlinkError as exc:
                self._untold(exc)
                session.cancel_failed(event_id)
            else:
                for other in session.cancel_answered(event_id, plan):
                    self.tasks.start(partial(self._tell_cancelled, session, other))
            self._admit()
        finally:
            if told is not None:
                self._cancels.discard(told)
                told.set()

    async def send_chunk(self, job: AsyncJob, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Give a live endpoint that runs further input."""
        call = self.bind(job.bound_call.payload.endpoint, args, kwargs, CallOptions(job.bound_call.headers))
        event_id, session_hash = self._live(job)
        data = await self.driver.run(submit_flows.prepare(call))
        await self.driver.run(submit_flows.send_chunk(call, data, session_hash, event_id))

    async def close_chunks(self, job: AsyncJob) -> None:
        """End the input of a live endpoint."""
        event_id, _ = self._live(job)
        await self.driver.run(submit_flows.close_chunks(self.access, event_id))

    def _live(self, job: AsyncJob) -> tuple[str, str]:
        endpoint = job.bound_call.payload.endpoint
        if not endpoint.live:
            raise EndpointError(
                f"{endpoint.title} takes no further input; only endpoints of .stream() events do"
            )
        for session in self._pool:
            if job.event_id is not None and session.has(job.event_id):
                return job.event_id, session.session_hash
        raise EndpointError(f"{endpoint.title}: the job has ended, it takes no further input")

    async def close(self) -> None:
        """End everything: pending jobs fail, streams and connections close, tasks end.

        Each step does nothing if it was done. So another call goes on where the one before was cancelled.
        """
        if not self.closed:
            # A job that was cancelled just now is to be stopped on the server, too.
            with anyio.move_on_after(CANCEL_SECONDS, shield=True):
                for told in list(self._cancels):
                    await told.wait()
        self.closed = True
        for job in list(self._jobs):
            job.stop(ClientClosedError(f"{job.api_name}: the client was closed"))
        with anyio.CancelScope(shield=True):
            await self.tasks.close()
            await self.driver.close()
            await self.keeper.stop()
