"""Shows on standard error where a call stands, on a terminal, and what the app says to its user, anywhere."""

from __future__ import annotations

import time
from collections.abc import Generator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from gradlink._protocol.events import LogEvent
from gradlink.cli.console import output, say

if TYPE_CHECKING:
    from rich.live import Live

    from gradlink._progress.board import Board
    from gradlink._shell.watched import WatchedEvent, WatchedJob

_PER_SECOND = 8


class Watch:
    """What is shown of the calls that are made meanwhile; it vanishes when there is something else to see."""

    def __init__(self, live: Live | None) -> None:
        self._live = live

    def stop(self) -> None:
        """Show no more where calls stand."""
        live, self._live = self._live, None
        if live is not None:
            live.stop()


@contextmanager
def watched() -> Generator[Watch]:
    """Show queue position, estimate, the app's progress and bytes on a terminal, ``gr.Info`` and ``gr.Warning`` anywhere."""
    from gradlink._progress.block import progress
    from gradlink._progress.board import Board

    board = Board()

    def happened(job: WatchedJob, event: WatchedEvent) -> None:
        board.take(job, event, time.monotonic())
        if isinstance(event, LogEvent) and event.visible:
            say(_message(event))

    watch = Watch(_live(board) if output().progress else None)
    try:
        with progress(happened):
            yield watch
    finally:
        watch.stop()


def _live(board: Board) -> Live:
    from rich.live import Live

    from gradlink._progress.terminal import drawn

    console = output().console(stderr=True)
    live = Live(
        console=console,
        get_renderable=lambda: drawn(board.view(time.monotonic()), console),
        refresh_per_second=_PER_SECOND,
        transient=True,
        # A result stays where it is written, also if standard output is the same terminal.
        redirect_stdout=False,
    )
    live.start()
    return live


def _message(event: LogEvent) -> str:
    title = event.title if event.title and event.title.lower() != event.level else ""
    return f"{event.level}: {f'{title}: ' if title else ''}{event.message}"
