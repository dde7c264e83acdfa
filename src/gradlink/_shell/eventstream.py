"""The answer that is a stream of server-sent events."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable, Iterator

import httpx2

from gradlink._protocol.sse import EventDecoder
from gradlink.errors import StreamLostError

HEADERS = {"accept": "text/event-stream", "cache-control": "no-store"}


def _ignore() -> None:
    """Do nothing."""


class EventStream:
    """The messages in the body of ``response``, for threads and for event loops.

    Raises StreamLostError if the answer is something else, AnswerTooLargeError if a message is too large, and what
    httpx2 raises if the connection breaks.

    Args:
        max_bytes: what a message may have, None for no limit.
        heard: called when messages have come.
    """

    def __init__(
        self, response: httpx2.Response, max_bytes: int | None, heard: Callable[[], None] = _ignore
    ) -> None:
        self.response = response
        self._max_bytes = max_bytes
        self._heard = heard
        self._texts: AsyncGenerator[str] | None = None

    def __iter__(self) -> Iterator[str]:
        decoder = self._begin()
        for chunk in self.response.iter_bytes():
            if texts := decoder.push(chunk):
                self._heard()
                yield from texts

    def __aiter__(self) -> AsyncGenerator[str]:
        """Return the one iterator that there is; who has left it early finds it as it was."""
        if self._texts is None:
            self._texts = self._read()
        return self._texts

    @property
    def begun(self) -> bool:
        """Somebody on an event loop has begun to iterate."""
        return self._texts is not None

    async def _read(self) -> AsyncGenerator[str]:
        decoder = self._begin()
        async for chunk in self.response.aiter_bytes():
            if texts := decoder.push(chunk):
                self._heard()
                for text in texts:
                    yield text

    def _begin(self) -> EventDecoder:
        kind = self.response.headers.get("content-type", "").partition(";")[0].strip().lower()
        if kind != "text/event-stream":
            raise StreamLostError(
                f"the stream of messages is {kind or 'of no type'!r}, not 'text/event-stream': "
                "something between this client and the app answered"
            )
        return EventDecoder(self._max_bytes)
