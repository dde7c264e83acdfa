"""Chunks that are joined say what they say apart, whatever comes and wherever it is cut."""

from __future__ import annotations

from itertools import pairwise

import h11
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from gradlink._protocol.chunks import AnswerJoiner, ChunkDecoder, ChunkJoiner, body_of
from tests.unit import examples

HEAD = b"HTTP/1.1 200 OK\r\ntransfer-encoding: chunked\r\n\r\n"


def chunk(payload: bytes) -> bytes:
    return b"%x\r\n%b\r\n" % (len(payload), payload)


def taken_apart(pieces: list[bytes]) -> tuple[bytes, str, bytes]:
    """Return the body that h11 finds, how it ends, and what is left behind it."""
    reader = h11.Connection(h11.CLIENT)
    reader.send(h11.Request(method="GET", target="/", headers=[("host", "h")]))
    reader.send(h11.EndOfMessage())
    body, end = b"", "goes on"
    try:
        for piece in [HEAD, *pieces]:
            reader.receive_data(piece)
            while not isinstance(event := reader.next_event(), type):
                if isinstance(event, h11.Data):
                    body += event.data
                elif isinstance(event, h11.EndOfMessage):
                    end = "over"
    except h11.RemoteProtocolError:
        return body, "broken", b""
    return body, end, bytes(reader.trailing_data[0]) if end == "over" else b""


PAYLOADS = st.binary(min_size=1, max_size=40) | st.text("a\r\n05", min_size=1, max_size=20).map(str.encode)
ENDS = st.sampled_from([b"", b"0\r\n\r\n", b"000\r\n\r\n", b"0\r\nx: y\r\n\r\n", b"0\r\n\r\nHTTP/1.1 200 OK"])
CHUNKED = st.tuples(st.lists(PAYLOADS.map(chunk), max_size=6).map(b"".join), ENDS).map(b"".join)
GARBAGE = st.sampled_from(
    [b"", b"\r", b"\n", b"\r\n", b"0", b"x", b";a=b", b"f", b" ", b"-", b"_", b"f" * 20]
)
CHANGES = st.lists(st.tuples(st.integers(0, 200), GARBAGE, st.integers(0, 2)), max_size=2)
CUTS = st.lists(st.integers(0, 250), max_size=8)


@settings(max_examples=examples(1500), deadline=None)
@given(body=CHUNKED, changes=CHANGES, cuts=CUTS, begun=st.integers(0, 8))
def test_a_joined_body_is_the_same(
    body: bytes, changes: list[tuple[int, bytes, int]], cuts: list[int], begun: int
) -> None:
    for wanted, by, removed in changes:
        place = wanted % (len(body) + 1)
        body = body[:place] + by + body[place + removed :]
    places = sorted({0, *(cut for cut in cuts if cut < len(body)), len(body)})
    pieces = [body[start:end] for start, end in pairwise(places)]
    first = b"".join(pieces[:begun])
    joiner = ChunkJoiner(first)
    joined = [first, *(out for piece in pieces[begun:] if (out := joiner.push(piece)))]
    plain_body, plain_end, plain_rest = taken_apart([piece for piece in pieces if piece])
    body_joined, end, rest = taken_apart([piece for piece in joined if piece])
    assert (end, rest) == (plain_end, plain_rest)
    # Of a body that breaks, more or less was found when the break was.
    assert body_joined == plain_body or (
        end == "broken" and plain_body.startswith(body_joined[: len(plain_body)])
    )


def test_chunks_that_come_together_are_one() -> None:
    joiner = ChunkJoiner(b"")
    assert joiner.push(chunk(b"a") * 20 + b"5\r\nbc") == chunk(b"a" * 20 + b"bc")
    assert joiner.push(b"def\r") == chunk(b"def")
    assert joiner.push(b"\n") == b""
    assert joiner.push(b"3") == b""
    assert joiner.push(b"\r\nx") == chunk(b"x")
    assert joiner.push(b"yz\r\n" + chunk(b"!") + b"0\r\n\r\n") == chunk(b"yz!") + b"0\r\n\r\n"
    assert joiner.push(chunk(b"a") * 2) == chunk(b"a") * 2  # another answer


def test_a_chunk_that_comes_alone_is_left_as_it_is() -> None:
    assert ChunkJoiner(b"").push(b"00a\r\n0123456789\r\n") == b"00a\r\n0123456789\r\n"


