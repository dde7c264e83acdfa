"""One request and its answer over a connection, which ``http.client`` takes apart.

Wire: RFC 9112. Requests are written here, which is a matter of joining; answers are what has to be understood.
"""

from __future__ import annotations

import http.client
import io
import zlib
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from gradlink._shell.addresses import Address
from gradlink._shell.attempts import Attempt
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.timing import READ_BYTES, SERVER_ERROR
from gradlink._sync.wire import BUFFER_BYTES, Reading, Wire

ACCEPT_ENCODING = "gzip, deflate"
# A piece of a body, unpacked: what a few bytes unpack to is looked at before more of it is made.
_UNPACKED_BYTES = 1 << 20


def write(
    wire: Wire,
    asked: tuple[str, Address],
    headers: Mapping[str, str],
    body: bytes | Iterable[bytes] | None,
    attempt: Attempt,
    limit: float | None,
) -> None:
    """Send a request; ``headers`` are all that it has, in lower case, but the host and the length of a body of bytes.

    A server may answer, and close, before it has read a request whole. What it says then is in its answer.
    """
    method, address = asked
    lines = [f"{method} {address.target} HTTP/1.1", f"Host: {address.authority}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if isinstance(body, bytes):
        lines.append(f"content-length: {len(body)}")
    head = "\r\n".join([*lines, "\r\n"]).encode("latin-1")
    try:
        if body is None:
            wire.send(head, limit)
        elif isinstance(body, bytes) and len(body) <= BUFFER_BYTES:
            wire.send(head + body, limit)  # in one packet, by one call of the system
        else:
            wire.send(head, limit)
            in_chunks = "transfer-encoding" in headers
            for piece in [body] if isinstance(body, bytes) else body:
                if piece:
                    wire.send(b"%x\r\n%b\r\n" % (len(piece), piece) if in_chunks else piece, limit)
            if in_chunks:
                wire.send(b"0\r\n\r\n", limit)
    except NetworkError as exc:
        if exc.kind != "WriteError":
            raise
    else:
        attempt.sent = True


class _Response(http.client.HTTPResponse):
    """An answer whose informational ones before it are skipped, whatever they are, but a change of protocol."""

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            read: Any = super()
            found: tuple[str, int, str] = read._read_status()  # noqa: SLF001  # it has no other place for this
            if not 100 <= found[1] < 200 or found[1] == http.client.SWITCHING_PROTOCOLS:
                return found
            http.client.parse_headers(self.fp)


class _Socket:
    """What ``http.client`` asks of a socket."""

    def __init__(self, reading: Reading) -> None:
        self._reading = reading

    def makefile(self, mode: str) -> io.BufferedReader:  # noqa: ARG002
        return io.BufferedReader(self._reading, BUFFER_BYTES)


class PlainAnswer:
    """The answer to a request, from its head on.

    Args:
        begun: what was read of it before.

    Attributes:
        url: what was asked.
        whole: it was read to its end.
        closes: the server closes the connection after it.
    """

    def __init__(self, wire: Wire, method: str, url: str, begun: bytes = b"") -> None:
        """Read the head."""
        self._wire = wire
        self.url = url
        inner: Any = _Socket(Reading(wire, begun))
        self._response = response = _Response(inner, method=method)
        try:
            response.begin()
        except (http.client.HTTPException, ValueError) as exc:
            response.close()
            raise _misread(exc) from exc
        self.status_code = response.status
        self.headers = _headers(response.msg)
        self.message = response.msg
        self._file: io.BufferedReader = response.fp
        self._left: int | None = None if response.chunked else response.length
        self.whole = self._left == 0 and self.status_code != http.client.SWITCHING_PROTOCOLS
        self.closes = bool(response.will_close) or self.status_code >= SERVER_ERROR

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
        pieces = self.iter_raw()
        packings = self.headers.get("content-encoding", "").lower().replace(" ", "").split(",")
        for packing in reversed(packings):
            if packing in {"gzip", "x-gzip", "deflate"}:
                pieces = _unpacked(pieces, packing)
        return pieces

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
                    raise NetworkError("RemoteProtocolError", _cut_short(left))
                return piece
            piece = self._response.read1(READ_BYTES)
        except http.client.IncompleteRead as exc:
            raise NetworkError("RemoteProtocolError", _cut_short(None)) from exc
        except (http.client.HTTPException, ValueError) as exc:
            raise _misread(exc) from exc
        self.whole = not piece
        return piece


def _headers(message: Any) -> dict[str, str]:
    """Return the headers by their names in lower case; one that is there several times has its values joined."""
    headers: dict[str, str] = {}
    for name, value in message.items():
        key, text = name.lower(), _text(value)
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _text(value: str) -> str:
    if value.isascii() and "\n" not in value:
        return value.strip()
    line = " ".join(value.split()).encode("latin-1", "replace")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")


def _unpacked(pieces: Iterator[bytes], packing: str) -> Iterator[bytes]:
    unpacker: Any = zlib.decompressobj(zlib.MAX_WBITS | 16 if packing != "deflate" else zlib.MAX_WBITS)
    first = packing == "deflate"
    try:
        for piece in pieces:
            packed = piece
            while packed:
                try:
                    made = unpacker.decompress(packed, _UNPACKED_BYTES)
                except zlib.error:
                    if not first:
                        raise
                    # Some servers leave out what zlib puts around it.
                    unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
                    made = unpacker.decompress(packed, _UNPACKED_BYTES)
                first = False
                packed = unpacker.unconsumed_tail
                if made:
                    yield made
        if rest := unpacker.flush():
            yield rest
    except zlib.error as exc:
        raise NetworkError("DecodingError", str(exc)) from exc


def _cut_short(left: int | None) -> str:
    missing = "" if left is None else f", {left:,} bytes of it are missing"
    return f"the server closed the connection before the answer was complete{missing}"


def _misread(exc: Exception) -> NetworkError:
    if isinstance(exc, http.client.RemoteDisconnected):
        return NetworkError("RemoteProtocolError", "the server closed the connection without an answer")
    text = str(exc) or type(exc).__name__
    return NetworkError("RemoteProtocolError", f"the answer is not HTTP: {text[:200]}")
