"""Keeps an app's session alive with a heartbeat, for apps that have State or unload events.

Wire: GET /heartbeat/{session_hash}, an endless stream; when it closes, the server treats the session as gone.
"""

from __future__ import annotations

import logging
from collections.abc import Callable

import anyio

from gradlink._async.driver import AsyncDriver
from gradlink._async.tasks import Tasks
from gradlink._engine.streams import HeartbeatPolicy
from gradlink._text import one_line
from gradlink.errors import GradlinkError

_log = logging.getLogger("gradlink.heartbeat")


class AsyncHeartbeat:
    """One task that reads the heartbeat of the client's own session, from the first call on."""

    def __init__(
        self, driver: AsyncDriver, tasks: Tasks, policy: HeartbeatPolicy, address: Callable[[str], str]
    ) -> None:
        self._driver = driver
        self._tasks = tasks
        self._policy = policy
        self._address = address
        self._running = False
        self._scope: anyio.CancelScope | None = None

    def start(self) -> None:
        """Start the heartbeat unless it runs."""
        if not self._running:
            self._running = True
            self._tasks.start(self._run)

    def renew(self) -> None:
        """Go on with the session that is the client's own now."""
        if self._scope is not None:
            self._scope.cancel()

    async def _run(self) -> None:
        while not self._policy.gone:
            with anyio.CancelScope() as self._scope:
                await self._read(self._policy.begin())
            await anyio.sleep(self._policy.pause())

    async def _read(self, session_hash: str) -> None:
        """Read one heartbeat stream to its end."""
        try:
            async with self._driver.open_stream(self._address(session_hash)) as source:
                if self._policy.refused(source.response.status_code):
                    return
                async for _ in source:
                    self._policy.heard = True
        except GradlinkError as exc:
            # A heartbeat is no reason to fail a call.
            _log.debug("the heartbeat broke: %s", one_line(exc))
