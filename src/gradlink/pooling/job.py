"""A call of a pool on its way: the job of the copy that it is with, and the next one's where that fails without an effect."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from typing import Any, TypeVar

from gradlink._protocol.events import DoneEvent, Event
from gradlink._protocol.status import Status, StatusUpdate
from gradlink._sync.changes import Changes
from gradlink._sync.job import Job
from gradlink._text import one_line
from gradlink.errors import GradlinkError, JobCancelledError
from gradlink.pooling.matching import Asked

T = TypeVar("T")


class PoolJob(Future[Any]):
    """A call that was sent with :meth:`Pool.submit`: a ``concurrent.futures.Future``, and an iterator like :class:`gradlink.Job`.

    Values and events are those of the copy that it is with. If that fails, and the call goes to another one though it may
    have run (``resubmit=True``), they come again from there.
    """

    def __init__(self, call: Asked, withdraw: Callable[[PoolJob], bool]) -> None:
        super().__init__()
        vars(self)["_condition"] = Changes()  # as a Job's
        self.call = call
        self._withdraw = withdraw
        self._changed = Changes()
        self._job: Job | None = None
        self._wanted = True
        self._why: GradlinkError | None = None
        self._values: Iterator[Any] | None = None

    # -- what callers use -------------------------------------------------------------------------

    @property
    def api_name(self) -> str:
        """The endpoint that was called."""
        return self.call.api_name

    @property
    def event_id(self) -> str | None:
        """The name that the copy has given to the job, None before it was accepted."""
        job = self._job
        return None if job is None else job.event_id

    @property
    def attempts(self) -> int:
        """How often it was sent to a copy."""
        return self.call.tries

    def result(self, timeout: float | None = None) -> Any:
        """Return the call's result, as :meth:`gradlink.Job.result` does."""
        try:
            return super().result(timeout)
        except CancelledError as exc:
            raise self._cancelled() from (None if isinstance(exc, JobCancelledError) else exc)

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Return why there is no result, None if there is one."""
        try:
            return super().exception(timeout)
        except CancelledError as exc:
            raise self._cancelled() from exc

    def __iter__(self) -> PoolJob:
        return self

    def __next__(self) -> Any:
        """Return the next value of the job; raises the job's error where it ends with one."""
        if self._values is None:
            self._values = self._follow(iter)
        return next(self._values)

    def deltas(self) -> Iterator[str]:
        """Yield the text that each value adds to the one before, as :meth:`gradlink.Job.deltas` does."""
        return self._follow(Job.deltas)

    def events(self) -> Iterator[Event]:
        """Yield what happens to the job, and end with a DoneEvent."""
        job: Job | None = None
        while (job := self._next_job(job)) is not None:
            yield from (event for event in job.events() if not isinstance(event, DoneEvent))
            if self._is_last(job):
                break
        error = self._error()
        yield DoneEvent(success=error is None, error=error, cancelled=self.cancelled())

    def outputs(self) -> list[Any]:
        """Return the values so far."""
        job = self._job
        return [] if job is None else job.outputs()

    def status(self) -> StatusUpdate:
        """Return where the job stands with its copy; "STARTING" before it is with one."""
        job = self._job
        if job is None:
            code = (
                Status.CANCELLED if self.cancelled() else Status.FINISHED if self.done() else Status.STARTING
            )
            return StatusUpdate(code, None, None, None, False if self.done() else None, None, None)
        return job.status()

    def cancel(self) -> bool:
        """Cancel the job, on its copy, too; it goes to no other one."""
        with self._changed:
            self._wanted = False
            job = self._job
        if job is not None:
            job.cancel()
        elif self._withdraw(self):
            self.end_cancelled()
        return self.cancelled()

    def running(self) -> bool:
        """Tell whether the job has not ended."""
        return not self.done()

    def __repr__(self) -> str:
        return one_line(f"<PoolJob {self.api_name} {self.status().code.value}>")

    # -- what the pool uses -----------------------------------------------------------------------

    @property
    def wanted(self) -> bool:
        """Nobody has cancelled it."""
        return self._wanted

    def begin(self, job: Job) -> None:
        """Take the job of the copy that it was sent to."""
        with self._changed:
            self._job = job
            self._changed.notify_all()
            wanted = self._wanted
        if not wanted:
            job.cancel()

    def wait_again(self, job: Job) -> None:
        """Leave the job of a copy that has failed; that of another one will follow."""
        with self._changed:
            if self._job is job:  # it may have followed already
                self._job = None
            self._changed.notify_all()

    def end_with(self, job: Job) -> None:
        """End as the job of its last copy has; the files of the result are there, or their error is the call's."""
        try:
            result = job.result(0)
        except JobCancelledError as exc:
            self.end_cancelled(exc)
        except Exception as exc:  # whatever it is, the caller waits for it
            self.fail(exc)
        else:
            self.set_result(result)
            self._notify()

    def fail(self, error: BaseException) -> None:
        """End with an error."""
        if not self.done():
            self.set_exception(error)
        self._notify()

    def end_cancelled(self, error: GradlinkError | None = None) -> None:
        """End as cancelled; ``error`` is what its copy's job says of it."""
        if not self.done():
            self._why = error
            super().cancel()
            self.set_running_or_notify_cancel()  # what wakes concurrent.futures.wait()
        self._notify()

    # -- inside -----------------------------------------------------------------------------------

    def _notify(self) -> None:
        with self._changed:
            self._changed.notify_all()

    def _next_job(self, before: Job | None) -> Job | None:
        """Wait for the job of another copy than ``before``; None if the call has ended without."""
        with self._changed:
            self._changed.wait_for(lambda: self._job not in (None, before) or self.done())
            return None if self._job is before else self._job

    def _is_last(self, job: Job) -> bool:
        """Wait until it is known whether the call goes to another copy after ``job``, which has ended."""
        with self._changed:
            self._changed.wait_for(lambda: self._job is not job or self.done())
            return self._job is job

    def _follow(self, values: Callable[[Job], Iterator[T]]) -> Iterator[T]:
        job: Job | None = None
        while (job := self._next_job(job)) is not None:
            try:
                yield from values(job)
            except GradlinkError:
                if self._is_last(job):
                    raise
            else:
                return
        if (error := self._error()) is not None:
            raise error

    def _error(self) -> BaseException | None:
        return self._cancelled() if self.cancelled() else super().exception(0)

    def _cancelled(self) -> GradlinkError:
        text = f"{self.api_name}: the job was cancelled"
        return self._why or JobCancelledError(text, endpoint=self.api_name, execution="not started")
