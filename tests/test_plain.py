"""Requests and answers of the synchronous client over a connection, and which connections it keeps."""

from __future__ import annotations

import gzip
import socket
import threading
import zlib
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._shell.addresses import address_of
from gradlink._shell.attempts import Attempt
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.plainrequest import written
from gradlink._shell.pool import Pool
from gradlink._shell.timing import Account
from gradlink._sync.plain import PlainAnswer, send
from gradlink._sync.wire import Wire

HERE = address_of("http://app.example:1/a?b")


class Line:
    """Both ends of a connection: the client's, and a server's that is played by the test."""

    def __init__(self) -> None:
        own, self.server = socket.socketpair()
        self.wire = Wire(own)
        self.wire.account = Account(None, 10, 10)

    def ask(self, body: Any = None, **headers: str) -> Attempt:
        attempt = Attempt()
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        send(self.wire, written(("POST", HERE), named, body), attempt, 10)
        return attempt

    def say(self, data: bytes, *, end: bool = False) -> None:
        self.server.sendall(data)
        if end:
            self.server.shutdown(socket.SHUT_WR)

    def answer(self) -> PlainAnswer:
        found = PlainAnswer(self.wire, "POST", "http://app.example:1/a?b")
        account = self.wire.account
        assert account is not None
        account.answered(found.headers)
        return found


@pytest.fixture
def new_line() -> Iterator[Callable[[], Line]]:
    """Make connections, which are closed in the end."""
    made: list[Line] = []

    def make() -> Line:
        made.append(Line())
        return made[-1]

    yield make
    for one in made:
        one.wire.close()
        one.server.close()


@pytest.fixture
def line(new_line: Callable[[], Line]) -> Line:
    return new_line()


def test_a_request_is_sent_whole(line: Line) -> None:
    assert line.ask(b"{}", x_own="\xe4").sent
    assert line.server.recv(1000) == (
        b"POST /a?b HTTP/1.1\r\nHost: app.example:1\r\nx-own: \xe4\r\ncontent-length: 2\r\n\r\n{}"
    )


def test_a_body_of_unknown_length_is_sent_in_chunks(line: Line) -> None:
    assert line.ask(iter([b"abc", b"", b"d" * 17]), transfer_encoding="chunked").sent
    line.wire.close()
    sent = b"".join(iter(lambda: line.server.recv(1000), b""))
    assert sent.partition(b"\r\n\r\n")[2] == b"3\r\nabc\r\n11\r\n" + b"d" * 17 + b"\r\n0\r\n\r\n"


def test_an_answer_that_comes_before_the_body_was_sent_is_the_answer(line: Line) -> None:
    line.say(b"HTTP/1.1 413 Too Large\r\ncontent-length: 0\r\n\r\n")
    line.server.shutdown(socket.SHUT_RDWR)
    attempt = line.ask([bytes(1 << 20)] * 3)
    assert not attempt.sent
    assert line.answer().status_code == 413


@pytest.mark.parametrize(
    ("said", "body", "kept"),
    [
        (b"content-length: 3\r\n\r\nabc", b"abc", True),
        (b"content-length: 0\r\n\r\n", b"", True),
        (b"transfer-encoding: chunked\r\n\r\n2\r\nab\r\n1;x=y\r\nc\r\n0\r\na: b\r\n\r\n", b"abc", True),
        (b"connection: close\r\ncontent-length: 3\r\n\r\nabc", b"abc", False),
        (b"\r\nabc", b"abc", False),
    ],
)
def test_a_body_ends_as_its_head_says(line: Line, said: bytes, body: bytes, kept: bool) -> None:
    line.say(b"HTTP/1.1 200 OK\r\n" + said, end=not kept)
    answer = line.answer()
    assert b"".join(answer.iter_raw()) == body
    assert answer.can_be_kept is kept


def test_a_server_that_has_failed_closes_the_connection(line: Line) -> None:
    """Uvicorn closes it a moment after its answer: what is sent meanwhile may have been read or not."""
    line.say(b"HTTP/1.1 500 Internal Server Error\r\ncontent-length: 3\r\n\r\nabc")
    answer = line.answer()
    assert b"".join(answer.iter_raw()) == b"abc"
    assert not answer.can_be_kept


