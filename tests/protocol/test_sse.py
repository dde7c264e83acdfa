"""Streams of events beyond what vectors say: sizes, and answers that are not a stream."""

from __future__ import annotations

from itertools import pairwise

import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import ProtocolError, StreamLostError
from gradlink._protocol.sse import EventDecoder
from gradlink._shell.eventstream import EventStream


@pytest.mark.parametrize(
    "chunks",
    [
        [b"data: " + b"x" * 100 + b"\n\n"],
        [b"x"] * 101,
        [b": a comment of no end"] * 6,
        [b"data: x\n"] * 20,
        [b"data\n"] * 30,
        [b"data: " + b"x" * 50 + b"\n", b"event: " + b"x" * 50],
    ],
    ids=lambda chunks: chunks[0][:12].decode() if isinstance(chunks, list) else None,
)
def test_an_event_that_is_too_large_is_refused(chunks: list[bytes]) -> None:
    decoder = EventDecoder(100)
    with pytest.raises(ProtocolError, match="more than max_message=100 bytes"):
        list(map(decoder.push, chunks))


def test_many_events_may_be_larger_together() -> None:
    decoder = EventDecoder(100)
    event = b"data: " + b"x" * 45 + b"\ndata: " + b"x" * 30 + b"\n: comment\nretry: 1\n\n"
    for _ in range(50):
        for start in range(0, len(event), 7):
            decoder.push(event[start : start + 7])


@pytest.mark.parametrize("kind", ["text/html; charset=utf-8", "", "text/event-streams"])
def test_an_answer_of_another_type_is_no_stream(kind: str) -> None:
    response = httpx2.Response(200, headers={"content-type": kind}, content=b"data: x\n\n")
    with pytest.raises(StreamLostError, match="not 'text/event-stream'"):
        list(EventStream(response, 100))


def test_the_charset_of_the_answer_does_not_count() -> None:
    headers = {"content-type": "Text/Event-Stream; charset=latin-1"}
    response = httpx2.Response(200, headers=headers, content="data: ä\n\n".encode())
    assert list(EventStream(response, 100)) == [["ä"]]


PIECES = st.sampled_from(
    [
        b"data: x", b"data:y", b"data: ", b"data", b"event: other", b"event:", b": comment", b"id: 7", b"\n", b"\n\n", b"\n\n\n",
        b"\r\n", b"\r", b"data: one\n\n", b"data: two\n\ndata: three\n\n", "data: ä😀\n\n".encode(), b"\xc3", b"\xa4", b"\xff",
        b"\xef\xbb\xbf", b"{",
    ]
)  # fmt: skip
BODIES = st.lists(PIECES | st.binary(max_size=4), max_size=16).map(b"".join)


@given(body=BODIES, cuts=st.lists(st.integers(0, 120), max_size=6))
def test_events_that_come_together_are_those_that_come_byte_by_byte(body: bytes, cuts: list[int]) -> None:
    places = sorted({0, *(cut for cut in cuts if cut < len(body)), len(body)})
    together, apart = EventDecoder(1000), EventDecoder(None)
    found = [text for start, end in pairwise(places) for text in together.push(body[start:end])]
    assert found == [text for place in range(len(body)) for text in apart.push(body[place : place + 1])]


@pytest.mark.parametrize("size", [93, 94])
def test_an_event_may_be_as_large_as_it_may_be_however_it_comes(size: int) -> None:
    event = b"data: " + b"x" * size + b"\n\n"
    for step in (1, 50, 200):
        decoder = EventDecoder(100)
        chunks = [(event * 2)[start : start + step] for start in range(0, 2 * len(event), step)]
        if size == 93:
            assert [text for chunk in chunks for text in decoder.push(chunk)] == ["x" * size] * 2
        else:
            with pytest.raises(ProtocolError):
                list(map(decoder.push, chunks))


def test_events_that_come_together_may_be_larger_than_one() -> None:
    decoder = EventDecoder(100)
    event = b"data: " + b"x" * 50 + b"\n\n"
    assert [decoder.push(event * count) for count in (1, 1, 3)] == [["x" * 50] * count for count in (1, 1, 3)]


def test_a_body_that_was_read_before_is_a_stream_all_the_same() -> None:
    response = httpx2.Response(
        200, headers={"content-type": "text/event-stream"}, content=iter([b"data: x\n\n"])
    )
    response.read()
    assert list(EventStream(response, 100)) == [["x"]]
