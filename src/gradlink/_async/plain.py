"""One request and its answer over a connection.

Wire: RFC 9112.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from gradlink._async.wire import AsyncWire
from gradlink._shell.attempts import Attempt
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.plainanswer import Body, Head, Heading

if TYPE_CHECKING:
    from gradlink._shell.unpacking import Unpacking


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
    heading = Heading(method)
    while (head := heading.push(await wire.receive())) is None:
        pass
    return AsyncPlainAnswer(wire, head, url, heading.rest)


class AsyncPlainAnswer:
    """The answer to a request, from its head on.

    Args:
        begun: what was read of its body before.

    Attributes:
        url: what was asked.
        message: the headers as ``http.client`` has them, None if it was not asked.
        closes: the server closes the connection after it.
    """

    def __init__(self, wire: AsyncWire, head: Head, url: str, begun: bytes) -> None:
        self._wire = wire
        self._begun = begun
        self.url = url
        self.status_code = head.status_code
        self.headers = head.headers
        self.message = head.message
        self.closes = head.closes
        self._fields = head.fields
        self._body = Body(head)
        self._unpacking: Unpacking | None = None
        # What the last piece unpacks to, and whether that was the last of all.
        self._unpacked: Iterator[bytes] = iter(())
        self._is_unpacked = False

    @property
    def can_be_kept(self) -> bool:
        """The connection can be used again."""
        return self._body.whole and not (self.closes or self._begun or self._body.surplus)

    def fields(self) -> Iterable[tuple[str, str]]:
        """Return the headers as they were sent, one after the other."""
        return self._fields

    async def read_raw(self) -> bytes:
        """Return the next piece of the body as it is sent, nothing at its end."""
        body = self._body
        while not body.whole:
            data, self._begun = self._begun, b""
            if piece := body.push(data or await self._wire.receive()):
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
