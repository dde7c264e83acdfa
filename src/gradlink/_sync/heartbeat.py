"""Keeps an app's session alive with a heartbeat, for apps that have State or unload events.

Wire: GET /heartbeat/{session_hash}, an endless stream; when it closes the server takes the session for gone.
"""

from __future__ import annotations

import logging
import threading
from typing import TYPE_CHECKING

from gradlink._sync.sockets import shut_down
from gradlink._text import one_line
from gradlink._transport import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS
from gradlink.errors import GradlinkError

if TYPE_CHECKING:
    import httpx2

    from gradlink._sync.connection import Connection

_log = logging.getLogger("gradlink.heartbeat")


class Heartbeat:
    """One thread that reads the heartbeat of the client's own session, from the first call on."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
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
        if response is not None and self._session_hash != self._connection.session_hash:
            shut_down(response)

    def stop(self) -> None:
        """End the heartbeat; the server then runs the app's unload events."""
        self._stopped.set()
        response = self._response
        if response is not None:
            shut_down(response)

    def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while not self._stopped.is_set():
            self._session_hash = self._connection.session_hash
            heard, gone = self._read()
            if gone:
                return
            if self._session_hash != self._connection.session_hash:
                continue
            pause = FIRST_PAUSE_SECONDS if heard else min(2 * pause, LONGEST_PAUSE_SECONDS)
            self._stopped.wait(pause)

    def _is_over(self) -> bool:
        """Tell whether what is read is wanted no more."""
        return self._stopped.is_set() or self._session_hash != self._connection.session_hash

    def _read(self) -> tuple[bool, bool]:
        """Read one heartbeat stream to its end; return whether it beat, and whether there is none to read."""
        heard = False
        url = self._connection.access.routes.heartbeat(self._session_hash)
        try:
            with self._connection.driver.open_stream(url) as source:
                self._response = source.response
                if source.response.status_code in {401, 404}:
                    return False, source.response.status_code == 404
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
