"""A live connection to one app on one event loop: performs what the engine decides."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any, assert_never

import anyio
from anyio.lowlevel import current_token

from gradlink._async.channel import AsyncJobChannel
from gradlink._async.driver import AsyncDriver
from gradlink._async.heartbeat import AsyncHeartbeat
from gradlink._async.jobcore import AsyncJobCore, Listeners, Submission
from gradlink._async.keeper import Keeper
from gradlink._async.reader import AsyncStreamReader
from gradlink._async.tasks import Tasks
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
from gradlink._flows.sending import CANCEL_SECONDS
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
from gradlink._text import one_line
from gradlink.errors import ClientClosedError, GradlinkError

_log = logging.getLogger("gradlink.connection")

# A stream costs a connection and a task. With one per job, each job can be cancelled without another.
MAX_SESSIONS = 32


class AsyncConnection:
    """Everything of a client that lives: connections, tasks, and the engine."""

    def __init__(self, settings: ConnectionSettings, elsewhere: AsyncConnection | None = None) -> None:
        """Make a connection that is to be opened, or take what one on another event loop found out."""
        self.settings = settings
        self.downloads = settings.downloads is not None
        self.driver = AsyncDriver(settings.transport, settings.access.routes.base, Stores(settings.downloads))
        self.loop_token = current_token()
        self.tasks = Tasks()
        self.access: Access = settings.access if elsewhere is None else elsewhere.access
        schema = elsewhere.schema if elsewhere is not None and elsewhere.opened else None
        options = EngineOptions(settings.max_jobs, MAX_SESSIONS, settings.one_session)
        self._engine: Engine[AsyncJobCore] = Engine(options, new_session_hash, time.monotonic(), schema)
        self._heartbeat = AsyncHeartbeat(
            self.driver, self.tasks, lambda: self.session_hash, self._heartbeat_url
        )
        # Calls that wait for the client to connect: who closes the client ends them.
        self.early: set[Submission] = set()
        self._channels: dict[AsyncJobCore, AsyncJobChannel] = {}
        # Before 4.9 each job has a connection of its own; the sessions' own bound does not apply.
        self._channel_limit = anyio.Semaphore(settings.max_jobs)
        self._opening = anyio.Lock()
        self._queue_runs = anyio.Event()
        self._cancels: set[anyio.Event] = set()
        self.keeper = Keeper(self.close)

    async def open(self) -> None:
        """Find out what the app is, once; after a failure the next call tries again."""
        async with self._opening:
            self._engine.check_open()
            if not self._engine.connected:
                self.access, schema = await self.driver.run(connect(self.settings.access))
                self._engine.connect(schema)

    # -- what is known ----------------------------------------------------------------------------

    @property
    def opened(self) -> bool:
        """The app is known."""
        return self._engine.connected

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

    def _heartbeat_url(self, session_hash: str) -> str:
        return self.access.routes.heartbeat(session_hash)  # which are known when it has connected

    def renew_session(self, session_hash: str | None = None) -> None:
        """Use another session from now on; jobs that run end where they are."""
        self._perform(self._engine.renew_session(session_hash))

    # -- the engine -------------------------------------------------------------------------------

    @property
    def engine(self) -> Engine[AsyncJobCore]:
        return self._engine

    def now(self) -> float:
        """Return the time that the engine counts with, in seconds."""
        return time.monotonic()

    def apply(self, decide: Callable[[], list[Effect[AsyncJobCore]]]) -> None:
        """Let the engine decide, and do what it wants done."""
        self._perform(decide())

    def may_send(self, decide: Callable[[], tuple[bool, list[Effect[AsyncJobCore]]]]) -> bool:
        """Let the engine decide whether something is to be sent, and do what it wants done besides."""
        wanted, effects = decide()
        self._perform(effects)
        return wanted

    def _perform(self, effects: list[Effect[AsyncJobCore]]) -> None:
        for effect in effects:
            match effect:
                case Notify(job=job):
                    if job.wake():
                        self._engine.settled(job)
                        if job.joining.active:
                            self.tasks.start(partial(self._end_later, job.joining))
                case SetLimit():
                    self.tasks.start(partial(self._watch, effect))
                case Join(job=job, session=session):
                    self._run(sending.join(self, job, session))
                case RunDirect(job=job):
                    self._run(sending.run_directly(self, job))
                case RunAlone(job=job):
                    self.tasks.start(partial(self._run_alone, job))
                case Resend(job=job):
                    self._run(sending.resend(self, job))
                case OpenStream(session=session):
                    policy = StreamPolicy(self.schema.dialect, self.access.retries)
                    self.tasks.start(AsyncStreamReader(self, session, policy).run)
                case LeaveStream():
                    pass  # readers look for it themselves, and end with the client's tasks
                case SendCancel():
                    self._run_cancel(sending.send_cancel(self, effect))
                case LookAgain():
                    self.tasks.start(partial(self._look, effect))
                case ResetAlone():
                    self._run_cancel(sending.reset_alone(self, effect))
                case StopAlone(job=job):
                    if (channel := self._channels.get(job)) is not None:
                        channel.stop()
                case WatchQueue(seconds=seconds):
                    self._queue_runs = anyio.Event()
                    self.tasks.start(partial(self._watch_queue, self._queue_runs, seconds))
                case LeaveQueue():
                    self._queue_runs.set()
                case StartQueue():
                    self._run(sending.start_queue(self))
                case StartHeartbeat():
                    self._heartbeat.start()
                case RenewHeartbeat():
                    self._heartbeat.renew()
                case _:
                    assert_never(effect)

    async def _end_later(self, scope: Scope) -> None:
        await anyio.sleep(LATE_JOIN_SECONDS)
        scope.end()

    async def _watch_queue(self, runs: anyio.Event, seconds: float) -> None:
        with anyio.move_on_after(seconds):
            await runs.wait()
            return
        self._perform(self._engine.queue_stands())

    async def _look(self, again: LookAgain[AsyncJobCore]) -> None:
        await anyio.sleep(again.seconds)
        self._perform(self._engine.look(again.session))

    def _run(self, flow: Flow[None]) -> None:
        self.tasks.start(partial(self.driver.run, flow))

    def _run_cancel(self, flow: Flow[None]) -> None:
        done = anyio.Event()
        self._cancels.add(done)

        async def run() -> None:
            try:
                await self.driver.run(flow)
            finally:
                self._cancels.discard(done)
                done.set()

        self.tasks.start(run)

    # -- sending ----------------------------------------------------------------------------------

    def bind(
        self, endpoint: Endpoint, args: Sequence[Any], kwargs: Mapping[str, Any], options: CallOptions
    ) -> Call:
        """Return the call of ``endpoint`` with these arguments; raises for wrong ones, nothing is sent."""
        self._engine.check_open()
        return bind_call(self.access, self.schema, self.settings, endpoint, (args, kwargs), options)

    def send(self, call: Call, listeners: Listeners) -> AsyncJobCore:
        """Send ``call`` in the background, and return its job."""
        endpoint, schema = call.payload.endpoint, self.schema
        tracker = JobTracker(api_name=endpoint.title, generator=endpoint.generator, dialect=schema.dialect)
        job = AsyncJobCore(call, tracker, listeners)
        self._perform(self._engine.submit(job))
        return job

    async def _run_alone(self, job: AsyncJobCore) -> None:
        """Run the job on a connection of its own (before 4.9)."""
        async with self._channel_limit:
            session_hash = self._engine.begin_alone(job)
            if session_hash is None:
                return
            channel = AsyncJobChannel(self, job, session_hash)
            self._channels[job] = channel
            try:
                error, lost = await channel.run()
            finally:
                del self._channels[job]
            self._perform(self._engine.left_alone(job, error, lost=lost))

    async def _watch(self, limit: SetLimit[AsyncJobCore]) -> None:
        """Wait for a limit, or for the end of the phase that it limits."""
        with anyio.move_on_after(limit.seconds):
            await limit.job.wait_for(lambda: not limit.lasts)
        self._perform(self._engine.limit_reached(limit))  # which looks whether it still lasts

    # -- receiving --------------------------------------------------------------------------------

    def opening_stream(self, session: SessionRouter[AsyncJobCore]) -> str:
        """Return where the stream of ``session`` is, and note that it is asked for now."""
        self._engine.opening_stream(session)
        return self.access.routes.stream(session.session_hash)

    def deliver(self, session: SessionRouter[AsyncJobCore], message: Message) -> bool:
        """Hand ``message`` to its job; return whether the stream is to be read on."""
        effects = self._engine.received(session, message)
        self._perform(effects)
        return not any(isinstance(effect, LeaveStream) for effect in effects)

    def stream_ended(
        self, session: SessionRouter[AsyncJobCore], error: GradlinkError | None, *, carried: bool
    ) -> bool:
        """Apply what a stream's end means; return whether its reader is to read another one."""
        effects = self._engine.stream_ended(session, error, carried=carried)
        more = [effect for effect in effects if isinstance(effect, OpenStream) and effect.session is session]
        _log.debug("a stream of messages ended: %s", one_line(error or "the app closed it"))
        self._perform([effect for effect in effects if effect not in more])
        return bool(more)

    # -- the rest ---------------------------------------------------------------------------------

    async def collect(
        self, endpoint: Endpoint, output: Output, fetched: dict[str, str] | None, scope: Scope | None
    ) -> Any:
        """Return what the caller gets for ``output``; downloads its files."""
        if not output.has_files:
            return arrange(output.data, endpoint.skipped_outputs)
        return await self.driver.run(
            collect(self.access, self.schema.dialect, endpoint, output, fetched), scope
        )

    def cancel(self, job: AsyncJobCore) -> None:
        """End a job as cancelled, and see that the server stops it."""
        self._perform(self._engine.cancel(job))

    async def send_chunk(self, job: AsyncJobCore, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Give a live endpoint that runs further input."""
        self._engine.check_live(job.endpoint)
        call = self.bind(job.endpoint, args, kwargs, CallOptions(job.call.headers))
        event_id, session_hash = await self._live(job)
        data = await self.driver.run(submit_flows.prepare(call))
        await self.driver.run(submit_flows.send_chunk(call, data, session_hash, event_id))

    async def close_chunks(self, job: AsyncJobCore) -> None:
        """End the input of a live endpoint."""
        self._engine.check_live(job.endpoint)
        event_id, _ = await self._live(job)
        await self.driver.run(submit_flows.close_chunks(self.access, event_id))

    async def _live(self, job: AsyncJobCore) -> tuple[str, str]:
        await job.wait_joined()
        return self._engine.live_session(job)

    async def close(self) -> None:
        """End everything: pending jobs fail, streams and connections close, tasks end.

        Each step does nothing if it was done. So another call goes on where the one before was cancelled.
        """
        if not self.closed:
            # A job that was cancelled just now is to be stopped on the server, too.
            with anyio.move_on_after(CANCEL_SECONDS, shield=True):
                for job in self._engine.cancelling:
                    await job.wait_cancelled()
                for done in list(self._cancels):
                    await done.wait()
        self._perform(self._engine.close())
        for submission in list(self.early):
            submission.refuse(ClientClosedError(f"{submission.api_name}: the client was closed"))
        self.early.clear()
        with anyio.CancelScope(shield=True):
            await self.tasks.close()
            await self.driver.close()
            await self.keeper.stop()
