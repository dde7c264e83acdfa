"""A call on its way, for threads: a ``concurrent.futures.Future`` that can be iterated."""

from __future__ import annotations

import threading
import weakref
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import suppress
from datetime import datetime
from functools import partial
from types import TracebackType
from typing import Any, Self

from gradlink._flows.delivery import Delivery
from gradlink._local.files import MemoryFile
from gradlink._local.values.frames import frame_of
from gradlink._protocol.events import Event, OutputEvent
from gradlink._protocol.job import Failed, Succeeded
from gradlink._protocol.outputs import Output, OutputWalk
from gradlink._protocol.status import StatusUpdate
from gradlink._protocol.text import TextWalk
from gradlink._protocol.updates import cancelled_error, event_of, not_yet, status_update
from gradlink._shell.raised import public
from gradlink._sync.calls import Calls
from gradlink._sync.changes import Changes
from gradlink._sync.files import LazyFile
from gradlink._sync.jobcore import JobCore
from gradlink._sync.loops import Loop
from gradlink._text import one_line
from gradlink.errors import GradlinkError, JobCancelledError

# As concurrent.futures calls them.
_ENDED = frozenset({"CANCELLED", "CANCELLED_AND_NOTIFIED", "FINISHED"})
_OF_A_MAKER = frozenset({"set_exception", "set_result", "set_running_or_notify_cancel"})