@pytest.mark.parametrize(
    ("begun", "rest"),
    [
        (b"", b""),
        (chunk(b"a"), b""),
        (b"5\r\nab", b"cde\r\n"),
        (b"5\r\nabcde\r", b"\n"),
        (chunk(b"a") + b"5\r", b"\nabcde\r\n"),
    ],
)
def test_joining_begins_with_the_next_chunk(begun: bytes, rest: bytes) -> None:
    joiner = ChunkJoiner(begun)
    assert joiner.push(rest + chunk(b"x") + chunk(b"y")) == rest + chunk(b"xy")
    joiner = ChunkJoiner(begun)
    for place in range(len(rest)):
        assert joiner.push(rest[place : place + 1]) == rest[place : place + 1]
    assert joiner.push(chunk(b"x") + chunk(b"y")) == chunk(b"xy")


@pytest.mark.parametrize("body", [b"0\r\n\r\n", b"x" * 40, b"5;a=b\r\nabcde\r\n", b"\n"])
def test_what_is_not_expected_is_passed_on(body: bytes) -> None:
    two = chunk(b"a") + chunk(b"b")
    assert ChunkJoiner(body).push(two) == two
    joiner = ChunkJoiner(b"")
    assert joiner.push(body) == body
    assert joiner.push(two) == two


INFORMATIONAL = b"HTTP/1.1 103 Early Hints\r\nlink: x\r\n\r\n"


@pytest.mark.parametrize("before", [b"", INFORMATIONAL, INFORMATIONAL * 2, b"HTTP/1.1 100\n\n"])
def test_the_body_is_found_behind_the_head(before: bytes) -> None:
    two = chunk(b"a") + chunk(b"b")
    for asked_before in (False, True):
        joiner = AnswerJoiner()
        if asked_before:
            assert joiner.push(b"HTTP/1.1 200 Connection established\r\n\r\n")
        joiner.asked()
        for piece in (before, HEAD[:20], HEAD[20:] + b"3\r\nab"):
            assert joiner.push(piece) == piece
        joiner.answered(chunked=True)
        assert joiner.push(b"c\r\n" + two) == b"c\r\n" + chunk(b"ab")


@pytest.mark.parametrize(("head", "chunked"), [(HEAD, False), (b"no head", True)])
def test_nothing_is_joined_of_another_body(head: bytes, chunked: bool) -> None:
    two = chunk(b"a") + chunk(b"b")
    joiner = AnswerJoiner()
    assert joiner.push(head) == head
    joiner.answered(chunked=chunked)
    assert joiner.push(two) == two


def decoded(pieces: list[bytes]) -> tuple[bytes, str, bytes]:
    """Return the same as :func:`taken_apart`, by the decoder."""
    decoder, body = ChunkDecoder(), b""
    try:
        for piece in pieces:
            if decoder.ended:
                return body, "over", decoder.surplus
            body += decoder.push(piece)
    except ValueError:
        return body, "broken", b""
    return body, "over" if decoder.ended else "goes on", decoder.surplus


@settings(max_examples=examples(1500), deadline=None)
@given(body=CHUNKED, changes=CHANGES, cuts=CUTS)
def test_a_body_is_taken_apart_as_h11_does(
    body: bytes, changes: list[tuple[int, bytes, int]], cuts: list[int]
) -> None:
    for wanted, by, removed in changes:
        place = wanted % (len(body) + 1)
        body = body[:place] + by + body[place + removed :]
    places = sorted({0, *(cut for cut in cuts if cut < len(body)), len(body)})
    pieces = [body[start:end] for start, end in pairwise(places)]
    content, end, surplus = taken_apart(pieces)
    found, how, left = decoded(pieces)
    if end == "broken":
        assert how in {"broken", "goes on"} or changes
        return
    assert (found, how) == (content, end)
    # What follows in a piece of its own is not looked at by either.
    assert surplus.startswith(left)


@pytest.mark.parametrize(
    "data", [b"x\r\n", b"-1\r\n", b"\r\n", b"3\r\nabcd\r\n", b"f" * 21 + b"\r\n", b"1;" + b"x" * 5000]
)
def test_what_is_no_chunk_is_told(data: bytes) -> None:
    with pytest.raises(ValueError, match="chunk"):
        ChunkDecoder().push(data)


def test_a_line_after_the_last_chunk_has_an_end() -> None:
    decoder = ChunkDecoder()
    assert decoder.push(b"2;a=b\r\nhi\r\n0\r\nx: y\r") == b"hi"
    assert not decoder.ended
    assert decoder.push(b"\n\r\n") == b""
    assert decoder.ended
    with pytest.raises(ValueError, match="does not end"):
        ChunkDecoder().push(b"0\r\n" + b"x" * 5000)
    trailers = ChunkDecoder()
    with pytest.raises(ValueError, match="lines follow the last chunk"):
        trailers.push(b"0\r\n" + b"more: of it\r\n" * 101)


def test_a_change_of_protocol_is_an_answer() -> None:
    early = b"HTTP/1.1 103 Early Hints\r\n\r\n"
    assert body_of(early + b"HTTP/1.1 101 Switching Protocols\r\n\r\n\x81") == b"\x81"
    assert body_of(early) is None
