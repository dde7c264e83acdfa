"""``with gradlink.progress():`` and what shows a single call."""

from __future__ import annotations

import contextvars
import threading
from types import TracebackType
from typing import Self, TextIO

from gradlink._flows.options import check_progress
from gradlink._progress.display import Display, require_rich
from gradlink._shell.watched import WatchedEvent, WatchedJob, Watcher
from gradlink._shell.watching import Block, current_blocks


def progress(callback: Watcher | None = None, *, file: TextIO | None = None) -> Progress:
    """Return a context that shows where the jobs are that are made in it, or has a function called with that.

    >>> with gradlink.progress():  # doctest: +SKIP
    ...     client.predict("photo.png", api_name="/upscale")

    It shows queue position, the server's estimate of the time left, the app's own progress, and the bytes of files that are sent
    and received: in a notebook below the cell, otherwise on standard error if that is a terminal, and else not at
    all. It is for ``async with``, too. Jobs of other threads are not in it, those of tasks that are started in it are; what
    a job does after its end is not shown.

    Args:
        callback: called with a :class:`gradlink.WatchedJob` and each event of it, in order, instead of showing anything: a
            StatusEvent, ProgressEvent, LogEvent, TransferEvent, or as the last one before downloads DoneEvent.
            It is called in a thread for that by a ``Client``, and by an ``AsyncClient`` on its event loop; what it
            raises is logged.
        file: where to show it instead of standard error; nothing is shown where that is not a terminal.

    Raises:
        MissingPackageError: rich is not installed, which shows it anywhere but in a notebook (an ImportError).
        ArgumentError: the callback is not a function, or a coroutine function.
    """
    check_progress(callback)
    if callback is None:
        require_rich(file)
    return Progress(callback, file)


class Progress:
    """What :func:`progress` returns; it can be entered again when it was left."""

    def __init__(self, callback: Watcher | None, file: TextIO | None) -> None:
        self._callback = callback
        self._file = file
        self._entered: tuple[Block, Display | None] | None = None

    def __enter__(self) -> Self:
        if self._entered is not None:
            raise RuntimeError("this progress() was entered already; make one for each block")
        display = None
        if self._callback is not None:
            block = Block(self._callback)
        elif any(around.shows for around in current_blocks()):
            block = Block(_ignore)  # what is around it shows its jobs
        else:
            display = Display(self._file)
            display.open()
            block = Block(display.take, shows=True)
        self._entered = block, display
        block.enter()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        entered, self._entered = self._entered, None
        if entered is None:
            return
        block, display = entered
        try:
            block.leave()
        finally:
            if display is not None:
                display.close()

    async def __aenter__(self) -> Self:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)


class CallDisplay:
    """Shows one call until it has ended, and again while somebody fetches its files."""

    def __init__(self) -> None:
        require_rich(None)
        self._display = Display()
        # Events come in other threads, and a kernel knows by its context which cell it is that shows something.
        self._context = contextvars.copy_context()
        self._lock = threading.Lock()
        self._is_open = False
        self._holders = 0
        self._runs = True

    def __call__(self, job: WatchedJob, event: WatchedEvent) -> None:
        self._display.take(job, event)
        with self._lock:
            if event.type == "done":
                self._runs = False
            if self._wanted and not self._is_open:
                self._is_open = True
                self._context.run(self._display.open)
        self._close_unless_wanted()

    def hold(self) -> None:
        """Show it as long as somebody holds it."""
        with self._lock:
            self._holders += 1

    def release(self) -> None:
        """Hold it no more."""
        with self._lock:
            self._holders -= 1
        self._close_unless_wanted()

    @property
    def _wanted(self) -> bool:
        return self._runs or self._holders > 0

    def _close_unless_wanted(self) -> None:
        with self._lock:
            if self._wanted or not self._is_open:
                return
            self._is_open = False
            self._display.close()


def _ignore(job: WatchedJob, event: WatchedEvent) -> None:
    pass
