"""Connecting, on asyncio with no task that was not begun when the event loop ends.

anyio makes a connection in tasks of its own. A program that ends just then cancels them before they have begun, and
Python warns of coroutines that were never awaited.
"""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

import anyio
import anyio.abc

from gradlink._async.tasks import on_trio

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


async def connect(
    host: str,
    port: int,
    seconds: float | None,
    local_address: str | None = None,
    options: Iterable[Any] = (),
) -> anyio.abc.SocketStream:
    """Connect to the first address of ``host`` that takes it, on the event loop that runs.

    Raises TimeoutError, or OSError if none does.
    """
    with anyio.fail_after(seconds):
        if on_trio():
            return await anyio.connect_tcp(host, port, local_host=local_address)
        found = await look_up(host, port)
        connected = await _first(_alternating(found), local_address)
        for option in options:
            connected.setsockopt(*option)
        stream: Any = await anyio.abc.SocketStream.from_socket(connected)
        # As in anyio.connect_tcp(): otherwise a server that answers early is read without bound until a read has to wait.
        stream._transport.pause_reading()  # noqa: SLF001
        made: anyio.abc.SocketStream = stream
        return made


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
