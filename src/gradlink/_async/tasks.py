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
        self._closed = False
        self._scopes: set[anyio.CancelScope] = set()
        # The event loop only keeps weak references to its tasks.
        self._handles: set[Any] = set()
        self._idle: list[anyio.Event] = []

    def start(self, work: Callable[[], Awaitable[object]]) -> None:
        """Run ``work`` soon, unless they are closed; what it raises is logged."""
        if self._closed:
            return
        scope = anyio.CancelScope()
        self._scopes.add(scope)
        if on_trio():
            import trio

            trio.lowlevel.spawn_system_task(self._run, work, scope, name="gradlink")
            return
        import asyncio

        task = asyncio.get_running_loop().create_task(self._run(work, scope), name="gradlink")
        self._handles.add(task)

        def ended(_: object) -> None:
            self._handles.discard(task)
            # One that was cancelled by its loop before it began has not noted its end itself.
            self._ended(scope)

        task.add_done_callback(ended)

    async def close(self) -> None:
        """Cancel what runs, take no more, and wait until all has ended."""
        self._closed = True
        if not self._scopes:
            return
        idle = anyio.Event()
        self._idle.append(idle)
        for scope in list(self._scopes):
            scope.cancel()
        with anyio.CancelScope(shield=True):
            await idle.wait()

    async def _run(self, work: Callable[[], Awaitable[object]], scope: anyio.CancelScope) -> None:
        try:
            with scope:
                await work()
        except Exception:  # nothing awaits it
            _log.exception("a task of gradlink failed")
        finally:
            self._ended(scope)

    def _ended(self, scope: anyio.CancelScope) -> None:
        self._scopes.discard(scope)
        if not self._scopes:
            for idle in self._idle:
                idle.set()
            self._idle.clear()


def same_loop(token: object) -> bool:
    """Tell whether ``token`` is of the event loop that runs now."""
    return token == current_token()


def in_loop() -> bool:
    """Tell whether an event loop runs here."""
    try:
        current_token()
    except RuntimeError:
        return False
    return True


def on_trio() -> bool:
    """Tell whether the event loop that runs is trio's."""
    return anyio.get_cancelled_exc_class().__module__.startswith("trio")
