"""Server-sent events, taken apart: pieces of a stream's body in, the data of its messages out.

Wire: the WHATWG's HTML standard, "Interpreting an event stream". Vectors: events.
"""

from __future__ import annotations

from gradlink.errors import AnswerTooLargeError

_BYTE_ORDER_MARK = b"\xef\xbb\xbf"


class EventDecoder:
    """Reads one stream.

    What no message needs is passed over: ids, the time before a reconnection, and events of another name,
    which a page that listens to messages does not hear either.

    Args:
        max_bytes: what one event may have, that which is not complete yet included; None for no limit.
    """

    __slots__ = ("_after_cr", "_at_start", "_between", "_data", "_max_bytes", "_named", "_pieces", "_size")

    def __init__(self, max_bytes: int | None) -> None:
        self._max_bytes = max_bytes
        # Of a line that is not complete yet; joined once, so that a large message costs linear time.
        self._pieces: list[bytes] = []
        self._data: list[str] = []
        self._named = False
        # Bytes of the pieces, and of the lines of data with the ends of these.
        self._size = 0
        self._at_start = True
        self._after_cr = False
        # Nothing is kept of what has come: the next byte begins an event.
        self._between = False

    def push(self, chunk: bytes) -> list[str]:
        """Take the next piece of the body; return the data of the messages that it completes.

        Raises AnswerTooLargeError if an event is larger than it may be.
        """
        if b"\r" in chunk or self._after_cr:
            return self._push_lines(chunk)
        messages: list[str] = []
        if not self._between:
            end = chunk.find(b"\n\n") + 2
            if end < 2:
                return self._push_lines(chunk)
            # If the end of what was begun is elsewhere, this is as good a place to cut as any.
            messages = self._push_lines(chunk[:end])
            chunk = chunk[end:]
        end = chunk.rfind(b"\n\n") + 2
        if self._between and end >= 2:
            whole = chunk if end == len(chunk) else chunk[:end]
            plain = self._plain_messages(whole)
            messages += self._push_lines(whole) if plain is None else plain
            chunk = chunk[end:]
        return messages + self._push_lines(chunk) if chunk else messages

    def _plain_messages(self, chunk: bytes) -> list[str] | None:
        """Return the data of whole events that have one line each, as nearly all have; None if one is different."""
        if self._max_bytes is not None and len(chunk) > self._max_bytes:
            return None
        if chunk.count(b"\n") == 2 and chunk.startswith(b"data: "):
            return [str(memoryview(chunk)[6:-2], "utf-8", "replace")]
        events = chunk.decode("utf-8", "replace").split("\n\n")
        events.pop()
        for event in events:
            if "\n" in event or not event.startswith("data: "):
                return None
        return [event[6:] for event in events]

    def _push_lines(self, chunk: bytes) -> list[str]:
        """Take the next piece of the body, whatever it is."""
        if self._after_cr and chunk:
            self._after_cr = False
            if chunk[0] == 0x0A:
                chunk = chunk[1:]
        if b"\r" in chunk:
            # That the line has ended is known at once, whether LF follows in the next piece or not.
            self._after_cr = chunk[-1] == 0x0D
            chunk = chunk.replace(b"\r\n", b"\n").replace(b"\r", b"\n")
        lines = chunk.split(b"\n")
        rest = lines.pop()
        messages: list[str] = []
        if lines:
            if self._pieces:
                self._size -= sum(map(len, self._pieces))
                lines[0] = b"".join([*self._pieces, lines[0]])
                self._pieces = []
            if self._at_start:
                self._at_start = False
                lines[0] = lines[0].removeprefix(_BYTE_ORDER_MARK)
            for line in lines:
                if line:
                    self._take(line)
                else:
                    self._dispatch(messages)
        if rest:
            self._pieces.append(rest)
            self._grow(len(rest))
        self._between = not (self._pieces or self._data or self._named or self._at_start)
        return messages

    def _dispatch(self, messages: list[str]) -> None:
        if self._data:
            if not self._named:
                messages.append("\n".join(self._data) if len(self._data) > 1 else self._data[0])
            self._data = []
            self._size = 0
        self._named = False

    def _take(self, line: bytes) -> None:
        if line.startswith(b"data:"):
            self._grow(len(line) + 1)
            start = 6 if line[5:6] == b" " else 5
            # Not cut first: a large value would be held once more.
            self._data.append(str(memoryview(line)[start:], "utf-8", "replace"))
        elif line == b"data":
            self._grow(len(line) + 1)
            self._data.append("")
        elif line == b"event" or line.startswith(b"event:"):
            self._named = line[6:].removeprefix(b" ") not in {b"", b"message"}

    def _grow(self, size: int) -> None:
        self._size += size
        if self._max_bytes is not None and self._size > self._max_bytes:
            raise message_too_large(self._max_bytes)


def message_too_large(limit: int) -> AnswerTooLargeError:
    """Return the error for a message that has more than ``limit`` bytes."""
    text = f"a message from the server has more than max_message={limit:,} bytes"
    return AnswerTooLargeError(text, limit=limit, option="max_message")
