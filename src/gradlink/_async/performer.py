"""Performs what the engine wants done, in tasks."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, assert_never

import anyio

from gradlink._async.driver import AsyncDriver
from gradlink._async.heartbeat import AsyncHeartbeat
from gradlink._async.jobcore import AsyncJobCore
from gradlink._async.joins import AsyncJoins
from gradlink._async.reader import AsyncStreamReader
from gradlink._async.tasks import Tasks
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
from gradlink._shell.timing import Scope

if TYPE_CHECKING:
    from gradlink._async.channel import AsyncJobChannel


class AsyncPerformer:
    """What one connection sends, reads, cancels and waits for, each in a task."""

    def __init__(
        self, port: Port[AsyncJobCore], driver: AsyncDriver, tasks: Tasks, settings: ConnectionSettings
    ) -> None:
        self._port = port
        self._driver = driver
        self._tasks = tasks
        self._max_message = settings.transport.max_message
        policy = HeartbeatPolicy(lambda: port.engine.session_hash)
        self._heartbeat = AsyncHeartbeat(driver, tasks, policy, self._heartbeat_url)
        self._joins = AsyncJoins(tasks, self._join)
        self._channels: dict[AsyncJobCore, AsyncJobChannel] = {}
        # Before 4.9 each job has a connection of its own; the sessions' own bound does not apply.
        self._channel_limit = anyio.Semaphore(settings.max_jobs)
        self._queue_runs = anyio.Event()
        self._cancels: set[anyio.Event] = set()

    def perform(self, effects: list[Effect[AsyncJobCore]]) -> None:
        """Begin all that the engine wants done."""
        port, engine = self._port, self._port.engine
        for effect in effects:
            match effect:
                case Notify(job=job):
                    if job.wake():
                        engine.settled(job)
                        if job.joining.active:
                            self._tasks.start(partial(self._end_later, job.joining))
                case SetLimit():
                    self._tasks.start(partial(self._watch, effect))
                case Join():
                    self._joins.add(effect)
                case RunDirect(job=job):
                    self._run(sending.run_directly(port, job))
                case RunAlone(job=job):
                    self._tasks.start(partial(self._run_alone, job))
                case Resend(job=job):
                    self._run(sending.resend(port, job))
                case OpenStream(session=session):
                    stream = SessionStream(port, session)
                    self._tasks.start(AsyncStreamReader(self._driver, stream, self._joins.hold).run)
                case LeaveStream():
                    pass  # readers look for it themselves, and end with the client's tasks
                case SendCancel():
                    self._run_cancel(sending.send_cancel(port, effect))
                case RetryCancelsLater():
                    self._tasks.start(partial(self._retry_cancels, effect))
                case ResetAlone():
                    self._run_cancel(sending.reset_alone(port, effect))
                case StopAlone(job=job):
                    if (channel := self._channels.get(job)) is not None:
                        channel.stop()
                case WatchQueue(seconds=seconds):
                    self._queue_runs = anyio.Event()
                    self._tasks.start(partial(self._watch_queue, self._queue_runs, seconds))
                case LeaveQueue():
                    self._queue_runs.set()
                case StartQueue():
                    self._run(sending.start_queue(port))
                case StartHeartbeat():
                    self._heartbeat.start()
                case RenewHeartbeat():
                    self._heartbeat.renew()
                case _:
                    assert_never(effect)

    async def wait_cancelled(self) -> None:
        """Wait until the server has answered the cancels that are on their way."""
        for done in list(self._cancels):
            await done.wait()

    async def _join(self, effect: Join[AsyncJobCore]) -> None:
        await self._driver.run(sending.join(self._port, effect.job, effect.session))

    def _run(self, flow: Flow[None]) -> None:
        self._tasks.start(partial(self._driver.run, flow))

    def _run_cancel(self, flow: Flow[None]) -> None:
        done = anyio.Event()
        self._cancels.add(done)

        async def run() -> None:
            try:
                await self._driver.run(flow)
            finally:
                self._cancels.discard(done)
                done.set()

        self._tasks.start(run)

    async def _run_alone(self, job: AsyncJobCore) -> None:
        """Run the job on a connection of its own (before 4.9)."""
        from gradlink._async.channel import AsyncJobChannel
        from gradlink._flows.alone import Conversation

        async with self._channel_limit:
            session_hash = self._port.engine.begin_alone(job)
            if session_hash is None:
                return
            talk = Conversation(self._port, job, session_hash)
            channel = AsyncJobChannel(self._driver, talk, self._max_message)
            self._channels[job] = channel
            try:
                error, lost = await channel.run()
            finally:
                del self._channels[job]
            self._port.apply(partial(self._port.engine.left_alone, job, error, lost=lost))

    async def _watch(self, limit: SetLimit[AsyncJobCore]) -> None:
        """Wait for a limit, or for the end of the phase that it limits."""
        with anyio.move_on_after(limit.seconds):
            await limit.job.wait_for(lambda: not limit.lasts)
        # Which looks whether it still lasts.
        self._port.apply(partial(self._port.engine.limit_reached, limit))

    async def _watch_queue(self, runs: anyio.Event, seconds: float) -> None:
        with anyio.move_on_after(seconds):
            await runs.wait()
            return
        self._port.apply(self._port.engine.queue_stands)

    async def _retry_cancels(self, again: RetryCancelsLater[AsyncJobCore]) -> None:
        await anyio.sleep(again.seconds)
        self._port.apply(partial(self._port.engine.retry_cancels, again.session))

    async def _end_later(self, scope: Scope) -> None:
        await anyio.sleep(LATE_JOIN_SECONDS)
        scope.end()

    def _heartbeat_url(self, session_hash: str) -> str:
        return self._port.access.routes.heartbeat(session_hash)  # which are known when it has connected
