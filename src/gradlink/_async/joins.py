"""Sends the jobs that were submitted: a few at a time, each by a task that goes on with the next one."""

from __future__ import annotations

import logging
from collections import deque
from collections.abc import Awaitable, Callable
from typing import Final

import anyio

from gradlink._async.jobcore import AsyncJobCore
from gradlink._async.tasks import Tasks
from gradlink._async.waiters import Waiter, new_waiter
from gradlink._engine.effects import Join
from gradlink._shell.limits import HELD_SECONDS, MAX_CONNECTIONS, STUCK_SECONDS, USUAL_LANES
from gradlink._shell.timing import within

_log = logging.getLogger("gradlink.connection")

# The same where there is a lane for each connection: those that wait for another try, or for the files of a job, have none.
PAUSED_SECONDS: Final = 0.25


class AsyncJoins:
    """The joins of one connection, in line.

    There are up to four lanes at first. Where joins stay in line there are twice as many each 10 ms, until there is one for each
    connection; beyond that, only if all of them are held up.

    Args:
        send: sends a job, and returns when the server has accepted it or it has ended.
    """

    def __init__(self, tasks: Tasks, send: Callable[[Join[AsyncJobCore]], Awaitable[object]]) -> None:
        self._tasks = tasks
        self._send = send
        self._line: deque[Join[AsyncJobCore]] = deque()
        self._lanes = 0
        # Lanes that are about to take what is in line.
        self._starting = 0
        self._begun = 0
        self._looked_at = False
        self._holds: list[Waiter] = []

    def add(self, join: Join[AsyncJobCore]) -> None:
        """Send a job soon."""
        self._line.append(join)
        if self._lanes < USUAL_LANES:
            self._open(1)
        elif not self._looked_at:
            self._looked_at = True
            self._tasks.start(self._look)

    async def hold(self) -> None:
        """Wait as long as there are joins in line that no lane takes just now, 10 ms at most.

        A server ends a stream with the last job of its session that it knows. Where functions take no time that is each of them, and a
        stream would be asked for for each.
        """
        if len(self._line) <= self._starting:
            return
        waiter = new_waiter()
        self._holds.append(waiter)
        with anyio.move_on_after(HELD_SECONDS):
            await waiter.wait()

    def _open(self, lanes: int) -> None:
        self._lanes += lanes
        self._starting += lanes
        for _ in range(lanes):
            self._tasks.start(self._run)

    async def _run(self) -> None:
        """Send one after the other until none is in line."""
        self._starting -= 1
        try:
            with within(None):  # whatever bounds the one who has submitted the first one
                while self._line:
                    join = self._line.popleft()
                    self._begun += 1
                    if not self._line:
                        self._release()
                    try:
                        await self._send(join)
                    except Exception:  # the next ones are to be sent all the same
                        _log.exception("a job could not be sent")
                    del join  # a job that is pending has its client, which nobody may have any more
        finally:
            self._lanes -= 1

    def _release(self) -> None:
        holds, self._holds = self._holds, []
        for waiter in holds:
            waiter.set()

    async def _look(self) -> None:
        """Have more lanes as long as joins are stuck in line."""
        while self._line:
            begun, full = self._begun, self._lanes >= MAX_CONNECTIONS
            await anyio.sleep(PAUSED_SECONDS if full else STUCK_SECONDS)
            if self._begun - begun < (1 if full else self._lanes):
                self._open(min(len(self._line), max(self._lanes, 1)))
        self._looked_at = False
