"""Closes a client that its program does not close: with its event loop, or when it is garbage-collected."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import anyio

from gradlink._async.tasks import on_trio


class Keeper:
    """A task that closes a connection when its loop ends, or when the client is garbage-collected."""

    def __init__(self, close: Callable[[], Awaitable[None]]) -> None:
        """Begin to wait, on the event loop that runs."""
        self._close = close
        self._left = anyio.Event()
        self._ended = anyio.Event()
        self._stopped = self._closing = False
        self._task: Any = None
        self._token: Any
        if on_trio():
            import trio

            self._token = trio.lowlevel.current_trio_token()
            trio.lowlevel.spawn_system_task(self._run, name="gradlink-keeper")
            return
        import asyncio

        self._token = asyncio.get_running_loop()
        # The event loop only keeps weak references to its tasks.
        self._task = self._token.create_task(self._run(), name="gradlink-keeper")
        # One that is cancelled before it has begun notes nothing itself.
        self._task.add_done_callback(self._note_end)

    def leave(self) -> None:
        """Close the connection soon; called from any thread, since forgotten objects are noticed anywhere."""
        # It is nothing if the loop has ended, and the connection with it.
        with suppress(RuntimeError):
            if self._task is None:
                self._token.run_sync_soon(self._left.set)
            else:
                self._token.call_soon_threadsafe(self._left.set)

    def _note_end(self, _: object) -> None:
        self._ended.set()

    async def stop(self) -> None:
        """Wait no more: the connection was closed."""
        self._stopped = True
        self._left.set()
        if not self._closing:
            with anyio.CancelScope(shield=True):
                await self._ended.wait()

    async def _run(self) -> None:
        try:
            await self._left.wait()
        finally:
            if not self._stopped:
                self._closing = True
                with anyio.CancelScope(shield=True):
                    await self._close()
            self._ended.set()
