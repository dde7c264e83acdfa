"""One session's stream: which job a message belongs to, and when the stream is wanted.

Vectors: routers.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Hashable
from typing import Generic, TypeVar

from gradlink._dataclass import dataclass
from gradlink._protocol.dialect import CancelWay
from gradlink._protocol.messages import CloseStream, Message, ProcessCompleted, UnexpectedError

JobT = TypeVar("JobT", bound=Hashable)

# Messages of ids that are not registered: those that overtook the answer to their join, and those of
# jobs that an earlier client of this session left behind. The bound keeps the second kind from piling up.
MAX_UNCLAIMED_JOBS = 256
# A burst of a generator is not cut, since a value whose edits are missing would be a wrong one.
MAX_UNCLAIMED_MESSAGES = 100_000


@dataclass(slots=True)
class Entry(Generic[JobT]):
    """A job that the server has accepted in this session.

    Attributes:
        started: the server has said that it runs.
        looks: how often it was looked at, a second apart, and had not started.
        cancel_wanted: its caller has cancelled it and the cancel is still to be sent.
        cancel_failed: the cancel did not reach the server; it is sent again when another job has ended.
        dequeued: the server was asked to take it out of the queue.
        unsure: it may have got a place before that; it is alone, so it can be stopped after that, to be sure.
        taken_out: the server has done so.
        stopped: the server has confirmed the cancel; only the closing message is missing.
        closed: it was taken out of the queue but may have started: its closing message has come, and it may run on.
        collateral: jobs of its function that waited for its place when the server was asked to stop it, which may be stopped, too.
    """

    job: JobT
    fn_index: int
    started: bool = False
    looks: int = 0
    cancel_wanted: bool = False
    cancel_failed: bool = False
    dequeued: bool = False
    unsure: bool = False
    taken_out: bool = False
    stopped: bool = False
    closed: bool = False
    collateral: tuple[str, ...] = ()

    @property
    def waits(self) -> bool:
        """It has not started for a while, so it waits for the place of another job."""
        return not self.started and self.looks > 1

    @property
    def may_start(self) -> bool:
        """It is known within a second whether it runs or waits."""
        return not (self.started or self.waits)


class SessionRouter(Generic[JobT]):
    """The jobs of one session hash. Not thread-safe: its owner holds a lock.

    Attributes:
        session_hash: the server's name for the session.
        registered: the server knows the session, having accepted a job of it, so its stream may be opened in advance.
        way: how its server cancels.
        unusable: its streams cannot be trusted any more.
        superseded: the client has gone on with another session.
        attached: it is that of a job that was detached, and is read for that job alone.
        reading: its stream is being read, or about to be. Two readers would steal each other's messages.
        watched: a timer checks whether a cancel that waits can be sent.
        entries: its pending jobs by event id.
        joining: jobs with a place here that the server has not accepted yet, with their functions.
        sent: those of them that have been sent: a stop of their function may hit them.
        withdrawn: those of them that were cancelled since: they are stopped when they are accepted.
        generators: functions that give several values.
        cancelling: events that a cancel is on its way for, with the function that it stops.
    """

    def __init__(self, session_hash: str, way: CancelWay = CancelWay.SESSION) -> None:
        self.session_hash = session_hash
        self.way = way
        self.registered = False
        self.unusable = False
        self.superseded = False
        self.attached = False
        self._in_doubt: set[JobT] = set()
        self.reading = False
        self.watched = False
        self.entries: dict[str, Entry[JobT]] = {}
        self.joining: dict[JobT, int] = {}
        self.sent: set[JobT] = set()
        self.withdrawn: set[JobT] = set()
        self.generators: set[int] = set()
        self.cancelling: dict[str, int] = {}
        # How many entries are stopped, and whether one was looked at or has a cancel that failed: with many jobs at the server,
        # going through them for each that is sent or has ended would cost more than the rest.
        self._stopped = 0
        self._marked = False
        self._opened_with: frozenset[str] = frozenset()
        self._unclaimed: OrderedDict[str, list[Message]] = OrderedDict()
        self._unclaimed_count = 0

    @property
    def retired(self) -> bool:
        """It takes no new job."""
        return self.unusable or self.superseded or self.attached

    @property
    def idle(self) -> bool:
        """No job of this session is pending or on its way."""
        return not self.entries and not self.joining

    @property
    def pending(self) -> int:
        """Jobs that are pending or on their way, those that are stopped left out."""
        return len(self.joining) + len(self.entries) - self._stopped

    @property
    def wants_stream(self) -> bool:
        """A stream is needed now: a job is pending, or joins a session that the server knows."""
        return self.has_pending or (self.registered and bool(self.joining))

    @property
    def jobs(self) -> list[JobT]:
        """All jobs that are pending or on their way."""
        return [*self.joining, *(entry.job for entry in self.entries.values())]

    def is_joining(self, job: JobT) -> bool:
        """Tell whether ``job`` is on its way to the server."""
        return job in self.joining

    def has(self, event_id: str) -> bool:
        """Tell whether this job is pending here."""
        return event_id in self.entries

    def job_of(self, event_id: str) -> JobT | None:
        """Return a pending job, None if it is not pending here."""
        entry = self.entries.get(event_id)
        return None if entry is None else entry.job

    def fn_index_of(self, event_id: str) -> int | None:
        """Return the function of a pending job, None if it is not pending here."""
        entry = self.entries.get(event_id)
        return None if entry is None else entry.fn_index

    @property
    def has_pending(self) -> bool:
        """The server has accepted a job of which something is to come yet."""
        return any(not entry.closed for entry in self.entries.values())

    def wants_another(self, *, carried: bool) -> bool:
        """Tell whether another stream is to be read now that one has ended; ``carried``: it had messages of jobs.

        A call that follows another at once is on its way when the stream of that one ends. It needs a stream as if
        it had been sent a moment later; waiting for it to be accepted would cost a round trip. But a stream for
        nothing is never ended by the server: a job whose end has come already, before the answer to its join,
        needs none, and after a stream that carried nothing the next one waits for the answer.
        """
        if self.has_pending:
            return True
        if not (carried and self.registered) or self.unusable:
            return False
        over = sum(
            any(isinstance(message, ProcessCompleted) for message in kept)
            for kept in self._unclaimed.values()
        )
        return len(self.joining) > over

    def busy_with(self, fn_index: int) -> bool:
        """Tell whether a job of this function is pending or on its way."""
        return fn_index in self.joining.values() or any(
            entry.fn_index == fn_index and not entry.stopped for entry in self.entries.values()
        )

    def is_cancelling(self, fn_index: int) -> bool:
        """Tell whether a job of this function that joins now could be hit by a cancel: one on its way, or about to be.

        What was cancelled and has not started is stopped as soon as it does. One that waits for long is not waited for.
        """
        if fn_index in self.cancelling.values():
            return True
        for job in self.withdrawn:
            if self.joining[job] == fn_index:
                return True
        for entry in self.entries.values():
            if (
                entry.cancel_wanted
                and entry.fn_index == fn_index
                and entry.may_start
                and not entry.cancel_failed
            ):
                return True
        return False

    def join_started(self, job: JobT, fn_index: int) -> None:
        """Note that ``job`` has its place here; its files may have to be sent first."""
        self.joining[job] = fn_index

    def join_sent(self, job: JobT, fn_index: int, *, generator: bool = False) -> None:
        """Note that ``job`` is sent now; its function may have got another number since it has its place."""
        self.joining[job] = fn_index
        if generator:
            self.generators.add(fn_index)
        self.sent.add(job)

    def withdraw(self, job: JobT) -> None:
        """Note that ``job``, which is on its way, was cancelled."""
        if job in self.sent:
            self.withdrawn.add(job)

    def is_in_doubt(self, job: JobT) -> bool:
        """Tell whether ``job`` was on its way when the stream broke, so that nothing may ever come of it."""
        return job in self._in_doubt

    def join_failed(self, job: JobT) -> None:
        """Note that ``job`` was not accepted."""
        self._leave(job)
        self._in_doubt.discard(job)
        self._forget_unclaimed()

    def register(self, job: JobT, event_id: str) -> list[Message]:
        """Note that the server accepted ``job`` as ``event_id``; return its messages so far.

        A job that is in doubt and has none is not kept: its caller has to treat it as lost.
        """
        fn_index = self.joining[job]
        cancel_wanted = self._leave(job)
        self.registered = True
        if job in self._in_doubt and event_id not in self._unclaimed:
            self._forget_unclaimed()
            return []
        self._in_doubt.discard(job)
        self.entries[event_id] = Entry(job, fn_index, cancel_wanted=cancel_wanted)
        unclaimed = self._unclaimed.pop(event_id, [])
        self._unclaimed_count -= len(unclaimed)
        self._forget_unclaimed()
        return unclaimed

    def adopt(self, job: JobT, event_id: str, fn_index: int, *, generator: bool) -> None:
        """Note that ``job`` was accepted as ``event_id`` before this client knew of it."""
        self.registered = True
        if generator:
            self.generators.add(fn_index)
        self.entries[event_id] = Entry(job, fn_index)

    def route(self, message: Message) -> list[JobT]:
        """Return the jobs that ``message`` is for.

        A message without event id concerns every job of the session. One of an unknown id is kept while
        a join is on its way: the first message of a job often overtakes the answer to its join.
        """
        event_id = message.event_id
        if event_id is None:
            if isinstance(message, UnexpectedError):
                self.unusable = self.unusable or bool(self.entries)
                return [entry.job for entry in self.entries.values()]
            return []
        entry = self.entries.get(event_id)
        if entry is None:
            self._keep_unclaimed(event_id, message)
            return []
        return [entry.job]

    def started(self, event_id: str) -> bool:
        """Note that the server runs this job; return whether it was cancelled before, and is to be stopped now."""
        entry = self.entries.get(event_id)
        if entry is None or entry.started:
            return False
        entry.started = True
        if entry.stopped and entry.dequeued:
            # It left the queue before it was taken out, so it runs on.
            self.mark_stopped(entry, stopped=False)
        return entry.cancel_wanted

    def ended(self, event_id: str, *, cancelled: bool = True) -> None:
        """Forget a job that has ended.

        One that was to be taken out of the queue but had just started, as far as is known, is closed and runs on:
        it is kept, so that it is stopped when no other job of its function can be hit.

        Args:
            cancelled: the end is the server's answer to a cancel, not the job's own.
        """
        entry = self.entries.get(event_id)
        if entry is None:
            return
        if entry.dequeued and (entry.started or entry.unsure) and cancelled:
            entry.dequeued = False
            entry.cancel_wanted = entry.closed = True
        else:
            self.forget(event_id)
        self.place_freed(entry.fn_index)
        if self._marked:
            for other in self.entries.values():
                other.cancel_failed = False

    def forget(self, event_id: str) -> None:
        """Note that nothing more comes of a job that is pending."""
        self._stopped -= self.entries.pop(event_id).stopped

    def mark_stopped(self, entry: Entry[JobT], *, stopped: bool) -> None:
        """Note whether the server has stopped a job, after it was asked to; one that it has not is to be stopped once more."""
        self._stopped += stopped - entry.stopped
        entry.stopped = stopped
        entry.cancel_wanted = not stopped

    def mark_failed(self, entry: Entry[JobT]) -> None:
        """Note that a cancel did not reach the server."""
        self._marked = True
        entry.cancel_failed = True

    def look(self) -> None:
        """Count how long jobs have waited for their place."""
        self._marked = True
        for entry in self.entries.values():
            entry.looks += 1

    def place_freed(self, fn_index: int) -> None:
        """Note that a job of this function may have started which waited before."""
        if not self._marked:
            return
        for entry in self.entries.values():
            if entry.fn_index == fn_index:
                entry.looks = 0

    def start_reading(self) -> bool:
        """Tell whether the caller has to read the stream now, and note that it does."""
        if self.reading or not self.wants_stream:
            return False
        self.reading = True
        return True

    def stream_opened(self) -> None:
        """Note that the stream is asked for now: jobs that are registered later may be unknown to it."""
        self._opened_with = frozenset(self.entries)

    def heard_heartbeat(self) -> bool:
        """Note a heartbeat; return whether the stream is to be read on.

        The server ends no stream by itself on which no job ends: one that was opened in advance for a join that
        was refused, or an unusable session's. When it is left, the server forgets the session.
        """
        self.registered = self.registered and not self.idle
        return not self.idle

    def stream_closed(self, *, clean: bool, session_not_found: bool = False) -> list[JobT]:
        """Note the end of the stream; return the jobs that are lost with it.

        After a clean end nothing is lost: a job that is still pending joined while the server closed, its
        messages wait for the next stream. So do those of jobs that were accepted after the stream was asked
        for, if it ended because the server did not know the session. After any other end the server drops
        the session's jobs.
        """
        if session_not_found:
            self.registered = False
        if clean:
            return []
        lost = {
            event_id: entry.job
            for event_id, entry in self.entries.items()
            if not session_not_found or event_id in self._opened_with
        }
        for event_id in lost:
            self.forget(event_id)
        if not session_not_found:
            # A join that is on its way may have been accepted before, and dropped with the others.
            self._in_doubt.update(self.sent)
            # What came of them before the break says nothing, unless it is the end.
            self._unclaimed = OrderedDict(
                (event_id, kept)
                for event_id, kept in self._unclaimed.items()
                if any(isinstance(message, ProcessCompleted) for message in kept)
            )
            self._unclaimed_count = sum(map(len, self._unclaimed.values()))
        if lost or self._in_doubt:
            # The server never takes the lost ids off its list: later streams of it would not end.
            self.unusable = True
        return list(lost.values())

    def _leave(self, job: JobT) -> bool:
        """Take a job off those that join; return whether it was cancelled meanwhile."""
        self.joining.pop(job, None)
        self.sent.discard(job)
        withdrawn = job in self.withdrawn
        self.withdrawn.discard(job)
        return withdrawn

    def _keep_unclaimed(self, event_id: str, message: Message) -> None:
        if not self.joining or isinstance(message, CloseStream):
            return
        kept = self._unclaimed.setdefault(event_id, [])
        # The end of a job is never dropped, or it would wait for ever.
        if self._unclaimed_count < MAX_UNCLAIMED_MESSAGES or isinstance(message, ProcessCompleted):
            kept.append(message)
            self._unclaimed_count += 1
        if len(self._unclaimed) > MAX_UNCLAIMED_JOBS:
            _, dropped = self._unclaimed.popitem(last=False)
            self._unclaimed_count -= len(dropped)

    def _forget_unclaimed(self) -> None:
        if not self.joining:
            self._unclaimed.clear()
            self._unclaimed_count = 0
