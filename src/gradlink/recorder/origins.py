"""The app's origin replaced by the proxy's in what a browser is sent, across the borders of chunks."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from operator import itemgetter
from urllib.parse import quote, urlsplit


class Rewriter:
    """Replaces origins in one body that comes in chunks.

    A piece is held back only as long as it may be the beginning of what is looked for: the end of an event of a stream
    never is. An origin is not replaced where it is the beginning of another one, as ``http://host`` is of
    ``http://host:7860``.

    Args:
        pairs: what is looked for, and what stands there instead; the first that fits counts.
    """

    __slots__ = ("_held", "_longest", "_new")

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        self._new = dict(pairs)
        self._longest = max(map(len, self._new), default=0)
        self._held = b""

    def push(self, chunk: bytes) -> bytes:
        """Take the next chunk; return what is known of the body now."""
        text = self._held + chunk
        end = len(text) - self._beginning(text)
        ready: list[bytes] = []
        start = 0
        # What is held back is looked at, too: it decides whether an origin before it is one.
        for place, old in self._found(text):
            if place >= end:
                break
            ready += (text[start:place], self._new[old])
            start = place + len(old)
        end = max(start, end)
        self._held = text[end:]
        return b"".join([*ready, text[start:end]])

    def end(self) -> bytes:
        """Return what was held back."""
        text, self._held = self._held, b""
        ready: list[bytes] = []
        start = 0
        for place, old in self._found(text):
            ready += (text[start:place], self._new[old])
            start = place + len(old)
        return b"".join([*ready, text[start:]])

    def _found(self, text: bytes) -> Iterator[tuple[int, bytes]]:
        """Yield where what is looked for stands, one after the other."""
        places = {old: text.find(old) for old in self._new}
        start = 0
        while there := [(place, old) for old, place in places.items() if place >= 0]:
            place, old = min(there, key=itemgetter(0))
            end = place + len(old)
            if place >= start and not _goes_on(text, end):
                yield place, old
                start = end
            places[old] = text.find(old, max(place + 1, start))

    def _beginning(self, text: bytes) -> int:
        """Return how many bytes at the end of ``text`` may be the beginning of an origin, or end one."""
        for size in range(min(self._longest + 1, len(text)), 0, -1):
            tail = text[-size:]
            if any(old.startswith(tail) or tail in {old + b".", old + b":"} for old in self._new):
                return size
        return 0


def _goes_on(text: bytes, end: int) -> bool:
    """Tell whether what follows makes another host, or another port, of the origin before it."""
    after = text[end : end + 2]
    return _is_word(after[:1], b"_-") or (after[:1] in {b".", b":"} and _is_word(after[1:], b"_"))


def _is_word(character: bytes, others: bytes) -> bool:
    return character.isalnum() or (character != b"" and character in others)


def origin_of(url: str) -> str:
    """Return scheme, host and port of ``url`` as they stand there."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"


def spellings(origin: str) -> list[str]:
    """Return how ``origin`` may be written in pages, in JSON and in queries of URLs."""
    escaped = origin.replace("/", "\\/")
    unicode = origin.replace("/", "\\u002F")
    return [origin, escaped, unicode, quote(origin, safe="")]


def pairs_for(old: str, new: str) -> list[tuple[bytes, bytes]]:
    """Return what a :class:`Rewriter` replaces so that ``old`` becomes ``new``, in whatever way it is written."""
    return [(one.encode(), other.encode()) for one, other in zip(spellings(old), spellings(new), strict=True)]


def rewritten(body: bytes, pairs: Iterable[tuple[bytes, bytes]]) -> bytes:
    """Return a whole ``body`` with ``pairs`` applied."""
    rewriter = Rewriter(pairs)
    return rewriter.push(body) + rewriter.end()
