"""A tracker's state in the words of the public status and events."""

from __future__ import annotations

from datetime import datetime

from gradlink._protocol.events import DoneEvent, Event
from gradlink._protocol.job import Failed, JobTracker, Outcome, Step, Succeeded, Update
from gradlink._protocol.status import Status, StatusUpdate
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


def early_status(outcome: Outcome | None, when: datetime) -> StatusUpdate:
    """Return the status of a call that is no job yet, or never was one; the last thing happened to it at ``when``."""
    if outcome is None:
        code = Status.STARTING
    else:
        code = Status.CANCELLED if was_cancelled(outcome) else Status.FINISHED
    return StatusUpdate(
        code=code,
        rank=None if outcome is None else 0,
        queue_size=None,
        eta=None,
        success=None if outcome is None else False,
        time=when,
        progress_data=None,
    )


def was_cancelled(outcome: Outcome | None) -> bool:
    """Tell whether a call has ended because it was cancelled."""
    return isinstance(outcome, Failed) and isinstance(outcome.error, JobCancelledError)


def cancelled_error(api_name: str) -> JobCancelledError:
    """Return the error of a call that was cancelled."""
    return JobCancelledError(f"{api_name}: the job was cancelled")


def not_yet(api_name: str, timeout: float | None, status: StatusUpdate) -> str:
    """Return what is to be said to somebody who has waited for a job's result for ``timeout`` seconds in vain."""
    match status.code:
        case Status.STARTING | Status.JOINING_QUEUE | Status.SENDING_DATA:
            where = "it is being sent"
        case Status.IN_QUEUE:
            where = "it is in the queue" + ("" if status.rank is None else f", behind {status.rank} others")
        case _:
            where = "it is running"
    return f"{api_name}: no result after {timeout or 0:g} s; {where}, and goes on until cancel() or a timeout= of the call"


def event_of(update: Update) -> Event | None:
    """Return the event that ``update`` is, None for one that only brings a value."""
    match update:
        case Step():
            return None
        case Succeeded():
            return DoneEvent(True)
        case Failed(error=error):
            return DoneEvent(False, error, was_cancelled(update))
        case _:
            return update