def test_an_answer_that_nobody_read_to_its_end_spoils_its_connection(line: Line) -> None:
    line.say(b"HTTP/1.1 200 OK\r\ncontent-length: 10\r\n\r\nabc")
    answer = line.answer()
    assert next(answer.iter_raw()) == b"abc"
    assert not answer.can_be_kept


@pytest.mark.parametrize(
    "said",
    [
        b"content-length: 5\r\n\r\nabc",
        b"transfer-encoding: chunked\r\n\r\n5\r\nabc",
        b"transfer-encoding: chunked\r\n\r\n3\r\nabc\r\n",
        b"transfer-encoding: chunked\r\n\r\nzz\r\n",
    ],
)
def test_a_body_that_is_cut_short_is_a_failure(line: Line, said: bytes) -> None:
    line.say(b"HTTP/1.1 200 OK\r\n" + said, end=True)
    answer = line.answer()
    with pytest.raises(NetworkError) as found:
        list(answer.iter_bytes())
    assert found.value.kind == "RemoteProtocolError"
    assert not answer.can_be_kept


@pytest.mark.parametrize(
    "said", [b"", b"SSH-2.0\r\n\r\n", b"HTTP/1.1 20x OK\r\n\r\n", b"HTTP/1.1 200 OK\r\n" + b"a: b\r\n" * 200]
)
def test_what_is_no_answer_is_a_failure(line: Line, said: bytes) -> None:
    line.say(said, end=True)
    with pytest.raises(NetworkError) as found:
        line.answer()
    assert found.value.kind == "RemoteProtocolError"


def test_a_connection_that_is_reset_is_a_failure(line: Line) -> None:
    line.server.close()
    line.ask(b"x" * (1 << 20))
    with pytest.raises(NetworkError) as found:
        line.answer()
    assert found.value.broken


