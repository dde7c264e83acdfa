"""What a hostile server does to a client: each attack is a class of behaviour at one place of the exchange."""

from __future__ import annotations

import asyncio
import gzip
import zlib
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from functools import lru_cache

# Where an attack can be, and what a client has to do to meet it: connect, or call this endpoint.
PLACES = {
    "config": "connect",
    "info": "connect",
    "join": "/echo",
    "upload": "/up",
    "run": "/run",
    "file": "/file",
    "stream": "/echo",
}

# Bytes come this often where they drip: any limit of a test is some of these.
DRIP_SECONDS = 0.05
BOMB_BYTES = 512 << 20
BLOCK = 1 << 16

Playing = AsyncIterator[bytes]


@dataclass(frozen=True, slots=True)
class Attack:
    """What an app does at one place.

    Attributes:
        kind: the class of the attack; see ``KINDS``.
        place: where it happens; see ``PLACES``.
        ends_with: what has to end it in the client, "limit" (of time), "bound" (of bytes) or "nothing".
    """

    kind: str
    place: str
    ends_with: str

    @property
    def name(self) -> str:
        return f"{self.kind}@{self.place}"

    @property
    def met_by(self) -> str:
        return PLACES[self.place]

    def play(self, real: bytes) -> Playing:
        """Give the bytes of the answer as they come; ``real`` is the body of an honest answer."""
        return KINDS[self.kind][0](self.place, real)


async def slow_head(_place: str, _real: bytes) -> Playing:
    """One byte after the other of a header that does not end."""
    yield b"HTTP/1.1 200 OK\r\nx-slow: "
    while True:
        yield b"a"
        await asyncio.sleep(DRIP_SECONDS)


async def slow_body(place: str, _real: bytes) -> Playing:
    """One byte after the other of a body that does not end."""
    yield _head(200, place, "content-length: 1000000")
    while True:
        yield b":" if place == "stream" else b" "
        await asyncio.sleep(DRIP_SECONDS)


async def steady(place: str, _real: bytes) -> Playing:
    """No attack: a body that comes slowly and steadily, over a poor line, and then is whole."""
    yield _head(200, place, "content-length: 40000")
    for _ in range(40):
        yield b"x" * 1000
        await asyncio.sleep(DRIP_SECONDS)


async def informational(_place: str, _real: bytes) -> Playing:
    """One informational answer after the other, and never the answer."""
    while True:
        yield b"HTTP/1.1 103 Early Hints\r\nlink: </x>; rel=preload\r\n\r\n"
        await asyncio.sleep(DRIP_SECONDS)


async def silence(_place: str, _real: bytes) -> Playing:
    """Nothing at all."""
    await asyncio.Event().wait()
    yield b""  # pragma: no cover  # makes this a generator


async def gzip_bomb(place: str, real: bytes) -> Playing:
    """A small body that becomes half a gigabyte."""
    yield _packed_head(place, bomb(place, real), "gzip")
    yield bomb(place, real)


async def gzip_twice(place: str, real: bytes) -> Playing:
    """The same, packed twice: one block of a network becomes gigabytes in one step."""
    packed = _packed_twice(place, real)
    yield _packed_head(place, packed, "gzip, gzip")
    yield packed


async def endless(place: str, _real: bytes) -> Playing:
    """A good answer whose body does not end, as fast as it is read."""
    async for piece in _endless(200, place):
        yield piece


async def endless_error(place: str, _real: bytes) -> Playing:
    """An error page that does not end, as fast as it is read."""
    async for piece in _endless(404 if place == "file" else 500, place):
        yield piece


KINDS: dict[str, tuple[Callable[[str, bytes], Playing], str]] = {
    "slow-head": (slow_head, "limit"),
    "slow-body": (slow_body, "limit"),
    "informational": (informational, "limit"),
    "silence": (silence, "limit"),
    "gzip-bomb": (gzip_bomb, "bound"),
    "gzip-twice": (gzip_twice, "bound"),
    "endless": (endless, "bound"),
    "endless-error": (endless_error, "bound"),
    "steady": (steady, "nothing"),
}

ATTACKS = {
    attack.name: attack
    for attack in (Attack(kind, place, ends) for kind, (_, ends) in KINDS.items() for place in PLACES)
}


def content_type(place: str) -> str:
    """Return the type that an honest answer has there."""
    return {"stream": "text/event-stream", "file": "application/octet-stream"}.get(place, "application/json")


def _head(status: int, place: str, *lines: str) -> bytes:
    head = [f"HTTP/1.1 {status} Hostile", f"content-type: {content_type(place)}", *lines, "", ""]
    return "\r\n".join(head).encode()


def _packed_head(place: str, packed: bytes, coding: str) -> bytes:
    return _head(200, place, f"content-encoding: {coding}", f"content-length: {len(packed)}")


async def _endless(status: int, place: str) -> Playing:
    yield _head(status, place, "transfer-encoding: chunked")
    begin, _ = _around(place, b"")
    yield b"%x\r\n%b\r\n" % (len(begin), begin)
    block = b"%x\r\n%b\r\n" % (BLOCK, b"x" * BLOCK)
    while True:
        yield block


def _around(place: str, real: bytes) -> tuple[bytes, bytes]:
    """Return what makes a long text between it the answer that ``real`` is, as far as that can be."""
    if place == "stream":
        return b'data: {"msg":"heartbeat","x":"', b'"}\n\n'
    if real.startswith(b"["):
        return b'["', b'"]'
    return b'{"x":"', b'",' + real[1:]


@lru_cache(maxsize=16)
def bomb(place: str, real: bytes) -> bytes:
    """Return an answer with half a gigabyte of text in it, packed; what is unpacked is good JSON."""
    begin, end = _around(place, real)
    filling = b"x" * (1 << 20)
    packer = zlib.compressobj(9, zlib.DEFLATED, -15)
    first = packer.compress(begin) + packer.flush(zlib.Z_FULL_FLUSH)
    # After a full flush a block stands for itself, so that one block can be sent many times.
    block = packer.compress(filling) + packer.flush(zlib.Z_FULL_FLUSH)
    last = packer.compress(end) + packer.flush()
    times = BOMB_BYTES >> 20
    checksum = zlib.crc32(begin)
    for _ in range(times):
        checksum = zlib.crc32(filling, checksum)
    checksum = zlib.crc32(end, checksum)
    size = len(begin) + times * len(filling) + len(end)
    trailer = checksum.to_bytes(4, "little") + (size & 0xFFFFFFFF).to_bytes(4, "little")
    return b"\x1f\x8b\x08\x00\x00\x00\x00\x00\x02\xff" + first + block * times + last + trailer


@lru_cache(maxsize=16)
def _packed_twice(place: str, real: bytes) -> bytes:
    return gzip.compress(bomb(place, real), 9)
