"""One request and its answer over a connection.

Wire: RFC 9112.
"""

from __future__ import annotations

import http.client
import io
from collections.abc import Iterable, Iterator

from gradlink._shell.attempts import Attempt
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.plainanswer import Head, cut_short, misread
from gradlink._shell.plainrequest import BUFFER_BYTES
from gradlink._shell.timing import READ_BYTES
from gradlink._sync.wire import Reading, Wire


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
        begun: what was read of it before.

    Attributes:
        url: what was asked.
        message: the headers as they were sent.
        whole: it was read to its end.
        closes: the server closes the connection after it.
    """

    def __init__(self, wire: Wire, method: str, url: str, begun: bytes = b"") -> None:
        """Read the head."""
        self._wire = wire
        self.url = url
        self._file = io.BufferedReader(Reading(wire, begun), BUFFER_BYTES)
        head = Head(self._file, method)
        self._response = head.response
        self.status_code = head.status_code
        self.headers = head.headers
        self.message = head.message
        self._left = head.length
        self.whole = head.is_all
        self.closes = head.closes

    @property
    def is_stream_consumed(self) -> bool:
        """The body was read before."""
        return False

    @property
    def can_be_kept(self) -> bool:
        """The connection can be used again."""
        return self.whole and not self.closes

    def iter_raw(self) -> Iterator[bytes]:
        """Yield the body as it is sent."""
        while piece := self._read():
            yield piece

    def iter_bytes(self) -> Iterator[bytes]:
        """Yield the body, unpacked if it is compressed."""
        packing = self.headers.get("content-encoding", "")
        return self._unpacked(packing) if packing else self.iter_raw()

    def receive(self, most: int, seconds: float | None = None) -> bytes:
        """Read what has come after a status 101; nothing at the end."""
        self._wire.patience = seconds  # what was read ahead need not be waited for
        return self._file.read1(most)

    def send(self, data: bytes, seconds: float | None) -> None:
        """Write after a status 101."""
        if data:
            self._wire.send(data, seconds)

    def stop(self) -> None:
        """Wake the thread that reads it."""
        self._wire.stop()

    def close(self) -> None:
        """Let go of what was read ahead; the connection is another's matter."""
        self._response.close()

    def _unpacked(self, packing: str) -> Iterator[bytes]:
        from gradlink._shell.unpacking import Unpacking

        unpacking = Unpacking(packing)
        for piece in self.iter_raw():
            yield from unpacking.push(piece)
        yield from unpacking.push(b"")

    def _read(self) -> bytes:
        """Return the next piece of the body, nothing at its end."""
        if self.whole:
            return b""
        left = self._left
        try:
            if left is not None:
                # By hand, since read1() of some versions does not count what it reads.
                piece = self._file.read1(min(READ_BYTES, left))
                self._left = left - len(piece)
                self.whole = not self._left
                if not piece:
                    raise cut_short(left)
                return piece
            piece = self._response.read1(READ_BYTES)
        except http.client.IncompleteRead as exc:
            raise cut_short() from exc
        except (http.client.HTTPException, ValueError) as exc:
            raise misread(exc) from exc
        self.whole = not piece
        return piece
