"""Keeps an app's session alive with a heartbeat, for apps that have State or unload events.

Wire: GET /heartbeat/{session_hash}, an endless stream; when it closes, the server treats the session as gone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import TYPE_CHECKING

from gradlink._engine.streams import HeartbeatPolicy
from gradlink._sync.driver import Driver
from gradlink._text import one_line
from gradlink.errors import GradlinkError

if TYPE_CHECKING:
    from gradlink._sync.door import LiveAnswer

_log = logging.getLogger("gradlink.heartbeat")


class Heartbeat:
    """One thread that reads the heartbeat of the client's own session, from the first call on."""

    def __init__(self, driver: Driver, policy: HeartbeatPolicy, address: Callable[[str], str]) -> None:
        self._driver = driver
        self._policy = policy
        self._address = address
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._running = False
        self._response: LiveAnswer | None = None

    def start(self) -> None:
        """Start the heartbeat unless it runs."""
        with self._lock:
            if self._running or self._stopped.is_set():
                return
            self._running = True
        threading.Thread(target=self._run, name="gradlink-heartbeat", daemon=True).start()

    def renew(self) -> None:
        """Go on with the session that is the client's own now."""
        response = self._response
        if response is not None and self._policy.outdated:
            response.stop()

    def stop(self) -> None:
        """End the heartbeat; the server then runs the app's unload events."""
        self._stopped.set()
        response = self._response
        if response is not None:
            response.stop()

    def _run(self) -> None:
        while not self._stopped.is_set() and not self._policy.gone:
            self._read(self._policy.begin())
            self._stopped.wait(self._policy.pause())

    def _read(self, session_hash: str) -> None:
        """Read one heartbeat stream to its end."""
        policy = self._policy
        try:
            with self._driver.open_stream(self._address(session_hash)) as source:
                self._response = source.response
                if policy.refused(source.response.status_code):
                    return
                # Who ended it before the answer had begun found nothing to shut down.
                events = iter(source)
                while not self._stopped.is_set() and not policy.outdated and next(events, None) is not None:
                    policy.heard = True
        except GradlinkError as exc:
            # A heartbeat is no reason to fail a call.
            _log.debug("the heartbeat broke: %s", one_line(exc))
        finally:
            self._response = None