def test_informational_answers_are_skipped(line: Line) -> None:
    early = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 103 Early Hints\r\nlink: </a>\r\n\r\n"
    line.say(early + b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\nok")
    answer = line.answer()
    assert (answer.status_code, b"".join(answer.iter_raw())) == (200, b"ok")


def test_a_change_of_protocol_leaves_the_connection_to_its_user(line: Line) -> None:
    line.say(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n\x81\x02hi")
    answer = line.answer()
    assert (answer.status_code, answer.receive(100)) == (101, b"\x81\x02hi")
    answer.send(b"there", 10)
    assert line.server.recv(10) == b"there"
    line.server.close()
    assert answer.receive(100) == b""
    assert not answer.can_be_kept


def test_a_first_message_is_waited_for_as_long_as_was_said(line: Line) -> None:
    line.wire.account = account = Account(None, None, None)
    line.say(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n\x81\x02hi")
    answer = line.answer()
    account.release()
    # It came with the head, so there is nothing to be waited for.
    assert answer.receive(100, 0.05) == b"\x81\x02hi"
    with pytest.raises(NetworkError) as found:
        answer.receive(100, 0.05)
    assert (found.value.kind, found.value.seconds) == ("ReadTimeout", 0.05)


def test_headers_are_read_as_they_are_meant(line: Line) -> None:
    line.say(
        b"HTTP/1.1 200 OK\r\nX-A:  1 \r\nx-a: 2\r\nname: \xc3\xa4\r\nold: \xe4\r\nlong: a\r\n  b\r\ncontent-length: 0\r\n\r\n"
    )
    assert line.answer().headers == {
        "x-a": "1, 2",
        "name": "\xe4",
        "old": "\xe4",
        "long": "a b",
        "content-length": "0",
    }


def packed_with(packing: str, data: bytes) -> bytes:
    if packing == "gzip":
        return gzip.compress(data)
    packer = zlib.compressobj(wbits=-15 if packing == "raw deflate" else 15)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize("packing", ["gzip", "deflate", "raw deflate"])
def test_a_body_is_unpacked_bit_by_bit(line: Line, packing: str) -> None:
    content = bytes(20 << 20)
    body = packed_with(packing, content)
    name = packing.rpartition(" ")[2].encode()
    line.say(b"HTTP/1.1 200 OK\r\ncontent-encoding: %b\r\ncontent-length: %d\r\n\r\n" % (name, len(body)))
    writer = threading.Thread(target=line.say, args=[body])
    writer.start()
    pieces = list(line.answer().iter_bytes())
    writer.join()
    assert b"".join(pieces) == content
    # What a few bytes unpack to is never there as a whole.
    assert max(map(len, pieces)) <= 1 << 20


def test_what_cannot_be_unpacked_is_a_failure(line: Line) -> None:
    line.say(b"HTTP/1.1 200 OK\r\ncontent-encoding: gzip\r\ncontent-length: 5\r\n\r\nplain")
    with pytest.raises(NetworkError) as found:
        list(line.answer().iter_bytes())
    assert found.value.kind == "DecodingError"


@given(st.lists(st.binary(min_size=1, max_size=300), max_size=12), st.lists(st.integers(1, 400), max_size=40))
def test_a_stream_is_read_as_it_was_sent_however_it_comes(chunks: list[bytes], cuts: list[int]) -> None:
    body = b"".join(b"%x\r\n%b\r\n" % (len(chunk), chunk) for chunk in chunks) + b"0\r\n\r\n"
    data = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n" + body
    made = Line()
    try:
        writer = threading.Thread(target=say_in_pieces, args=(made, data, cuts))
        writer.start()
        answer = made.answer()
        read = b"".join(answer.iter_raw())
        writer.join()
        assert read == b"".join(chunks)
        assert answer.can_be_kept
        assert made.wire.usable
    finally:
        made.wire.close()
        made.server.close()


def say_in_pieces(line: Line, data: bytes, cuts: list[int]) -> None:
    place = 0
    for cut in [*cuts, len(data)]:
        line.say(data[place : place + cut])
        place += cut


def test_silence_has_its_limit(line: Line) -> None:
    line.wire.account = Account(None, 0.05, 0.05)
    with pytest.raises(NetworkError, match=r"^no answer within 0\.05 s$") as found:
        line.answer()
    assert (found.value.kind, found.value.seconds) == ("ReadTimeout", 0.05)


def test_a_server_that_takes_nothing_has_its_limit(line: Line) -> None:
    with pytest.raises(NetworkError) as found:
        send(line.wire, written(("POST", HERE), {}, bytes(16 << 20)), Attempt(), 0.05)
    assert found.value.kind == "WriteTimeout"


def test_whoever_waits_is_woken(line: Line) -> None:
    line.wire.account = Account(None, None, None)
    failed: list[NetworkError] = []

    def wait() -> None:
        try:
            line.answer()
        except NetworkError as exc:
            failed.append(exc)

    waiting = threading.Thread(target=wait, daemon=True)
    waiting.start()
    line.wire.stop()
    waiting.join(30)
    assert len(failed) == 1


# Which connections are kept


def test_the_youngest_connection_is_used_again_and_none_that_has_ended(new_line: Callable[[], Line]) -> None:
    pool: Pool[Wire] = Pool(60)
    lines = [new_line() for _ in range(3)]
    for one in lines:
        pool.keep(HERE, one.wire)
    lines[2].server.close()
    lines[1].say(b"HTTP/1.1 408 Request Timeout\r\n\r\n")
    assert pool.take(address_of("http://app.example:2/")) is None
    assert pool.take(HERE) is lines[0].wire
    assert pool.take(HERE) is None
    assert [one.wire.closed for one in lines] == [False, True, True]


def test_a_connection_is_kept_for_its_time_alone(
    new_line: Callable[[], Line], monkeypatch: pytest.MonkeyPatch
) -> None:
    now = [100.0]
    monkeypatch.setattr("gradlink._shell.pool.time.monotonic", lambda: now[0])
    pool: Pool[Wire] = Pool(4)
    old, young = new_line(), new_line()
    pool.keep(HERE, old.wire)
    now[0] += 3
    pool.keep(HERE, young.wire)
    now[0] += 2
    assert pool.take(address_of("http://other.example/")) is None
    assert (old.wire.closed, young.wire.closed) == (True, False)
    now[0] += 3
    assert pool.take(HERE) is None
    assert young.wire.closed


def test_no_more_are_kept_than_there_is_room_for(new_line: Callable[[], Line]) -> None:
    pool: Pool[Wire] = Pool(60, most=2)
    lines = [new_line() for _ in range(3)]
    for one in lines:
        pool.keep(HERE, one.wire)
    assert [one.wire.closed for one in lines] == [True, False, False]
    pool.close()
    late = new_line()
    pool.keep(HERE, late.wire)
    assert all(one.wire.closed for one in [*lines, late])
