"""Streams of events beyond what vectors say: sizes, and answers that are not a stream."""

from __future__ import annotations

import httpx2
import pytest

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
    assert list(EventStream(response, 100)) == ["ä"]
