"""Keeps an app's session alive with a heartbeat, for apps that have State or unload events.

Wire: GET /heartbeat/{session_hash}, an endless stream; when it closes the server takes the session for gone.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import anyio

from gradlink._text import one_line
from gradlink._transport import FIRST_PAUSE_SECONDS, LONGEST_PAUSE_SECONDS
from gradlink.errors import GradlinkError

if TYPE_CHECKING:
    from gradlink._async.connection import AsyncConnection

_log = logging.getLogger("gradlink.heartbeat")


class AsyncHeartbeat:
    """One task that reads the heartbeat of the client's own session, from the first call on."""

    def __init__(self, connection: AsyncConnection) -> None:
        self._connection = connection
        self._running = False
        self._scope: anyio.CancelScope | None = None

    def start(self) -> None:
        """Start the heartbeat unless it runs."""
        if not self._running:
            self._running = True
            self._connection.tasks.start(self._run)

    def renew(self) -> None:
        """Go on with the session that is the client's own now."""
        if self._scope is not None:
            self._scope.cancel()

    async def _run(self) -> None:
        pause = FIRST_PAUSE_SECONDS
        while True:
            session_hash = self._connection.session_hash
            heard = gone = False
            with anyio.CancelScope() as self._scope:
                heard, gone = await self._read(session_hash)
            if gone:
                return
            if session_hash != self._connection.session_hash:
                continue
            pause = FIRST_PAUSE_SECONDS if heard else min(2 * pause, LONGEST_PAUSE_SECONDS)
            await anyio.sleep(pause)

    async def _read(self, session_hash: str) -> tuple[bool, bool]:
        """Read one heartbeat stream to its end; return whether it beat, and whether there is none to read."""
        heard = False
        url = self._connection.access.routes.heartbeat(session_hash)
        try:
            async with self._connection.driver.open_stream(url) as source:
                if source.response.status_code in {401, 404}:
                    return False, source.response.status_code == 404
                async for _ in source:
                    heard = True
        except GradlinkError as exc:
            # A heartbeat is no reason to fail a call.
            _log.debug("the heartbeat broke: %s", one_line(exc))
        return heard, False
