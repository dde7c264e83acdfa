"""The network as httpcore2 uses it, with the limits of time of each exchange."""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from typing import Any, cast

import httpcore2
import httpx2
from httpcore2._backends.anyio import AnyIOStream
from httpcore2._backends.auto import AutoBackend

from gradlink._async.connecting import connect, look_up
from gradlink._async.tasks import on_trio
from gradlink._shell.addresses import check_addresses
from gradlink._shell.timing import HELD_BYTES, current_account
from gradlink._shell.tls import made


def watch_network(client: httpx2.AsyncClient, *, checked: bool = False) -> None:
    """Have the connections of ``client`` keep to the limits of gradlink, those through proxies included.

    If ``checked``, no connection is made to a private address. Names that a proxy looks up cannot be checked.
    """
    # httpx2 has no option for the network that its own transports use. One of the caller's is left as it is.
    inside: Any = client
    for transport in (inside._transport, *inside._mounts.values()):  # noqa: SLF001
        pool = getattr(transport, "_pool", None)
        if isinstance(pool, httpcore2.AsyncConnectionPool):
            inner = cast("Any", pool)
            # That of a proxy is another class, or knows its proxy.
            direct = checked and type(inner) is httpcore2.AsyncConnectionPool and inner._proxy is None  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            network = CheckedAsyncNetwork if direct else AsyncNetwork
            inner._network_backend = network(inner._network_backend)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


class AsyncNetwork(httpcore2.AsyncNetworkBackend):
    """Opens connections by another network."""

    def __init__(self, inner: httpcore2.AsyncNetworkBackend) -> None:
        self._inner = inner
        self._is_default = isinstance(inner, AutoBackend)

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        began = time.monotonic()
        if (account := current_account()) is not None:
            timeout = account.before_connecting(timeout)
        if self._is_default and not on_trio():
            stream = await _connect(host, port, timeout, local_address, socket_options or ())
        else:
            stream = await self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return AsyncStream(stream, None if timeout is None else began + timeout)

    async def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.AsyncNetworkStream:
        return AsyncStream(await self._inner.connect_unix_socket(path, timeout, socket_options))

    async def sleep(self, seconds: float) -> None:
        await self._inner.sleep(seconds)


class CheckedAsyncNetwork(AsyncNetwork):
    """Connects to no private address: a name is looked up once, and the address that was checked is the one used."""

    async def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.AsyncNetworkStream:
        until = None if timeout is None else time.monotonic() + timeout
        options = list(socket_options or ())
        try:
            found = await look_up(host, port)
        except OSError as exc:
            raise httpcore2.ConnectError(str(exc)) from exc
        failed: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in check_addresses(found, host):
            left = None if until is None else max(until - time.monotonic(), 0.001)
            try:
                return await super().connect_tcp(address, port, left, local_address, options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as exc:
                failed = exc
        raise failed


class AsyncStream(httpcore2.AsyncNetworkStream):
    """A connection whose reads and writes wait as long as the exchange of this task allows."""

    __slots__ = ("_connect_until", "_held", "_inner", "is_last")

    def __init__(self, inner: httpcore2.AsyncNetworkStream, connect_until: float | None = None) -> None:
        self._inner = inner
        self._connect_until = connect_until
        # The head of a request, which is sent with the beginning of its body: in one packet, by one call of the system.
        self._held = b""
        self.is_last = False

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        account = current_account()
        if self._held:
            await self._flush(timeout)
        if account is None:
            return await self._inner.read(max_bytes, timeout)
        while True:
            at_most = max(max_bytes, account.read_bytes)
            data = await self._inner.read(at_most, account.before_read(timeout))
            account.was_read(len(data), at_most)
            if account.joiner is None or not data:
                return data
            if joined := account.joiner.push(data):
                return joined

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        account = current_account()
        if account is not None:
            account.line = self
            timeout = account.before_write(timeout)
            if buffer and not self._held and not account.released and len(buffer) <= HELD_BYTES:
                self._held = buffer
                return
        if self._held:
            if len(buffer) <= HELD_BYTES:
                self._held += buffer
                buffer = b""
            await self._flush(timeout)
        if buffer:
            await self._inner.write(buffer, timeout)

    async def aclose(self) -> None:
        await self._inner.aclose()

    async def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.AsyncNetworkStream:
        if (account := current_account()) is not None:
            timeout = account.before_connecting(timeout)
        if self._connect_until is not None:
            # Both steps of connecting together have the limit of one.
            left = self._connect_until - time.monotonic()
            if left <= 0:
                raise httpcore2.ConnectTimeout("timed out")
            timeout = left if timeout is None else min(timeout, left)
        stream = await self._inner.start_tls(made(ssl_context), server_hostname, timeout)
        chosen = stream.get_extra_info("ssl_object")
        if chosen is not None and chosen.selected_alpn_protocol() == "h2":
            return stream  # it carries many exchanges at once, and reads for one what is another's
        return AsyncStream(stream)

    def get_extra_info(self, info: str) -> Any:
        if self.is_last and info == "is_readable":
            return True  # as of one that the server has closed, which is used no more
        return self._inner.get_extra_info(info)

    async def _flush(self, timeout: float | None) -> None:
        held, self._held = self._held, b""
        await self._inner.write(held, timeout)


async def _connect(
    host: str, port: int, timeout: float | None, local_address: str | None, options: Iterable[Any]
) -> httpcore2.AsyncNetworkStream:
    try:
        return AnyIOStream(await connect(host, port, timeout, local_address, options))
    except TimeoutError as exc:
        raise httpcore2.ConnectTimeout(str(exc)) from exc
    except OSError as exc:
        raise httpcore2.ConnectError(str(exc)) from exc
