"""The transport of httpx2 that leads to an app in this process, for both kinds of client."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from typing import Any

import httpx2

from gradlink._shell.timing import Account, current_account
from gradlink.testing.exchange import Asked, Exchange

# What httpcore2 tells whoever traces a request.
_CONNECTING = "connection.connect_tcp.started"
_CONNECTED = "connection.connect_tcp.complete"
_SENT = "http11.send_request_body.complete"
_ANSWERED = "http11.receive_response_headers.complete"


class AppTransport(httpx2.BaseTransport, httpx2.AsyncBaseTransport):
    """Has ``answer`` answer each request to ``host``; nothing else can be reached through it.

    Any number of clients may use it; closing them leaves it as it is. Limits of time are kept as with a network.
    """

    def __init__(self, host: str, answer: Callable[[Exchange], None]) -> None:
        self._host = host
        self._answer = answer

    def handle_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request of ``httpx2.Client``."""
        self._check(request)
        request.read()
        trace = request.extensions.get("trace") or _untraced
        exchange = Exchange(_asked(request))
        trace(_CONNECTING, {})
        trace(_CONNECTED, {"return_value": exchange})
        account = current_account()
        if account is not None:
            account.stopper = exchange.shutdown
            account.before_write(_limit(request, "write"))
        self._answer(exchange)
        trace(_SENT, {})
        try:
            in_time = exchange.wait(lambda: exchange.begun, _seconds(account, request))
            response = _response(exchange, request, SyncBody(exchange, request), in_time=in_time)
        except BaseException:
            exchange.leave()
            raise
        trace(_ANSWERED, {})
        return response

    async def handle_async_request(self, request: httpx2.Request) -> httpx2.Response:
        """Answer a request of ``httpx2.AsyncClient``."""
        self._check(request)
        await request.aread()
        trace = request.extensions.get("trace") or _untraced_async
        exchange = Exchange(_asked(request))
        await trace(_CONNECTING, {})
        await trace(_CONNECTED, {"return_value": exchange})
        account = current_account()
        if account is not None:
            account.before_write(_limit(request, "write"))
        self._answer(exchange)
        await trace(_SENT, {})
        try:
            in_time = await exchange.wait_async(lambda: exchange.begun, _seconds(account, request))
            response = _response(exchange, request, AsyncBody(exchange, request), in_time=in_time)
        except BaseException:
            exchange.leave()
            raise
        await trace(_ANSWERED, {})
        return response

    def _check(self, request: httpx2.Request) -> None:
        if request.url.host != self._host:
            raise httpx2.ConnectError(
                f"{request.url.host} cannot be reached from a test: this transport leads to http://{self._host}/ alone",
                request=request,
            )


class SyncBody(httpx2.SyncByteStream):
    """The body of an answer, as it comes, for a thread."""

    def __init__(self, exchange: Exchange, request: httpx2.Request) -> None:
        self._exchange = exchange
        self._request = request

    def __iter__(self) -> Iterator[bytes]:
        exchange, account = self._exchange, current_account()
        while True:
            if not exchange.wait(lambda: exchange.readable, _seconds(account, self._request)):
                raise _timeout(self._request)
            data = _taken(exchange, self._request, account)
            if not data:
                return
            yield data

    def close(self) -> None:
        """Leave the answer."""
        self._exchange.leave()


class AsyncBody(httpx2.AsyncByteStream):
    """The same, for a task."""

    def __init__(self, exchange: Exchange, request: httpx2.Request) -> None:
        self._exchange = exchange
        self._request = request

    async def __aiter__(self) -> AsyncIterator[bytes]:
        exchange, account = self._exchange, current_account()
        while True:
            seconds = _seconds(account, self._request)
            if not await exchange.wait_async(lambda: exchange.readable, seconds):
                raise _timeout(self._request)
            data = _taken(exchange, self._request, account)
            if not data:
                return
            yield data

    async def aclose(self) -> None:
        """Leave the answer."""
        self._exchange.leave()


def _asked(request: httpx2.Request) -> Asked:
    url = request.url
    return Asked(
        method=request.method,
        scheme=url.scheme,
        host=url.host,
        port=url.port,
        path=url.path,
        raw_path=url.raw_path.partition(b"?")[0],
        query=url.query,
        headers=tuple((name.lower(), value) for name, value in request.headers.raw),
        body=request.content,
    )


def _response(
    exchange: Exchange, request: httpx2.Request, body: SyncBody | AsyncBody, *, in_time: bool
) -> httpx2.Response:
    if not in_time:
        raise _timeout(request)
    if exchange.status is None:
        error = httpx2.ConnectError if exchange.refused else httpx2.ReadError
        raise error(exchange.broken or "", request=request)
    return httpx2.Response(
        exchange.status,
        headers=list(exchange.headers),
        stream=body,
        extensions={"network_stream": exchange},
    )


def _taken(exchange: Exchange, request: httpx2.Request, account: Account | None) -> bytes:
    data = exchange.take()
    if not data and exchange.broken is not None:
        raise httpx2.ReadError(exchange.broken, request=request)
    if account is not None:
        account.received += len(data)
    return data


def _limit(request: httpx2.Request, what: str) -> float | None:
    limits: dict[str, float | None] = request.extensions.get("timeout") or {}
    return limits.get(what)


def _seconds(account: Account | None, request: httpx2.Request) -> float | None:
    """Return how long the next read may wait."""
    limit = _limit(request, "read")
    return limit if account is None else account.before_read(limit)


def _timeout(request: httpx2.Request) -> httpx2.ReadTimeout:
    return httpx2.ReadTimeout("timed out", request=request)


def _untraced(event: str, info: Any) -> None:
    """Tell nobody."""


async def _untraced_async(event: str, info: Any) -> None:
    """Tell nobody."""
