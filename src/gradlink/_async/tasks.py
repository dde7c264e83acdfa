"""Tasks that outlive the call that starts them, on asyncio and on trio."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
from anyio.lowlevel import current_token

_log = logging.getLogger("gradlink.tasks")


class Tasks:
    """The background tasks of one connection; they end with it."""

    def __init__(self) -> None:
        self._scopes: set[anyio.CancelScope] = set()
        # The event loop only keeps weak references to its tasks.
        self._handles: set[Any] = set()
        self._idle: list[anyio.Event] = []

    def start(self, work: Callable[[], Awaitable[object]]) -> None:
        """Run ``work`` soon; what it raises is logged."""
        if _on_trio():
            import trio

            trio.lowlevel.spawn_system_task(self._run, work, name="gradlink")
            return
        import asyncio

        task = asyncio.get_running_loop().create_task(self._run(work), name="gradlink")
        self._handles.add(task)
        task.add_done_callback(self._handles.discard)

    async def close(self) -> None:
        """Cancel what runs and wait until it has ended."""
        if not self._scopes:
            return
        idle = anyio.Event()
        self._idle.append(idle)
        for scope in list(self._scopes):
            scope.cancel()
        with anyio.CancelScope(shield=True):
            await idle.wait()

    async def _run(self, work: Callable[[], Awaitable[object]]) -> None:
        with anyio.CancelScope() as scope:
            self._scopes.add(scope)
            try:
                await work()
            except Exception:  # nobody waits for it
                _log.exception("a task of gradlink failed")
            finally:
                self._scopes.discard(scope)
                if not self._scopes:
                    for idle in self._idle:
                        idle.set()
                    self._idle.clear()


def same_loop(token: object) -> bool:
    """Tell whether ``token`` is of the event loop that runs now."""
    return token == current_token()


def _on_trio() -> bool:
    return anyio.get_cancelled_exc_class().__module__.startswith("trio")
