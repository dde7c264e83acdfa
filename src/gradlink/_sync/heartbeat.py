"""Keeps an app's session alive with a heartbeat, for apps that have State or unload events.

Wire: GET /heartbeat/{session_hash}, an endless stream; when it closes, the server treats the session as gone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from typing import TYPE_CHECKING, Any

from gradlink._engine.streams import HeartbeatPolicy
from gradlink._shell.eventstream import EventStream
from gradlink._sync.clock import Clock
from gradlink._sync.driver import Driver
from gradlink._sync.livestream import LiveStream
from gradlink._sync.watch import Watch
from gradlink._sync.workers import Workers
from gradlink._text import one_line
from gradlink.errors import GradlinkError

if TYPE_CHECKING:
    from gradlink._sync.door import LiveAnswer

_log = logging.getLogger("gradlink.heartbeat")


class Heartbeat:
    """The heartbeat of the client's own session, from the first call on.

    It is watched as the streams are that nobody waits for; where it cannot be, a thread reads it.

    Args:
        address: tells where the heartbeat of a session is.
    """

    def __init__(
        self,
        driver: Driver,
        policy: HeartbeatPolicy,
        address: Callable[[str], str],
        watch: Watch,
        clock: Clock,
    ) -> None:
        self._driver = driver
        self._policy = policy
        self._address = address
        self._watch = watch
        self._clock = clock
        self._workers = Workers(1, "heartbeat", driver.threads)
        self._lock = threading.Lock()
        self._running = False
        self._stopped = False
        # What is read: one that is watched, or an answer that a thread reads.
        self._live: LiveStream | None = None
        self._answer: LiveAnswer | None = None

    def start(self) -> None:
        """Start the heartbeat unless it runs."""
        with self._lock:
            if self._running or self._stopped:
                return
            self._running = True
        self._go_on()

    def renew(self) -> None:
        """Go on with the session that is the client's own now."""
        if self._policy.outdated:
            self._break()

    def stop(self) -> None:
        """End the heartbeat; the server then runs the app's unload events."""
        self._stopped = True
        self._break()
        self._workers.close()

    # -- for the thread that watches ----------------------------------------------------------------

    def wait_on(self) -> int | None:
        """Return the descriptor of the socket that it comes over; None if it was stopped."""
        live = self._live
        # Who stops it before it is there finds nothing to break.
        if live is None or self._stopped:
            self._close_live()
            return None
        return live.fileno()

    def patience(self) -> float | None:
        """Return in how many seconds it is to be read although its socket tells nothing; None for never."""
        return None if self._live is None else self._live.patience()

    def read_now(self, *, ready: bool) -> bool:
        """Read what has come, without waiting; return whether it is to be watched further.

        Args:
            ready: the socket has told that there is something; else it may be overdue.
        """
        live = self._live
        if live is None or not self._takes(live, ready=ready):
            self._again()
            return False
        if live.odd is None:
            return True
        if live.odd.status_code == 200:
            self._live = None
            if not self._workers.run(partial(self._read, live.blocking(), live.close)):
                live.close()  # it was stopped meanwhile
        else:
            self._policy.refused(live.odd.status_code)
            self._again()
        return False

    def fail(self, exc: Exception) -> None:
        """Begin anew: it cannot be watched any more."""
        _log.debug("the heartbeat broke: %s", one_line(exc))
        self._again()

    def _takes(self, live: LiveStream, *, ready: bool) -> bool:
        """Read what has come; return whether more is wanted and may come."""
        try:
            texts = live.read() if ready or live.wait(0.0, None) else []
        except GradlinkError as exc:
            _log.debug("the heartbeat broke: %s", one_line(exc))
            return False
        self._policy.heard = self._policy.heard or bool(texts)
        return texts is not None and self._wanted

    # -- what may take its time ---------------------------------------------------------------------

    def _open(self) -> None:
        """Ask for the heartbeat, and have it watched, or read it in this thread."""
        if self._stopped or self._policy.gone:
            return
        url = self._address(self._policy.begin())
        try:
            self._live = self._driver.begin_stream(url)
        except GradlinkError as exc:
            # A heartbeat is no reason to fail a call.
            _log.debug("the heartbeat broke: %s", one_line(exc))
            self._again()
            return
        if self._live is None:
            self._read(self._driver.open_stream(url), lambda: None)
        elif not self._watch.add(self):
            self._close_live()  # the client was closed

    def _read(self, source: AbstractContextManager[EventStream[Any]], close: Callable[[], None]) -> None:
        """Read a heartbeat to its end, in this thread."""
        policy = self._policy
        try:
            with source as stream:
                self._answer = stream.response
                events = iter(stream)
                if not policy.refused(stream.response.status_code):
                    # Who ended it before the answer had begun found nothing to break.
                    while self._wanted and next(events, None) is not None:
                        policy.heard = True
        except GradlinkError as exc:
            _log.debug("the heartbeat broke: %s", one_line(exc))
        finally:
            self._answer = None
            close()
        self._again()

    @property
    def _wanted(self) -> bool:
        return not self._stopped and not self._policy.outdated

    def _go_on(self) -> None:
        self._workers.run(self._open)

    def _again(self) -> None:
        """Ask for it once more, in a moment."""
        self._close_live()
        if self._stopped or self._policy.gone:
            return
        pause = self._policy.pause()
        if pause:
            self._clock.after(pause, self._go_on)
        else:
            self._go_on()

    def _break(self) -> None:
        for source in (self._live, self._answer):
            if source is not None:
                source.stop()

    def _close_live(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            live.close()
