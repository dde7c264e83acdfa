"""A call on its way, for event loops: it can be awaited and iterated."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Generator
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, Self

import anyio

from gradlink._async.calls import AsyncCalls
from gradlink._async.files import AsyncLazyFile
from gradlink._async.iteration import Deltas, Events, Source, Values
from gradlink._async.jobcore import AsyncJobCore, Submission
from gradlink._flows.delivery import Delivery
from gradlink._flows.sending import CANCEL_SECONDS
from gradlink._local.files import MemoryFile
from gradlink._local.values.frames import frame_of
from gradlink._protocol.events import Event
from gradlink._protocol.job import Failed, Succeeded
from gradlink._protocol.outputs import Output, OutputWalk
from gradlink._protocol.status import StatusUpdate
from gradlink._protocol.updates import cancelled_error, early_status, not_yet, status_update, was_cancelled
from gradlink._shell.raised import public_async
from gradlink._text import one_line
from gradlink.errors import GradlinkError


class Cancelling:
    """The answer of :meth:`AsyncJob.cancel`: true if the job is cancelled; await it to know that the server was asked."""

    def __init__(self, core: AsyncJobCore | None, *, cancelled: bool) -> None:
        """Take the job that is cancelled, None if it never was one: the server knows nothing of it then."""
        self._core = core
        self._cancelled = cancelled

    def __bool__(self) -> bool:
        return self._cancelled

    def __await__(self) -> Generator[Any, Any, bool]:
        return self._wait().__await__()

    async def _wait(self) -> bool:
        core = self._core
        if core is not None:
            # A server may only answer when the running step of the function has ended.
            with anyio.move_on_after(CANCEL_SECONDS):
                await core.wait_cancelled()
        return self._cancelled


class AsyncJob:
    """A call that was sent with :meth:`AsyncClient.submit`.

    ``await job`` gives its result, ``async for value in job`` its values as they arrive. Cancelling a task
    that awaits the job, or leaving such a loop early, cancels the job on the server, and so does the end of
    ``async with client.submit(...) as job:`` if it still runs. Values that are handed
    out share what did not change between them; treat them as read-only while the job runs.
    """

    def __init__(self, calls: AsyncCalls, submission: Submission, owner: object) -> None:
        self._calls = calls
        self._submission = submission
        # A client closes when it is forgotten; whoever has a job can have its result and files.
        self._owner = owner
        self._collected: list[Any] = []
        self._delivery: Delivery | None = None

    def __await__(self) -> Generator[Any, Any, Any]:
        return self.result().__await__()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cancel the job if it has not ended."""
        if not self.done():
            with anyio.CancelScope(shield=True):
                await self.cancel()

    @property
    def api_name(self) -> str:
        """The endpoint that was called."""
        return self._submission.api_name

    @property
    def event_id(self) -> str | None:
        """The server's name for the job, None before it was accepted."""
        core = self._submission.core
        return None if core is None else core.tracker.event_id

    @public_async
    async def result(self, timeout: float | None = None) -> Any:
        """Return the call's result: one value, or a tuple if the function has several outputs.

        Files are downloaded now, and are paths then, unless ``files=`` says otherwise. A generator's result is its
        last value.

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
            value = await self._collect(Output(outcome.data, None, outcome.may_hold_files))
            if not self._collected:
                self._collected.append(value)
        return self._collected[0]

    async def exception(self, timeout: float | None = None) -> GradlinkError | None:
        """Return why there is no result, None if there is one; a cancelled job raises JobCancelledError."""
        outcome = await self._outcome(timeout)
        if isinstance(outcome, Succeeded):
            return None
        if was_cancelled(outcome):
            raise outcome.error
        return outcome.error

    def __aiter__(self) -> AsyncIterator[Any]:
        """Iterate over the values of the job; raises the job's error where it ends with one."""
        return Values(Source(self._submission, self._collect, leaving=self))

    @public_async
    async def outputs(self) -> list[Any]:
        """Return the values so far; a function that is not a generator has one once it has ended."""
        walk = OutputWalk()
        outputs = [output for update in list(self._submission.updates) if (output := walk.advance(update))]
        return [await self._collect(output) for output in outputs]

    def status(self) -> StatusUpdate:
        """Return where the job stands."""
        when = datetime.fromtimestamp(self._submission.listeners.updated_at)
        core = self._submission.core
        if core is None:
            return early_status(self._submission.outcome, when)
        return status_update(core.tracker, when)

    def events(self) -> AsyncIterator[Event]:
        """Iterate over what happened and happens to the job, from its beginning, up to a DoneEvent.

        A job that fails raises nothing here: its DoneEvent has the error. Leaving early leaves the job alone.
        """
        return Events(Source(self._submission, self._collect))

    def deltas(self) -> AsyncIterator[str]:
        """Iterate over the text that each value adds to the one before, from the job's beginning.

        The text is the first output that is a string, or the last answer in a chat history. Raises the
        job's error where it ends with one; leaving early cancels the job.
        """
        return Deltas(Source(self._submission, self._collect, leaving=self))

    def cancel(self) -> Cancelling:
        """Cancel the job: locally at once, and on the server as far as that can be done.

        Only this job is touched: if another call of the same function and session runs, the server is asked
        once that one has ended. Await the answer to know that the server was asked.
        """
        core = self._submission.core
        if core is None:
            self._submission.refuse(cancelled_error(self.api_name))
        else:
            self._calls.cancel(core)
        return Cancelling(core, cancelled=self.cancelled())

    def done(self) -> bool:
        """Tell whether the job has ended."""
        return self._submission.ended

    def cancelled(self) -> bool:
        """Tell whether the job has ended because it was cancelled."""
        return was_cancelled(self._submission.outcome)

    @property
    def succeeded(self) -> bool:
        """The job has a result."""
        return isinstance(self._submission.outcome, Succeeded)

    def running(self) -> bool:
        """Tell whether the job has not ended."""
        return not self.done()

    def add_done_callback(self, fn: Callable[[AsyncJob], object]) -> None:
        """Call ``fn(job)`` when the job ends; at once if it has ended. What it raises is logged."""
        listeners = self._submission.listeners
        listeners.when_ended(partial(fn, self))
        if self.done():
            listeners.end(self.api_name)

    @public_async
    async def send_chunk(self, *args: Any, **kwargs: Any) -> None:
        """Give a live endpoint further input, with the arguments of the endpoint."""
        await self._calls.send_chunk(await self._submission.job(), args, kwargs)

    @public_async
    async def close_stream(self) -> None:
        """Tell a live endpoint that no further input comes; the job then ends with its last value."""
        await self._calls.close_chunks(await self._submission.job())

    def __repr__(self) -> str:
        return one_line(f"<AsyncJob {self.api_name} {self.status().code.value}>")

    def _repr_html_(self) -> str:
        from gradlink._progress.jobs import job_html

        outcome = self._submission.outcome
        error = outcome.error if isinstance(outcome, Failed) else None
        return job_html("AsyncJob", self.api_name, self.event_id, self.status(), error)

    def __reduce__(self) -> Any:
        raise TypeError(
            "an AsyncJob belongs to the connection of its event loop and cannot be pickled; "
            "pickle what awaiting it gives"
        )

    # -- inside -----------------------------------------------------------------------------------

    @property
    def _core(self) -> AsyncJobCore:
        """The job as its connection has it, once there is one."""
        core = self._submission.core
        assert core is not None  # noqa: S101  # what is asked for comes of a job that was sent
        return core

    async def _collect(self, output: Output) -> Any:
        core = self._core
        if self._delivery is None:
            lazily = partial(AsyncLazyFile, fetcher=self._calls, owner=self._owner)
            self._delivery = Delivery(core.call.form, MemoryFile, lazily, frame_of)
        if core.watch is None or not output.has_files:
            return await self._calls.collect(core.endpoint, output, self._delivery, core.total.for_files())
        with core.watch.held():
            scope = core.total.for_files(core.watch)
            return await self._calls.collect(core.endpoint, output, self._delivery, scope)

    async def _outcome(self, timeout: float | None) -> Succeeded | Failed:
        try:
            with anyio.fail_after(timeout):
                await self._submission.listeners.wait_for(self.done)
        except TimeoutError:
            raise TimeoutError(not_yet(self.api_name, timeout, self.status())) from None
        except anyio.get_cancelled_exc_class():
            self.cancel()
            raise
        outcome = self._submission.outcome
        assert outcome is not None  # noqa: S101  # what was waited for
        return outcome


def error_of(job: AsyncJob) -> GradlinkError | None:
    """Return why a job that has ended has no result, None if it has one."""
    outcome = job._submission.outcome  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return outcome.error if isinstance(outcome, Failed) else None
