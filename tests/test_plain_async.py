"""Requests and answers of the asynchronous client over a connection, and what becomes of connections."""

from __future__ import annotations

import gzip
import socket
import ssl
import zlib
from collections.abc import AsyncIterator, Callable
from contextlib import ExitStack
from functools import partial
from typing import Any

import anyio
import anyio.lowlevel
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._async.plain import AsyncPlainAnswer, answer, send
from gradlink._async.plaindoor import AsyncPlainDoor
from gradlink._async.sockets import AsyncSocket
from gradlink._async.wire import AsyncWire, connect
from gradlink._shell.addresses import Address, address_of
from gradlink._shell.asking import Asked
from gradlink._shell.attempts import Attempt
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.options import TransportOptions
from gradlink._shell.plainrequest import PlainRequests, written
from gradlink._shell.timing import Account
from gradlink._shell.trust import Trust
from gradlink.errors import FileError

pytestmark = pytest.mark.live

HERE = address_of("http://app.example:1/a?b")
OK = b"HTTP/1.1 200 OK\r\n"


class Line:
    """Both ends of a connection: the client's, and a server's that is played by the test."""

    def __init__(self, wire: AsyncWire, server: socket.socket) -> None:
        self.wire = wire
        self.server = server
        self.wire.account = Account(None, 10, 10)

    async def ask(self, body: Any = None, **headers: str) -> Attempt:
        attempt = Attempt()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        await send(self.wire, written(("POST", HERE), named, body), attempt, 10)
        return attempt

    def say(self, data: bytes, *, end: bool = False) -> None:
        self.server.sendall(data)
        if end:
            self.server.shutdown(socket.SHUT_WR)

    async def answer(self) -> AsyncPlainAnswer:
        found = await answer(self.wire, "POST", "http://app.example:1/a?b")
        account = self.wire.account
        assert account is not None
        account.answered(found.headers)
        return found


def local(port: int) -> Address:
    return address_of(f"http://127.0.0.1:{port}/")


@pytest.fixture
async def line() -> AsyncIterator[Line]:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        address = local(listener.getsockname()[1])
        account = Account(None, 10, 10)
        wire = await connect(
            address, account, 10, Trust(ssl.create_default_context(), trust_env=True), print, checked=False
        )
        server, _ = listener.accept()
    with server:
        yield Line(wire, server)
        await wire.aclose()


async def whole(found: AsyncPlainAnswer, *, raw: bool = False) -> bytes:
    pieces = []
    while piece := await (found.read_raw() if raw else found.read()):
        pieces.append(piece)
    return b"".join(pieces)


async def test_a_request_is_sent_whole(line: Line) -> None:
    assert (await line.ask(b"{}", x_own="\xe4")).sent
    assert line.server.recv(1000) == (
        b"POST /a?b HTTP/1.1\r\nHost: app.example:1\r\nx-own: \xe4\r\ncontent-length: 2\r\n\r\n{}"
    )


@pytest.mark.parametrize(
    ("said", "body", "kept"),
    [
        (b"content-length: 3\r\n\r\nabc", b"abc", True),
        (b"content-length: 0\r\n\r\n", b"", True),
        (b"transfer-encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\na: b\r\n\r\n", b"abc", True),
        (b"connection: close\r\ncontent-length: 3\r\n\r\nabc", b"abc", False),
        (b"\r\nabc", b"abc", False),
        # More than it says: whose answer that is, nobody knows.
        (b"content-length: 2\r\n\r\nabc", b"ab", False),
        (b"content-length: 0\r\n\r\nabc", b"", False),
        (b"transfer-encoding: chunked\r\n\r\n2\r\nab\r\n0\r\n\r\nHTTP/1.1 200 OK\r\n", b"ab", False),
    ],
)
async def test_a_body_ends_as_its_head_says(line: Line, said: bytes, body: bytes, kept: bool) -> None:
    line.say(OK + said, end=not kept)
    found = await line.answer()
    assert await whole(found, raw=True) == body
    assert found.can_be_kept is kept


