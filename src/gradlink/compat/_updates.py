"""What ``async for`` on a job gives: its statuses, and its values."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Literal

from gradlink._dataclass import dataclass
from gradlink._protocol.events import LogEvent, ProgressEvent, StatusEvent
from gradlink._protocol.job import Failed, Succeeded, Update
from gradlink._protocol.status import Status, StatusUpdate
from gradlink.compat._translating import translated
from gradlink.errors import AppError


@dataclass
class OutputUpdate:
    """A value of a job, as ``async for`` gives it.

    Attributes:
        outputs: the values of one step; at the end the app's last answer, ``{"data": [...]}`` or ``{"error": ...}``.
        success: False where the job has failed.
        final: nothing follows.
    """

    outputs: Any
    success: bool
    type: Literal["output"] = "output"
    final: bool = False


def status_of(update: Update) -> StatusUpdate:
    """Return the status that a job has with ``update``."""
    now = datetime.now()  # noqa: DTZ005  # as everywhere in a status: local time
    match update:
        case StatusEvent():
            return StatusUpdate(update.code, update.rank, update.queue_size, update.eta, None, now, None)
        case ProgressEvent():
            return StatusUpdate(Status.PROGRESS, None, None, None, None, now, list(update.units))
        case LogEvent():
            log = (update.message, update.level)
            return StatusUpdate(Status.LOG, None, None, None, None, now, None, log)
        case Succeeded() | Failed():
            return StatusUpdate(Status.FINISHED, 0, None, None, isinstance(update, Succeeded), now, None)
        case _:
            return StatusUpdate(Status.ITERATING, None, None, None, None, now, None)


def final_of(update: Succeeded | Failed) -> OutputUpdate:
    """Return the last update of a job: what its app has answered."""
    if isinstance(update, Succeeded):
        return OutputUpdate({"data": update.data}, success=True, final=True)
    error = translated(update.error)
    said: dict[str, Any] = {"error": str(error)}
    if isinstance(error, AppError):
        said |= {
            "error": error.message,
            "title": error.title,
            "duration": error.duration,
            "visible": error.visible,
        }
    return OutputUpdate(said, success=False, final=True)
