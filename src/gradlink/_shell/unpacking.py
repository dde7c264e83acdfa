"""Bodies that are sent compressed, unpacked as they come."""

from __future__ import annotations

import zlib
from collections.abc import Iterator
from typing import Any

from gradlink._shell.networkerror import NetworkError

# A piece of a body, unpacked: what a few bytes unpack to is looked at before more of it is made.
_UNPACKED_BYTES = 1 << 20
# What a server packs once, a hostile one could pack a thousand times.
_MOST_PACKINGS = 4


class Unpacking:
    """A body as its header ``content-encoding`` has it; what was not asked for is passed on as it is.

    Raises NetworkError where it is packed more often than anybody would.
    """

    def __init__(self, content_encoding: str) -> None:
        names = content_encoding.lower().replace(" ", "").split(",")
        packings = [name for name in reversed(names) if name in {"gzip", "x-gzip", "deflate"}]
        if len(packings) > _MOST_PACKINGS:
            raise NetworkError("DecodingError", f"the answer is packed {len(packings)} times")
        self._unpackers = [_Unpacker(packing) for packing in packings]

    def push(self, piece: bytes) -> Iterator[bytes]:
        """Yield what a piece of the body unpacks to; nothing stands for its end. Raises NetworkError if it is damaged."""
        try:
            yield from _pushed(self._unpackers, piece)
        except zlib.error as exc:
            raise NetworkError("DecodingError", str(exc)) from exc


class _Unpacker:
    """What is packed once."""

    def __init__(self, packing: str) -> None:
        self._unpacker: Any = zlib.decompressobj(
            zlib.MAX_WBITS | 16 if packing != "deflate" else zlib.MAX_WBITS
        )
        self._first = packing == "deflate"

    def push(self, packed: bytes) -> Iterator[bytes]:
        while packed:
            try:
                made = self._unpacker.decompress(packed, _UNPACKED_BYTES)
            except zlib.error:
                if not self._first:
                    raise
                # Some servers leave out what zlib puts around it.
                self._unpacker = zlib.decompressobj(-zlib.MAX_WBITS)
                made = self._unpacker.decompress(packed, _UNPACKED_BYTES)
            self._first = False
            packed = self._unpacker.unconsumed_tail
            if made:
                yield made

    def end(self) -> Iterator[bytes]:
        if rest := self._unpacker.flush():
            yield rest


def _pushed(unpackers: list[_Unpacker], piece: bytes) -> Iterator[bytes]:
    if not unpackers:
        if piece:
            yield piece
        return
    first, rest = unpackers[0], unpackers[1:]
    for made in first.push(piece) if piece else first.end():
        yield from _pushed(rest, made)
    if not piece:
        yield from _pushed(rest, b"")