async def test_a_server_that_has_failed_closes_the_connection(line: Line) -> None:
    """Uvicorn closes it a moment after its answer: what is sent meanwhile may have been read or not."""
    line.say(b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 3\r\n\r\nabc")
    found = await line.answer()
    assert await whole(found) == b"abc"
    assert not found.can_be_kept


async def test_an_answer_that_nobody_read_to_its_end_spoils_its_connection(line: Line) -> None:
    line.say(OK + b"content-length: 10\r\n\r\nabc")
    found = await line.answer()
    assert await found.read() == b"abc"
    assert not found.can_be_kept


@pytest.mark.parametrize(
    "said",
    [
        b"content-length: 5\r\n\r\nabc",
        b"transfer-encoding: chunked\r\n\r\n5\r\nabc",
        b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"transfer-encoding: chunked\r\n\r\nzz\r\n",
        b"transfer-encoding: chunked\r\n\r\n1\r\na\r\n0\r\n" + b"more: of it\r\n" * 1000,
    ],
)
async def test_a_body_that_is_cut_short_is_a_failure(line: Line, said: bytes) -> None:
    line.say(OK + said, end=True)
    found = await line.answer()
    with pytest.raises(NetworkError) as raised:
        await whole(found)
    assert raised.value.kind == "RemoteProtocolError"
    assert not found.can_be_kept


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"SSH-2.0\r\n\r\n",
        b"HTTP/1.1 20x OK\r\n\r\n",
        OK + b"a: b\r\n" * 200 + b"\r\n",
        OK + b"a: " + b"b" * (1 << 18),
        OK + b"content-length: 3\r\nand-the",
    ],
)
async def test_what_is_no_answer_is_a_failure(line: Line, said: bytes) -> None:
    line.say(said, end=True)
    with pytest.raises(NetworkError) as raised:
        await line.answer()
    assert raised.value.kind == "RemoteProtocolError"


async def test_a_connection_that_is_reset_is_a_failure(line: Line) -> None:
    line.server.close()
    await line.ask(b"x" * (1 << 20))
    with pytest.raises(NetworkError) as raised:
        await line.answer()
    assert raised.value.broken


