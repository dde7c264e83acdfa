"""A call on its way, for event loops: it can be awaited and iterated."""

from __future__ import annotations

import logging
import time
from collections.abc import AsyncIterator, Callable, Generator, Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol

import anyio

from gradlink._async.iteration import Deltas, Events, Source, Values
from gradlink._flows.sending import Sendable
from gradlink._flows.submit import Call
from gradlink._protocol.events import Event
from gradlink._protocol.job import Failed, JobTracker, Succeeded, Update
from gradlink._protocol.outputs import Output, OutputWalk
from gradlink._protocol.policy import DEFAULT_TIMEOUT, NO_RETRIES
from gradlink._protocol.schema import Endpoint
from gradlink._protocol.status import StatusUpdate
from gradlink._protocol.updates import status_update
from gradlink._text import one_line
from gradlink._timing import Scope, TotalTime
from gradlink.errors import EndpointError, GradlinkError, JobCancelledError

_log = logging.getLogger("gradlink.job")

# How long a cancel waits for the server to be asked.
CANCEL_SECONDS = 5.0


# What is called by a job whose client has yet to connect.
_UNKNOWN = Endpoint(-1, None)


class AsyncJobOwner(Protocol):
    """What a job needs of its connection."""

    def cancel(self, job: AsyncJobCore) -> None: ...

    async def collect(
        self, endpoint: Endpoint, output: Output, fetched: dict[str, str] | None, scope: Scope | None
    ) -> Any: ...

    async def send_chunk(self, job: AsyncJobCore, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None: ...

    async def close_chunks(self, job: AsyncJobCore) -> None: ...


class AsyncJobCore(Sendable):
    """A job as its connection has it; callers have an :class:`AsyncJob`.

    Attributes:
        updated_at: when something happened to it last, as ``time.time()``.
        fetched: the addresses of its files that were fetched and where they are now, None to fetch none.
        total: the limit of the whole call, as long as files are fetched.
        begun: the client has connected, so it is known what is called.
    """

    def __init__(self, api_name: str, *, downloads: bool) -> None:
        """Make a job whose call is not known before its client has connected, see :meth:`begin`."""
        super().__init__(_UNKNOWN, JobTracker(api_name=api_name), DEFAULT_TIMEOUT, NO_RETRIES)
        self.scope: Scope = Scope()
        self.joining: Scope = Scope()
        self.updated_at = time.time()
        self.fetched: dict[str, str] | None = {} if downloads else None
        self.begun = False
        self.total = TotalTime(None)
        self._over = False
        self._waiters: set[anyio.Event] = set()
        self._when_ended: list[Callable[[], object]] = []

    def begin(self, call: Call) -> None:
        """Take the call."""
        self.call = call
        self.total = TotalTime(call.timeout.total)
        self.total.begin()
        self.endpoint = call.payload.endpoint
        self.timeout, self.retries, self.resubmit = call.timeout, call.access.retries, call.resubmit
        self.begun = True

    def fail(self, error: GradlinkError) -> None:
        """End a job that the engine does not know yet."""
        self.tracker.fail(error)
        self.wake()

    def stop(self, error: GradlinkError) -> None:
        """End a job that the engine does not know yet, for a reason of this program's."""
        self.tracker.stop(error)
        self.wake()

    def wake(self) -> bool:
        """Wake those who wait for the job, and call what is to be called when it ends; return whether it just has."""
        self.updated_at = time.time()
        for waiter in self._waiters:
            waiter.set()
        self._waiters.clear()
        if self._over or not self.ended:
            return False
        self._over = True
        self.total.end()
        self.scope.end()
        callbacks, self._when_ended = self._when_ended, []
        for callback in callbacks:
            try:
                callback()
            except Exception:  # it is the caller's, and nobody waits for it
                _log.exception("a done callback of %s failed", one_line(self.tracker.api_name))
        return True

    def when_ended(self, callback: Callable[[], object]) -> None:
        """Call ``callback`` when the job has ended."""
        self._when_ended.append(callback)

    async def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition``, which is looked at whenever something happens to the job."""
        while not condition():
            waiter = anyio.Event()
            self._waiters.add(waiter)
            try:
                await waiter.wait()
            finally:
                self._waiters.discard(waiter)

    async def wait_joined(self) -> bool:
        """Wait until the server has accepted the job; False if it ends without."""
        await self.wait_for(lambda: self.tracker.event_id is not None or self.ended)
        return self.tracker.event_id is not None

    async def wait_cancelled(self) -> None:
        """Wait until the server was asked to cancel the job."""
        await self.wait_for(lambda: not self.cancelling)

    async def update_at(self, position: int) -> Update:
        """Wait for what happens next after ``position`` things, and return it."""
        await self.wait_for(lambda: len(self.tracker.updates) > position)
        return self.tracker.updates[position]


class Cancelling:
    """The answer of :meth:`AsyncJob.cancel`: true if the job is cancelled; await it to know that the server was asked."""

    def __init__(self, core: AsyncJobCore, *, cancelled: bool) -> None:
        self._core = core
        self._cancelled = cancelled

    def __bool__(self) -> bool:
        return self._cancelled

    def __await__(self) -> Generator[Any, Any, bool]:
        return self._wait().__await__()

    async def _wait(self) -> bool:
        if self._core.begun:
            # A server may only answer when the running step of the function has ended.
            with anyio.move_on_after(CANCEL_SECONDS):
                await self._core.wait_cancelled()
        return self._cancelled


class AsyncJob:
    """A call that was sent with :meth:`AsyncClient.submit`.

    ``await job`` gives its result, ``async for value in job`` its values as they arrive. Cancelling a task
    that awaits the job, or leaving such a loop early, cancels the job on the server. Values that are handed
    out share what did not change between them; treat them as read-only while the job runs.
    """

    def __init__(self, connection: AsyncJobOwner, core: AsyncJobCore, owner: object) -> None:
        self._connection = connection
        self._core = core
        # A client closes when it is forgotten; whoever has a job can have its result and files.
        self._owner = owner
        self._collected: list[Any] = []

    def __await__(self) -> Generator[Any, Any, Any]:
        return self.result().__await__()

    @property
    def api_name(self) -> str:
        """The endpoint that was called."""
        return self._core.tracker.api_name

    @property
    def event_id(self) -> str | None:
        """The server's name for the job, None before it was accepted."""
        return self._core.tracker.event_id

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
            value = await self._collect(Output(outcome.data, None, has_files=True))
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
        return Values(Source(self._core.update_at, self._collect, leaving=self))

    async def outputs(self) -> list[Any]:
        """Return the values so far; a function that is no generator has one once it has ended."""
        walk = OutputWalk()
        outputs = [output for update in list(self._core.tracker.updates) if (output := walk.advance(update))]
        return [await self._collect(output) for output in outputs]

    def status(self) -> StatusUpdate:
        """Return where the job stands."""
        return status_update(self._core.tracker, datetime.fromtimestamp(self._core.updated_at))

    def events(self) -> AsyncIterator[Event]:
        """Iterate over what happened and happens to the job, from its beginning, up to a DoneEvent.

        A job that fails raises nothing here: its DoneEvent has the error. Leaving early leaves the job alone.
        """
        return Events(Source(self._core.update_at, self._collect))

    def deltas(self) -> AsyncIterator[str]:
        """Iterate over the text that each value adds to the one before, from the job's beginning.

        The text is the first output that is a string, or the last answer in a chat history. Raises the
        job's error where it ends with one; leaving early cancels the job.
        """
        return Deltas(Source(self._core.update_at, self._collect, leaving=self))

    def cancel(self) -> Cancelling:
        """Cancel the job: locally at once, and on the server as far as that can be done.

        Only this job is touched: if another call of the same function and session runs, the server is asked
        once that one has ended. Await the answer to know that the server was asked.
        """
        if self._core.begun:
            self._connection.cancel(self._core)
        else:
            self._core.tracker.cancel()
            self._core.wake()
        return Cancelling(self._core, cancelled=self.cancelled())

    def done(self) -> bool:
        """Tell whether the job has ended."""
        return self._core.ended

    def cancelled(self) -> bool:
        """Tell whether the job has ended because it was cancelled."""
        outcome = self._core.tracker.outcome
        return isinstance(outcome, Failed) and isinstance(outcome.error, JobCancelledError)

    @property
    def succeeded(self) -> bool:
        """The job has a result."""
        return isinstance(self._core.tracker.outcome, Succeeded)

    def running(self) -> bool:
        """Tell whether the job has not ended."""
        return not self.done()

    def add_done_callback(self, fn: Callable[[AsyncJob], object]) -> None:
        """Call ``fn(job)`` when the job ends; at once if it has ended."""
        if self.done():
            fn(self)
        else:
            self._core.when_ended(lambda: fn(self))

    async def send_chunk(self, *args: Any, **kwargs: Any) -> None:
        """Give a live endpoint further input, with the arguments of the endpoint."""
        await self._wait_begun()
        await self._connection.send_chunk(self._core, args, kwargs)

    async def close_stream(self) -> None:
        """Tell a live endpoint that no further input comes; the job then ends with its last value."""
        await self._wait_begun()
        await self._connection.close_chunks(self._core)

    def __repr__(self) -> str:
        return one_line(f"<AsyncJob {self.api_name} {self._core.tracker.status.code.value}>")

    # -- inside -----------------------------------------------------------------------------------

    async def _wait_begun(self) -> None:
        """Wait until the client has connected; raises the job's error if that failed."""
        await self._core.wait_for(lambda: self._core.begun or self._core.ended)
        if not self._core.begun:
            await self.result()
            raise EndpointError(f"{self.api_name}: the job has ended, it takes no further input")

    async def _collect(self, output: Output) -> Any:
        core = self._core
        return await self._connection.collect(core.endpoint, output, core.fetched, core.total.for_files())

    async def _outcome(self, timeout: float | None) -> Succeeded | Failed:
        try:
            with anyio.fail_after(timeout):
                await self._core.wait_for(self.done)
        except anyio.get_cancelled_exc_class():
            self.cancel()
            raise
        outcome = self._core.tracker.outcome
        assert outcome is not None  # noqa: S101  # what was waited for
        return outcome
