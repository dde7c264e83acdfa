"""Connecting on asyncio: the first address that takes it, and nothing is left of the others."""

from __future__ import annotations

import asyncio
import contextlib
import gc
import socket
import threading
from collections.abc import Iterator
from typing import Any

import anyio.abc
import pytest

from gradlink._async import connecting
from gradlink._async.connecting import connect as connect_to
from gradlink._async.sockets import AsyncSocket

pytestmark = pytest.mark.live


def found(port: int, family: int = socket.AF_INET, host: str = "127.0.0.1") -> Any:
    return (family, socket.SOCK_STREAM, 6, "", (host, port))


@pytest.fixture
def listener() -> Iterator[socket.socket]:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        yield opened


@pytest.fixture
def closed() -> int:
    with socket.create_server(("127.0.0.1", 0)) as opened:
        return int(opened.getsockname()[1])


@pytest.fixture
def full() -> Iterator[int]:
    """Give a port that neither takes nor refuses connections: its queue is full."""
    opened, waiting = socket.socket(), socket.socket()
    opened.bind(("127.0.0.1", 0))
    opened.listen(0)
    waiting.connect(opened.getsockname())
    more = []
    for _ in range(3):
        another = socket.socket()
        another.setblocking(False)
        another.connect_ex(opened.getsockname())
        more.append(another)
    yield int(opened.getsockname()[1])
    for one in (opened, waiting, *more):
        one.close()


def connect(monkeypatch: pytest.MonkeyPatch, addresses: list[Any], timeout: float | None = 20) -> int:
    """Connect to a host with these addresses; return the port that took it."""

    async def look_up(*_: object, **__: object) -> list[Any]:
        return addresses

    async def main() -> int:
        stream = await connect_to("host", 1, timeout)
        port = int(stream.extra(anyio.abc.SocketAttribute.remote_port))  # noqa: S610  # no Django
        await stream.aclose()
        assert asyncio.all_tasks() == {asyncio.current_task()}
        return port

    monkeypatch.setattr("anyio.getaddrinfo", look_up)
    try:
        return asyncio.run(main())
    finally:
        gc.collect()  # what is not closed is complained of here


def test_the_first_address_that_takes_it_is_used(
    monkeypatch: pytest.MonkeyPatch, listener: socket.socket, closed: int, full: int
) -> None:
    port = int(listener.getsockname()[1])
    assert connect(monkeypatch, [found(port)]) == port
    assert connect(monkeypatch, [found(closed), found(port)]) == port
    assert connect(monkeypatch, [found(full), found(closed), found(port)]) == port
    assert connect(monkeypatch, [found(port), found(full)]) == port


def test_why_none_took_it_is_said(monkeypatch: pytest.MonkeyPatch, closed: int, full: int) -> None:
    for addresses in ([found(closed)], [found(closed), found(closed)]):
        with pytest.raises(OSError, match="Connect"):
            connect(monkeypatch, addresses)
    for addresses in ([found(full)], [found(closed), found(full)]):
        with pytest.raises(TimeoutError):
            connect(monkeypatch, addresses, timeout=0.4)


def test_families_take_turns() -> None:
    six = [
        found(1, socket.AF_INET6, "::1"),
        found(2, socket.AF_INET6, "::1"),
        found(3, socket.AF_INET6, "::1"),
    ]
    four = [found(4), found(5)]
    mixed = connecting._alternating([*six, *four])
    assert [address[4][1] for address in mixed] == [1, 4, 2, 5, 3]


def test_a_name_without_an_address_is_an_error() -> None:
    with pytest.raises(socket.gaierror):
        asyncio.run(connect_to("no-such-host.invalid", 1, 20))


def test_no_more_is_read_than_is_asked_for(listener: socket.socket) -> None:
    """Who answers before it is asked, and without end, is read no faster than the program reads."""
    piece, most = bytes(1 << 16), 128 << 20
    sent, begun = 0, threading.Event()

    def flood() -> None:
        nonlocal sent
        taken, _ = listener.accept()
        with taken, contextlib.suppress(OSError):
            while sent < most:
                taken.sendall(piece)
                sent += len(piece)
                begun.set()

    flooding = threading.Thread(target=flood)
    flooding.start()

    async def main() -> int:
        stream = AsyncSocket(await connect_to("127.0.0.1", listener.getsockname()[1], 20))
        # The first pieces are there before anything is read.
        await asyncio.to_thread(begun.wait)
        received = sum([len(await stream.read(1024, 20)) for _ in range(2_000)])
        await stream.close()
        return received

    received = asyncio.run(main())
    flooding.join()
    assert received <= 2_000 * 1024
    # What the kernel holds on both sides is a few megabytes.
    assert sent < most / 2
