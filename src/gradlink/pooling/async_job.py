"""A call of a pool on its way, for event loops."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator
from functools import partial
from typing import Any, Generic, TypeVar

import anyio

from gradlink._async.job import AsyncJob, Cancelling
from gradlink._async.jobcore import Listeners
from gradlink._protocol.events import DoneEvent, Event
from gradlink._protocol.status import Status, StatusUpdate
from gradlink._text import one_line
from gradlink.errors import GradlinkError, JobCancelledError
from gradlink.pooling.matching import Asked

T = TypeVar("T")


class AsyncPoolJob:
    """A call that was sent with :meth:`AsyncPool.submit`; it is awaited and iterated like a :class:`gradlink.AsyncJob`.

    Values and events are those of the copy that it is with. If that fails, and the call goes to another one though it may
    have run (``resubmit=True``), they come again from there.
    """

    def __init__(self, call: Asked, withdraw: Callable[[AsyncPoolJob], bool]) -> None:
        self.call = call
        self._withdraw = withdraw
        self._listeners = Listeners()
        self._job: AsyncJob | None = None
        self._error: GradlinkError | None = None
        self._over = False
        self.wanted = True

    # -- what callers use -------------------------------------------------------------------------

    def __await__(self) -> Generator[Any, Any, Any]:
        return self.result().__await__()

    @property
    def api_name(self) -> str:
        """The endpoint that was called."""
        return self.call.api_name

    @property
    def event_id(self) -> str | None:
        """The name that the copy has given to the job, None before it was accepted."""
        return None if self._job is None else self._job.event_id

    @property
    def attempts(self) -> int:
        """How often it was sent to a copy."""
        return self.call.tries

    async def result(self, timeout: float | None = None) -> Any:
        """Return the call's result, as :meth:`gradlink.AsyncJob.result` does."""
        await self._end(timeout)
        if self._error is not None:
            raise self._error
        assert self._job is not None  # noqa: S101  # without an error it has one
        return await self._job.result()

    async def exception(self, timeout: float | None = None) -> GradlinkError | None:
        """Return why there is no result, None if there is one; a cancelled job raises JobCancelledError."""
        await self._end(timeout)
        if isinstance(self._error, JobCancelledError):
            raise self._error
        return self._error

    def __aiter__(self) -> AsyncIterator[Any]:
        """Iterate over the values of the job; raises the job's error where it ends with one."""
        return _Following(self, aiter)

    def deltas(self) -> AsyncIterator[str]:
        """Iterate over the text that each value adds, as :meth:`gradlink.AsyncJob.deltas` does."""
        return _Following(self, AsyncJob.deltas)

    def events(self) -> AsyncIterator[Event]:
        """Iterate over what happens to the job, up to a DoneEvent."""
        return _Events(self, AsyncJob.events)

    async def outputs(self) -> list[Any]:
        """Return the values so far."""
        return [] if self._job is None else await self._job.outputs()

    def status(self) -> StatusUpdate:
        """Return where the job stands with its copy; "STARTING" before it is with one."""
        if self._job is not None:
            return self._job.status()
        code = Status.CANCELLED if self.cancelled() else Status.FINISHED if self._over else Status.STARTING
        return StatusUpdate(code, None, None, None, False if self._over else None, None, None)

    def cancel(self) -> Cancelling:
        """Cancel the job, on its copy, too, as :meth:`gradlink.AsyncJob.cancel` does; it goes to no other one."""
        self.wanted = False
        if self._job is not None:
            return self._job.cancel()
        if self._withdraw(self):
            text = f"{self.api_name}: the job was cancelled"
            self.end(JobCancelledError(text, endpoint=self.api_name, execution="not started"))
        return Cancelling(None, cancelled=self.cancelled())

    def done(self) -> bool:
        """Tell whether the job has ended."""
        return self._over

    def cancelled(self) -> bool:
        """Tell whether the job has ended because it was cancelled."""
        return isinstance(self._error, JobCancelledError)

    def running(self) -> bool:
        """Tell whether the job has not ended."""
        return not self._over

    @property
    def succeeded(self) -> bool:
        """The job has a result."""
        return self._over and self._error is None

    def add_done_callback(self, fn: Callable[[AsyncPoolJob], object]) -> None:
        """Call ``fn(job)`` when the job ends; at once if it has ended. What it raises is logged."""
        self._listeners.when_ended(partial(fn, self))
        if self._over:
            self._listeners.end(self.api_name)

    def __repr__(self) -> str:
        return one_line(f"<AsyncPoolJob {self.api_name} {self.status().code.value}>")

    # -- what the pool and the iterators use ------------------------------------------------------

    def begin(self, job: AsyncJob) -> None:
        """Take the job of the copy that it was sent to."""
        self._job = job
        self._listeners.wake()

    def wait_again(self) -> None:
        """Leave the job of a copy that has failed; that of another one will follow."""
        self._job = None
        self._listeners.wake()

    def end(self, error: GradlinkError | None) -> None:
        """End as the job of its last copy has, or without one."""
        self._error, self._over = error, True
        self._listeners.wake()
        self._listeners.end(self.api_name)

    async def next_job(self, before: AsyncJob | None) -> AsyncJob | None:
        """Wait for the job of another copy than ``before``; None if the call has ended without."""
        await self._listeners.wait_for(lambda: self._job not in (None, before) or self._over)
        return None if self._job is before else self._job

    async def is_last(self, job: AsyncJob) -> bool:
        """Wait until it is known whether the call goes to another copy after ``job``, which has ended."""
        await self._listeners.wait_for(lambda: self._job is not job or self._over)
        return self._job is job

    @property
    def error(self) -> GradlinkError | None:
        """Why it has no result."""
        return self._error

    async def _end(self, timeout: float | None) -> None:
        try:
            with anyio.fail_after(timeout):
                await self._listeners.wait_for(self.done)
        except anyio.get_cancelled_exc_class():
            self.cancel()
            raise


class _Following(AsyncIterator[T], Generic[T]):
    """What comes of the copies that a call is with, one after the other.

    A class and no async generator, which would be suspended where a loop over it is left early.
    """

    def __init__(self, call: AsyncPoolJob, values: Callable[[AsyncJob], AsyncIterator[T]]) -> None:
        self._call = call
        self._make = values
        self._job: AsyncJob | None = None
        self._values: AsyncIterator[T] | None = None
        self._ended = False

    async def __anext__(self) -> T:
        while (job := await self._follow()) is not None:
            assert self._values is not None  # noqa: S101  # there is a job
            try:
                return await anext(self._values)
            except GradlinkError:
                if await self._call.is_last(job):
                    raise
                self._values = None
        if self._call.error is not None:
            raise self._call.error
        raise StopAsyncIteration

    async def _follow(self) -> AsyncJob | None:
        """Wait for a job to follow; None if there is none any more."""
        if self._values is None:
            self._job = await self._call.next_job(self._job)
            self._values = None if self._job is None else self._make(self._job)
        return self._job


class _Events(_Following[Event]):
    """Events, of which the end of a job that is not the last is none."""

    async def __anext__(self) -> Event:
        if self._ended:
            raise StopAsyncIteration
        while (job := await self._follow()) is not None:
            assert self._values is not None  # noqa: S101  # there is a job
            event = await anext(self._values)
            if not isinstance(event, DoneEvent):
                return event
            if await self._call.is_last(job):
                break
            self._values = None
        self._ended, error = True, self._call.error
        return DoneEvent(error is None, error, self._call.cancelled())
