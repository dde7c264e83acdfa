"""What happens to a job, as ``job.events()`` gives it."""

from __future__ import annotations

from typing import Any, Literal, TypeAlias

from gradlink._dataclass import dataclass
from gradlink._protocol.status import ProgressUnit, Status


@dataclass(frozen=True, slots=True)
class StatusEvent:
    """The job has moved.

    Attributes:
        code: where it stands now.
        rank: jobs before it in the app's queue, 0 = next; None when it does not wait.
        queue_size: jobs in that queue, None when it does not wait.
        eta: seconds until the result, as the server estimates; None before the first estimate.
    """

    code: Status
    rank: int | None = None
    queue_size: int | None = None
    eta: float | None = None
    type: Literal["status"] = "status"


@dataclass(frozen=True, slots=True)
class ProgressEvent:
    """The app reported progress with ``gr.Progress``; the outermost bar comes first."""

    units: tuple[ProgressUnit, ...]
    type: Literal["progress"] = "progress"


@dataclass(frozen=True, slots=True)
class LogEvent:
    """The app called ``gr.Info``, ``gr.Warning`` or ``gr.Success``.

    Attributes:
        level: "info", "warning", "success" or "error".
        title: heading; None from servers that send none.
        duration: seconds that the app's page shows it; None means until it is closed.
        visible: whether the app's page shows it at all.
    """

    message: str
    level: str
    title: str | None = None
    duration: float | None = None
    visible: bool = True
    type: Literal["log"] = "log"


@dataclass(frozen=True, slots=True)
class OutputEvent:
    """A value of the app; ``index`` counts the job's outputs from 0."""

    value: Any
    index: int
    type: Literal["output"] = "output"


@dataclass(frozen=True, slots=True)
class DoneEvent:
    """The job has ended; nothing follows.

    Attributes:
        success: it has a result.
        error: why it has none, None on success.
        cancelled: it was cancelled.
    """

    success: bool
    error: BaseException | None = None
    cancelled: bool = False
    type: Literal["done"] = "done"


Event: TypeAlias = StatusEvent | ProgressEvent | LogEvent | OutputEvent | DoneEvent
