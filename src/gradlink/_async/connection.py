"""The engine of one client on one event loop."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from typing import TypeGuard, TypeVar

import anyio
from anyio.lowlevel import current_token

from gradlink._async.calls import AsyncCalls
from gradlink._async.driver import AsyncDriver
from gradlink._async.jobcore import AsyncJobCore, Submission
from gradlink._async.keeper import Keeper
from gradlink._async.performer import AsyncPerformer
from gradlink._async.tasks import Tasks
from gradlink._engine.effects import Effect, LeaveStream
from gradlink._engine.engine import Engine
from gradlink._engine.known import EngineOptions
from gradlink._flows.connect import connect
from gradlink._flows.exchange import Access
from gradlink._flows.sending import CANCEL_SECONDS
from gradlink._local.store import Stores
from gradlink._protocol.messages import Message
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.schema import AppSchema
from gradlink._shell.options import ConnectionSettings
from gradlink._shell.sessionhash import new_session_hash
from gradlink.errors import ClientClosedError

# A stream costs a connection and a task. With one per job, each job can be cancelled without another.
MAX_SESSIONS = 32

T = TypeVar("T")


class AsyncConnection:
    """Everything of a client that lives: connections, tasks, and the engine.

    Attributes:
        calls: what callers ask of it.
        early: calls that wait for the client to connect: who closes the client ends them.
    """

    def __init__(
        self,
        settings: ConnectionSettings,
        elsewhere: AsyncConnection | None = None,
        driver: AsyncDriver | None = None,
    ) -> None:
        """Make a connection that is to be opened, or take what another one found out.

        Args:
            settings: what it is made from.
            elsewhere: the one that knows the app already, on this or another event loop.
            driver: that of another connection on this event loop, which closes it; None makes one.
        """
        self.settings = settings
        self._owns_driver = driver is None
        self.driver = driver or AsyncDriver(
            settings.transport, settings.access.routes.base, Stores(settings.downloads)
        )
        self.loop_token = current_token()
        self.tasks = Tasks()
        self.access: Access = settings.access if elsewhere is None else elsewhere.access
        schema = elsewhere.schema if elsewhere is not None and elsewhere.opened else None
        options = EngineOptions(settings.max_jobs, MAX_SESSIONS, settings.one_session)
        self._engine: Engine[AsyncJobCore] = Engine(options, new_session_hash, time.monotonic(), schema)
        self._performer = AsyncPerformer(self, self.driver, self.tasks, settings)
        self.calls = AsyncCalls(self, self.driver, settings)
        self.early: set[Submission] = set()
        self._opening = anyio.Lock()
        self.keeper = Keeper(self.close)

    async def open(self) -> None:
        """Find out what the app is, once; after a failure the next call tries again."""
        async with self._opening:
            self._engine.check_open()
            if not self._engine.connected:
                self.access, schema = await self.driver.run(connect(self.settings.access))
                self._engine.connect(schema)

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

    def renew_session(self, session_hash: str | None = None) -> None:
        """Use another session from now on; jobs that run end where they are."""
        self._performer.perform(self._engine.renew_session(session_hash))

    # -- the engine -------------------------------------------------------------------------------

    @property
    def engine(self) -> Engine[AsyncJobCore]:
        return self._engine

    def now(self) -> float:
        """Return the time that the engine counts with, in seconds."""
        return time.monotonic()

    def ask(self, question: Callable[[], T]) -> T:
        """Return what is known."""
        return question()

    def apply(self, decide: Callable[[], list[Effect[AsyncJobCore]]]) -> None:
        """Let the engine decide, and do what it wants done."""
        self._performer.perform(decide())

    def apply_rest(
        self,
        decide: Callable[[], list[Effect[AsyncJobCore]]],
        own: Callable[[Effect[AsyncJobCore]], TypeGuard[T]],
    ) -> list[T]:
        """Let the engine decide, and do what it wants done except what ``own`` picks, which is returned."""
        effects = decide()
        self._performer.perform([effect for effect in effects if not own(effect)])
        return [effect for effect in effects if own(effect)]

    def deliver(self, session: SessionRouter[AsyncJobCore], messages: Sequence[Message]) -> bool:
        """Hand messages of a stream to their jobs; return whether the stream is to be read on."""
        effects = self._engine.received(session, messages)
        self._performer.perform(effects)
        return not any(isinstance(effect, LeaveStream) for effect in effects)

    def may_send(self, decide: Callable[[], tuple[bool, list[Effect[AsyncJobCore]]]]) -> bool:
        """Let the engine decide whether something is to be sent, and do what it wants done besides."""
        wanted, effects = decide()
        self._performer.perform(effects)
        return wanted

    # -- the end ----------------------------------------------------------------------------------

    async def close(self) -> None:
        """End everything: pending jobs fail, streams and connections close, tasks end.

        Each step does nothing if it was done. So another call goes on where the one before was cancelled.
        """
        if not self.closed:
            # A job that was cancelled just now is to be stopped on the server, too.
            with anyio.move_on_after(CANCEL_SECONDS, shield=True):
                for job in self._engine.cancelling:
                    await job.wait_cancelled()
                await self._performer.wait_cancelled()
        self._performer.perform(self._engine.close())
        for submission in list(self.early):
            submission.refuse(ClientClosedError(f"{submission.api_name}: the client was closed"))
        self.early.clear()
        with anyio.CancelScope(shield=True):
            await self.tasks.close()
            if self._owns_driver:
                await self.driver.close()
            await self.keeper.stop()
