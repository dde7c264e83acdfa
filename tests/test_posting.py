"""Answers that are read as they come, whatever pieces they come in."""

from __future__ import annotations

import gzip
import socket
from collections.abc import Iterator
from contextlib import ExitStack
from functools import partial
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import AnswerTooLargeError, GradlinkError, TransportError
from gradlink._io import HttpReply
from gradlink._shell.addresses import address_of
from gradlink._shell.answers import AnswerBody
from gradlink._shell.asking import Asked
from gradlink._shell.attempts import Attempt
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.options import TransportOptions
from gradlink._shell.plainrequest import written
from gradlink._shell.timing import Account
from gradlink._sync.exchange import Exchange
from gradlink._sync.plain import send
from gradlink._sync.posting import Posted, Reserved
from gradlink._sync.wire import Wire

URL = "http://app.example:1/join"
HERE = address_of(URL)
BODY = b'{"event_id": "' + b"0123456789" * 30 + b'"}'


class Line:
    """A connection that is reserved, and what a server that the test plays says over it."""

    def __init__(self, *, limit: float = 60.0, options: TransportOptions | None = None) -> None:
        own, self.server = socket.socketpair()
        self.ended: list[Wire | None] = []
        self.reserved = Reserved(HERE, Wire(own), lambda _, wire: self.ended.append(wire))
        self._options = options or TransportOptions()
        self._limit = limit
        self.let_go = 0

    def post(self, *, sent: bool = True) -> Posted:
        wire, attempt = self.reserved.take(), Attempt()
        wire.account = account = Account(None, self._limit, self._limit)
        if sent:
            send(wire, written(("POST", HERE), {}, b"{}"), attempt, 10)
        asked = Asked("requests", "POST", URL, {}, b"{}")
        exchange = Exchange(wire, asked, HERE, attempt, self.reserved, None)
        stack = ExitStack()
        stack.callback(self._count)
        body = partial(AnswerBody, self._options, holds="answer")
        return Posted(exchange, account, attempt, body, _told, stack)

    def close(self) -> None:
        self.server.close()
        if self.reserved.wire is not None:
            self.reserved.wire.close()

    def _count(self) -> None:
        self.let_go += 1


def _told(failure: NetworkError, attempt: Attempt) -> GradlinkError:
    return TransportError(f"{failure.kind}, sent: {attempt.sent}")


@pytest.fixture
def line() -> Iterator[Line]:
    made = Line()
    yield made
    made.close()


def read(line: Line, posted: Posted, pieces: list[bytes]) -> HttpReply | None:
    """Have the answer read with each piece; it is there with the last one, not before."""
    reply = None
    for piece in pieces:
        assert reply is None
        line.server.sendall(piece)
        reply = posted.read(ready=True)
    return reply


def read_whole(posted: Posted) -> HttpReply:
    """Have all read that was sent."""
    while (reply := posted.read(ready=True)) is None:
        pass
    return reply


def chunked(body: bytes) -> bytes:
    middle = len(body) // 2
    parts = [b"%x\r\n%b\r\n" % (len(part), part) for part in (body[:middle], body[middle:]) if part]
    return b"".join(parts) + b"0\r\n\r\n"


PACKED = gzip.compress(BODY)
ANSWERS: dict[str, tuple[bytes, bytes, bool]] = {
    "counted": (b"content-length: %d\r\n\r\n%b" % (len(BODY), BODY), BODY, True),
    "empty": (b"content-length: 0\r\n\r\n", b"", True),
    "chunked": (b"transfer-encoding: chunked\r\n\r\n" + chunked(BODY), BODY, True),
    "packed": (
        b"content-encoding: gzip\r\ncontent-length: %d\r\n\r\n%b" % (len(PACKED), PACKED),
        BODY,
        True,
    ),
    "last": (b"connection: close\r\ncontent-length: %d\r\n\r\n%b" % (len(BODY), BODY), BODY, False),
}


