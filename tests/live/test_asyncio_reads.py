"""Connections on asyncio are read as anyio reads them."""

from __future__ import annotations

import asyncio
import socket
import struct
from collections.abc import Awaitable, Callable
from typing import Any

import pytest

from gradlink._async import sockets
from gradlink._async.connecting import connect
from gradlink._async.sockets import AsyncioSocket, AsyncSocket, socket_of

pytestmark = pytest.mark.live

Talk = Callable[[AsyncSocket, asyncio.StreamWriter], Awaitable[None]]


def talk(with_both_ends: Talk) -> None:
    """Give a test both ends of a connection."""

    async def run() -> None:
        ends: asyncio.Queue[asyncio.StreamWriter] = asyncio.Queue()
        server = await asyncio.start_server(lambda _, writer: ends.put_nowait(writer), "127.0.0.1", 0)
        port = server.sockets[0].getsockname()[1]
        stream = socket_of(await connect("127.0.0.1", port, 10))
        assert isinstance(stream, AsyncioSocket)
        writer = await ends.get()
        try:
            await with_both_ends(stream, writer)
        finally:
            await stream.close()
            writer.close()
            server.close()

    asyncio.run(asyncio.wait_for(run(), 60))


def test_what_comes_while_it_is_waited_for_is_read() -> None:
    async def check(stream: AsyncSocket, writer: asyncio.StreamWriter) -> None:
        for timeout in (None, 60):
            reading = asyncio.create_task(stream.read(100, timeout))
            await asyncio.sleep(0)
            writer.write(b"first")
            assert await reading == b"first"
            # What has come before is read by anyio, a piece at a time.
            writer.write(b"x" * 300)
            found = b""
            while len(found) < 300:
                found += (piece := await stream.read(100, timeout))
                assert len(piece) <= 100
            assert found == b"x" * 300

    talk(check)


def test_a_wait_ends_with_its_limit_and_may_be_followed_by_another() -> None:
    async def check(stream: AsyncSocket, writer: asyncio.StreamWriter) -> None:
        for _ in range(2):
            with pytest.raises(TimeoutError):
                await stream.read(100, 0.01)
        writer.write(b"late")
        assert await stream.read(100, 60) == b"late"

    talk(check)


def test_a_wait_that_is_cancelled_may_be_followed_by_another() -> None:
    async def check(stream: AsyncSocket, writer: asyncio.StreamWriter) -> None:
        reading = asyncio.create_task(stream.read(100, 60))
        await asyncio.sleep(0)
        reading.cancel()
        with pytest.raises(asyncio.CancelledError):
            await reading
        writer.write(b"late")
        assert await stream.read(100, 60) == b"late"

    talk(check)


def test_the_end_of_a_connection_is_nothing() -> None:
    async def check(stream: AsyncSocket, writer: asyncio.StreamWriter) -> None:
        reading = asyncio.create_task(stream.read(100, 60))
        await asyncio.sleep(0)
        writer.close()
        assert await reading == b""
        assert await stream.read(100, 60) == b""

    talk(check)


def test_a_connection_that_breaks_is_an_error() -> None:
    async def check(stream: AsyncSocket, writer: asyncio.StreamWriter) -> None:
        reading = asyncio.create_task(stream.read(100, 60))
        await asyncio.sleep(0)
        opened: socket.socket = writer.get_extra_info("socket")
        opened.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
        with pytest.raises(OSError, match="reset by peer"):
            await reading
        with pytest.raises(OSError, match="reset by peer"):
            await stream.read(100, 60)

    talk(check)


def test_a_connection_that_is_closed_meanwhile_is_an_error() -> None:
    async def check(stream: AsyncSocket, writer: asyncio.StreamWriter) -> None:
        reading = asyncio.create_task(stream.read(100, 60))
        await asyncio.sleep(0)
        await stream.close()
        with pytest.raises(OSError, match="the connection was closed"):
            await reading

    talk(check)


def test_what_was_read_ahead_is_there_to_be_read() -> None:
    async def check(stream: AsyncSocket, writer: asyncio.StreamWriter) -> None:
        assert not stream.readable
        inside: Any = stream._stream
        inside._protocol.data_received(b"early")
        assert stream.readable
        assert await stream.read(100, 60) == b"early"
        assert not stream.readable

    talk(check)


def test_a_stream_that_is_made_differently_is_left_to_anyio(monkeypatch: pytest.MonkeyPatch) -> None:
    assert not sockets.is_known(object())
    monkeypatch.setattr(sockets, "is_known", lambda _: False)

    async def connected() -> AsyncSocket:
        async with await asyncio.start_server(lambda _, writer: writer.close(), "127.0.0.1", 0) as server:
            port = server.sockets[0].getsockname()[1]
            stream = socket_of(await connect("127.0.0.1", port, 10))
            await stream.close()
            return stream

    assert not isinstance(asyncio.run(connected()), AsyncioSocket)
