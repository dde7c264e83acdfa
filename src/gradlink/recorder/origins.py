"""The app's origin replaced by the proxy's in what a browser is sent, across the borders of chunks."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final
from urllib.parse import quote, urlsplit

# What would make another host, or another port, of the origin before it.
_END: Final = rb"(?![\w-]|[.:]\w)"


class Rewriter:
    """Replaces origins in one body that comes in chunks.

    A piece is held back only as long as it may be the beginning of what is looked for: the end of an event of a stream
    never is. An origin is not replaced where it is the beginning of another one, as ``http://host`` is of
    ``http://host:7860``.

    Args:
        pairs: what is looked for, and what stands there instead; the first that fits counts.
    """

    __slots__ = ("_held", "_longest", "_new", "_pattern")

    def __init__(self, pairs: Iterable[tuple[bytes, bytes]]) -> None:
        self._new = dict(pairs)
        self._longest = max(map(len, self._new), default=0)
        self._pattern = re.compile(b"(?:%s)%s" % (b"|".join(map(re.escape, self._new)), _END))
        self._held = b""

    def push(self, chunk: bytes) -> bytes:
        """Take the next chunk; return what is known of the body now."""
        text = self._held + chunk
        end = len(text) - self._beginning(text)
        ready: list[bytes] = []
        start = 0
        # What is held back is looked at, too: it decides whether an origin before it is one.
        for found in self._pattern.finditer(text):
            if found.start() >= end:
                break
            ready += (text[start : found.start()], self._new[found[0]])
            start = found.end()
        end = max(start, end)
        self._held = text[end:]
        return b"".join([*ready, text[start:end]])

    def end(self) -> bytes:
        """Return what was held back."""
        held, self._held = self._held, b""
        return self._pattern.sub(lambda found: self._new[found[0]], held)

    def _beginning(self, text: bytes) -> int:
        """Return how many bytes at the end of ``text`` may be the beginning of an origin, or end one."""
        for size in range(min(self._longest + 1, len(text)), 0, -1):
            tail = text[-size:]
            if any(old.startswith(tail) or tail in {old + b".", old + b":"} for old in self._new):
                return size
        return 0


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
