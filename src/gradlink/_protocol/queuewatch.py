"""Whether the app's queue runs at all: one that was never started takes jobs and lets them wait for ever.

That is so where an app is mounted into an application that is itself mounted: the events of its start never come.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Generic, TypeVar

from gradlink._protocol.messages import (
    Estimation,
    Log,
    Message,
    ProcessCompleted,
    ProcessGenerating,
    ProcessStarts,
    Progress,
)

# A queue that runs takes the job at its head within a tenth of a second, unless it is busy.
STARTUP_SECONDS = 5.0

JobT = TypeVar("JobT")


class QueueWatch(Generic[JobT]):
    """Watches the jobs of one connection until the queue is seen to run, or was asked to start.

    Attributes:
        settled: there is nothing to watch any more.
        armed: the time after which :meth:`expired` is to be called runs.
    """

    __slots__ = ("_waiting", "armed", "settled")

    def __init__(self) -> None:
        self.settled = False
        self.armed = False
        self._waiting: list[JobT] = []

    def take(self, job: JobT, message: Message) -> bool:
        """Take a message of ``job``; return whether :meth:`expired` is to be called in ``STARTUP_SECONDS``.

        A job at the head of the queue may also wait for one that runs. But the queue has run before if it knows how
        long the function takes, and it runs if a job has got any further.
        """
        match message:
            case _ if self.settled:
                return False
            case Estimation(rank=0, eta=None):
                if job not in self._waiting:
                    self._waiting.append(job)
                armed, self.armed = self.armed, True
                return not armed
            case Estimation(eta=None):
                return False
            case (
                Estimation() | ProcessStarts() | Progress() | Log() | ProcessGenerating() | ProcessCompleted()
            ):
                self._settle()
                return False
            case _:
                return False

    def expired(self, waits: Callable[[JobT], bool]) -> bool:
        """Return whether the queue is to be asked to start; ``waits`` tells whether a job has not ended. Asks once."""
        self.armed = False
        self._waiting = [job for job in self._waiting if waits(job)]
        if self.settled or not self._waiting:
            return False
        self._settle()
        return True

    def _settle(self) -> None:
        self.settled = True
        self._waiting.clear()
