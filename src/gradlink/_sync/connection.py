"""The engine of one client under its lock, for threads."""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Sequence
from functools import partial
from typing import TypeGuard, TypeVar

from gradlink._engine.effects import Effect, LeaveStream, Notify
from gradlink._engine.engine import Engine
from gradlink._engine.known import EngineOptions
from gradlink._flows.connect import connect
from gradlink._flows.exchange import Access
from gradlink._local.store import Stores
from gradlink._protocol.messages import Message
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.schema import AppSchema
from gradlink._shell.options import ConnectionSettings
from gradlink._shell.sessionhash import new_session_hash
from gradlink._sync.calls import Calls
from gradlink._sync.driver import Driver
from gradlink._sync.interrupts import whole
from gradlink._sync.jobcore import JobCore
from gradlink._sync.performer import MAX_SESSIONS, Performer
from gradlink._sync.workers import run_apart

T = TypeVar("T")


class Connection:
    """Everything of a client that lives: connections, threads, and the engine under its lock.

    Attributes:
        calls: what callers ask of it.
    """

    def __init__(self, settings: ConnectionSettings, parent: Connection | None = None) -> None:
        """Connect, or take what ``parent``, the connection of another process, found out."""
        self.settings = settings
        self.pid = os.getpid()
        self.driver = Driver(settings.transport, settings.access.routes.base, Stores(settings.downloads))
        access, schema = self._connect() if parent is None else (parent.access, parent.schema)
        self.access: Access = access
        # Guards the engine and with it the trackers of all jobs. A signal handler may cancel a job in the thread that has it.
        self.lock = threading.RLock()
        options = EngineOptions(settings.max_jobs, MAX_SESSIONS, settings.one_session)
        self._engine: Engine[JobCore] = Engine(options, new_session_hash, time.monotonic(), schema)
        self._performer = Performer(self, self.driver, settings)
        self.calls = Calls(self, self.driver, settings, self._performer)

    def _connect(self) -> tuple[Access, AppSchema]:
        try:
            return self.driver.run(connect(self.settings.access))
        except BaseException:
            self.driver.close()
            raise

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

    def ask(self, question: Callable[[], T]) -> T:
        """Return what is known, while nothing else is decided."""
        with self.lock:
            return question()

    def apply(self, decide: Callable[[], list[Effect[JobCore]]]) -> None:
        """Let the engine decide, and do what it wants done."""
        with whole():
            with self.lock:
                effects = decide()
                self._performer.wake(effects)
            self._performer.perform(effects)

    def apply_rest(
        self, decide: Callable[[], list[Effect[JobCore]]], own: Callable[[Effect[JobCore]], TypeGuard[T]]
    ) -> list[T]:
        """Let the engine decide, and do what it wants done except what ``own`` picks, which is returned."""
        with self.lock:
            effects = decide()
            self._performer.wake(effects)
        self._performer.perform([effect for effect in effects if not own(effect)])
        return [effect for effect in effects if own(effect)]

    def deliver(self, session: SessionRouter[JobCore], messages: Sequence[Message]) -> bool:
        """Hand messages of a stream to their jobs; return whether the stream is to be read on."""
        with self.lock:
            effects = self._engine.received(session, messages)
            self._performer.wake(effects)
        if len(effects) == 1 and isinstance(effects[0], Notify):
            return True  # as for nearly every message
        rest: list[Effect[JobCore]] = [effect for effect in effects if not isinstance(effect, LeaveStream)]
        self._performer.perform(rest)
        return len(rest) == len(effects)

    def may_send(self, decide: Callable[[], tuple[bool, list[Effect[JobCore]]]]) -> bool:
        """Let the engine decide whether something is to be sent, and do what it wants done besides."""
        with self.lock:
            wanted, effects = decide()
            self._performer.wake(effects)
        self._performer.perform(effects)
        return wanted

    # -- the end ----------------------------------------------------------------------------------

    def close(self) -> None:
        """End everything: pending jobs fail, streams and connections close, threads leave.

        Each step does nothing if it was done. So another call goes on where Ctrl-C has ended the one before.
        """
        if self.pid != os.getpid():
            return  # the sockets are the parent's, which may be using them
        self.calls.wait_left()
        self.apply(self._engine.close)
        self._performer.close()
        self.calls.close()
        self.driver.close()

    def close_soon(self) -> None:
        """Close in a thread of its own: a forgotten client is noticed anywhere, perhaps under one of our locks."""
        run_apart(self.close, "closer")
