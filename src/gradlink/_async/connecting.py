"""Connecting on asyncio, with no task that was not begun when the event loop ends.

anyio makes a connection in tasks of its own. A program that ends just then cancels them before they have begun, and
Python warns of coroutines that were never awaited.
"""

from __future__ import annotations

import ipaddress
import socket
from collections import deque
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import anyio
import anyio.abc
import httpcore2
from httpcore2._backends.anyio import AnyIOStream

if TYPE_CHECKING:
    import asyncio

# How long an address has before the next one is tried beside it, as RFC 8305 recommends.
HEAD_START_SECONDS = 0.25


async def look_up(host: str, port: int) -> list[Any]:
    """Return the addresses of ``host`` as `socket.getaddrinfo` does; no thread is begun for a host that is an address."""
    try:
        ipaddress.ip_address(host)
    except ValueError:
        return await anyio.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_NUMERICHOST)


async def connect_on_asyncio(
    host: str, port: int, timeout: float | None, local_address: str | None, options: Iterable[Any]
) -> httpcore2.AsyncNetworkStream:
    """Connect to the first address of ``host`` that takes it."""
    try:
        with anyio.fail_after(timeout):
            found = await look_up(host, port)
            connected = await _first(_alternating(found), local_address)
            for option in options:
                connected.setsockopt(*option)
            stream: Any = await anyio.abc.SocketStream.from_socket(connected)
            # As in anyio.connect_tcp(): otherwise a server that answers early is read without bound until a read has to wait.
            stream._transport.pause_reading()  # noqa: SLF001
    except TimeoutError as exc:
        raise httpcore2.ConnectTimeout(str(exc)) from exc
    except OSError as exc:
        raise httpcore2.ConnectError(str(exc)) from exc
    return AsyncioStream(stream) if can_wait(stream) else AnyIOStream(stream)


def can_wait(stream: Any) -> bool:
    """Tell whether this anyio's streams are made as :class:`AsyncioStream` knows them."""
    protocol = getattr(stream, "_protocol", None)
    return all(hasattr(protocol, name) for name in ("read_event", "read_queue", "is_at_eof", "exception"))


class AsyncioStream(AnyIOStream):
    """A connection on asyncio, which waits for data with a third of what anyio needs for that."""

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        # What anyio's own receive() does, without a scope, a guard and a checkpoint for each read.
        stream: Any = self._stream
        protocol, transport = stream._protocol, stream._transport  # noqa: SLF001
        come: asyncio.Event = protocol.read_event
        queue: deque[bytes] = protocol.read_queue

        def is_over() -> bool:
            return bool(protocol.is_at_eof or protocol.exception or transport.is_closing())

        if come.is_set() or is_over():
            return await super().read(max_bytes, timeout)
        import asyncio

        limit = None
        if timeout is not None:
            limit = asyncio.get_running_loop().call_later(timeout, come.set)
        transport.resume_reading()
        try:
            await come.wait()
        finally:
            transport.pause_reading()
            if limit is not None:
                limit.cancel()
            if not queue and not is_over():
                come.clear()  # it is set when the time is over, too
        if not queue:
            if is_over():
                return await super().read(max_bytes, timeout)
            raise httpcore2.ReadTimeout("timed out")
        data = queue.popleft()
        if len(data) > max_bytes:
            data, rest = data[:max_bytes], data[max_bytes:]
            queue.appendleft(rest)
        if not queue:
            come.clear()
        return data


def _alternating(found: list[Any]) -> list[Any]:
    """Return addresses in their order, but one of another family after each."""
    first = [info for info in found if info[0] == found[0][0]]
    others = [info for info in found if info[0] != found[0][0]]
    mixed: list[Any] = []
    while first or others:
        mixed += first[:1] + others[:1]
        first, others = first[1:], others[1:]
    return mixed


async def _first(addresses: list[Any], local_address: str | None) -> socket.socket:
    if len(addresses) == 1:
        return await _connect(addresses[0], local_address)
    import asyncio

    loop = asyncio.get_running_loop()
    attempts: list[asyncio.Task[socket.socket]] = []
    winner: asyncio.Task[socket.socket] | None = None
    try:
        while winner is None and (len(attempts) < len(addresses) or not all(map(_is_over, attempts))):
            if len(attempts) < len(addresses):
                attempts.append(loop.create_task(_connect(addresses[len(attempts)], local_address)))
            head_start = HEAD_START_SECONDS if len(attempts) < len(addresses) else None
            open_ones = [attempt for attempt in attempts if not attempt.done()]
            await asyncio.wait(open_ones, timeout=head_start, return_when=asyncio.FIRST_COMPLETED)
            winner = next((attempt for attempt in attempts if _has_succeeded(attempt)), None)
    finally:
        for attempt in attempts:
            if attempt is not winner:
                _give_up(attempt)
    if winner is not None:
        return winner.result()
    raise OSError("; ".join(dict.fromkeys(str(attempt.exception()) for attempt in attempts)))


async def _connect(address: Any, local_address: str | None) -> socket.socket:
    import asyncio

    family, kind, protocol, _, where = address
    made = socket.socket(family, kind, protocol)
    try:
        made.setblocking(False)
        if local_address is not None:
            made.bind((local_address, 0))
        await asyncio.get_running_loop().sock_connect(made, where)
    except BaseException:
        made.close()
        raise
    return made


def _is_over(attempt: asyncio.Task[socket.socket]) -> bool:
    return attempt.done()


def _has_succeeded(attempt: asyncio.Task[socket.socket]) -> bool:
    return attempt.done() and not attempt.cancelled() and attempt.exception() is None


def _give_up(attempt: asyncio.Task[socket.socket]) -> None:
    if not attempt.cancel() and _has_succeeded(attempt):
        attempt.result().close()
