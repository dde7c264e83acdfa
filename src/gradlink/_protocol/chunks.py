"""Chunks of a body that came together, joined to one before they are taken apart.

Wire: RFC 9112, "Chunked Transfer Coding". Servers put each message of a stream into a chunk of its own, and taking a
chunk apart costs more than its message. Property tests: tests/protocol/test_chunks.py.
"""

from __future__ import annotations

import re

_HEADER = re.compile(rb"([0-9A-Fa-f]{1,15}+)\r\n")
# A header that goes on is none that servers write.
_LONGEST_HEADER = 17
_SIZE = re.compile(rb"[0-9A-Fa-f]{1,20}")
# With extensions, which nobody writes.
_LONGEST_LINE = 4096
# After the last chunk, where hardly anybody writes one.
_MOST_TRAILERS = 100
_END_OF_HEAD = re.compile(rb"\n\r?\n")


class AnswerJoiner:
    """An answer as a connection reads it: once its head is known, chunks of its body that come together are joined."""

    __slots__ = ("_joiner", "_read")

    def __init__(self) -> None:
        self._read: bytearray | None = bytearray()
        self._joiner: ChunkJoiner | None = None

    def asked(self) -> None:
        """Note that a request is sent: what comes from here on answers it."""
        self._read = bytearray()
        self._joiner = None

    def answered(self, *, chunked: bool) -> None:
        """Note that the head of the answer was read."""
        body = body_of(bytes(self._read or b""))
        self._joiner = ChunkJoiner(body) if chunked and body is not None else None
        self._read = None

    def push(self, data: bytes) -> bytes:
        """Return what stands for the next piece of the answer; nothing if more of it is needed."""
        if self._joiner is not None:
            return self._joiner.push(data)
        if self._read is not None:
            self._read += data
        return data


class ChunkJoiner:
    """Rewrites a chunked body as one of the same content in fewer chunks.

    What it does not expect it passes on as it is, and all that follows.

    Args:
        begun: the beginning of the body, which was passed on as it is.
    """

    __slots__ = ("_as_it_is", "_held", "_left", "_passed_header", "_passes_all")

    def __init__(self, begun: bytes) -> None:
        self._passes_all = False
        # Bytes that belong to a chunk whose beginning was passed on as it is, and the beginning of a header that was.
        self._as_it_is = 0
        self._passed_header: bytes = b""
        # Bytes of a chunk that are to come, without the line that ends it; None between chunks.
        self._left: int | None = None
        # What cannot be told yet.
        self._held: bytes = b""
        place = 0
        while place < len(begun) and not self._passes_all:
            place = self._after_chunk(begun, place)
        self._as_it_is = max(place - len(begun), 0)

    def push(self, data: bytes) -> bytes:
        """Return what stands for the next piece of the body; nothing if more of it is needed."""
        if self._passed_header:
            known = self._passed_header
            self._passed_header = b""
            self._as_it_is = self._after_chunk(known + data, 0) - len(known)
            if self._passed_header:
                return data
        if self._passes_all:
            return data
        place = self._as_it_is
        if place >= len(data):
            self._as_it_is -= len(data)
            return data
        self._as_it_is = 0
        return data[:place] + self._joined(data[place:]) if place else self._joined(data)

    def _after_chunk(self, data: bytes, place: int) -> int:
        """Return where the chunk ends that begins at ``place``, as far as that can be told."""
        header = _HEADER.match(data, place)
        if header is None:
            self._passed_header = data[place:]
            self._passes_all = not _may_be_header(self._passed_header)
            return len(data)
        size = int(header[1], 16)
        self._passes_all = size == 0
        return header.end() + size + 2

    def _joined(self, data: bytes) -> bytes:
        """Return one chunk for all that are in ``data``."""
        if self._held:
            data, self._held = self._held + data, b""
        elif self._left is None and _only_chunk(data):
            return data  # as of an app that takes its time
        pieces: list[bytes] = []
        ended = True
        place = 0
        while place < len(data):
            if self._left is None:
                header = _HEADER.match(data, place)
                if header is None and _may_be_header(data[place : place + _LONGEST_HEADER + 1]):
                    break
                if header is None or header[1].strip(b"0") == b"":
                    self._passes_all = True
                    break
                place, self._left = header.end(), int(header[1], 16)
            if self._left and place < len(data):
                piece = data[place : place + self._left]
                pieces.append(piece)
                place += len(piece)
                self._left -= len(piece)
            if not self._left:
                end = data[place : place + 2]
                if end == b"\r\n":
                    place, self._left = place + 2, None
                elif end in (b"", b"\r"):
                    break
                else:
                    ended, self._passes_all = False, True
                    break
        if self._passes_all:
            rest = data[place:]
        else:
            rest, self._held = b"", data[place:]
        if not pieces:
            # A line that ends no chunk: an error, as it would be without its chunk.
            return rest if ended else b"\r\n" + rest
        joined = b"".join(pieces)
        return b"%x\r\n%b%b%b" % (len(joined), joined, b"\r\n" if ended else b"", rest)


