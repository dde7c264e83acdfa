"""The visitors of the outer app, each with a session of its own at the loaded one."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import Final

import anyio

from gradlink._async.page import Page, Pages

# As many sessions as gradio itself keeps for one app; whoever was away longest goes first.
MAX_VISITORS: Final = 10_000


class Visitors:
    """The pages of one loaded app, by the sessions of the outer app."""

    def __init__(self, pages: Pages, limit: int = MAX_VISITORS) -> None:
        self._pages = pages
        self._limit = limit
        self._open: OrderedDict[str, Page] = OrderedDict()
        self._opening: anyio.Lock | None = None

    def __len__(self) -> int:
        return len(self._open)

    @asynccontextmanager
    async def page(self, session_hash: str | None) -> AsyncGenerator[Page, None]:
        """Give a visitor's page; a call without a session has one for itself."""
        if session_hash is None:
            page = await self._pages.open()
            try:
                yield page
            finally:
                with anyio.CancelScope(shield=True):
                    await page.close()
            return
        yield await self._of(session_hash)

    async def leave(self, session_hash: str | None) -> None:
        """End a visitor's session."""
        page = self._open.pop(session_hash, None) if session_hash is not None else None
        if page is not None:
            with anyio.CancelScope(shield=True):
                await page.close()

    async def _of(self, session_hash: str) -> Page:
        page = self._open.get(session_hash)
        if page is None:
            self._opening = self._opening or anyio.Lock()
            async with self._opening:
                page = self._open.get(session_hash)
                if page is None:
                    page = self._open[session_hash] = await self._pages.open()
        self._open.move_to_end(session_hash)
        while len(self._open) > self._limit:
            await self.leave(next(iter(self._open)))
        return page
