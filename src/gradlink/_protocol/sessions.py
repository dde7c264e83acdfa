"""Which session a job is sent under, and when.

Gradio cancels by session *and function*, drops all jobs of a session when its stream breaks, and keeps an
app's State, and whatever the app itself keys on ``gr.Request.session_hash``, by session. So:

- a job goes into the client's own session, as a page of the app would send it;
- if a job of the same function is pending there and the function has no State, it goes into a spare session,
  so that each of the two can be cancelled without the other; so it does if many others are pending there, which a
  stream that breaks would all lose;
- functions with State always stay in the client's own session;
- at most ``max_jobs`` jobs are at the server at a time, the rest wait here in order;
- as long as some wait, the others share a few sessions: a stream for each job would cost as much as the job.

Vectors: sessions.
"""

from __future__ import annotations

import sys
from collections import deque
from collections.abc import Callable, Hashable, Iterator
from typing import Generic, TypeVar

from gradlink._dataclass import dataclass
from gradlink._protocol.dialect import Dialect
from gradlink._protocol.router import SessionRouter
from gradlink._protocol.schema import Endpoint

JobT = TypeVar("JobT", bound=Hashable)

# Jobs without State on one stream, as long as there may be another one. What a stream costs, and what breaks with it, is
# measured in docs/reliability.md.
JOBS_OF_A_STREAM = 8
# Sessions that jobs are sent under as long as others wait, see there, too.
CROWDED_SESSIONS = 8


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a job may be placed.

    Attributes:
        fn_index: the function it calls.
        session_hash: the only session that will do (None: any; "" : the client's own).
        alone: no other job of the function may be at the server.
    """

    fn_index: int
    session_hash: str | None = None
    alone: bool = False


def placement_of(endpoint: Endpoint, dialect: Dialect) -> Placement:
    """Return where a call of ``endpoint`` may be placed."""
    own = endpoint.session_hash or ("" if endpoint.stateful else None)
    return Placement(endpoint.fn_index, own, alone=endpoint.batch and dialect.mixes_batches)


class SessionPool(Generic[JobT]):
    """The sessions of one client and the jobs that wait for a place. Its owner holds a lock.

    Attributes:
        own: the client's own session, the one that its ``session_hash`` names.
    """

    def __init__(
        self,
        new_session: Callable[[], SessionRouter[JobT]],
        *,
        max_jobs: int,
        max_sessions: int,
        one_session: bool = False,
    ) -> None:
        self._new_session = new_session
        self._max_jobs = max_jobs
        self._max_spares = 0 if one_session else max_sessions - 1
        self._waiting: deque[tuple[JobT, Placement]] = deque()
        self._spares: list[SessionRouter[JobT]] = []
        self.own: SessionRouter[JobT] = new_session()
        self._holds_state = False
        self._lost_state: str | None = None

    def __iter__(self) -> Iterator[SessionRouter[JobT]]:
        yield self.own
        yield from self._spares

    @property
    def waiting(self) -> list[JobT]:
        """Jobs that have no place yet, in order."""
        return [job for job, _ in self._waiting]

    def place(self, job: JobT, placement: Placement) -> SessionRouter[JobT] | None:
        """Return the session to send ``job`` under now; None if it has to wait for :meth:`admit`."""
        session = None if self._waiting or self._room <= 0 else self._find_place(placement)
        if session is None:
            self._waiting.append((job, placement))
            return None
        session.join_started(job, placement.fn_index)
        return session

    def put_back(self, job: JobT, placement: Placement) -> None:
        """Let a job that had a place wait for one again, before all others."""
        self._waiting.appendleft((job, placement))

    def admit(self) -> list[tuple[JobT, SessionRouter[JobT]]]:
        """Return the waiting jobs that have a place now, with their sessions; call it when a job has ended.

        A job that waits for a cancel in its session lets those behind it pass.
        """
        admitted: list[tuple[JobT, SessionRouter[JobT]]] = []
        kept: deque[tuple[JobT, Placement]] = deque()
        room = self._room if self._waiting else 0
        while self._waiting and room > 0:
            job, placement = self._waiting.popleft()
            session = self._find_place(placement)
            if session is None:
                kept.append((job, placement))
                continue
            session.join_started(job, placement.fn_index)
            room -= 1
            admitted.append((job, session))
        self._waiting.extendleft(reversed(kept))
        return admitted

    def withdraw(self, job: JobT) -> bool:
        """Take a waiting job out; False if it does not wait."""
        for index, (waiting, _) in enumerate(self._waiting):
            if waiting == job:
                del self._waiting[index]
                return True
        return False

    def claim_state(self) -> str | None:
        """Note that a job with State is to be sent; return the session whose State is lost, None if none is.

        A job with State never moves to another session behind its caller's back.
        """
        self.tidy()
        if self._lost_state is None:
            self._holds_state = True
        return self._lost_state

    @property
    def holds_state(self) -> bool:
        """A job with State was sent in the client's own session."""
        return self._holds_state

    def named(self, session_hash: str) -> SessionRouter[JobT] | None:
        """Return the session of that name if it is in use, None if it is not."""
        in_use = (session for session in self if session.reading or not session.idle)
        return next((session for session in in_use if session.session_hash == session_hash), None)

    def adopt(self, session_hash: str) -> SessionRouter[JobT]:
        """Return a session of that name, which is not in use, for the one job that was detached in it."""
        self.tidy()
        session = self._new_session()
        session.session_hash = session_hash
        session.attached = True
        self._spares.append(session)
        return session

    def renew_own(self, session_hash: str | None = None) -> None:
        """Start a new own session; jobs of the one before end where they are."""
        self._holds_state = False
        self._lost_state = None
        self._replace_own(session_hash)

    def _replace_own(self, session_hash: str | None) -> None:
        before = self.own
        existing = next((s for s in self if s.session_hash == session_hash and not s.unusable), None)
        if existing is before:
            return
        if existing is not None:
            # Its stream is read already: a second reader would steal its messages.
            self._spares.remove(existing)
            existing.superseded = False
            self.own = existing
        else:
            self.own = self._new_session()
            if session_hash is not None:
                self.own.session_hash = session_hash
        if not before.idle:
            before.superseded = True
            self._spares.append(before)

    def forget(self) -> None:
        """Forget what the server knew: it was restarted. States are gone with it."""
        self._holds_state = False
        self._lost_state = None
        for session in self:
            session.registered = False

    def tidy(self) -> None:
        """Forget retired sessions that nothing is pending in."""
        self._spares = [spare for spare in self._spares if not (spare.retired and spare.idle)]
        if self.own.retired:
            if self._holds_state:
                self._lost_state = self.own.session_hash
            self._replace_own(None)

    @property
    def _room(self) -> int:
        """How many more jobs may be at the server."""
        count = 0
        # Asked for every job that is sent, and most sessions of a client are idle.
        for session in (self.own, *self._spares):
            if not (session.attached or session.idle):
                count += session.pending
        return self._max_jobs - count

    def _find_place(self, placement: Placement) -> SessionRouter[JobT] | None:
        """Return where a job is to be sent, None if it has to wait for a cancel or another job; there is room for one more."""
        self.tidy()
        if placement.alone and any(session.busy_with(placement.fn_index) for session in self):
            return None
        session = self._choose(placement)
        return None if session.is_cancelling(placement.fn_index) else session

    def _choose(self, placement: Placement) -> SessionRouter[JobT]:
        if placement.session_hash is not None:
            for session in self:
                if session.session_hash == placement.session_hash and not session.retired:
                    return session
            return self.own
        usable = [session for session in self if not session.retired]
        max_spares = self._max_spares
        if self._waiting:
            usable = usable[:CROWDED_SESSIONS]
            max_spares = min(max_spares, CROWDED_SESSIONS - 1)
        least, fewest = self.own, sys.maxsize
        for session in usable:
            pending = session.pending
            if (
                pending < JOBS_OF_A_STREAM
                and not session.busy_with(placement.fn_index)
                # A job waits for a cancel in the client's own session rather than leave it.
                and (session is self.own or not session.is_cancelling(placement.fn_index))
            ):
                return session
            if pending < fewest:
                least, fewest = session, pending
        if len(usable) <= max_spares:
            spare = self._new_session()
            self._spares.append(spare)
            return spare
        return least
