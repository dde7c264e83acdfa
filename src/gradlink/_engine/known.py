"""All that the engine knows of its client; the engine's files decide on it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic

from gradlink._dataclass import dataclass
from gradlink._engine.app import App
from gradlink._engine.state import JobT
from gradlink._protocol.queuewatch import QueueWatch
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.sessions import SessionPool


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


class Known(Generic[JobT]):
    """The app, the sessions and the jobs of one client.

    Attributes:
        app: what is known of the app.
        closed: the client was closed.
        pool: its sessions, and the jobs that wait for a place in one.
        jobs: all jobs that have not ended, or whose end has not been delivered yet, in order.
        alone: those that have a connection of their own, and the session of each.
        queue: whether the app's queue runs.
        new_session_hash: makes names that cannot be guessed.
    """

    def __init__(self, options: EngineOptions, new_session_hash: Callable[[], str], app: App) -> None:
        self.app = app
        self.closed = False
        self.new_session_hash = new_session_hash
        self.pool: SessionPool[JobT] = SessionPool(
            self._new_session,
            max_jobs=options.max_jobs,
            max_sessions=options.max_sessions,
            one_session=options.one_session,
        )
        self.jobs: dict[JobT, None] = {}
        self.alone: dict[JobT, str] = {}
        self.queue: QueueWatch[JobT] = QueueWatch()

    def _new_session(self) -> SessionRouter[JobT]:
        return SessionRouter(self.new_session_hash(), self.app.dialect.cancels)
