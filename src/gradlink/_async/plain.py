"""One request and its answer over a connection.

Wire: RFC 9112.
"""

from __future__ import annotations

import http.client
import io
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from gradlink._async.wire import AsyncWire
from gradlink._protocol.chunks import ChunkDecoder, body_of
from gradlink._shell.attempts import Attempt
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.plainanswer import Head, cut_short, misread

if TYPE_CHECKING:
    from gradlink._shell.unpacking import Unpacking

# No server has such a head.
_LONGEST_HEAD = 1 << 16


async def send(wire: AsyncWire, pieces: Iterable[bytes], attempt: Attempt, limit: float | None) -> None:
    """Send a request.

    A server may answer, and close, before it has read a request whole. What it says then is in its answer.
    """
    try:
        for piece in pieces:
            await wire.send(piece, limit)
    except NetworkError as exc:
        if exc.kind != "WriteError":
            raise
    else:
        attempt.sent = True


async def answer(wire: AsyncWire, method: str, url: str) -> AsyncPlainAnswer:
    """Read the head of an answer."""
    read = b""
    while (body := body_of(read)) is None:
        if len(read) > _LONGEST_HEAD:
            raise NetworkError(
                "RemoteProtocolError", f"the head of the answer has more than {_LONGEST_HEAD:,} bytes"
            )
        data = await wire.receive()
        if not data:
            raise cut_short() if read else misread(http.client.RemoteDisconnected(""))
        read += data
    head = Head(io.BytesIO(read[: len(read) - len(body)]), method)
    return AsyncPlainAnswer(wire, head, url, body)


class AsyncPlainAnswer:
    """The answer to a request, from its head on.

    Args:
        begun: what was read of its body before.

    Attributes:
        url: what was asked.
        message: the headers as they were sent.
        whole: it was read to its end.
        closes: the server closes the connection after it.
    """

    def __init__(self, wire: AsyncWire, head: Head, url: str, begun: bytes) -> None:
        self._wire = wire
        self._begun = begun
        self.url = url
        self.status_code = head.status_code
        self.headers = head.headers
        self.message = head.message
        self._left = head.length
        self._chunks = ChunkDecoder() if head.chunked else None
        self.whole = head.is_all
        self.closes = head.closes
        self._unpacking: Unpacking | None = None
        # What the last piece unpacks to, and whether that was the last of all.
        self._unpacked: Iterator[bytes] = iter(())
        self._is_unpacked = False

    @property
    def can_be_kept(self) -> bool:
        """The connection can be used again."""
        return self.whole and not self.closes and not self._begun

    def fields(self) -> Iterable[tuple[str, str]]:
        """Return the headers as they were sent, one after the other."""
        return [(name, " ".join(value.split("\r\n"))) for name, value in self.message.items()]

    async def read_raw(self) -> bytes:
        """Return the next piece of the body as it is sent, nothing at its end."""
        while not self.whole:
            data, self._begun = self._begun, b""
            data = data or await self._wire.receive()
            if piece := self._taken(data):
                return piece
        return b""

    async def read(self) -> bytes:
        """Return the next piece of the body, unpacked if it is compressed; nothing at its end."""
        packing = self.headers.get("content-encoding")
        if not packing:
            return await self.read_raw()
        if self._unpacking is None:
            from gradlink._shell.unpacking import Unpacking

            self._unpacking = Unpacking(packing)
        while (piece := next(self._unpacked, None)) is None:
            if self._is_unpacked:
                return b""
            packed = await self.read_raw()
            self._is_unpacked = not packed
            self._unpacked = self._unpacking.push(packed)
        return piece

    async def receive(self, most: int) -> bytes:
        """Return what has come after a status 101; nothing at the end."""
        data, self._begun = self._begun[:most], self._begun[most:]
        return data or await self._wire.receive()

    async def send(self, data: bytes, seconds: float | None) -> None:
        """Write after a status 101."""
        if data:
            await self._wire.send(data, seconds)

    def _taken(self, data: bytes) -> bytes:
        """Return what of the body is in ``data``, nothing for the end of the connection."""
        if self._chunks is not None:
            return self._from_chunks(self._chunks, data)
        left = self._left
        if left is None:
            self.whole = not data
            return data
        if not data:
            raise cut_short(left)
        piece, self._begun = data[:left], data[left:]
        self._left = left - len(piece)
        self.whole = not self._left
        return piece

    def _from_chunks(self, chunks: ChunkDecoder, data: bytes) -> bytes:
        if not data:
            raise cut_short()
        try:
            content = chunks.push(data)
        except ValueError as exc:
            raise misread(exc) from exc
        if chunks.ended:
            self.whole = True
            self._begun = chunks.surplus
        return content
