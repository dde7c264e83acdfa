"""What is logged of a call: a line when it has ended, and at the level DEBUG what happens to it until then.

Neither arguments nor values are logged, nor what the app says to its user: they are the program's own.
"""

from __future__ import annotations

import logging
import re

from gradlink._engine.state import JobState
from gradlink._protocol.events import StatusEvent
from gradlink._protocol.job import Failed, Step, Succeeded, Update
from gradlink._protocol.status import Status
from gradlink._text import one_line
from gradlink.errors import AppError, GradlinkError, JobCancelledError

_log = logging.getLogger("gradlink.calls")
_MAX_SHOWN = 300
# What an app may say of the token that it was sent.
_SECRET = re.compile(r"(hf_|Bearer )[A-Za-z0-9_.~+/=-]+")


class CallLog:
    """Tells the log of one call. Times are those of one clock, in seconds. Its owner calls it from one thread at a time."""

    def __init__(self, title: str, now: float) -> None:
        self._title = title
        self._began = now
        self._accepted: float | None = None
        self._started: float | None = None
        self._values = 0
        self._sent = 0
        self._position = 0
        self._event_id = ""
        _log.debug("%s: called", one_line(title))

    def take(self, job: JobState, now: float) -> None:
        """Tell what is new of ``job``."""
        tracker = job.tracker
        if job.resent > self._sent:
            self._sent = job.resent
            self._accepted = self._started = None
            self._say(now, "lost; it is sent again")
        if tracker.event_id is not None and self._accepted is None:
            self._accepted, self._event_id = now, tracker.event_id
            self._say(now, f"accepted as event {self._event_id}")
        new = tracker.updates[self._position :]
        self._position += len(new)
        for update in new:
            self._note(update, now)

    def _note(self, update: Update, now: float) -> None:
        match update:
            case StatusEvent(code=Status.IN_QUEUE, rank=rank, queue_size=size):
                self._say(now, f"in the queue, {rank} before it, {size} in all")
            case StatusEvent(code=Status.PROCESSING):
                self._started = now
                self._say(now, "running")
            case Step():
                self._values += 1
                if self._values == 1:
                    self._say(now, "its first value has come")
            case Succeeded():
                self._end(now, "succeeded")
            case Failed(error=JobCancelledError()):
                self._end(now, "cancelled")
            case Failed(error=error):
                self._end(now, f"failed with {type(error).__name__}", error)
            case _:
                pass

    def _say(self, now: float, text: str) -> None:
        _log.debug("%s, %.2f s after the call", one_line(f"{self._title}: {text}"), now - self._began)

    def _end(self, now: float, how: str, error: GradlinkError | None = None) -> None:
        facts: list[str] = []
        if self._started is not None:
            if self._accepted is not None:
                facts.append(f"{max(self._started - self._accepted, 0.0):.2f} s in the queue")
            facts.append(f"{now - self._started:.2f} s running")
        if self._values:
            facts.append(f"{self._values} value{'s' if self._values > 1 else ''}")
        attempts = self._sent + ((error and error.attempts) or 1)
        if attempts > 1:
            facts.append(f"{attempts} attempts")
        if self._event_id:
            facts.append(f"event {self._event_id}")
        shown = f" ({', '.join(facts)})" if facts else ""
        why = "" if error is None else f": {_shown(error, self._title)}"
        _log.info("%s", one_line(f"{self._title}: {how} after {now - self._began:.2f} s{shown}{why}"))


def _shown(error: GradlinkError, title: str) -> str:
    text = (error.said if isinstance(error, AppError) else str(error)).removeprefix(f"{title}: ")
    return _SECRET.sub(r"\1***", text[:_MAX_SHOWN])
