"""What those who watch jobs hear."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, TypeAlias

from gradlink._dataclass import dataclass
from gradlink._protocol.events import DoneEvent, LogEvent, ProgressEvent, StatusEvent


@dataclass(frozen=True, slots=True)
class WatchedJob:
    """A job, for those who watch it.

    Attributes:
        number: counts the jobs of this process that are watched, from 1.
        api_name: the endpoint that was called.
        event_id: the server's name for the job, None before it was accepted.
    """

    number: int
    api_name: str
    event_id: str | None


@dataclass(frozen=True, slots=True)
class TransferEvent:
    """A part of a file was sent or received.

    Attributes:
        name: the file's name, as its sender has it.
        done: bytes so far; an attempt that is made again begins at 0, or where the last one broke.
        total: bytes in all, None if unknown. The last event of a file that came through has it equal to ``done``.
        failed: it broke, or was given up; it may be tried again, and then goes on.
        number: counts the files of the job, from 0: two of them may have the same name.
    """

    direction: Literal["upload", "download"]
    name: str
    done: int
    total: int | None
    failed: bool = False
    number: int = 0
    type: Literal["transfer"] = "transfer"


WatchedEvent: TypeAlias = StatusEvent | ProgressEvent | LogEvent | DoneEvent | TransferEvent
Watcher: TypeAlias = Callable[[WatchedJob, WatchedEvent], object]
