"""A job with what programs for gradio_client use beside it."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import AsyncGenerator, Callable, Iterator
from concurrent.futures import Future
from contextlib import suppress
from typing import Any

from gradlink._protocol.job import Failed, Succeeded
from gradlink._protocol.outputs import Output, OutputWalk
from gradlink._protocol.status import StatusUpdate
from gradlink._shell.raised import public
from gradlink._sync.calls import Calls
from gradlink._sync.job import Job as CleanJob
from gradlink._sync.jobcore import JobCore
from gradlink.compat._communicator import Communicator
from gradlink.compat._translating import translated, translating
from gradlink.compat._updates import OutputUpdate, final_of, status_of
from gradlink.errors import GradlinkError


class Job(CleanJob):
    """A call on its way: a :class:`gradlink.Job` with what programs for gradio_client use beside it.

    Attributes:
        verbose: that of the client.
        space_id: the Space that is called, None if it is none.
    """

    def __init__(self, calls: Calls, core: JobCore, owner: Any) -> None:
        super().__init__(calls, core, owner)
        self.verbose: bool = owner.verbose
        self.space_id: str | None = owner.space_id
        self.lock = threading.RLock()
        self._walk = OutputWalk()
        self._walked = 0
        self._found: deque[Output] = deque()
        self._outputs: list[Any] = []

    @property
    def communicator(self) -> Communicator:
        """What the job is polled by; better: ``for value in job``, ``job.events()``, ``job.status()``."""
        return Communicator(self)

    @property
    def future(self) -> Future[Any]:
        """The job itself, which is a ``concurrent.futures.Future``."""
        return self

    @property
    def cancel_fn(self) -> Callable[[], object]:
        """What cancels the job."""
        return self.cancel

    def end_input(self) -> None:
        """Tell a live endpoint that there is no more than what the call has brought; others are left alone."""
        if self._core.endpoint.live and not self._core.ended:
            self.close_stream()

    @public
    def outputs(self) -> list[Any]:
        """Return the values so far: always the same list, which grows."""
        with translating(), self.lock:
            updates = self._calls.ask(lambda: self._core.tracker.updates[self._walked :])
            self._walked += len(updates)
            self._found.extend(
                output for update in updates if (output := self._walk.advance(update)) is not None
            )
            while self._found:
                # One whose files cannot be fetched stays, and is tried again when somebody asks again.
                self._outputs.append(self._collect(self._found[0]))
                self._found.popleft()
            return self._outputs

    @public
    def result(self, timeout: float | None = None) -> Any:
        """Return the call's result, as :meth:`gradlink.Job.result` does."""
        with translating():
            return super().result(timeout)

    def __iter__(self) -> Job:
        """Return the job itself: leaving a loop leaves it running."""
        return self

    @public
    def __next__(self) -> Any:
        """Return the next value of the job; raises the job's error where it ends with one."""
        with translating():
            return super().__next__()

    def set_exception(self, exception: BaseException | None) -> None:
        super().set_exception(translated(exception) if isinstance(exception, GradlinkError) else exception)

    async def __aiter__(self) -> AsyncGenerator[StatusUpdate | OutputUpdate, None]:
        """Yield what happened and happens to the job, under asyncio; better: ``AsyncClient``.

        A job that fails raises nothing here: the last update says so. Leaving the loop leaves the job as it is.
        """
        import asyncio  # by now it is there; the client itself has no event loop

        loop = asyncio.get_running_loop()
        queue: asyncio.Queue[StatusUpdate | OutputUpdate | None] = asyncio.Queue()
        left = threading.Event()

        def read() -> None:
            with suppress(RuntimeError):  # the loop was closed before the job has ended
                try:
                    for update in self._updates():
                        if left.is_set():
                            return
                        loop.call_soon_threadsafe(queue.put_nowait, update)
                finally:
                    loop.call_soon_threadsafe(queue.put_nowait, None)

        # A thread, since a job tells nobody but those who wait for it; it is gone when the job has ended.
        threading.Thread(target=read, name="gradlink-updates", daemon=True).start()
        try:
            while (update := await queue.get()) is not None:
                yield update
        finally:
            left.set()

    def _updates(self) -> Iterator[StatusUpdate | OutputUpdate]:
        walk = OutputWalk()
        for update in self._core.updates():
            output = walk.advance(update)
            if output is not None and not isinstance(update, Succeeded):
                try:
                    value = self._collect(output)
                except GradlinkError as error:
                    value = translated(error)
                yield OutputUpdate(value, success=True)
            yield status_of(update)
            if isinstance(update, (Succeeded, Failed)):
                yield final_of(update)