@pytest.mark.parametrize("kind", ANSWERS)
@given(data=st.data())
def test_an_answer_is_read_whatever_pieces_it_comes_in(kind: str, data: Any) -> None:
    said, body, kept = ANSWERS[kind]
    answer = b"HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 200 OK\r\n" + said
    cuts = sorted(data.draw(st.sets(st.integers(1, len(answer) - 1), max_size=6)))
    line = Line()
    try:
        posted = line.post()
        reply = read(
            line, posted, [answer[a:b] for a, b in zip([0, *cuts], [*cuts, len(answer)], strict=True)]
        )
        assert reply is not None
        assert (reply.status, reply.body, reply.url) == (200, body, URL)
        posted.close()
        assert (line.reserved.wire is not None, line.let_go) == (kept, 1)
        line.reserved.end()
        assert [wire is not None for wire in line.ended] == [kept]
        for wire in line.ended:
            if wire is not None:
                wire.close()
    finally:
        line.close()


def test_one_connection_serves_one_request_after_the_other(line: Line) -> None:
    wire = line.reserved.wire
    for _ in range(3):
        posted = line.post()
        assert read(line, posted, [b"HTTP/1.1 200 OK\r\n" + ANSWERS["counted"][0]]) is not None
        posted.close()
        assert line.reserved.wire is wire


def test_nothing_is_waited_for(line: Line) -> None:
    posted = line.post()
    assert posted.read(ready=True) is None
    assert posted.read(ready=False) is None
    assert 0 < (posted.patience() or 0) <= 60
    posted.close()
    assert line.reserved.wire is None


def test_an_answer_that_is_overdue_is_an_error() -> None:
    line = Line(limit=1e-9)
    posted = line.post()
    posted.patience()
    assert posted.patience() == 0.0
    with pytest.raises(TransportError, match="ReadTimeout, sent: True"):
        posted.read(ready=False)
    assert not posted.repeats
    posted.close()
    line.close()


@pytest.mark.parametrize(
    "said", [b"", b"HTTP/1.1 200 OK\r\ncontent-le", b"HTTP/1.1 200 OK\r\ncontent-length: 9\r\n\r\n{"]
)
def test_an_answer_that_breaks_off_is_an_error_and_is_not_sent_again(line: Line, said: bytes) -> None:
    posted = line.post()
    line.server.sendall(said)
    line.server.shutdown(socket.SHUT_WR)
    with pytest.raises(TransportError, match="sent: True"):
        read_whole(posted)
    assert not posted.repeats
    posted.close()
    assert line.reserved.wire is None


def test_what_was_not_sent_whole_is_sent_again(line: Line) -> None:
    posted = line.post(sent=False)
    line.server.close()
    with pytest.raises(TransportError, match="sent: False"):
        posted.read(ready=True)
    assert posted.repeats
    posted.close()


def test_what_is_no_answer_is_an_error(line: Line) -> None:
    posted = line.post()
    line.server.sendall(b"SSH-2.0-OpenSSH_9.6\r\n\r\n")
    with pytest.raises(TransportError):
        posted.read(ready=True)
    posted.close()
    assert line.reserved.wire is None


def test_an_answer_has_a_bound() -> None:
    line = Line(options=TransportOptions(max_answer=100))
    posted = line.post()
    line.server.sendall(b"HTTP/1.1 200 OK\r\n" + ANSWERS["packed"][0])
    with pytest.raises(AnswerTooLargeError):
        posted.read(ready=True)
    posted.close()
    line.close()


def test_of_the_page_of_an_error_only_the_beginning_is_read(line: Line) -> None:
    posted = line.post()
    line.server.sendall(b"HTTP/1.1 404 Not Found\r\ncontent-length: 1000000\r\n\r\n" + b"x" * 100_000)
    reply = read_whole(posted)
    assert (reply.status, len(reply.body)) == (404, 1 << 16)
    posted.close()
    assert line.reserved.wire is None


def test_what_switches_to_another_protocol_has_no_body(line: Line) -> None:
    posted = line.post()
    line.server.sendall(b"HTTP/1.1 101 Switching Protocols\r\nupgrade: websocket\r\n\r\n")
    reply = read_whole(posted)
    assert (reply.status, reply.body) == (101, b"")
    posted.close()
    assert line.reserved.wire is None


def test_a_connection_leads_to_one_place(line: Line) -> None:
    assert line.reserved.leads_to(address_of("http://app.example:1/other"))
    assert not line.reserved.leads_to(address_of("https://app.example:1/join"))
    assert not line.reserved.leads_to(address_of("http://app.example/join"))
