"""Many calls of one endpoint, for event loops."""

from __future__ import annotations

import time
import weakref
from collections import deque
from collections.abc import AsyncIterable, AsyncIterator, Awaitable, Callable, Iterable, Iterator
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self, TypeAlias

import anyio
import anyio.to_thread

from gradlink._async.files import AsyncLazyFile
from gradlink._async.job import AsyncJob
from gradlink._async.tasks import Tasks
from gradlink._async.waiters import Waiter, new_waiter
from gradlink.errors import GradlinkError
from gradlink.mapping.concurrency import Bounds
from gradlink.mapping.keys import is_plain
from gradlink.mapping.options import MapOptions
from gradlink.mapping.results import files_in, kept
from gradlink.mapping.rows import MapRow, submitted
from gradlink.mapping.schedule import Item
from gradlink.mapping.work import End, Work, unexpected

if TYPE_CHECKING:
    from gradlink._protocol.schema import Endpoint
    from gradlink.mapping.journal import Journal

# How long a map that is left waits for the ends of its jobs.
LEAVE_SECONDS = 10.0

Rows: TypeAlias = Iterable[Any] | AsyncIterable[Any]


class AsyncTarget(Protocol):
    """What calls the rows: a client, or several behind one face."""

    def submit(
        self, /, *args: Any, api_name: str | None, fn_index: int | None, **kwargs: Any
    ) -> AsyncJob: ...


class AsyncMapRows(AsyncIterator[MapRow]):
    """The rows of a map as they are done; leaving the loop, or ``aclose()``, cancels those that run.

    Leaving the loop only begins that; ``aclose()``, or ``async with``, waits until the app was asked. Use it in one task at a time.
    """

    def __init__(self, start: Callable[[], Awaitable[AsyncRun]]) -> None:
        self._start: Callable[[], Awaitable[AsyncRun]] | None = start
        self._run: AsyncRun | None = None
        self._end: Any = None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> MapRow:
        """Return the next row. Raises its error if it has one and ``errors`` is "raise"."""
        row = None
        try:
            if self._start is not None:
                start, self._start = self._start, None
                self._run = run = await start()
                # Who leaves the loop early drops this. What runs has the run alone.
                self._end = weakref.finalize(self, run.forgotten)
                self._end.atexit = False
            if self._run is not None:
                row = await self._run.next_row()
        finally:
            if row is None:
                await self.aclose()
        if row is None:
            raise StopAsyncIteration
        return row

    async def aclose(self) -> None:
        """Cancel the rows that run, on the server, too, and hand out no more; it may be called twice."""
        self._start = None
        if self._run is not None:
            self._end.detach()
            await self._run.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()


