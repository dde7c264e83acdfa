"""A call on its way, for threads: a ``concurrent.futures.Future`` that can be iterated."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

from gradlink._flows.submit import Call
from gradlink._protocol.events import Event, OutputEvent
from gradlink._protocol.job import Failed, JobTracker, Step, Succeeded, Update
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.messages import Message
from gradlink._protocol.outputs import Output, OutputWalk
from gradlink._protocol.policy import Phase
from gradlink._protocol.status import StatusUpdate
from gradlink._protocol.text import TextWalk
from gradlink._protocol.updates import ended_event, status_update
from gradlink._text import one_line
from gradlink._timing import Scope, TotalTime
from gradlink.errors import GradlinkError, JobCancelledError

if TYPE_CHECKING:
    from gradlink._protocol.router import SessionRouter
    from gradlink._sync.connection import Connection


class Job(Future[Any]):
    """A call that was sent with :meth:`Client.submit`.

    It is a ``concurrent.futures.Future``, so ``wait`` and ``as_completed`` work on it, and an iterator over
    the values of a generator as they arrive. Values that are handed out share what did not change between
    them; treat them as read-only while the job runs.
    """

    def __init__(self, connection: Connection, call: Call, tracker: JobTracker, owner: object) -> None:
        super().__init__()
        self._connection = connection
        self.call = call
        self._tracker = tracker
        # A client closes when it is forgotten; whoever has a job can have its result and files.
        self._owner = owner
        self._changed = threading.Condition()
        self._updated_at = time.time()
        self._iteration: Iterator[Output] | None = None
        self._collecting = threading.Lock()
        self._collected: list[Any] = []
        self._fetched: dict[str, str] | None = {} if connection.downloads else None
        self.session: SessionRouter[Job] | None = None
        self.waits_here = False
        # Who sends the job, and whether a cancel during that was dealt with.
        self.sender: int | None = None
        self.told = threading.Event()
        self._settled = False
        self.resent = 0
        self._stage = 0
        self._ran = False
        # What is sent for the job: all but its join, and the join. They end with it.
        self.scope = Scope()
        self.joining = Scope()
        self._total = TotalTime(call.timeout.total)

    # -- what callers use -------------------------------------------------------------------------

    def result(self, timeout: float | None = None) -> Any:
        """Return the call's result: one value, or a tuple if the function has several outputs.

        Files are downloaded now, and are paths then. A generator's result is its last value.

        Args:
            timeout: seconds to wait; None waits for ever, 0 not at all. Running out leaves the job as it is.

        Raises:
            TimeoutError: the job has not ended in time.
            JobCancelledError: it was cancelled (also a ``concurrent.futures.CancelledError``).
            AppError: the app's function raised an error.
            GradlinkError: any other reason why there is no result.
        """
        try:
            data = super().result(timeout)
        except CancelledError as exc:
            raise self._cancelled_error() from (None if isinstance(exc, JobCancelledError) else exc)
        with self._collecting:
            if not self._collected:
                self._collected.append(self._collect(Output(data, None, has_files=True)))
            return self._collected[0]

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Return why there is no result, None if there is one; waits and raises as :meth:`result` does."""
        try:
            return super().exception(timeout)
        except CancelledError as exc:
            raise self._cancelled_error() from exc

    def __iter__(self) -> Job:
        return self

    def __next__(self) -> Any:
        """Return the next value of the job; raises the job's error where it ends with one."""
        if self._iteration is None:
            self._iteration = self._walk()
        return self._collect(next(self._iteration))

    def outputs(self) -> list[Any]:
        """Return the values so far; a function that is no generator has one once it has ended."""
        with self._changed:
            updates = list(self._tracker.updates)
        walk = OutputWalk()
        outputs = [output for update in updates if (output := walk.advance(update)) is not None]
        return [self._collect(output) for output in outputs]

    def status(self) -> StatusUpdate:
        """Return where the job stands."""
        with self._changed:
            return status_update(self._tracker, datetime.fromtimestamp(self._updated_at))

    def events(self) -> Iterator[Event]:
        """Yield what happened and happens to the job, from its beginning, and end with a DoneEvent.

        A job that fails raises nothing here: its DoneEvent has the error.
        """
        walk = OutputWalk()
        for update in self._updates():
            output = walk.advance(update)
            if output is not None:
                yield OutputEvent(self._collect(output), walk.count - 1)
            if isinstance(update, (Succeeded, Failed)):
                yield ended_event(update)
            elif not isinstance(update, Step):
                yield update

    def deltas(self) -> Iterator[str]:
        """Yield the text that each value adds to the one before, from the job's beginning.

        The text is the first output that is a string, or the last answer in a chat history. Raises the
        job's error where it ends with one.
        """
        text = TextWalk()
        for output in self._walk():
            added = text.advance(output)
            if added:
                yield added

    def cancel(self) -> bool:
        """Cancel the job: locally at once, and on the server as far as that can be done.

        The server is told before this returns, if it answers in a few seconds. Only this job is touched: if
        another call of the same function and session runs, the server is told once that one has ended.

        Returns:
            True if the job is cancelled now, False if it had ended otherwise.
        """
        with self._changed:
            self._tracker.cancel()
            self._notify()
        self._connection.cancel(self)
        return self.cancelled()

    def add_done_callback(self, fn: Callable[[Future[Any]], object]) -> None:
        """Call ``fn(job)`` when the job ends, in a thread for callbacks; at once if it has ended."""
        if self.done():
            super().add_done_callback(fn)
        else:
            super().add_done_callback(lambda _: self._connection.call_back(partial(self._call_back, fn)))

    def send_chunk(self, *args: Any, **kwargs: Any) -> None:
        """Give a live endpoint further input, with the arguments of the endpoint."""
        self._connection.send_chunk(self, args, kwargs)

    def close_stream(self) -> None:
        """Tell a live endpoint that no further input comes; the job then ends with its last value."""
        self._connection.close_chunks(self)

    def __repr__(self) -> str:
        return one_line(f"<Job {self._tracker.api_name} {self._tracker.status.code.value}>")

    def __reduce__(self) -> Any:
        raise TypeError(
            "a Job belongs to the connection of its process and cannot be pickled; pickle its result()"
        )

    # -- what the connection uses -----------------------------------------------------------------

    def enter(self, phase: Phase) -> None:
        """Note that the job enters ``phase``; the limit of the one before ends, that of this one counts from now."""
        with self._changed:
            self._enter(phase)

    def begin_sending(self, phase: Phase) -> bool:
        """Enter ``phase``, in which the server may run the job; False if the job has ended, and must not be sent.

        To look and to note it is one step: a cancel in between would end a job as not started that is sent.
        """
        with self._changed:
            if not self._tracker.begin_sending():
                return False
            self._enter(phase)
            return True

    def restart(self) -> bool:
        """Begin anew, since the job is sent once more; False if it has ended meanwhile."""
        with self._changed:
            if not self._tracker.restart():
                return False
            self.resent += 1
            self.session = None
            self._ran = False
            return True

    @property
    def event_id(self) -> str | None:
        """The server's name for the job, None before it was accepted."""
        return self._tracker.event_id

    def has_ended(self) -> bool:
        """Tell whether the job has its outcome, settled or about to be."""
        return self._tracker.phase.ended

    @property
    def fn_index(self) -> int:
        return self.call.payload.endpoint.fn_index

    def receive(self, message: Message) -> None:
        """Take a message of the server."""
        with self._changed:
            self._tracker.receive(message)
            if self._tracker.started and not self._ran:
                self._ran = True
                self._enter("run")
            self._notify()
        if not self._connection.queue.settled:
            self._connection.watch_queue(self, message)

    @property
    def sent(self) -> bool:
        """The server may have run the job, or may run it yet."""
        return self._tracker.sent

    def joined(self, event_id: str) -> None:
        with self._changed:
            self._tracker.joined(event_id)
            self._notify()

    def succeed(self, data: list[JSONValue]) -> None:
        with self._changed:
            self._tracker.succeed(data)
            self._notify()

    def fail(self, error: GradlinkError) -> None:
        with self._changed:
            self._tracker.fail(error)
            self._notify()

    def stop(self, error: GradlinkError) -> None:
        """End the job for a reason of this program's."""
        with self._changed:
            self._tracker.stop(error)
            self._notify()

    def end_cancelled(self) -> None:
        """End the job as cancelled by the app; nothing happens to a job that has ended."""
        with self._changed:
            self._tracker.cancel()
            self._notify()

    def lose(self, error: GradlinkError) -> None:
        with self._changed:
            self._tracker.lose(error)
            self._notify()

    def admit(self, session: SessionRouter[Job]) -> None:
        """Give the thread that waits in :meth:`wait_admitted` its session."""
        with self._changed:
            self.session = session
            self._changed.notify_all()

    def wait_admitted(self) -> SessionRouter[Job] | None:
        """Wait for a session to be sent under; None if the job ended first."""
        with self._changed:
            self._changed.wait_for(lambda: self.session is not None or self._tracker.phase.ended)
            return self.session

    def wait_joined(self) -> str:
        """Wait until the server has accepted the job and return its event id; raises its error if it ends."""
        with self._changed:
            self._changed.wait_for(lambda: self._tracker.event_id is not None or self._tracker.phase.ended)
            if self._tracker.event_id is not None:
                return self._tracker.event_id
        self.result()
        raise GradlinkError(f"{self._tracker.api_name}: the job went without the queue")

    # -- inside -----------------------------------------------------------------------------------

    def _enter(self, phase: Phase) -> None:
        """Count the limit of ``phase`` from now, and no more that of the one before. Caller holds _changed."""
        if phase == "total":
            self._total.begin()
        else:
            self._stage += 1
        limit = self.call.timeout.limit_of(phase)
        if limit is not None:
            stage = None if phase == "total" else self._stage
            self._connection.clock.after(limit, partial(self._expire, phase, stage, limit))

    def _notify(self) -> None:
        """Wake those who wait, and settle the Future if the job has ended. Caller holds _changed."""
        self._updated_at = time.time()
        self._changed.notify_all()
        if self._tracker.outcome is not None and not self._settled:
            self._total.end()
            self._settle(self._tracker.outcome)
            self._settled = True
            self._connection.forget(self)

    def _settle(self, outcome: Succeeded | Failed) -> None:
        """Give the Future the tracker's outcome. Callbacks do not run here, but in threads for them."""
        if self.done():
            # Ctrl-C came while it got it, perhaps before those who wait were woken.
            with self._condition:
                self._condition.notify_all()
            return
        match outcome:
            case Succeeded(data=data):
                self.set_result(data)
            case Failed(error=JobCancelledError()):
                # The second call is what wakes concurrent.futures.wait().
                super().cancel()
                self.set_running_or_notify_cancel()
            case Failed(error=error):
                self.set_exception(error)

    def _expire(self, phase: Phase, stage: int | None, limit: float) -> None:
        with self._changed:
            if self._tracker.phase.ended or (stage is not None and stage != self._stage):
                return
            self._tracker.expire(phase, limit)
            self._notify()
        # The clock has other limits to look after.
        self._connection.cancel(self, waits=False)

    def running(self) -> bool:
        """Tell whether the job has not ended."""
        return not self.done()

    def _updates(self) -> Iterator[Update]:
        position = 0
        while True:
            with self._changed:
                self._changed.wait_for(lambda: len(self._tracker.updates) > position)  # noqa: B023  # called here
                batch = self._tracker.updates[position:]
            position += len(batch)
            yield from batch
            if isinstance(batch[-1], (Succeeded, Failed)):
                return

    def _walk(self) -> Iterator[Output]:
        walk = OutputWalk()
        for update in self._updates():
            output = walk.advance(update)
            if output is not None:
                yield output
            if isinstance(update, Failed):
                raise update.error

    def _collect(self, output: Output) -> Any:
        endpoint, scope = self.call.payload.endpoint, self._total.for_files()
        return self._connection.collect(endpoint, output, self._fetched, scope)

    def _cancelled_error(self) -> GradlinkError:
        outcome = self._tracker.outcome
        if isinstance(outcome, Failed):
            return outcome.error
        return JobCancelledError(f"{self._tracker.api_name}: the job was cancelled")

    def _call_back(self, fn: Callable[[Future[Any]], object]) -> None:
        # The downloads happen here, not in the thread that asks for the result next (often an event loop).
        with suppress(GradlinkError, CancelledError):
            self.result(0)
        fn(self)
