"""Many calls of one endpoint, for threads."""

from __future__ import annotations

import threading
import time
import weakref
from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import suppress
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Protocol, Self

from gradlink._local.files import FileObject
from gradlink._sync.changes import Changes
from gradlink._sync.files import LazyFile
from gradlink.errors import GradlinkError
from gradlink.mapping.concurrency import Bounds
from gradlink.mapping.options import MapOptions
from gradlink.mapping.results import files_in, kept
from gradlink.mapping.rows import MapRow, submitted
from gradlink.mapping.schedule import Item
from gradlink.mapping.work import End, Work, unexpected

if TYPE_CHECKING:
    from gradlink._protocol.schema import Endpoint
    from gradlink.mapping.journal import Journal

# Cancels that are sent at a time when a map is left, and how long it waits for the ends of its jobs.
CANCELLERS = 8
LEAVE_SECONDS = 10.0


class Target(Protocol):
    """What calls the rows: a client, or several behind one face."""

    def submit(
        self, /, *args: Any, api_name: str | None, fn_index: int | None, **kwargs: Any
    ) -> Future[Any]: ...


class MapRows(Iterator[MapRow]):
    """The rows of a map as they are done; leaving the loop, or ``close()``, cancels those that run.

    Use it in one thread at a time.
    """

    def __init__(self, run: Run) -> None:
        self._run = run
        # Who leaves the loop early drops it. What runs has the Run alone.
        self._end = weakref.finalize(self, run.forgotten)

    def __iter__(self) -> Self:
        return self

    def __next__(self) -> MapRow:
        """Return the next row. Raises its error if it has one and ``errors`` is "raise"."""
        row = None
        try:
            row = self._run.next_row()
        finally:
            if row is None:
                self.close()
        if row is None:
            raise StopIteration
        return row

    def close(self) -> None:
        """Cancel the rows that run, on the server, too, and hand out no more; it may be called twice."""
        self._end.detach()
        self._run.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()


class Run:
    """One map: rows are pulled and sent in the thread of its caller, and end in threads for callbacks."""

    def __init__(
        self,
        target: Target,
        endpoint: Endpoint,
        rows: Iterator[Any],
        options: MapOptions,
        bounds: Bounds,
        journal: Journal | None,
    ) -> None:
        self._target = target
        self._endpoint = endpoint
        self._rows: Iterator[Any] | None = rows
        self._journal = journal
        self._work = Work(options, bounds, journal, time.monotonic(), self._rank)
        # Guards what threads for callbacks write: the ends, and the jobs that have none.
        self._changed = Changes()
        self._ends: deque[End] = deque()
        self._jobs: dict[int, Future[Any]] = {}
        self._closed = False
        self._left_at: float | None = None
        self._thread = threading.get_ident()

    def next_row(self) -> MapRow | None:
        """Return the next row for the caller, None at the end."""
        self._thread = threading.get_ident()
        if self._left_at is not None:
            self._work.schedule.away(time.monotonic() - self._left_at)
        while not self._closed:
            with self._changed:
                ends, self._ends = self._ends, deque()
            for end in ends:
                self._work.absorb(end)
            self._fill()
            if (row := self._work.next_row()) is not None:
                self._left_at = time.monotonic()
                return row
            if self._rows is None and self._work.schedule.idle:
                return None
            with self._changed:
                self._changed.wait_for(
                    lambda: self._ends or self._closed, self._work.seconds_to_wait(time.monotonic())
                )
        return None

    def forgotten(self) -> None:
        """End it, since nobody takes its rows any more: that may be noticed in any thread."""
        if threading.get_ident() == self._thread:
            self.close()
            return
        with suppress(RuntimeError):  # the interpreter is ending
            threading.Thread(target=self.close, name="gradlink-map", daemon=True).start()

    def close(self) -> None:
        """Cancel what runs, and wait a few seconds until the journal knows what became of it."""
        with self._changed:
            if self._closed:
                return
            self._closed = True
            # The last ones first: they wait in the client or in the queue, and will not begin then.
            jobs = list(reversed(self._jobs.values()))
        try:
            _cancel(jobs)
            with self._changed:
                self._changed.wait_for(lambda: not self._jobs, LEAVE_SECONDS)
        finally:
            if self._journal is not None:
                self._journal.close()

    # -- in the caller's thread -------------------------------------------------------------------

    def _fill(self) -> None:
        """Send as many rows as may be sent now."""
        now = time.monotonic()
        for item in self._work.look(now):
            self._send(item)
        while self._work.schedule.has_room(now):
            if (again := self._work.next_again(now)) is not None:
                self._send(again)
            elif not self._pull(now):
                return
            now = time.monotonic()

    def _pull(self, now: float) -> bool:
        """Begin with another row; False if there is none, or is to be none now."""
        if self._rows is None or not self._work.schedule.wants_row(now):
            return False
        try:
            row = next(self._rows)
        except StopIteration:
            self._rows = None
            return False
        self._work.schedule.away(time.monotonic() - now)
        named = self._work.named(self._work.take_row(row))
        if named is not None and (item := self._work.to_send(named, time.monotonic())) is not None:
            self._send(item)
        return True

    def _send(self, item: Item) -> None:
        try:
            job = submitted(self._target.submit, self._endpoint, item.row)
        except GradlinkError as exc:
            self._end(item, None, exc)
            return
        with self._changed:
            self._jobs[item.index] = job
        job.add_done_callback(partial(self._ended, item))

    def _rank(self) -> int | None:
        with self._changed:
            job: Any = next(reversed(self._jobs.values()), None)
        return None if job is None else job.status().rank

    # -- in threads for callbacks -----------------------------------------------------------------

    def _ended(self, item: Item, job: Future[Any]) -> None:
        value, error = None, None
        try:
            value = job.result(0)
            if self._journal is not None:
                paths = {id(file): self._journal.keep_file(_path_of(file)) for file in files_in(value)}
                value = kept(value, paths, self._journal.folder)
        except GradlinkError as exc:
            value, error = None, exc
        except Exception as exc:  # it must end, whatever went wrong
            value, error = None, unexpected(exc)
        self._end(item, value, error)

    def _end(self, item: Item, value: Any, error: GradlinkError | None) -> None:
        """Write down how a row has ended, and tell the caller's thread."""
        end = self._work.end(item, value, error, time.monotonic(), leaving=self._closed)
        with self._changed:
            self._jobs.pop(item.index, None)
            self._ends.append(end)
            self._changed.notify_all()


def _path_of(file: FileObject) -> str:
    """Return where a file of a result is on this machine; one that is to be fetched is fetched now."""
    assert isinstance(file, LazyFile), file  # noqa: S101  # what a view with files="lazy" gives
    return file.path()


def _cancel(jobs: list[Future[Any]]) -> None:
    """Cancel jobs, a few at a time: each waits until the server was asked."""
    left = deque(jobs)

    def work() -> None:
        with suppress(IndexError):
            while True:
                left.popleft().cancel()

    threads = [
        threading.Thread(target=work, name="gradlink-map", daemon=True)
        for _ in range(min(CANCELLERS, len(jobs)))
    ]
    with suppress(RuntimeError):  # the interpreter is ending: no thread can be started
        for thread in threads:
            thread.start()
    work()
    for thread in threads:
        if thread.ident is not None:
            thread.join()
