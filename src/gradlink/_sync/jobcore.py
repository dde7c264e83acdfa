"""A call on its way, as its connection has it, for threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import Protocol

from gradlink._flows.sending import CANCEL_SECONDS, Sendable
from gradlink._flows.submit import Call
from gradlink._protocol.job import Failed, Succeeded, Update
from gradlink._protocol.outputs import Output, OutputWalk
from gradlink._protocol.router import SessionRouter
from gradlink._shell.logs import call_log
from gradlink._shell.timing import Scope, TotalTime
from gradlink._shell.watching import JobWatch
from gradlink._sync.changes import Changes
from gradlink._sync.interrupts import whole
from gradlink._sync.wire import Waker


class Reading(Protocol):
    """A session's stream, for those who wait for a job of it."""

    def lead_for(self, job: JobCore) -> bool:
        """Take the lead for a thread that waits for ``job``, or note that it would. Caller holds the job's lock."""
        ...

    def read_for(self, satisfied: Callable[[], bool], until: float | None, waker: Waker) -> None:
        """Read in this thread until ``satisfied()`` or ``until``."""
        ...

    def let_go(self, job: JobCore) -> None:
        """Pass the lead on that was taken for ``job``, if it still is."""
        ...


class Readings(Protocol):
    """The streams of a connection that can be read by those who wait."""

    def of(self, session: SessionRouter[JobCore] | None) -> Reading | None: ...

    def take_waker(self) -> Waker: ...

    def return_waker(self, waker: Waker) -> None: ...


class JobCore(Sendable):
    """A job as its connection has it; callers have a :class:`Job`.

    Attributes:
        changed: notified whenever something happens to the job. Its lock is not the connection's, which a burst of
            messages takes again and again: who waits would fight for it with the thread that reads.
        updated_at: when that was last, as ``time.time()``.
        sender: the thread that sends the job at the moment, which cannot wait for itself.
        total: the limit of the whole call, as long as files are fetched.
        watch: those who watch the job, None if nobody does.
        readings: the streams of its connection, once it was sent.
        sent_under: the session that it was sent under last, whose stream has its messages.
        log: what logs the call, None if it is not logged.
    """

    def __init__(self, call: Call, watch: JobWatch | None = None) -> None:
        super().__init__(call)
        self.watch = watch
        self.log = call_log(call.payload.endpoint.title, time.monotonic())
        self.scope: Scope = Scope()
        self.scope.watch = watch
        self.joining: Scope = Scope()
        self.changed = Changes()
        self.updated_at = time.time()
        self.sender: int | None = None
        self.when_ended: Callable[[], None] = _nothing
        self.total = TotalTime(call.timeout.total)
        self.total.begin()
        self._over = False
        self.readings: Readings | None = None
        self.sent_under: SessionRouter[JobCore] | None = None
        # Calls the thread that reads the stream while it waits for this job, and which thread that is.
        self._waker: Waker | None = None
        self._waiter = 0

    def wake(self) -> bool:
        """Wake those who wait for the job; return whether it has just ended.

        Caller holds the connection's lock, within a ``whole()`` block.
        """
        self.updated_at = time.time()
        if self.watch is not None:
            self.watch.take(self.tracker.updates, self.tracker.event_id)
        if self.log is not None:
            # Before anybody knows it: who has the result may end the program.
            self.log.take(self, time.monotonic())
        with self.changed.lock:
            self.changed.notify_all()
            waker = self._waker
            # In the thread that reads itself this is a signal handler, or the delivery of what it has read.
            if waker is not None and (waker.waited_on or self._waiter != threading.get_ident()):
                waker.wake()
        if self._over or not self.ended:
            return False
        self.total.end()
        self.scope.end()
        self.when_ended()
        self._over = True
        # Or the Job, and with it its client, would be in a circle, and forgotten only when circles are looked for.
        self.when_ended = _nothing
        return True

    def watched(self) -> AbstractContextManager[None]:
        """Return what lasts as long as somebody waits for the job or its files; at its end those who watch know all."""
        return nullcontext() if self.watch is None else self.watch.held()

    def updates(self) -> Iterator[Update]:
        """Yield what happened and happens to the job, from its beginning to its end."""
        position = 0
        while True:
            self.wait(lambda: len(self.tracker.updates) > position)  # noqa: B023  # called here
            batch = self.tracker.updates[position:]
            position += len(batch)
            yield from batch
            if isinstance(batch[-1], (Succeeded, Failed)):
                return

    def outputs(self) -> Iterator[Output]:
        """Yield its values as they come; raises the job's error where it ends with one.

        Who leaves a loop early leaves an iterator, which must not hold the :class:`Job` that has it.
        """
        walk = OutputWalk()
        for update in self.updates():
            output = walk.advance(update)
            if output is not None:
                yield output
            if isinstance(update, Failed):
                raise update.error

    def wait_ended(self, seconds: float | None = None) -> bool:
        """Wait for the end of the job, for ``seconds`` at most; return whether it has ended."""
        return self.wait(lambda: self.ended, seconds)

    def wait(self, satisfied: Callable[[], bool], seconds: float | None = None) -> bool:
        """Wait until ``satisfied()``, for ``seconds`` at most; return whether it is. Reads the job's stream meanwhile."""
        with whole():
            return self._wait(satisfied, None if seconds is None else time.monotonic() + seconds)

    def _wait(self, satisfied: Callable[[], bool], until: float | None) -> bool:
        reading: Reading | None = None
        try:
            while True:
                with self.changed.lock:
                    if satisfied():
                        return True
                    left = None if until is None else until - time.monotonic()
                    if left is not None and left <= 0:
                        return False
                    readings = self.readings
                    reading = None if readings is None else readings.of(self.sent_under)
                    # One thread that waits for the job reads; others wait for that one.
                    if readings is None or reading is None or self._waker or not reading.lead_for(self):
                        self.changed.wait(left)
                        continue
                    self._waker, self._waiter = readings.take_waker(), threading.get_ident()
                self._read(readings, reading, satisfied, until)
        except BaseException:
            if reading is not None:
                reading.let_go(self)
            raise

    def _read(
        self, readings: Readings, reading: Reading, satisfied: Callable[[], bool], until: float | None
    ) -> None:
        waker = self._waker
        if waker is None:
            return
        try:
            reading.read_for(satisfied, until, waker)
        finally:
            with self.changed.lock:
                self._waker = None
                self.changed.notify_all()
            readings.return_waker(waker)

    def wait_admitted(self) -> SessionRouter[JobCore] | None:
        """Wait for a session to be sent under; None if the job ended first."""
        with self.changed:
            self.changed.wait_for(lambda: self.session is not None or self.ended)
            return self.session

    def wait_joined(self) -> bool:
        """Wait until the server has accepted the job; False if it ends without."""
        with self.changed:
            self.changed.wait_for(lambda: self.tracker.event_id is not None or self.ended)
            return self.tracker.event_id is not None

    def wait_cancelled(self) -> None:
        """Wait a few seconds for the server to be asked to cancel the job."""
        if self.sender != threading.get_ident():
            with self.changed:
                self.changed.wait_for(lambda: not self.cancelling, CANCEL_SECONDS)


def _nothing() -> None:
    pass
