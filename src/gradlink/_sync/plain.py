"""One request and its answer over a connection.

Wire: RFC 9112.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from gradlink._shell.attempts import Attempt
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.plainanswer import Body, Heading
from gradlink._sync.wire import Wire


def send(wire: Wire, pieces: Iterable[bytes], attempt: Attempt, limit: float | None) -> None:
    """Send a request.

    A server may answer, and close, before it has read a request whole. What it says then is in its answer.
    """
    try:
        for piece in pieces:
            wire.send(piece, limit)
    except NetworkError as exc:
        if exc.kind != "WriteError":
            raise
    else:
        attempt.sent = True


class PlainAnswer:
    """The answer to a request, from its head on.

    Args:
        heading: its head, as far as it was read before.

    Attributes:
        url: what was asked.
        message: the headers as ``http.client`` has them, None if it was not asked.
        closes: the server closes the connection after it.
    """

    def __init__(self, wire: Wire, method: str, url: str, heading: Heading | None = None) -> None:
        """Read the head."""
        self._wire = wire
        self.url = url
        heading = heading or Heading(method)
        head = heading.head
        while head is None:
            head = heading.push(wire.receive())
        # What was read ahead.
        self._begun = heading.rest
        self.status_code = head.status_code
        self.headers = head.headers
        self.message = head.message
        self.closes = head.closes
        self._body = Body(head)

    @property
    def is_stream_consumed(self) -> bool:
        """The body was read before."""
        return False

    @property
    def whole(self) -> bool:
        """The body was read to its end."""
        return self._body.whole

    @property
    def can_be_kept(self) -> bool:
        """The connection can be used again."""
        return self._body.whole and not (self.closes or self._begun or self._body.surplus)

    def iter_raw(self) -> Iterator[bytes]:
        """Yield the body as it is sent."""
        while not self.whole:
            if piece := self.take(self.read_ahead() or self._wire.receive()):
                yield piece

    def read_ahead(self) -> bytes:
        """Return what was read of the body with the head, once; nothing if that is none of it."""
        data, self._begun = self._begun, b""
        return data

    def take(self, data: bytes) -> bytes:
        """Return what of the body is in ``data``, which has come next; nothing stands for the end of the connection."""
        return self._body.push(data)

    def iter_bytes(self) -> Iterator[bytes]:
        """Yield the body, unpacked if it is compressed."""
        packing = self.headers.get("content-encoding", "")
        return self._unpacked(packing) if packing else self.iter_raw()

    def receive(self, most: int, seconds: float | None = None) -> bytes:
        """Read what has come after a status 101; nothing at the end."""
        if self._begun:  # which need not be waited for
            data, self._begun = self._begun[:most], self._begun[most:]
            return data
        self._wire.patience = seconds
        return self._wire.receive()

    def send(self, data: bytes, seconds: float | None) -> None:
        """Write after a status 101."""
        if data:
            self._wire.send(data, seconds)

    def stop(self) -> None:
        """Wake the thread that reads it."""
        self._wire.stop()

    def _unpacked(self, packing: str) -> Iterator[bytes]:
        from gradlink._shell.unpacking import Unpacking

        unpacking = Unpacking(packing)
        for piece in self.iter_raw():
            yield from unpacking.push(piece)
        yield from unpacking.push(b"")