class AsyncRun:
    """One map: rows are pulled and sent in the task of its caller, and end in tasks of their own."""

    def __init__(
        self,
        target: AsyncTarget,
        endpoint: Endpoint,
        rows: Rows,
        options: MapOptions,
        bounds: Bounds,
        journal: Journal | None,
    ) -> None:
        self._target = target
        self._endpoint = endpoint
        self._rows: Iterator[Any] | AsyncIterator[Any] | None = (
            aiter(rows) if isinstance(rows, AsyncIterable) else iter(rows)
        )
        self._journal = journal
        self._reads_files = journal is not None and options.key is None
        self._work = Work(options, bounds, journal, time.monotonic(), self._rank)
        self._ends: deque[End] = deque()
        self._jobs: dict[int, AsyncJob] = {}
        self._tasks = Tasks()
        self._waiter: Waiter | None = None
        self._closed = False
        self._is_forgotten = False
        self._left_at: float | None = None

    async def next_row(self) -> MapRow | None:
        """Return the next row for the caller, None at the end."""
        if self._left_at is not None:
            self._work.schedule.away(time.monotonic() - self._left_at)
        while not self._closed:
            while self._ends:
                self._work.absorb(self._ends.popleft())
            await self._fill()
            if (row := self._work.next_row()) is not None:
                self._left_at = time.monotonic()
                return row
            if self._rows is None and self._work.schedule.idle:
                return None
            with anyio.move_on_after(self._work.seconds_to_wait(time.monotonic())):
                await self._wait_for(lambda: bool(self._ends) or self._closed)
        return None

    def forgotten(self) -> None:
        """End it, since nobody takes its rows any more."""
        self._closed = self._is_forgotten = True
        try:
            self._cancel()
        except RuntimeError:  # its event loop has ended, and with it the client
            self._jobs.clear()
        self._leave()

    async def close(self) -> None:
        """Cancel what runs, and wait a few seconds until the app was asked, and the journal knows what became of it."""
        if self._closed:
            return
        self._closed = True
        try:
            with anyio.move_on_after(LEAVE_SECONDS, shield=True):
                for cancelling in self._cancel():
                    await cancelling
                await self._wait_for(lambda: not self._jobs)
        finally:
            if self._journal is not None:
                self._journal.close()

    # -- in the caller's task ---------------------------------------------------------------------

    async def _fill(self) -> None:
        """Send as many rows as may be sent now."""
        now = time.monotonic()
        for item in self._work.look(now):
            self._send(item)
        while self._work.schedule.has_room(now):
            if (again := self._work.next_again(now)) is not None:
                self._send(again)
            elif not await self._pull(now):
                return
            now = time.monotonic()

    async def _pull(self, now: float) -> bool:
        """Begin with another row; False if there is none, or is to be none now."""
        if self._rows is None or not self._work.schedule.wants_row(now):
            return False
        try:
            row = await anext(self._rows) if isinstance(self._rows, AsyncIterator) else next(self._rows)
        except (StopIteration, StopAsyncIteration):
            self._rows = None
            return False
        self._work.schedule.away(time.monotonic() - now)
        taken = self._work.take_row(row)
        if self._reads_files and not is_plain(row):
            named = await anyio.to_thread.run_sync(self._work.named, taken)
        else:
            named = self._work.named(taken)
        if named is not None and (item := self._work.to_send(named, time.monotonic())) is not None:
            self._send(item)
        return True

    def _send(self, item: Item) -> None:
        try:
            job = submitted(self._target.submit, self._endpoint, item.row)
        except GradlinkError as exc:
            self._end(item, None, exc)
            return
        self._jobs[item.index] = job
        job.add_done_callback(partial(self._collect_soon, item))

    def _rank(self) -> int | None:
        job = next(reversed(self._jobs.values()), None)
        return None if job is None else job.status().rank

    async def _wait_for(self, condition: Callable[[], bool]) -> None:
        while not condition():
            self._waiter = new_waiter()
            await self._waiter.wait()

    def _cancel(self) -> list[Awaitable[bool]]:
        # The last ones first: they wait in the client or in the queue, and will not begin then.
        return [job.cancel() for job in reversed(list(self._jobs.values()))]

    def _leave(self) -> None:
        if self._is_forgotten and not self._jobs and self._journal is not None:
            self._journal.close()

    # -- in tasks of their own --------------------------------------------------------------------

    def _collect_soon(self, item: Item, job: AsyncJob) -> None:
        self._tasks.start(partial(self._collect, item, job))

    async def _collect(self, item: Item, job: AsyncJob) -> None:
        value, error = None, None
        try:
            value = await job.result()
            if self._journal is not None:
                paths = {id(file): await _keep(self._journal, file) for file in files_in(value)}
                value = kept(value, paths, self._journal.folder)
        except GradlinkError as exc:
            value, error = None, exc
        except Exception as exc:  # it must end, whatever went wrong
            value, error = None, unexpected(exc)
        self._end(item, value, error)

    def _end(self, item: Item, value: Any, error: GradlinkError | None) -> None:
        """Write down how a row has ended, and wake the caller's task."""
        end = self._work.end(item, value, error, time.monotonic(), leaving=self._closed)
        self._jobs.pop(item.index, None)
        self._ends.append(end)
        self._leave()
        if self._waiter is not None:
            with suppress(RuntimeError):  # its event loop has ended
                self._waiter.set()


async def _keep(journal: Journal, file: object) -> str:
    """Keep a file of a result; return its path in the journal's folder."""
    assert isinstance(file, AsyncLazyFile), file  # noqa: S101  # what a view with files="lazy" gives
    return await anyio.to_thread.run_sync(journal.keep_file, await file.path())
