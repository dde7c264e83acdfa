"""A tracker's state in the words of the public status and events."""

from __future__ import annotations

from datetime import datetime

from gradlink._protocol.events import DoneEvent
from gradlink._protocol.job import Failed, JobTracker, Outcome, Succeeded
from gradlink._protocol.status import StatusUpdate
from gradlink.errors import JobCancelledError


def status_update(tracker: JobTracker, when: datetime) -> StatusUpdate:
    """Return the status of a job whose last message came at ``when``."""
    status = tracker.status
    success = None if tracker.outcome is None else isinstance(tracker.outcome, Succeeded)
    log = tracker.log
    return StatusUpdate(
        code=status.code,
        rank=status.rank,
        queue_size=status.queue_size,
        eta=status.eta,
        success=success,
        time=when,
        progress_data=None
        if tracker.progress is None or tracker.outcome is not None
        else list(tracker.progress),
        log=None if log is None or tracker.outcome is not None else (log.message, log.level),
    )


def ended_event(outcome: Outcome) -> DoneEvent:
    """Return the last event of a job."""
    if isinstance(outcome, Failed):
        return DoneEvent(False, outcome.error, isinstance(outcome.error, JobCancelledError))
    return DoneEvent(True)