def _only_chunk(data: bytes) -> bytes:
    """Return the content of ``data`` if that is one chunk, as each message of a stream is that comes alone; nothing for anything else."""
    header = _HEADER.match(data)
    if header is None or header.end() + int(header[1], 16) + 2 != len(data) or not data.endswith(b"\r\n"):
        return b""
    return data[header.end() : -2]


def _may_be_header(data: bytes) -> bool:
    """Tell whether this may be the beginning of a header, or be nothing."""
    return len(data) < _LONGEST_HEADER and b"\n" not in data


def body_of(answer: bytes) -> bytes | None:
    """Return what follows the head of an answer, and of informational ones before it; None if no head is complete.

    A change of protocol (101) is an answer, too.
    """
    place = 0
    while (end := _END_OF_HEAD.search(answer, place)) is not None:
        line = answer[place : answer.index(b"\n", place)]
        place = end.end()
        status = line.partition(b" ")[2]
        if not status.startswith(b"1") or status.startswith(b"101"):
            return answer[place:]
    return None


class ChunkDecoder:
    """Takes a chunked body apart, whatever pieces it comes in.

    Attributes:
        ended: the body is complete; nothing of it follows.
        surplus: bytes that came after its end.
    """

    __slots__ = ("_held", "_left", "_trailers", "_trailing", "ended", "surplus")

    def __init__(self) -> None:
        # Bytes of a chunk that are to come, without the line that ends it; None between chunks.
        self._left: int | None = None
        self._held: bytes = b""
        self._trailing = False
        self._trailers = 0
        self.ended = False
        self.surplus: bytes = b""

    def push(self, data: bytes) -> bytes:
        """Return what ``data`` has of the content. Raises ValueError for what is no chunk."""
        if self._left is None and not (self._held or self._trailing) and (content := _only_chunk(data)):
            return content
        if self._held:
            data, self._held = self._held + data, b""
        pieces: list[bytes] = []
        place = 0
        while place < len(data) and not self.ended:
            if self._trailing:
                place = self._trailer(data, place)
            elif self._left is None:
                place = self._header(data, place)
            elif self._left:
                piece = data[place : place + self._left]
                pieces.append(piece)
                place += len(piece)
                self._left -= len(piece)
            elif data.startswith(b"\r\n", place):
                place, self._left = place + 2, None
            elif data[place:] == b"\r":
                break
            else:
                raise ValueError("a chunk does not end where it should")
            if self._held:
                return b"".join(pieces)
        if self.ended:
            self.surplus = data[place:]
        else:
            self._held = data[place:]
        return pieces[0] if len(pieces) == 1 else b"".join(pieces)

    def _header(self, data: bytes, place: int) -> int:
        """Read the line that begins a chunk; returns what follows it."""
        end = data.find(b"\r\n", place)
        if end < 0:
            self._held = self._beginning(data, place)
            return len(data)
        size = data[place:end].partition(b";")[0].strip()
        if _SIZE.fullmatch(size) is None:
            raise ValueError(f"{size[:20]!r} is not the size of a chunk")
        self._left = int(size, 16)
        if self._left == 0:
            self._trailing = True
        return end + 2

    def _trailer(self, data: bytes, place: int) -> int:
        """Skip a line after the last chunk; an empty one is the end."""
        end = data.find(b"\n", place)
        if end < 0:
            self._held = self._beginning(data, place)
            return len(data)
        self.ended = data[place:end] in (b"", b"\r")
        self._trailers += 1
        if self._trailers > _MOST_TRAILERS:
            raise ValueError(f"more than {_MOST_TRAILERS} lines follow the last chunk")
        return end + 1

    def _beginning(self, data: bytes, place: int) -> bytes:
        if len(data) - place > _LONGEST_LINE:
            raise ValueError("a line of a chunk does not end")
        return data[place:]
