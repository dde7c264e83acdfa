"""What a task waits for until another one of its event loop wakes it.

anyio has its Event for that. A stream wakes a task with every value, and on asyncio a future takes a fraction of the time.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import anyio

from gradlink._async.tasks import on_trio

if TYPE_CHECKING:
    import asyncio


class FutureWaiter:
    """One on asyncio."""

    __slots__ = ("_future",)

    def __init__(self, future: asyncio.Future[None]) -> None:
        self._future = future

    async def wait(self) -> None:
        """Wait until :meth:`set` is called."""
        await self._future

    def set(self) -> None:
        """Wake who waits."""
        if not self._future.done():
            self._future.set_result(None)


Waiter: TypeAlias = FutureWaiter | anyio.Event


def new_waiter() -> Waiter:
    """Return what can be waited for once on the event loop that runs."""
    if on_trio():
        return anyio.Event()
    import asyncio

    return FutureWaiter(asyncio.get_running_loop().create_future())
