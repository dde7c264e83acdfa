"""One session's stream: which job a message belongs to, and when the stream is wanted.

Vectors: routers.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from dataclasses import dataclass
from enum import Enum
from typing import Generic, TypeVar

from gradlink._protocol.messages import CloseStream, Message, ProcessCompleted, UnexpectedError
from gradlink._protocol.version import CancelWay

JobT = TypeVar("JobT", bound=Hashable)

# Messages of ids that nobody has registered: those that overtook the answer to their join, and those of
# jobs that an earlier client of this session left behind. The bound keeps the second kind from piling up.
MAX_EARLY_JOBS = 256
# A burst of a generator is not cut, since a value whose edits are missing would be a wrong one.
MAX_EARLY_MESSAGES = 100_000


class CancelPlan(Enum):
    """How one job can be cancelled without touching another one."""

    STOP = "stop"
    """Cancel its function in this session: no other job of it runs there."""
    DEQUEUE = "dequeue"
    """Take it out of the queue by its id alone: it has not started, but others of its function may have."""
    RESET = "reset"
    """Reset its event (4.9 - 4.30): that concerns no other job."""
    LATER = "later"
    """Others of its function run, or may start, in this session; wait until they have ended."""


@dataclass(slots=True)
class Entry(Generic[JobT]):
    """A job that the server has accepted in this session.

    Attributes:
        started: the server has said that it runs.
        waits: it was given a place in the queue while another job of its function ran here.
        cancel_wanted: its caller has cancelled it and the server is still to be told.
        dequeued: the server was told to take it out of the queue.
        stopped: the server has confirmed the cancel; only the closing message is missing.
        at_risk: those of its function that waited for its place when the server was told to stop it.
    """

    job: JobT
    fn_index: int
    started: bool = False
    waits: bool = False
    cancel_wanted: bool = False
    dequeued: bool = False
    stopped: bool = False
    at_risk: tuple[str, ...] = ()


class SessionRouter(Generic[JobT]):
    """The jobs of one session hash. Not thread-safe: its owner holds a lock.

    Attributes:
        session_hash: the server's name for the session.
        known: the server has accepted a job of this session, so its stream may be opened in advance.
        way: how its server cancels.
        burnt: its streams cannot be trusted any more.
        left: the client has gone on with another session.
        reading: somebody reads its stream, or is about to. Two readers would steal each other's messages.
    """

    def __init__(self, session_hash: str, way: CancelWay = CancelWay.SESSION) -> None:
        self.session_hash = session_hash
        self.way = way
        self.known = False
        self.burnt = False
        self.left = False
        self._doubtful: set[JobT] = set()
        self.reading = False
        self._opened_with: frozenset[str] = frozenset()
        # Functions that were seen to run several times at once.
        self._parallel: set[int] = set()
        self._entries: dict[str, Entry[JobT]] = {}
        self._joining: dict[JobT, int] = {}
        self._cancelling: dict[str, int] = {}
        self._early: OrderedDict[str, list[Message]] = OrderedDict()
        self._early_count = 0

    @property
    def retired(self) -> bool:
        """It takes no new job."""
        return self.burnt or self.left

    @property
    def idle(self) -> bool:
        """No job of this session is pending or on its way."""
        return not self._entries and not self._joining

    @property
    def pending(self) -> int:
        """Jobs that are pending or on their way, those that are stopped left out."""
        return len(self._joining) + sum(not entry.stopped for entry in self._entries.values())

    @property
    def wants_stream(self) -> bool:
        """A stream is needed now: a job is pending, or joins a session that the server knows."""
        return bool(self._entries) or (self.known and bool(self._joining))

    @property
    def jobs(self) -> list[JobT]:
        """All jobs that are pending or on their way."""
        return [*self._joining, *(entry.job for entry in self._entries.values())]

    def is_joining(self, job: JobT) -> bool:
        """Tell whether ``job`` is on its way to the server."""
        return job in self._joining

    def has(self, event_id: str) -> bool:
        """Tell whether this job is pending here."""
        return event_id in self._entries

    def job_of(self, event_id: str) -> JobT | None:
        """Return a pending job, None if it is not pending here."""
        entry = self._entries.get(event_id)
        return None if entry is None else entry.job

    def fn_index_of(self, event_id: str) -> int | None:
        """Return the function of a pending job, None if it is not pending here."""
        entry = self._entries.get(event_id)
        return None if entry is None else entry.fn_index

    @property
    def has_pending(self) -> bool:
        """The server has accepted a job that has not ended."""
        return bool(self._entries)

    def wants_another(self, *, carried: bool) -> bool:
        """Tell whether another stream is to be read now that one has ended; ``carried``: it had messages of jobs.

        A call that follows another at once is on its way when the stream of that one ends. It needs a stream as if
        it had been sent a moment later; waiting for it to be accepted would cost a round trip. But a stream for
        nothing is never ended by the server: a job whose end has come already, before the answer to its join,
        needs none, and after a stream that carried nothing the next one waits for the answer.
        """
        if self._entries:
            return True
        if not (carried and self.known) or self.burnt:
            return False
        over = sum(
            any(isinstance(message, ProcessCompleted) for message in kept) for kept in self._early.values()
        )
        return len(self._joining) > over

    def busy_with(self, fn_index: int) -> bool:
        """Tell whether a job of this function is pending or on its way."""
        return fn_index in self._joining.values() or any(
            entry.fn_index == fn_index and not entry.stopped for entry in self._entries.values()
        )

    def is_cancelling(self, fn_index: int) -> bool:
        """Tell whether a cancel of this function is on its way, which would hit a job that joins now."""
        return fn_index in self._cancelling.values()

    def join_started(self, job: JobT, fn_index: int) -> None:
        """Note that ``job`` is being sent."""
        self._joining[job] = fn_index

    def is_doubtful(self, job: JobT) -> bool:
        """Tell whether ``job`` was on its way when the stream broke, so that nothing may ever come of it."""
        return job in self._doubtful

    def join_failed(self, job: JobT) -> None:
        """Note that ``job`` was not accepted."""
        self._joining.pop(job, None)
        self._doubtful.discard(job)
        self._forget_early()

    def register(self, job: JobT, event_id: str) -> list[Message]:
        """Note that the server accepted ``job`` as ``event_id``; return its messages so far.

        A job that is doubtful and has none is not kept: its caller has to take it for lost.
        """
        fn_index = self._joining.pop(job)
        self.known = True
        if job in self._doubtful and event_id not in self._early:
            self._forget_early()
            return []
        self._doubtful.discard(job)
        self._entries[event_id] = Entry(job, fn_index)
        early = self._early.pop(event_id, [])
        self._early_count -= len(early)
        self._forget_early()
        return early

    def route(self, message: Message) -> list[JobT]:
        """Return the jobs that ``message`` is for.

        A message without event id concerns every job of the session. One of an unknown id is kept while
        a join is on its way: the first message of a job often overtakes the answer to its join.
        """
        event_id = message.event_id
        if event_id is None:
            if isinstance(message, UnexpectedError):
                self.burnt = self.burnt or bool(self._entries)
                return [entry.job for entry in self._entries.values()]
            return []
        entry = self._entries.get(event_id)
        if entry is None:
            self._keep_early(event_id, message)
            return []
        return [entry.job]

    def started(self, event_id: str) -> None:
        """Note that the server runs this job."""
        entry = self._entries.get(event_id)
        if entry is not None:
            if not entry.started and self._runs_beside(entry):
                self._parallel.add(entry.fn_index)
            entry.started = True
            # It left the queue before it was taken out, so it runs on.
            entry.stopped = entry.stopped and not entry.dequeued

    def hit_by_stop(self, event_id: str, *, cancelled: bool) -> list[tuple[str, JobT]]:
        """Return the jobs that the stop of this one may have hit, now that it has ended.

        They waited for its place when the server was told. If the job was stopped, its place is what they got.
        If it had ended by itself before, one of them may have begun and been hit: they are to be stopped and
        taken for lost, since the server says nothing of a job that was hit, and it would be waited for in vain.
        """
        if cancelled:
            return []
        entry = self._entries.get(event_id)
        hit: list[tuple[str, JobT]] = []
        for other_id in entry.at_risk if entry is not None else ():
            other = self._entries.get(other_id)
            if other is not None and not other.cancel_wanted:
                other.cancel_wanted = True
                hit.append((other_id, other.job))
        return hit

    def queued(self, event_id: str) -> list[str]:
        """Note that a job waits in the queue; return the event ids of those whose cancel waited for that.

        Gradio says so also of a job that begins at once. That of a function which is known to run several times is
        not taken to wait for another one's place: to stop that one would stop it as well.
        """
        entry = self._entries.get(event_id)
        if entry is None or entry.waits or entry.fn_index in self._parallel:
            return []
        entry.waits = any(
            other.started and not other.stopped and other.fn_index == entry.fn_index
            for other in self._entries.values()
        )
        return self._now_cancellable() if entry.waits else []

    def ended(self, event_id: str, *, cancelled: bool = True) -> list[str]:
        """Forget a job; return the event ids of those whose cancel waited for it.

        One that was to be taken out of the queue but had just started is closed and runs on: it stays known,
        so that it is stopped when no other job of its function can be hit.

        Args:
            cancelled: the end is the server's answer to a cancel, not the job's own.
        """
        entry = self._entries.get(event_id)
        if entry is not None and entry.dequeued and entry.started and cancelled:
            entry.dequeued = False
            entry.cancel_wanted = True
        else:
            self._entries.pop(event_id, None)
        return self._now_cancellable()

    def cancel(self, event_id: str) -> CancelPlan | None:
        """Note that a job's caller has cancelled it, and return how; None if it is not pending."""
        entry = self._entries.get(event_id)
        if entry is None or entry.stopped or event_id in self._cancelling:
            return None
        entry.cancel_wanted = True
        plan = self._plan(event_id, entry)
        entry.dequeued = plan is CancelPlan.DEQUEUE
        if plan is CancelPlan.STOP:
            entry.at_risk = tuple(
                other_id
                for other_id, other in self._entries.items()
                if other.fn_index == entry.fn_index and other is not entry and not other.stopped
            )
        if plan is not CancelPlan.LATER:
            # With -1 nothing but the id is named, so a joining sibling is in no danger.
            self._cancelling[event_id] = entry.fn_index if plan is CancelPlan.STOP else -1
        return plan

    def cancel_answered(self, event_id: str, plan: CancelPlan) -> list[str]:
        """Note that the server has carried out a cancel; return the event ids whose cancel waited for it."""
        self._cancelling.pop(event_id, None)
        entry = self._entries.get(event_id)
        if plan is CancelPlan.RESET:
            # Nothing more comes for it, not even its end.
            self._entries.pop(event_id, None)
        elif entry is not None:
            entry.stopped = plan is CancelPlan.STOP or not entry.started
            # It had started before it was taken out of the queue, and runs on.
            entry.cancel_wanted = not entry.stopped
        return self._now_cancellable()

    def cancel_failed(self, event_id: str) -> None:
        """Note that the server could not be told; the job is pending there until it ends by itself."""
        self._cancelling.pop(event_id, None)

    def start_reading(self) -> bool:
        """Tell whether the caller has to read the stream now, and note that it does."""
        if self.reading or not self.wants_stream:
            return False
        self.reading = True
        return True

    def stream_opened(self) -> None:
        """Note that the stream is asked for now: jobs that are registered later may be unknown to it."""
        self._opened_with = frozenset(self._entries)

    def heard_heartbeat(self) -> bool:
        """Note a heartbeat; return whether the stream is to be read on.

        The server ends no stream by itself on which no job ends: one that was opened in advance for a join that
        was refused, or a burnt session's. When it is left, the server forgets the session.
        """
        self.known = self.known and not self.idle
        return not self.idle

    def stream_closed(self, *, clean: bool, session_not_found: bool = False) -> list[JobT]:
        """Note the end of the stream; return the jobs that are lost with it.

        After a clean end nothing is lost: a job that is still pending joined while the server closed, its
        messages wait for the next stream. So do those of jobs that were accepted after the stream was asked
        for, if it ended because the server did not know the session. After any other end the server drops
        the session's jobs.
        """
        if session_not_found:
            self.known = False
        if clean:
            return []
        lost = {
            event_id: entry.job
            for event_id, entry in self._entries.items()
            if not session_not_found or event_id in self._opened_with
        }
        for event_id in lost:
            del self._entries[event_id]
        if not session_not_found:
            # A join that is on its way may have been accepted before, and dropped with the others.
            self._doubtful.update(self._joining)
            # What came of them before the break says nothing, unless it is the end.
            self._early = OrderedDict(
                (event_id, kept)
                for event_id, kept in self._early.items()
                if any(isinstance(message, ProcessCompleted) for message in kept)
            )
            self._early_count = sum(map(len, self._early.values()))
        if lost or self._doubtful:
            # The server never takes the lost ids off its list: later streams of it would not end.
            self.burnt = True
        return list(lost.values())

    def _now_cancellable(self) -> list[str]:
        return [
            event_id
            for event_id, entry in self._entries.items()
            if entry.cancel_wanted
            and event_id not in self._cancelling
            and self._plan(event_id, entry) is not CancelPlan.LATER
        ]

    def _runs_beside(self, entry: Entry[JobT]) -> bool:
        """Tell whether another job of its function runs. One that is being stopped may have ended already."""
        return any(
            other.started
            and not other.stopped
            and not other.cancel_wanted
            and other is not entry
            and other.fn_index == entry.fn_index
            for other in self._entries.values()
        )

    def _plan(self, event_id: str, entry: Entry[JobT]) -> CancelPlan:
        if self.way is CancelWay.RESET:
            return CancelPlan.RESET
        joining = entry.fn_index in self._joining.values()
        siblings = [
            other
            for other_id, other in self._entries.items()
            # One that is to be cancelled as well may be stopped along; the server is told of it after this.
            if other.fn_index == entry.fn_index
            and not other.stopped
            and not other.cancel_wanted
            and other_id != event_id
        ]
        if not joining and not siblings:
            return CancelPlan.STOP
        if entry.started:
            # Siblings that wait for its place do not run, so a stop does not hit them.
            safe = not (joining or entry.fn_index in self._parallel) and all(
                other.waits and not other.started for other in siblings
            )
            return CancelPlan.STOP if safe else CancelPlan.LATER
        # Before 5.46 a job that is taken out of the queue by its id alone runs all the same, and its second
        # end breaks the stream of the whole session.
        return CancelPlan.DEQUEUE if self.way is CancelWay.SESSION else CancelPlan.LATER

    def _keep_early(self, event_id: str, message: Message) -> None:
        if not self._joining or isinstance(message, CloseStream):
            return
        kept = self._early.setdefault(event_id, [])
        # The end of a job is never dropped, or it would wait for ever.
        if self._early_count < MAX_EARLY_MESSAGES or isinstance(message, ProcessCompleted):
            kept.append(message)
            self._early_count += 1
        if len(self._early) > MAX_EARLY_JOBS:
            _, dropped = self._early.popitem(last=False)
            self._early_count -= len(dropped)

    def _forget_early(self) -> None:
        if not self._joining:
            self._early.clear()
            self._early_count = 0
