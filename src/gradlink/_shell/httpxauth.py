"""A login of httpx, as httpx2 takes it."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Generator
from typing import Any

import httpx2


class TranslatedAuth(httpx2.Auth):
    """An ``httpx.Auth``: requests and answers of httpx2 have the attributes and methods that it looks at."""

    def __init__(self, given: Any) -> None:
        self._given = given
        self.requires_request_body = bool(given.requires_request_body)
        self.requires_response_body = bool(given.requires_response_body)

    def auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        yield from self._given.auth_flow(request)

    def sync_auth_flow(self, request: httpx2.Request) -> Generator[httpx2.Request, httpx2.Response, None]:
        # One that needs locks or the network has a flow of its own for each of the two kinds of clients.
        yield from self._given.sync_auth_flow(request)

    async def async_auth_flow(
        self, request: httpx2.Request
    ) -> AsyncGenerator[httpx2.Request, httpx2.Response]:
        flow = self._given.async_auth_flow(request)
        try:
            sent = await flow.__anext__()
            while True:
                response = yield sent
                sent = await flow.asend(response)
        except StopAsyncIteration:
            return
        finally:
            await flow.aclose()
