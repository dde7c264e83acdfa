"""Who watches a call: those around it, and what the call itself asks for."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

from gradlink._shell.watched import Watcher
from gradlink._shell.watching import Block, JobWatch

if TYPE_CHECKING:
    from gradlink._progress.block import CallDisplay

Soon = Callable[[Callable[[], None]], object]


def early_watch(api_name: str, blocks: Sequence[Block], soon: Soon, *, wanted: object) -> JobWatch | None:
    """Return the watch of a call whose options cannot be read yet, None if nobody around it watches.

    Shapes:
        wanted: what stands for the option ``progress`` in the call, None if nothing does.
    """
    if not blocks or wanted is False:
        return None
    watch = JobWatch(api_name, soon)
    for block in blocks:
        watch.add(block)
    watch.begin()
    return watch


def watch_of(
    api_name: str,
    blocks: Sequence[Block],
    progress: bool | Watcher | None,
    soon: Soon,
    early: JobWatch | None = None,
) -> JobWatch | None:
    """Return the watch of a call, None if nobody watches it.

    Shapes:
        blocks: the parts of the program that the call is in and that watch their jobs.
        progress: True shows the call, if nothing around it does; False lets nobody watch it.
        early: the watch that there is already.

    Raises MissingPackageError if it is to be shown and rich is not there.
    """
    if progress is False:
        return None
    own: CallDisplay | None = None
    if progress is True and not any(block.shows for block in blocks):
        from gradlink._progress.block import CallDisplay

        own = CallDisplay()
    watch = early
    if watch is None:
        if not blocks and own is None and not callable(progress):
            return None
        watch = JobWatch(api_name, soon)
        for block in blocks:
            watch.add(block)
    watch.api_name = api_name
    if own is not None:
        watch.add_own(own, own)
    if callable(progress):
        watch.add(progress)
    if early is None:
        watch.begin()
    return watch


def at_once(task: Callable[[], None]) -> None:
    """Call what calls those who watch, as an event loop does: it calls all in turn anyway."""
    task()
