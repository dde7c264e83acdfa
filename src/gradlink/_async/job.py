"""A call on its way, for event loops: it can be awaited and iterated."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable, Generator
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING, Any

import anyio

from gradlink._async.iteration import Deltas, Events, Values
from gradlink._protocol.events import Event
from gradlink._protocol.job import Failed, JobTracker, Succeeded, Update
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.messages import Message
from gradlink._protocol.outputs import Output, OutputWalk
from gradlink._protocol.policy import Phase
from gradlink._protocol.status import StatusUpdate
from gradlink._protocol.updates import status_update
from gradlink._text import one_line
from gradlink._timing import Scope, TotalTime
from gradlink.errors import EndpointError, GradlinkError, JobCancelledError

if TYPE_CHECKING:
    from gradlink._async.connection import AsyncConnection
    from gradlink._flows.submit import Call


CANCEL_SECONDS = 5.0

_log = logging.getLogger("gradlink.job")


class Cancelling:
    """The answer of :meth:`AsyncJob.cancel`: true if the job is cancelled; await it to know that the server was told."""

    def __init__(self, cancelled: bool, told: anyio.Event | None) -> None:
        self._cancelled = cancelled
        self._told = told

    def __bool__(self) -> bool:
        return self._cancelled

    def __await__(self) -> Generator[Any, Any, bool]:
        return self._wait().__await__()

    async def _wait(self) -> bool:
        if self._told is not None:
            # A server may only answer when the running step of the function has ended.
            with anyio.move_on_after(CANCEL_SECONDS):
                await self._told.wait()
        return self._cancelled


class AsyncJob:
    """A call that was sent with :meth:`AsyncClient.submit`.

    ``await job`` gives its result, ``async for value in job`` its values as they arrive. Cancelling a task
    that awaits the job, or leaving such a loop early, cancels the job on the server. Values that are handed
    out share what did not change between them; treat them as read-only while the job runs.
    """

    def __init__(self, connection: AsyncConnection, api_name: str, tracker: JobTracker) -> None:
        self.api_name = api_name
        self.call: Call | None = None
        self._connection = connection
        self._tracker = tracker
        self._updated_at = time.time()
        self._waiters: set[anyio.Event] = set()
        self._callbacks: list[Callable[[AsyncJob], object]] = []
        self._collected: list[Any] = []
        self._fetched: dict[str, str] | None = None
        self.resent = 0
        # A cancel while the job is sent was dealt with.
        self.told = anyio.Event()
        self._stage = 0
        self._ran = False
        # What is sent for the job: all but its join, and the join. They end with it.
        self.scope = Scope()
        self.joining = Scope()
        self._total = TotalTime(None)

    # -- what callers use -------------------------------------------------------------------------

    def __await__(self) -> Generator[Any, Any, Any]:
        return self.result().__await__()

    async def result(self, timeout: float | None = None) -> Any:
        """Return the call's result: one value, or a tuple if the function has several outputs.

        Files are downloaded now, and are paths then. A generator's result is its last value.

        Args:
            timeout: seconds to wait; None waits for ever. Running out leaves the job as it is.

        Raises:
            TimeoutError: the job has not ended in time.
            JobCancelledError: it was cancelled, by ``cancel()`` or by the app.
            AppError: the app's function raised an error.
            GradlinkError: any other reason why there is no result.
        """
        outcome = await self._outcome(timeout)
        if isinstance(outcome, Failed):
            raise outcome.error
        if not self._collected:
            value = await self.collect(Output(outcome.data, None, has_files=True))
            if not self._collected:
                self._collected.append(value)
        return self._collected[0]

    async def exception(self, timeout: float | None = None) -> GradlinkError | None:
        """Return why there is no result, None if there is one; a cancelled job raises JobCancelledError."""
        outcome = await self._outcome(timeout)
        if isinstance(outcome, Succeeded):
            return None
        if isinstance(outcome.error, JobCancelledError):
            raise outcome.error
        return outcome.error

    def __aiter__(self) -> AsyncIterator[Any]:
        """Iterate over the values of the job; raises the job's error where it ends with one."""
        return Values(self)

    async def outputs(self) -> list[Any]:
        """Return the values so far; a function that is no generator has one once it has ended."""
        walk = OutputWalk()
        outputs = [output for update in list(self._tracker.updates) if (output := walk.advance(update))]
        return [await self.collect(output) for output in outputs]

    def status(self) -> StatusUpdate:
        """Return where the job stands."""
        return status_update(self._tracker, datetime.fromtimestamp(self._updated_at))

    def events(self) -> AsyncIterator[Event]:
        """Iterate over what happened and happens to the job, from its beginning, up to a DoneEvent.

        A job that fails raises nothing here: its DoneEvent has the error. Leaving early leaves the job alone.
        """
        return Events(self)

    def deltas(self) -> AsyncIterator[str]:
        """Iterate over the text that each value adds to the one before, from the job's beginning.

        The text is the first output that is a string, or the last answer in a chat history. Raises the
        job's error where it ends with one; leaving early cancels the job.
        """
        return Deltas(self)

    def cancel(self) -> Cancelling:
        """Cancel the job: locally at once, and on the server as far as that can be done.

        Only this job is touched: if another call of the same function and session runs, the server is told
        once that one has ended. Await the answer to know that the server was told.
        """
        self._tracker.cancel()
        self._wake()
        return Cancelling(self.cancelled(), self._connection.cancel(self))

    def done(self) -> bool:
        """Tell whether the job has ended."""
        return self._tracker.phase.ended

    def cancelled(self) -> bool:
        """Tell whether the job has ended because it was cancelled."""
        outcome = self._tracker.outcome
        return isinstance(outcome, Failed) and isinstance(outcome.error, JobCancelledError)

    @property
    def succeeded(self) -> bool:
        """The job has a result."""
        return isinstance(self._tracker.outcome, Succeeded)

    def running(self) -> bool:
        """Tell whether the job has not ended."""
        return not self.done()

    def add_done_callback(self, fn: Callable[[AsyncJob], object]) -> None:
        """Call ``fn(job)`` when the job ends; at once if it has ended."""
        if self.done():
            fn(self)
        else:
            self._callbacks.append(fn)

    async def send_chunk(self, *args: Any, **kwargs: Any) -> None:
        """Give a live endpoint further input, with the arguments of the endpoint."""
        await self.wait_joined()
        await self._connection.send_chunk(self, args, kwargs)

    async def close_stream(self) -> None:
        """Tell a live endpoint that no further input comes; the job then ends with its last value."""
        await self.wait_joined()
        await self._connection.close_chunks(self)

    def __repr__(self) -> str:
        return one_line(f"<AsyncJob {self.api_name} {self._tracker.status.code.value}>")

    # -- what the connection uses -----------------------------------------------------------------

    @property
    def event_id(self) -> str | None:
        """The server's name for the job, None before it was accepted."""
        return self._tracker.event_id

    @property
    def fn_index(self) -> int:
        return self.bound_call.payload.endpoint.fn_index

    @property
    def bound_call(self) -> Call:
        """The call, which is known once the client has connected."""
        assert self.call is not None  # noqa: S101  # begin() is what makes a job known to a connection
        return self.call

    def enter(self, phase: Phase) -> None:
        """Note that the job enters ``phase``; the limit of the one before ends, that of this one counts from now."""
        if phase == "total":
            self._total.begin()
        else:
            self._stage += 1
        limit = self.bound_call.timeout.limit_of(phase)
        if limit is not None:
            stage = None if phase == "total" else self._stage
            self._connection.tasks.start(partial(self._watch, phase, stage, limit))

    def begin_sending(self, phase: Phase) -> bool:
        """Enter ``phase``, in which the server may run the job; False if the job has ended, and must not be sent."""
        if not self._tracker.begin_sending():
            return False
        self.enter(phase)
        return True

    def restart(self) -> bool:
        """Begin anew, since the job is sent once more; False if it has ended meanwhile."""
        if not self._tracker.restart():
            return False
        self.resent += 1
        self._ran = False
        return True

    def begin(self, call: Call, tracker: JobTracker) -> None:
        """Take the call, once the client has connected; the job may have been cancelled before."""
        self.call = call
        self._total = TotalTime(call.timeout.total)
        self._fetched = {} if self._connection.downloads else None
        if not self._tracker.phase.ended:
            self._tracker = tracker

    def receive(self, message: Message) -> None:
        self._tracker.receive(message)
        if self._tracker.started and not self._ran:
            self._ran = True
            self.enter("run")
        self._wake()
        if not self._connection.queue.settled:
            self._connection.watch_queue(self, message)

    @property
    def sent(self) -> bool:
        """The server may have run the job, or may run it yet."""
        return self._tracker.sent

    def joined(self, event_id: str) -> None:
        self._tracker.joined(event_id)
        self._wake()

    def succeed(self, data: list[JSONValue]) -> None:
        self._tracker.succeed(data)
        self._wake()

    def fail(self, error: GradlinkError) -> None:
        self._tracker.fail(error)
        self._wake()

    def stop(self, error: GradlinkError) -> None:
        """End the job for a reason of this program's."""
        self._tracker.stop(error)
        self._wake()

    def end_cancelled(self) -> None:
        """End the job as cancelled by the app; nothing happens to a job that has ended."""
        self._tracker.cancel()
        self._wake()

    def lose(self, error: GradlinkError) -> None:
        self._tracker.lose(error)
        self._wake()

    async def wait_joined(self) -> str:
        """Wait until the server has accepted the job and return its event id; raises its error if it ends."""
        await self._wait_for(lambda: self._tracker.event_id is not None or self.done())
        if self._tracker.event_id is not None:
            return self._tracker.event_id
        await self.result()
        raise EndpointError(f"{self.api_name} went without the queue; it takes no further input")

    async def update_at(self, position: int) -> Update:
        """Wait for what happens next after ``position`` things, and return it."""
        await self._wait_for(lambda: len(self._tracker.updates) > position)
        return self._tracker.updates[position]

    async def collect(self, output: Output) -> Any:
        """Return what the caller gets for ``output``; downloads its files."""
        endpoint = self.bound_call.payload.endpoint
        scope = self._total.for_files()
        return await self._connection.collect(endpoint, output, self._fetched, scope)

    # -- inside -----------------------------------------------------------------------------------

    async def _watch(self, phase: Phase, stage: int | None, limit: float) -> None:
        def is_over() -> bool:
            return self.done() or (stage is not None and stage != self._stage)

        with anyio.move_on_after(limit):
            await self._wait_for(is_over)
        if is_over():  # perhaps at the very moment when the time ran out
            return
        self._tracker.expire(phase, limit)
        self._wake()
        self._connection.cancel(self)

    def _wake(self) -> None:
        self._updated_at = time.time()
        for waiter in self._waiters:
            waiter.set()
        self._waiters.clear()
        if self.done():
            self._total.end()
            self._connection.forget(self)
            callbacks, self._callbacks = self._callbacks, []
            for fn in callbacks:
                try:
                    fn(self)
                except Exception:  # it is the caller's, and nobody waits for it
                    _log.exception("a done callback of %s failed", one_line(self.api_name))

    async def _wait_for(self, condition: Callable[[], bool]) -> None:
        while not condition():
            waiter = anyio.Event()
            self._waiters.add(waiter)
            try:
                await waiter.wait()
            finally:
                self._waiters.discard(waiter)

    async def _outcome(self, timeout: float | None) -> Succeeded | Failed:
        try:
            with anyio.fail_after(timeout):
                await self._wait_for(self.done)
        except anyio.get_cancelled_exc_class():
            self.cancel()
            raise
        outcome = self._tracker.outcome
        assert outcome is not None  # noqa: S101  # what _wait_for waited for
        return outcome
