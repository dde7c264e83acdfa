"""The network as httpcore2 uses it, with the limits of time of each exchange."""

from __future__ import annotations

import socket
import ssl
import time
from collections.abc import Iterable
from typing import Any, cast

import httpcore2
import httpx2

from gradlink._shell.addresses import check_addresses
from gradlink._shell.timing import HELD_BYTES, current_account
from gradlink._shell.tls import made
from gradlink._sync.sockets import shut_socket


def watch_network(client: httpx2.Client, *, checked: bool = False) -> None:
    """Have the connections of ``client`` keep to the limits of gradlink, those through proxies included.

    If ``checked``, no connection is made to a private address. Names that a proxy looks up cannot be checked.
    """
    # httpx2 has no option for the network that its own transports use. One of the caller's is left as it is.
    inside: Any = client
    for transport in (inside._transport, *inside._mounts.values()):  # noqa: SLF001
        pool = getattr(transport, "_pool", None)
        if isinstance(pool, httpcore2.ConnectionPool):
            inner = cast("Any", pool)
            # That of a proxy is another class, or knows its proxy.
            direct = checked and type(inner) is httpcore2.ConnectionPool and inner._proxy is None  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
            network = CheckedNetwork if direct else Network
            inner._network_backend = network(inner._network_backend)  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


class Network(httpcore2.NetworkBackend):
    """Opens connections by another network."""

    def __init__(self, inner: httpcore2.NetworkBackend) -> None:
        self._inner = inner

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        began = time.monotonic()
        if (account := current_account()) is not None:
            timeout = account.before_connecting(timeout)
        stream = self._inner.connect_tcp(host, port, timeout, local_address, socket_options)
        return Stream(stream, None if timeout is None else began + timeout)

    def connect_unix_socket(
        self, path: str, timeout: float | None = None, socket_options: Iterable[Any] | None = None
    ) -> httpcore2.NetworkStream:
        return Stream(self._inner.connect_unix_socket(path, timeout, socket_options))

    def sleep(self, seconds: float) -> None:
        self._inner.sleep(seconds)


class CheckedNetwork(Network):
    """Connects to no private address: a name is looked up once, and the address that was checked is the one used."""

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[Any] | None = None,
    ) -> httpcore2.NetworkStream:
        until = None if timeout is None else time.monotonic() + timeout
        options = list(socket_options or ())
        try:
            found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        except OSError as exc:
            raise httpcore2.ConnectError(str(exc)) from exc
        failed: Exception = httpcore2.ConnectError(f"{host} has no address")
        for address in check_addresses(found, host):
            left = None if until is None else max(until - time.monotonic(), 0.001)
            try:
                return super().connect_tcp(address, port, left, local_address, options)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as exc:
                failed = exc
        raise failed


class Stream(httpcore2.NetworkStream):
    """A connection whose reads and writes wait as long as the exchange of this thread allows."""

    __slots__ = ("_connect_until", "_held", "_inner", "is_last")

    def __init__(self, inner: httpcore2.NetworkStream, connect_until: float | None = None) -> None:
        self._inner = inner
        self._connect_until = connect_until
        # The head of a request, which is sent with the beginning of its body: in one packet, by one call of the system.
        self._held = b""
        self.is_last = False

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        account = current_account()
        if self._held:
            self._flush(timeout)
        if account is None:
            return self._inner.read(max_bytes, timeout)
        while True:
            at_most = max(max_bytes, account.read_bytes)
            data = self._inner.read(at_most, account.before_read(timeout))
            account.was_read(len(data), at_most)
            if account.joiner is None or not data:
                return data
            if joined := account.joiner.push(data):
                return joined

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        account = current_account()
        if account is not None:
            account.stopper = self._stop
            account.line = self
            timeout = account.before_write(timeout)
            if buffer and not self._held and not account.released and len(buffer) <= HELD_BYTES:
                self._held = buffer
                return
        if self._held:
            if len(buffer) <= HELD_BYTES:
                self._held += buffer
                buffer = b""
            self._flush(timeout)
        if buffer:
            self._inner.write(buffer, timeout)

    def close(self) -> None:
        self._inner.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        if (account := current_account()) is not None:
            timeout = account.before_connecting(timeout)
        if self._connect_until is not None:
            # Both steps of connecting together have the limit of one.
            left = self._connect_until - time.monotonic()
            if left <= 0:
                raise httpcore2.ConnectTimeout("timed out")
            timeout = left if timeout is None else min(timeout, left)
        stream = self._inner.start_tls(made(ssl_context), server_hostname, timeout)
        chosen = stream.get_extra_info("ssl_object")
        if chosen is not None and chosen.selected_alpn_protocol() == "h2":
            return stream  # it carries many exchanges at once, and reads for one what is another's
        return Stream(stream)

    def get_extra_info(self, info: str) -> Any:
        if self.is_last and info == "is_readable":
            return True  # as of one that the server has closed, which is used no more
        return self._inner.get_extra_info(info)

    def _stop(self) -> None:
        opened = self._inner.get_extra_info("socket")
        if opened is not None:
            shut_socket(opened)

    def _flush(self, timeout: float | None) -> None:
        held, self._held = self._held, b""
        self._inner.write(held, timeout)
