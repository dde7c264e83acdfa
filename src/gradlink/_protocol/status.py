"""Where a job stands, in the words of Gradio's clients."""

from __future__ import annotations

from datetime import datetime
from enum import Enum
from typing import Literal

from gradlink._dataclass import dataclass


class Status(Enum):
    """The stages of a job, in the order in which it passes them."""

    STARTING = "STARTING"
    JOINING_QUEUE = "JOINING_QUEUE"
    QUEUE_FULL = "QUEUE_FULL"
    IN_QUEUE = "IN_QUEUE"
    SENDING_DATA = "SENDING_DATA"
    PROCESSING = "PROCESSING"
    PROGRESS = "PROGRESS"
    LOG = "LOG"
    ITERATING = "ITERATING"
    FINISHED = "FINISHED"
    CANCELLED = "CANCELLED"

    @staticmethod
    def ordering(status: Status) -> int:
        """Return the place of ``status`` among the stages."""
        return list(Status).index(status)

    def __lt__(self, other: Status) -> bool:
        return Status.ordering(self) < Status.ordering(other)


@dataclass(frozen=True)
class ProgressUnit:
    """One bar of ``gr.Progress``, the outermost first.

    Attributes:
        index: steps done so far, None if the app only gave a fraction.
        length: steps in all, None if unknown.
        unit: what is counted, such as "steps".
        progress: fraction from 0 to 1, None if the app counts steps.
        desc: text beside the bar.
    """

    index: float | None
    length: float | None
    unit: str | None
    progress: float | None
    desc: str | None


@dataclass(frozen=True)
class StatusUpdate:
    """A job's status at one moment.

    Attributes:
        rank: jobs before this one in the app's queue, 0 = next; None when unknown.
        queue_size: jobs in that queue.
        eta: seconds until the result, as the server estimates; None before the first estimate.
        success: None until the job has ended.
        time: when the status came, local time.
        progress_data: bars of ``gr.Progress``, None if the app reports none.
        log: text and level of the ``gr.Info`` or ``gr.Warning`` that came last.
    """

    code: Status
    rank: int | None
    queue_size: int | None
    eta: float | None
    success: bool | None
    time: datetime | None
    progress_data: list[ProgressUnit] | None
    log: tuple[str, str] | None = None
    type: Literal["status", "output"] = "status"