async def test_an_answer_that_comes_before_the_body_was_sent_is_the_answer(
    line: Line, anyio_backend_name: str
) -> None:
    line.say(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n")
    line.server.shutdown(socket.SHUT_RDWR)
    attempt = await line.ask([bytes(1 << 20)] * 3)
    assert not attempt.sent
    if (
        anyio_backend_name == "asyncio"
    ):  # which closes a connection that cannot be written to, with what it has
        with pytest.raises(NetworkError) as raised:
            await line.answer()
        assert raised.value.broken
    else:
        assert (await line.answer()).status_code == 413


async def test_informational_answers_are_skipped(line: Line) -> None:
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
    line.say(early + OK + b"content-length: 2\r\n\r\nok")
    found = await line.answer()
    assert (found.status_code, await whole(found)) == (200, b"ok")


async def test_a_change_of_protocol_leaves_the_connection_to_its_user(line: Line) -> None:
    line.say(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n\x81\x02hi")
    found = await line.answer()
    assert (found.status_code, await found.receive(1)) == (101, b"\x81")
    assert await found.receive(100) == b"\x02hi"
    await found.send(b"", 10)
    await found.send(b"there", 10)
    assert line.server.recv(10) == b"there"
    line.server.close()
    assert await found.receive(100) == b""
    assert not found.can_be_kept


async def test_headers_are_given_as_they_are_meant_and_as_they_were_sent(line: Line) -> None:
    line.say(OK + b"X-A:  1 \r\nx-a: 2\r\nold: \xe4\r\nlong: a\r\n  b\r\ncontent-length: 0\r\n\r\n")
    found = await line.answer()
    assert found.headers == {"x-a": "1, 2", "old": "\xe4", "long": "a b", "content-length": "0"}
    named = [(name, value) for name, value in found.fields() if name.lower() == "x-a"]
    assert [(name, value.strip()) for name, value in named] == [("X-A", "1"), ("x-a", "2")]
    assert not any("\n" in value for _, value in found.fields())


def packed_with(packing: str, data: bytes) -> bytes:
    if packing == "gzip":
        return gzip.compress(data)
    packer = zlib.compressobj(wbits=-15 if packing == "raw deflate" else 15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("packing", ["gzip", "deflate", "raw deflate"])
async def test_a_body_is_unpacked_bit_by_bit(line: Line, packing: str) -> None:
    content = bytes(20 << 20)
    body = packed_with(packing, content)
    name = packing.rpartition(" ")[2].encode()
    line.say(OK + b"content-encoding: %b\r\ncontent-length: %d\r\n\r\n" % (name, len(body)) + body)
    found = await line.answer()
    size = 0
    while piece := await found.read():
        size += len(piece)
        # What a few bytes unpack to is never there as a whole.
        assert len(piece) <= 1 << 20
    assert size == len(content)
    assert found.can_be_kept


@pytest.mark.parametrize("packings", ["gzip", ", ".join(["gzip"] * 3000)])
async def test_what_cannot_be_unpacked_is_a_failure(line: Line, packings: str) -> None:
    line.say(OK + b"content-encoding: %b\r\ncontent-length: 5\r\n\r\nplain" % packings.encode())
    found = await line.answer()
    with pytest.raises(NetworkError) as raised:
        await whole(found)
    assert raised.value.kind == "DecodingError"


async def test_silence_has_its_limit(line: Line) -> None:
    line.wire.account = Account(None, 0.05, 0.05)
    with pytest.raises(NetworkError, match=r"^no answer within 0\.05 s$") as raised:
        await line.answer()
    assert (raised.value.kind, raised.value.seconds) == ("ReadTimeout", 0.05)


async def test_a_server_that_takes_nothing_has_its_limit(line: Line) -> None:
    with pytest.raises(NetworkError) as raised:
        await send(line.wire, written(("POST", HERE), {}, bytes(64 << 20)), Attempt(), 0.05)
    assert raised.value.kind == "WriteTimeout"


async def test_a_task_that_waits_goes_on_when_its_connection_is_closed(line: Line) -> None:
    line.wire.account = Account(None, None, None)
    failed: list[NetworkError] = []

    async def wait() -> None:
        with pytest.raises(NetworkError) as raised:
            await line.answer()
        failed.append(raised.value)

    async with anyio.create_task_group() as group:
        group.start_soon(wait)
        await anyio.wait_all_tasks_blocked()
        await line.wire.aclose()
    assert [failure.broken for failure in failed] == [True]
    assert not line.wire.usable


class Pieces(AsyncSocket):
    """A connection on which these pieces come."""

    def __init__(self, pieces: list[bytes]) -> None:
        self._pieces = iter(pieces)

    async def read(self, most: int, seconds: float | None) -> bytes:
        return next(self._pieces, b"")


@given(
    st.lists(st.binary(min_size=1, max_size=300), max_size=12),
    st.lists(st.integers(1, 400), max_size=40),
    st.booleans(),
)
def test_a_body_is_read_as_it_was_sent_however_it_comes(
    chunks: list[bytes], cuts: list[int], chunked: bool
) -> None:
    content = b"".join(chunks)
    data = OK + b"transfer-encoding: chunked\r\n\r\n"
    data += b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    if not chunked:
        data = OK + b"content-length: %d\r\n\r\n" % len(content) + content
    pieces, place = [], 0
    for cut in cuts:
        pieces.append(data[place : place + cut])
        place += cut
    pieces = [piece for piece in [*pieces, data[place:]] if piece]

    async def read() -> None:
        wire = AsyncWire(Pieces(pieces), print)
        wire.account = Account(None, None, None)
        found = await answer(wire, "GET", "http://app.example:1/")
        assert await whole(found) == content
        assert found.can_be_kept

    anyio.run(read)


# The door


def door() -> AsyncPlainDoor:
    return AsyncPlainDoor(TransportOptions(), "http://127.0.0.1/")


Play = Callable[[socket.socket], None]


class Server:
    """A server that takes one connection after the other, on the event loop of the test."""

    def __init__(self, listener: socket.socket) -> None:
        self._listener = listener
        self.url = f"http://127.0.0.1:{listener.getsockname()[1]}/"
        self.connections: list[socket.socket] = []

    async def take(self) -> socket.socket:
        taken = await anyio.to_thread.run_sync(self._listener.accept)
        self.connections.append(taken[0])
        return taken[0]


@pytest.fixture
async def server() -> AsyncIterator[Server]:
    with socket.create_server(("127.0.0.1", 0)) as listener, ExitStack() as stack:
        made = Server(listener)
        yield made
        for one in made.connections:
            stack.enter_context(one)


async def said_to(server: Server, client: AsyncPlainDoor, use: Any, said: bytes, fresh: bool) -> bytes:
    """Ask for something on a connection that is new or was kept; return what is answered."""
    attempt = Attempt()

    async def serve() -> None:
        taken = await server.take() if fresh else server.connections[-1]
        await anyio.to_thread.run_sync(taken.recv, 1000)
        taken.sendall(said)

    content = b""
    async with anyio.create_task_group() as group:
        group.start_soon(serve)
        asked = Asked(use, "GET", server.url, {})
        async with client.ask(asked, Account(None, 10, 10), attempt) as found:
            while piece := await found.read():
                content += piece
    assert (attempt.fresh, attempt.sent, attempt.answered) == (fresh, True, True)
    return content


async def test_a_connection_is_used_again_for_the_same_use_alone(server: Server) -> None:
    client = door()
    said = OK + b"content-length: 2\r\n\r\nok"
    try:
        for use, fresh in (("requests", True), ("requests", False), ("streams", True), ("foreign", True)):
            assert await said_to(server, client, use, said, fresh) == b"ok"
    finally:
        await client.close()
    for one in server.connections:
        assert one.recv(10) == b""


async def test_a_connection_that_the_server_has_closed_is_not_used_again(server: Server) -> None:
    client = door()
    said = OK + b"content-length: 2\r\n\r\nok"
    try:
        await said_to(server, client, "requests", said, True)
        server.connections[0].close()
        await said_to(server, client, "requests", said, True)
    finally:
        await client.close()


async def test_cookies_are_the_apps_alone(server: Server) -> None:
    client = door()
    said = OK + b"set-cookie: a=1\r\ncontent-length: 2\r\n\r\nok"
    requests: PlainRequests = client._requests
    try:
        await said_to(server, client, "foreign", said, True)
        assert not list(requests.jar)
        await said_to(server, client, "requests", said, True)
        assert [cookie.name for cookie in requests.jar] == ["a"]
        with ExitStack() as stack:
            pieces = partial(requests.pieces, address=address_of(server.url), stack=stack)
            assert b"cookie: a=1\r\n" in b"".join(pieces(Asked("streams", "GET", server.url, {})))
            assert b"cookie" not in b"".join(pieces(Asked("foreign", "GET", server.url, {})))
    finally:
        await client.close()


@pytest.mark.parametrize("url", ["ftp://app.example/", "file:///etc/passwd"])
async def test_an_address_that_is_not_of_http_is_refused(url: str) -> None:
    client = door()
    with pytest.raises(NetworkError, match="not an address of http"):
        async with client.ask(Asked("foreign", "GET", url, {}), Account(None, 10, 10), Attempt()):
            pass
    await client.close()


async def test_a_private_address_is_not_connected_to_for_an_app(server: Server) -> None:
    client = door()
    with pytest.raises(FileError, match="private address"):
        async with client.ask(Asked("checked", "GET", server.url, {}), Account(None, 10, 10), Attempt()):
            pass
    await client.close()


async def test_nothing_is_asked_of_a_door_that_is_closed(server: Server) -> None:
    client = door()
    await client.close()
    with pytest.raises(NetworkError, match="the client was closed"):
        async with client.ask(Asked("requests", "GET", server.url, {}), Account(None, 10, 10), Attempt()):
            pass


async def test_an_exchange_breaks_when_the_door_is_closed(server: Server) -> None:
    """Also one whose body would end with its connection: what is cut off is no whole answer."""
    client = door()
    seen: list[bytes] = []

    async def ask() -> None:
        asked = Asked("requests", "GET", server.url, {})
        async with client.ask(asked, Account(None, 10, 10), Attempt()) as found:
            while piece := await found.read():
                seen.append(piece)

    async def fail() -> None:
        with pytest.raises(NetworkError):
            await ask()

    async with anyio.create_task_group() as group:
        group.start_soon(fail)
        taken = await server.take()
        taken.sendall(OK + b"\r\nsome")
        while not seen:
            await anyio.lowlevel.checkpoint()
        await client.close()
    assert seen == [b"some"]
