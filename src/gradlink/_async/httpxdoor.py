"""The door for proxies, and for whatever ``httpx_kwargs`` ask httpx2 for."""

from __future__ import annotations

from collections.abc import AsyncGenerator, AsyncIterator, Iterable
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import TYPE_CHECKING, Any

import anyio
import httpx2

from gradlink._async.network import watch_network
from gradlink._shell.addresses import parsed_url
from gradlink._shell.asking import Asked, Use
from gradlink._shell.attempts import Attempt
from gradlink._shell.clients import (
    HTTPX_ERRORS,
    client_settings,
    naming_extras,
    proxy_of,
    wire_headers,
    without_read_timeout,
)
from gradlink._shell.cookies import bound_cookies, jar_of
from gradlink._shell.headers import given_cookies
from gradlink._shell.logs import log_answer
from gradlink._shell.multipart import multipart
from gradlink._shell.networkerror import NetworkError, failure_of
from gradlink._shell.options import TransportOptions
from gradlink._shell.timing import Account

if TYPE_CHECKING:
    from gradlink._async.door import AsyncAnswer


class AsyncHttpxDoor:
    """Sends requests with httpx2.

    Raises TypeError or ValueError for options that httpx2 does not know.
    """

    def __init__(self, options: TransportOptions, base: str) -> None:
        settings = client_settings(options)
        self._options = options
        self._cookies = jar_of(given_cookies(options), base)
        self._requests = _client(settings.requests, self._cookies)
        self._streams = _client(settings.streams, self._cookies)
        self._foreign_settings = settings.cross_origin
        self._foreign: dict[bool, httpx2.AsyncClient] = {}
        self._closed = False

    def read_seconds(self, use: Use) -> float | None:
        return (self._streams if use == "streams" else self._requests).timeout.read

    @asynccontextmanager
    async def ask(
        self, asked: Asked, account: Account, attempt: Attempt
    ) -> AsyncGenerator[AsyncAnswer, None]:
        client = self._client_for(asked.use)
        # Its own limits are those of each single read; the account has those of the answer.
        limits = client.timeout if account.waits else without_read_timeout(client.timeout)
        files: Any = None
        try:
            with account, ExitStack() as stack:
                async with client.stream(
                    asked.method,
                    parsed_url(asked.url),
                    content=asked.content,
                    files=(multipart(asked.upload, stack) or None) if asked.upload is not None else files,
                    headers=wire_headers(asked.headers),
                    timeout=limits,
                    extensions={"trace": attempt.atrace},
                ) as response:
                    account.answered(response.headers, response.status_code)
                    log_answer(asked.method, asked.url, response.status_code)
                    answer = AsyncHttpxAnswer(response)
                    try:
                        yield answer
                    finally:
                        await answer.leave()
        except HTTPX_ERRORS as exc:
            failure = failure_of(exc)
            if failure.at_proxy:
                failure.proxy = proxy_of(client, asked.url)
            raise failure from exc
        except RuntimeError as exc:
            if not self._closed:
                raise
            raise NetworkError("CloseError", "the client was closed") from exc

    def use_base(self, base: str) -> None:
        self._cookies.clear()
        for cookie in bound_cookies(given_cookies(self._options), base):
            self._cookies.set_cookie(cookie)

    async def close(self) -> None:
        self._closed = True
        for client in (self._requests, self._streams, *self._foreign.values()):
            await client.aclose()

    def _client_for(self, use: Use) -> httpx2.AsyncClient:
        if use == "requests":
            return self._requests
        if use == "streams":
            return self._streams
        checked = use == "checked"
        client = self._foreign.get(checked)
        if client is None:
            client = self._foreign[checked] = _client(self._foreign_settings, checked=checked)
        return client


class AsyncHttpxAnswer:
    """An ``httpx2.Response`` whose failures are those of the network."""

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self._pieces: AsyncIterator[bytes] | None = None
        self.status_code = response.status_code
        self.headers = response.headers
        self.url = response.url

    def fields(self) -> Iterable[tuple[str, str]]:
        """Return the headers as they were sent, one after the other."""
        return [(name.decode("latin-1"), value.decode("latin-1")) for name, value in self.headers.raw]

    async def read_raw(self) -> bytes:
        """Return the next piece of the body as it is sent, nothing at its end."""
        if self._pieces is None:
            # What a transport of the caller's has read before is there unpacked alone.
            consumed = self._response.is_stream_consumed
            self._pieces = self._response.aiter_bytes() if consumed else self._response.aiter_raw()
        return await self._next(self._pieces)

    async def read(self) -> bytes:
        """Return the next piece of the body, unpacked if it is compressed; nothing at its end."""
        if self._pieces is None:
            self._pieces = self._response.aiter_bytes()
        return await self._next(self._pieces)

    async def receive(self, most: int) -> bytes:
        """Return what has come after a status 101; nothing at the end."""
        data: bytes = await self._network.read(most)
        return data

    async def send(self, data: bytes, seconds: float | None) -> None:
        """Write after a status 101."""
        await self._network.write(data, seconds)

    async def leave(self) -> None:
        """End the generators of a body that was left early, by cancelling their next read.

        Left suspended they would wait for the garbage collector, and trio complains of them.
        """
        if self._pieces is None:
            return
        with (
            anyio.CancelScope(shield=True) as scope,
            suppress(*HTTPX_ERRORS, NetworkError),
        ):
            scope.cancel()
            async for _ in self._pieces:
                pass

    @property
    def _network(self) -> Any:
        return self._response.extensions["network_stream"]

    async def _next(self, pieces: AsyncIterator[bytes]) -> bytes:
        try:
            async for piece in pieces:
                if piece:
                    return piece
        except HTTPX_ERRORS as exc:
            raise failure_of(exc) from exc
        return b""


def _client(settings: dict[str, Any], cookies: Any = None, *, checked: bool = False) -> httpx2.AsyncClient:
    with naming_extras():
        client = httpx2.AsyncClient(**settings, cookies=cookies)
    watch_network(client, checked=checked)
    return client
