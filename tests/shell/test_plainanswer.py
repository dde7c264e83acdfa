"""Heads of answers mean what ``http.client`` takes them for, and bodies end where they say."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._shell.networkerror import NetworkError
from gradlink._shell.plainanswer import LONGEST_HEAD, Body, Head, Heading

NAMES = st.sampled_from(
    [
        "Content-Length",
        "content-length",
        "Transfer-Encoding",
        "Connection",
        "X-A",
        "x_b",
        "Set-Cookie",
        "Vary",
        "a b",
        "",
    ]
)
VALUES = st.sampled_from(
    ["5", "0", "007", " 5 ", "+5", "5_0", "-1", "9" * 30, "chunked", "Chunked", "gzip, chunked", "close", "Keep-Alive, Close", "keep-alive",
     "", "a: b", "a=1; path=/", "x\r\n folded", "\xe4", "tab\tin it", "\x00"]
)  # fmt: skip
STATUSES = st.sampled_from(
    ["HTTP/1.1 200 OK", "HTTP/1.1 204 No Content", "HTTP/1.1 304 ", "HTTP/1.1 500 Oh", "HTTP/1.1 200", "HTTP/1.0 200 OK", "HTTP/1.1 600 x",
     "HTTP/1.1 101 Switching", "HTTP/1.1 20x OK", "ICY 200 OK", ""]
)  # fmt: skip
HEADS = st.builds(
    lambda status, fields, colon: "".join(
        [f"{status}\r\n", *(f"{name}{colon}{value}\r\n" for name, value in fields), "\r\n"]
    ).encode("latin-1"),
    STATUSES,
    st.lists(st.tuples(NAMES, VALUES), max_size=5),
    st.sampled_from([": ", ":", ":  ", " : "]),
)


def facts(head: Head) -> tuple[object, ...]:
    return head.status_code, head.headers, head.chunked, head.length, head.closes, head.is_all


def by_http_client(data: bytes, method: str) -> Head:
    """Return the same head, of which nothing was taken apart here."""

    class Odd(Head):
        def _read(self, data: bytes, method: str) -> bool:
            return False

    return Odd(data, method)


def said_of(make: Callable[[bytes, str], Head], data: bytes, method: str) -> object:
    """Return what is made of a head, or why nothing is."""
    try:
        head = make(data, method)
    except NetworkError as exc:
        return str(exc)
    return *facts(head), [(name.lower(), value.strip()) for name, value in head.fields]


@given(HEADS, st.sampled_from(["GET", "POST", "HEAD"]))
def test_a_head_is_what_http_client_takes_it_for(data: bytes, method: str) -> None:
    assert said_of(Head, data, method) == said_of(by_http_client, data, method)


USUAL = (
    b"HTTP/1.1 200 OK\r\ndate: Mon, 30 Nov 2026 11:10:31 GMT\r\nserver: uvicorn\r\ncontent-length: 67\r\n"
    b"content-type: application/json\r\nX-Odd:\r\n\r\n"
)


def test_a_usual_head_is_not_left_to_http_client() -> None:
    for data in (USUAL, b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\nconnection: close\r\n\r\n"):
        found = Head(data, "GET")
        assert found.message is None
        assert facts(found) == facts(by_http_client(data, "GET"))


@pytest.mark.parametrize(
    "field",
    [
        b"set-cookie: a=1",
        b"content-length: 5\r\ncontent-length: 5",
        b"content-length: 5\r\ntransfer-encoding: chunked",
        b"folded: a\r\n b",
        b"a: \xe4",
        b"x: y\r\n" * 199 + b"x: y",
    ],
)
def test_an_odd_head_is(field: bytes) -> None:
    data = b"HTTP/1.1 200 OK\r\n" + field + b"\r\n\r\n"
    assert said_of(Head, data, "GET") == said_of(by_http_client, data, "GET")
    if b"x: y" in field:
        assert said_of(Head, data, "GET") == "the answer is not HTTP: got more than 100 headers"
    else:
        assert Head(data, "GET").message is not None


@given(st.lists(st.integers(1, 30), max_size=30), st.binary(max_size=20))
def test_a_head_may_come_in_pieces(cuts: list[int], rest: bytes) -> None:
    data = b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n" + USUAL + rest
    heading, place, head = Heading("GET"), 0, None
    for cut in [*cuts, len(data)]:
        piece, place = data[place : place + cut], place + cut
        if head is None and piece:
            head = heading.push(piece)
            rest_found = heading.rest + data[place:]
    assert head is not None
    assert (head.status_code, head.length, rest_found) == (200, 67, rest)


def test_a_head_ends_within_its_bound() -> None:
    heading = Heading("GET")
    assert heading.push(b"HTTP/1.1 200 OK\r\na: ") is None
    with pytest.raises(NetworkError, match="more than 65,536 bytes"):
        heading.push(b"b" * LONGEST_HEAD)


@given(st.binary(max_size=40), st.binary(max_size=10), st.lists(st.integers(1, 9), max_size=9))
def test_a_body_with_a_length_ends_there(content: bytes, more: bytes, cuts: list[int]) -> None:
    body = Body(Head(b"HTTP/1.1 200 OK\r\ncontent-length: %d\r\n\r\n" % len(content), "GET"))
    data, found, place = content + more, b"", 0
    for cut in [*cuts, len(data)]:
        piece, place = data[place : place + cut], place + cut
        if piece and not body.whole:
            found += body.push(piece)
    assert found == content
    assert body.whole
    assert more.startswith(body.surplus)
