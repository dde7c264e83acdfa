"""The answer that is a stream of server-sent events, on an event loop."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Self

from gradlink._protocol.sse import EventDecoder
from gradlink._shell.eventstream import event_decoder, ignore

if TYPE_CHECKING:
    from gradlink._async.door import AsyncAnswer


class AsyncEventStream:
    """The messages in the body of ``response``, as many at a time as have come; who leaves it early finds it as it was.

    Raises StreamLostError if the answer is something else, AnswerTooLargeError if a message is too large, and what
    reading raises if the connection breaks.

    Args:
        max_bytes: what a message may have, None for no limit.
        heard: called when messages have come.
    """

    def __init__(
        self, response: AsyncAnswer, max_bytes: int | None, heard: Callable[[], None] = ignore
    ) -> None:
        self.response = response
        self._max_bytes = max_bytes
        self._heard = heard
        self._decoder: EventDecoder | None = None
        self._read = response.read if "content-encoding" in response.headers else response.read_raw

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> list[str]:
        decoder = self._decoder
        if decoder is None:
            decoder = self._decoder = event_decoder(self.response.headers, self._max_bytes)
        while piece := await self._read():
            if texts := decoder.push(piece):
                self._heard()
                return texts
        raise StopAsyncIteration
