"""Keeps an app's session alive with a heartbeat, for apps that have State or unload events.

Wire: GET /heartbeat/{session_hash}, an endless stream; when it closes the server takes the session for gone.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

import httpx2

from gradlink._engine.streams import HeartbeatPolicy
from gradlink._sync.driver import Driver
from gradlink._sync.sockets import shut_down
from gradlink._text import one_line
from gradlink.errors import GradlinkError

_log = logging.getLogger("gradlink.heartbeat")


class Heartbeat:
    """One thread that reads the heartbeat of the client's own session, from the first call on."""

    def __init__(
        self, driver: Driver, session_hash: Callable[[], str], address: Callable[[str], str]
    ) -> None:
        self._driver = driver
        self._wanted_session = session_hash
        self._address = address
        self._lock = threading.Lock()
        self._stopped = threading.Event()
        self._running = False
        self._session_hash = ""
        self._response: httpx2.Response | None = None

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
        if response is not None and self._session_hash != self._wanted_session():
            shut_down(response)

    def stop(self) -> None:
        """End the heartbeat; the server then runs the app's unload events."""
        self._stopped.set()
        response = self._response
        if response is not None:
            shut_down(response)

    def _run(self) -> None:
        policy = HeartbeatPolicy()
        while not self._stopped.is_set():
            self._session_hash = self._wanted_session()
            heard, gone = self._read(policy)
            if gone:
                return
            if self._session_hash == self._wanted_session():
                self._stopped.wait(policy.pause(heard=heard))

    def _is_over(self) -> bool:
        """Tell whether what is read is wanted no more."""
        return self._stopped.is_set() or self._session_hash != self._wanted_session()

    def _read(self, policy: HeartbeatPolicy) -> tuple[bool, bool]:
        """Read one heartbeat stream to its end; return whether it beat, and whether there is none to read."""
        heard = False
        try:
            with self._driver.open_stream(self._address(self._session_hash)) as source:
                self._response = source.response
                if policy.refused(source.response.status_code):
                    return False, policy.gone(source.response.status_code)
                # Who ended it before the answer had begun found nothing to shut down.
                events = iter(source)
                while not self._is_over() and next(events, None) is not None:
                    heard = True
        except GradlinkError as exc:
            # A heartbeat is no reason to fail a call.
            _log.debug("the heartbeat broke: %s", one_line(exc))
        finally:
            self._response = None
        return heard, False
