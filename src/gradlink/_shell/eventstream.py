"""The answer that is a stream of server-sent events."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

from gradlink._protocol.sse import EventDecoder
from gradlink._shell.answers import Answer
from gradlink.errors import StreamLostError

A = TypeVar("A", bound=Answer)

HEADERS = {"accept": "text/event-stream", "cache-control": "no-store"}


def ignore() -> None:
    """Do nothing."""


def event_decoder(headers: Mapping[str, str], max_bytes: int | None) -> EventDecoder:
    """Return what takes the body of an answer apart. Raises StreamLostError if the answer is something else.

    Args:
        headers: those of the answer.
        max_bytes: what a message may have, None for no limit.
    """
    kind = headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "text/event-stream":
        raise StreamLostError(
            f"the stream of messages is {kind or 'of no type'!r}, not 'text/event-stream': "
            "something between this client and the app answered"
        )
    return EventDecoder(max_bytes)


class EventStream(Generic[A]):
    """The messages in the body of ``response``, as many at a time as have come.

    Raises StreamLostError if the answer is something else, AnswerTooLargeError if a message is too large, and what
    reading raises if the connection breaks.

    Args:
        max_bytes: what a message may have, None for no limit.
        heard: called when messages have come.
    """

    def __init__(self, response: A, max_bytes: int | None, heard: Callable[[], None] = ignore) -> None:
        self.response = response
        self._max_bytes = max_bytes
        self._heard = heard

    def __iter__(self) -> Iterator[list[str]]:
        response = self.response
        decoder = event_decoder(response.headers, self._max_bytes)
        for chunk in response.iter_raw() if self._is_plain else response.iter_bytes():
            if texts := decoder.push(chunk):
                self._heard()
                yield texts

    @property
    def _is_plain(self) -> bool:
        """The body is what comes over the connection: it is not compressed, nor was it read before."""
        return "content-encoding" not in self.response.headers and not self.response.is_stream_consumed
