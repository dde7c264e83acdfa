"""How streams are read: when one is opened again, what its end means, and when a login is worth a try."""

from __future__ import annotations

import logging
from collections.abc import Callable, Collection

from gradlink._engine.failures import MAX_EMPTY_STREAMS, silent_streams, unclosed_stream
from gradlink._facts import with_facts
from gradlink._protocol.dialect import Dialect
from gradlink._protocol.job import stream_error
from gradlink._protocol.messages import (
    CloseStream,
    HeartbeatMessage,
    Message,
    ProcessGenerating,
    UnexpectedError,
    Unknown,
)
from gradlink._protocol.policy import Retries, may_reopen
from gradlink._text import one_line
from gradlink.errors import GradlinkError

_log = logging.getLogger("gradlink.reader")

# Before a heartbeat that broke is opened again.
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0


class LoginOnce:
    """Whether a refused request is worth a login: once, if there is one to make."""

    def __init__(self, statuses: Collection[int], *, available: bool) -> None:
        self._statuses = statuses
        self._available = available

    def helps(self, status: int) -> bool:
        """Tell whether to log in and ask again after an answer with ``status``; it does so once."""
        wanted = self._available and status in self._statuses
        self._available = self._available and not wanted
        return wanted


class StreamPolicy:
    """Judges the streams of one session, one after the other.

    Attributes:
        opened: the stream was there; before that the app has not seen that it is wanted.
        carried: messages of jobs came on it.
        abandoned: it is not read on: nothing more is wanted on it, or the server ended it in a way that is not its end; see
            ``error``.
        error: what that means for the jobs on it, None if nothing.
    """

    def __init__(self, dialect: Dialect, retries: Retries) -> None:
        self._closes_explicitly = dialect.closes_explicitly
        self._retries = retries
        self._failures = 0
        self._empty = 0
        self.begin()

    def begin(self) -> None:
        """Note that a stream is asked for."""
        self.opened = self._heard = self.carried = self.closed = self.abandoned = False
        self.error: GradlinkError | None = None

    def concerns_jobs(self, message: Message) -> bool:
        """Take note of a message; return whether it is to be handed to the session's jobs."""
        self._heard = True
        match message:
            case ProcessGenerating():
                # First, since nearly every message of a stream is one.
                self.carried = True
                return True
            case CloseStream():
                # The end follows at once. A connection that is read to its end can be used again.
                self.closed = True
            case UnexpectedError(is_second_end=True):
                self.abandoned = True  # the next stream goes on where this one broke
            case UnexpectedError(event_id=None):
                self.abandoned, self.error = True, stream_error(message)
            case HeartbeatMessage():
                return True
            case Unknown(msg=msg):
                _log.debug("ignored the unknown message %s", one_line(repr(msg)))
            case _:
                self.carried = True
                return True
        return False

    def leave(self) -> None:
        """Note that the client does not read on, so that the end of the stream means nothing."""
        self.abandoned = True

    def end(self) -> GradlinkError | None:
        """Return what the end of the stream means that was read to it, None if it was a clean one."""
        if self.abandoned:
            return self.error
        return None if self.closed or not self._closes_explicitly else unclosed_stream()

    def pause_to_reopen(self, error: GradlinkError) -> tuple[float, float] | None:
        """Return how long to wait before a stream that was not opened is asked for again, None not to."""
        if self.opened:
            return None
        attempts = self._failures + 1
        with_facts(error, attempts=attempts)
        bounds = self._retries.pause(attempts, error) if may_reopen(error) else None
        if bounds is None or bounds[0] > self._retries.budget_seconds:
            return None
        self._failures += 1
        return bounds

    def verdict(self, error: GradlinkError | None) -> GradlinkError | None:
        """Return what the end of a stream means for the jobs on it, in view of those before it."""
        self._failures = 0
        self._empty = 0 if self._heard else self._empty + 1
        if error is None and self._empty >= MAX_EMPTY_STREAMS:
            return silent_streams()
        return error


class HeartbeatPolicy:
    """Whose heartbeat is read, and when one that broke is opened again.

    Attributes:
        gone: the app has no heartbeat.
        heard: the one that is read, or was read last, has beaten.
    """

    def __init__(self, wanted: Callable[[], str]) -> None:
        """Take what tells the client's own session, which may be another one at any time."""
        self._wanted = wanted
        self._session_hash = ""
        self._pause = FIRST_PAUSE_SECONDS
        self.gone = self.heard = False

    def begin(self) -> str:
        """Return the session whose heartbeat is to be read now."""
        self._session_hash = self._wanted()
        self.heard = False
        return self._session_hash

    @property
    def outdated(self) -> bool:
        """The client's own session is another one by now."""
        return self._session_hash != self._wanted()

    def refused(self, status: int) -> bool:
        """Tell whether an answer with ``status`` is none that can be read."""
        self.gone = status == 404
        return status in {401, 404}

    def pause(self) -> float:
        """Return the seconds to wait before the next one is opened."""
        if self.gone or self.outdated:
            return 0.0
        self._pause = FIRST_PAUSE_SECONDS if self.heard else min(2 * self._pause, LONGEST_PAUSE_SECONDS)
        return self._pause
