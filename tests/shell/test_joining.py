"""Connections join the chunks of a stream that come together, and of nothing else."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import anyio
import httpcore2
import httpx2
import pytest

from gradlink._async.network import AsyncStream
from gradlink._protocol.chunks import AnswerJoiner
from gradlink._shell.timing import Account
from gradlink._sync.network import Stream

HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"
EVENT = b"9\r\ndata: x\n\n\r\n"


class Wire(httpcore2.NetworkStream):
    """A connection on which these pieces come."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._pieces = iter(pieces)

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return next(self._pieces, b"")

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        pass


class AsyncWire(httpcore2.AsyncNetworkStream):
    """The same on an event loop."""

    def __init__(self, pieces: Iterable[bytes]) -> None:
        self._wire = Wire(pieces)

    async def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._wire.read(max_bytes)

    async def write(self, buffer: bytes, timeout: float | None = None) -> None:
        pass


def read_sync(pieces: list[bytes], account: Account, response: httpx2.Response) -> list[bytes]:
    stream = Stream(Wire(pieces))
    with account:
        stream.write(b"GET")
        found = [stream.read(100)]
        account.answered(response.headers)
        return found + [stream.read(100) for _ in pieces[1:]]


def read_async(pieces: list[bytes], account: Account, response: httpx2.Response) -> list[bytes]:
    async def read() -> list[bytes]:
        stream = AsyncStream(AsyncWire(pieces))
        with account:
            await stream.write(b"GET")
            found = [await stream.read(100)]
            account.answered(response.headers)
            return found + [await stream.read(100) for _ in pieces[1:]]

    return anyio.run(read)


def answer(**headers: str) -> httpx2.Response:
    request = httpx2.Request("GET", "http://h/")
    return httpx2.Response(
        200, headers={name.replace("_", "-"): value for name, value in headers.items()}, request=request
    )


BOTH = pytest.mark.parametrize("read", [read_sync, read_async], ids=["sync", "async"])
PIECES = [HEAD + EVENT, EVENT + EVENT + EVENT[:1], EVENT[1:], b"9", b"\r\n", EVENT[3:], b""]


@BOTH
def test_the_chunks_of_a_stream_are_joined(read: Any) -> None:
    account = Account(None, None, None)
    account.joiner = AnswerJoiner()
    two = b"12\r\n" + b"data: x\n\n" * 2 + b"\r\n"
    found = read(PIECES, account, answer(transfer_encoding="Chunked"))
    # What is no whole header is kept, and the next piece is waited for.
    assert found == [HEAD + EVENT, two, EVENT, EVENT, b"", b"", b""]
    assert account.received == sum(map(len, PIECES))


@BOTH
@pytest.mark.parametrize("joins", [False, True])
def test_another_answer_is_left_as_it_is(read: Any, joins: bool) -> None:
    account = Account(None, None, None)
    account.joiner = AnswerJoiner() if joins else None
    response = answer(content_length="7") if joins else answer(transfer_encoding="chunked")
    assert read(PIECES, account, response) == PIECES


@pytest.mark.parametrize(("status", "used_again"), [(200, True), (404, True), (500, False), (502, False)])
def test_a_connection_is_not_used_again_after_the_server_has_failed(status: int, used_again: bool) -> None:
    for stream in (Stream(Wire([])), AsyncStream(AsyncWire([]))):
        account: Any = Account(None, None, None)
        account.line = stream
        account.answered({}, status)
        # httpcore2 takes what can be read while it is idle for one that the server has closed.
        assert bool(stream.get_extra_info("is_readable")) is not used_again
