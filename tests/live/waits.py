"""What the tests of streams, cancels and lives wait for, and the keys by which they find it."""

from __future__ import annotations

import threading
import uuid
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import anyio.to_thread

from gradlink import Event, LogEvent, OutputEvent, ProgressEvent, Status, StatusEvent

END_SECONDS = 30.0  # how long something that ends at once may take on a busy machine


def new_key() -> str:
    """Return a key for gates and counts that no other test has."""
    return uuid.uuid4().hex


def follow(events: Iterator[Any], is_last: Callable[[Event], bool]) -> list[Any]:
    """Take events up to the first for which the condition holds, that one included."""
    taken: list[Any] = []
    for event in events:
        taken.append(event)
        if is_last(event):
            return taken
    raise AssertionError(f"the job ended before: {taken}")


def status_is(code: Status) -> Callable[[Event], bool]:
    """Return the condition that the job has come to ``code``."""
    return lambda event: isinstance(event, StatusEvent) and event.code is code


def output_is(index: int) -> Callable[[Event], bool]:
    """Return the condition that the output of that index has come."""
    return lambda event: isinstance(event, OutputEvent) and event.index == index


def progress_is(*indexes: int) -> Callable[[Event], bool]:
    """Return the condition that the bars stand at these steps, the outermost first."""
    return lambda event: (
        isinstance(event, ProgressEvent) and tuple(unit.index for unit in event.units) == indexes
    )


def is_log(event: Event) -> bool:
    """Hold for a message of the app to its user."""
    return isinstance(event, LogEvent)


def gradlink_threads() -> list[threading.Thread]:
    """Return the threads of this process that are gradlink's."""
    return [thread for thread in threading.enumerate() if thread.name.startswith("gradlink")]


def threads_left(started: list[threading.Thread]) -> list[str]:
    """Wait until these threads have ended; return the names of those that do not."""
    for thread in started:
        thread.join(END_SECONDS)
    return [thread.name for thread in started if thread.is_alive()]


async def in_thread(function: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    """Call a function that blocks without blocking the event loop."""
    return await anyio.to_thread.run_sync(partial(function, *args, **kwargs))