class Job(Future[Any]):
    """A call that was sent with :meth:`Client.submit`.

    It is a ``concurrent.futures.Future``, so ``wait`` and ``as_completed`` work on it, and an iterator over
    the values of a generator as they arrive. Leaving a loop over ``client.submit(...)`` or its :meth:`deltas` early
    cancels the job, once the program has it nowhere else. ``with client.submit(...) as job:`` cancels what still runs at its end. Values that are handed out share what did not change between
    them; treat them as read-only while the job runs.
    """

    def __init__(self, calls: Calls, core: JobCore, owner: object) -> None:
        super().__init__()
        # In place of a threading.Condition, whose lock Ctrl-C may leave taken: the thread that reads would wait for it.
        vars(self)["_condition"] = Changes()
        self._calls = calls
        self._core = core
        # Weakly, since threads hold the core, and a Job its client.
        core.when_ended = partial(_call_method, weakref.WeakMethod(self._settle))
        # A client closes when it is forgotten; whoever has a job can have its result and files.
        self._owner = owner
        self._iteration: Iterator[Output] | None = None
        self._collecting = threading.Lock()
        self._collected: list[Any] = []
        lazily = partial(LazyFile, fetcher=calls, owner=owner)
        self._delivery = Delivery(core.call.form, MemoryFile, lazily, frame_of)

    # -- what callers use -------------------------------------------------------------------------

    @public
    def result(self, timeout: float | None = None) -> Any:
        """Return the call's result: one value, or a tuple if the function has several outputs.

        Files are downloaded now, and are paths then, unless ``files=`` says otherwise. A generator's result is its
        last value.

        Args:
            timeout: seconds to wait; None waits for ever, 0 not at all. Running out leaves the job as it is.

        Raises:
            TimeoutError: the job has not ended in time.
            JobCancelledError: it was cancelled (also a ``concurrent.futures.CancelledError``).
            AppError: the app's function raised an error.
            GradlinkError: any other reason why there is no result.
        """
        try:
            data = super().result(self._wait(timeout))
        except CancelledError as exc:
            raise self._cancelled_error() from (None if isinstance(exc, JobCancelledError) else exc)
        except TimeoutError as exc:
            if isinstance(exc, GradlinkError):
                raise  # it is the job's own
            raise self._not_yet(timeout) from None
        with self._collecting:
            if not self._collected:
                outcome = self._core.tracker.outcome
                has_files = not isinstance(outcome, Succeeded) or outcome.may_hold_files
                self._collected.append(self._collect(Output(data, None, has_files)))
            return self._collected[0]

    def exception(self, timeout: float | None = None) -> BaseException | None:
        """Return why there is no result, None if there is one; waits and raises as :meth:`result` does."""
        try:
            return super().exception(self._wait(timeout))
        except CancelledError as exc:
            raise self._cancelled_error() from exc
        except TimeoutError:
            raise self._not_yet(timeout) from None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Cancel the job if it has not ended."""
        if not self.done():
            self.cancel()

    def __iter__(self) -> Iterator[Any]:
        """Return an iterator over the values that :meth:`__next__` gives."""
        return Loop(self, self, partial(self._calls.leave, self._core, self._owner))

    @public
    def __next__(self) -> Any:
        """Return the next value of the job; raises the job's error where it ends with one."""
        if self._iteration is None:
            self._iteration = self._core.outputs()
        return self._collect(next(self._iteration))

    @public
    def outputs(self) -> list[Any]:
        """Return the values so far; a function that is not a generator has one once it has ended."""
        updates = self._calls.ask(lambda: list(self._core.tracker.updates))
        walk = OutputWalk()
        outputs = [output for update in updates if (output := walk.advance(update)) is not None]
        return [self._collect(output) for output in outputs]

    def status(self) -> StatusUpdate:
        """Return where the job stands."""
        core = self._core
        return self._calls.ask(lambda: status_update(core.tracker, datetime.fromtimestamp(core.updated_at)))

    def events(self) -> Iterator[Event]:
        """Yield what happened and happens to the job, from its beginning, and end with a DoneEvent.

        A job that fails raises nothing here: its DoneEvent has the error.
        """
        walk = OutputWalk()
        for update in self._core.updates():
            output = walk.advance(update)
            if output is not None:
                yield OutputEvent(self._collect(output), walk.count - 1)
            if (event := event_of(update)) is not None:
                yield event

    def deltas(self) -> Iterator[str]:
        """Yield the text that each value adds to the one before, from the job's beginning.

        The text is the first output that is a string, or the last answer in a chat history. Raises the
        job's error where it ends with one.
        """
        return Loop(self, _added_texts(self._core), partial(self._calls.leave, self._core, self._owner))

    def cancel(self) -> bool:
        """Cancel the job: locally at once, and on the server as far as that can be done.

        The cancel is sent before this returns, if the server answers in a few seconds. Only this job is affected: if
        another call of the same function and session runs, the cancel is sent once that one has ended.

        Returns:
            True if the job is cancelled now, False if it had ended otherwise.
        """
        self._calls.cancel(self._core)
        self._core.wait_cancelled()
        return self.cancelled()

    def add_done_callback(self, fn: Callable[[Future[Any]], object]) -> None:
        """Call ``fn(job)`` when the job ends, in a thread for callbacks; at once if it has ended."""
        if self.done():
            super().add_done_callback(fn)
            return
        self._calls.ask(self._stay)
        super().add_done_callback(partial(_run_callback_soon, self._calls.run_callback, fn))

    @public
    def send_chunk(self, *args: Any, **kwargs: Any) -> None:
        """Give a live endpoint further input, with the arguments of the endpoint."""
        self._calls.send_chunk(self._core, args, kwargs)

    @public
    def close_stream(self) -> None:
        """Tell a live endpoint that no further input comes; the job then ends with its last value."""
        self._calls.close_chunks(self._core)

    def __dir__(self) -> list[str]:
        """Return what there is for callers: not what a Future has for who makes it."""
        return [name for name in super().__dir__() if name not in _OF_A_MAKER]

    def __repr__(self) -> str:
        return one_line(f"<Job {self._core.tracker.api_name} {self._core.tracker.status.code.value}>")

    def _repr_html_(self) -> str:
        from gradlink._progress.jobs import job_html

        outcome = self._core.tracker.outcome
        error = outcome.error if isinstance(outcome, Failed) else None
        return job_html("Job", self.api_name, self.event_id, self.status(), error)

    def __reduce__(self) -> Any:
        raise TypeError(
            "a Job belongs to the connection of its process and cannot be pickled; pickle its result()"
        )

    @property
    def api_name(self) -> str:
        """The endpoint that was called."""
        return self._core.tracker.api_name

    @property
    def event_id(self) -> str | None:
        """The server's name for the job, None before it was accepted."""
        return self._core.tracker.event_id

    @property
    def succeeded(self) -> bool:
        """The job has a result."""
        return isinstance(self._core.tracker.outcome, Succeeded)

    def done(self) -> bool:
        """Tell whether the job has ended."""
        # One look at what only ever changes once needs no lock, which costs more than the rest of asking.
        return self._state in _ENDED

    def running(self) -> bool:
        """Tell whether the job has not ended."""
        return not self.done()

    # -- inside -----------------------------------------------------------------------------------

    def _get_snapshot(self) -> tuple[bool, bool, Any, BaseException | None]:
        """Return whether it is done and cancelled, its result and its error.

        From Python 3.15 on ``asyncio.wrap_future()`` asks this, where it asked :meth:`result` before.
        """
        if not self.done() or self.cancelled():
            return self.done(), self.cancelled(), None, None
        try:
            return True, False, self.result(0), None
        except GradlinkError as exc:
            return True, False, None, exc

    def _wait(self, timeout: float | None) -> float | None:
        """Wait for the end of the job; return how long its outcome may take to be there then."""
        return None if self.done() or self._core.wait_ended(timeout) else 0

    def _stay(self) -> None:
        """Live as long as the job runs: who is to be called back need not have it."""
        if not self._core.ended:
            self._core.when_ended = self._settle

    def _settle(self) -> None:
        """Give the Future the tracker's outcome. Callbacks do not run here, but in threads for them."""
        outcome = self._core.tracker.outcome
        if self.done():
            # Ctrl-C came while it got it, perhaps before those who wait were woken.
            with self._condition:
                self._condition.notify_all()
            return
        match outcome:
            case None:
                pass
            case Succeeded(data=data):
                self.set_result(data)
            case Failed(error=JobCancelledError()):
                # The second call is what wakes concurrent.futures.wait().
                super().cancel()
                self.set_running_or_notify_cancel()
            case Failed(error=error):
                self.set_exception(error)

    def _collect(self, output: Output) -> Any:
        core = self._core
        if core.watch is None or not output.has_files:
            return self._calls.collect(core.endpoint, output, self._delivery, core.total.for_files())
        with core.watch.held():
            scope = core.total.for_files(core.watch)
            return self._calls.collect(core.endpoint, output, self._delivery, scope)

    def _not_yet(self, timeout: float | None) -> TimeoutError:
        return TimeoutError(not_yet(self.api_name, timeout, self.status()))

    def _cancelled_error(self) -> GradlinkError:
        outcome = self._core.tracker.outcome
        if isinstance(outcome, Failed):
            return outcome.error
        return cancelled_error(self._core.tracker.api_name)


def _added_texts(core: JobCore) -> Iterator[str]:
    text = TextWalk()
    for output in core.outputs():
        added = text.advance(output)
        if added:
            yield added


def _call_method(reference: weakref.WeakMethod[Callable[[], None]]) -> None:
    method = reference()
    if method is not None:
        method()


def _run_callback_soon(
    run: Callable[[Callable[[], None]], None], fn: Callable[[Future[Any]], object], job: Future[Any]
) -> None:
    run(partial(_run_callback, fn, job))


def _run_callback(fn: Callable[[Future[Any]], object], job: Future[Any]) -> None:
    # The downloads happen here, not in the thread that asks for the result next (often an event loop).
    with suppress(GradlinkError, CancelledError):
        job.result(0)
    fn(job)
