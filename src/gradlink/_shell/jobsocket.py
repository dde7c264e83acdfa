"""The WebSocket of a job (3.x), without the socket: what is written after what was read."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator

from gradlink._engine.failures import dropped_socket
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._shell.websocket import Frames


class JobSocket:
    """A conversation in frames.

    Args:
        max_message: bytes that a message may have, None for no limit.
        take: takes a message, and returns what is sent after it, None for nothing.
    """

    def __init__(self, max_message: int | None, take: Callable[[str], JSONObject | None]) -> None:
        self._frames = Frames(max_message)
        self._take = take

    @property
    def closed(self) -> bool:
        """The server says nothing more."""
        return self._frames.closed

    def receive(self, data: bytes) -> Iterator[bytes]:
        """Take bytes of the server, none at the end of the connection; yield what is to be written."""
        messages, answer = self._frames.receive(data)
        if answer:
            yield answer
        for text in messages:
            reply = self._take(text)
            if reply is not None:
                yield self._frames.text(json.dumps(reply))

    def close(self, *, ended: bool) -> bytes:
        """Return the bytes that close the socket. Raises StreamLostError if it was dropped before the job had ended."""
        if self._frames.closed and not self._frames.clean and not ended:
            raise dropped_socket()
        return self._frames.close()
