"""The answer that is a stream of server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator
from typing import Any

from gradlink._protocol.sse import EventDecoder
from gradlink.errors import StreamLostError

HEADERS = {"accept": "text/event-stream", "cache-control": "no-store"}


def _ignore() -> None:
    """Do nothing."""


class EventStream:
    """The messages in the body of ``response``, as many at a time as have come, for threads and for event loops.

    Raises StreamLostError if the answer is something else, AnswerTooLargeError if a message is too large, and what
    reading raises if the connection breaks.

    Args:
        response: an :class:`gradlink._shell.answers.Answer`, or an ``httpx2.Response`` on an event loop.
        max_bytes: what a message may have, None for no limit.
        heard: called when messages have come.
    """

    def __init__(self, response: Any, max_bytes: int | None, heard: Callable[[], None] = _ignore) -> None:
        self.response = response
        self._max_bytes = max_bytes
        self._heard = heard
        self._texts: AsyncGenerator[list[str]] | None = None

    def __iter__(self) -> Iterator[list[str]]:
        decoder = self._begin()
        response = self.response
        for chunk in response.iter_raw() if self._is_plain else response.iter_bytes():
            if texts := decoder.push(chunk):
                self._heard()
                yield texts

    def __aiter__(self) -> AsyncGenerator[list[str]]:
        """Return the one iterator that there is; who has left it early finds it as it was."""
        if self._texts is None:
            self._texts = self._read()
        return self._texts

    @property
    def begun(self) -> bool:
        """Somebody on an event loop has begun to iterate."""
        return self._texts is not None

    @property
    def _is_plain(self) -> bool:
        """The body is what comes over the connection: it is not compressed, nor was it read before."""
        return "content-encoding" not in self.response.headers and not self.response.is_stream_consumed

    async def _read(self) -> AsyncGenerator[list[str]]:
        decoder = self._begin()
        response = self.response
        async for chunk in response.aiter_raw() if self._is_plain else response.aiter_bytes():
            if texts := decoder.push(chunk):
                self._heard()
                yield texts

    def _begin(self) -> EventDecoder:
        kind = self.response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "text/event-stream":
            raise StreamLostError(
                f"the stream of messages is {kind or 'of no type'!r}, not 'text/event-stream': "
                "something between this client and the app answered"
            )
        return EventDecoder(self._max_bytes)
