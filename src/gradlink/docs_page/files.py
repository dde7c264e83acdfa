"""The files of the page: those that its user has picked, and those that results have."""

from __future__ import annotations

import secrets
import shutil
from collections.abc import AsyncIterable
from dataclasses import field
from pathlib import Path
from typing import Final

import anyio

from gradlink._async.files import AsyncLazyFile
from gradlink._dataclass import dataclass
from gradlink._local.store import safe_name
from gradlink._protocol import datauri
from gradlink._protocol.datauri import is_data_uri

# What a browser may show by itself, by suffix. Everything else is only saved.
_TYPES: Final = {
    ".apng": "image/apng",
    ".avif": "image/avif",
    ".bmp": "image/bmp",
    ".gif": "image/gif",
    ".ico": "image/x-icon",
    ".jpeg": "image/jpeg",
    ".jpg": "image/jpeg",
    ".png": "image/png",
    ".svg": "image/svg+xml",
    ".webp": "image/webp",
    ".aac": "audio/aac",
    ".flac": "audio/flac",
    ".m4a": "audio/mp4",
    ".mp3": "audio/mpeg",
    ".oga": "audio/ogg",
    ".ogg": "audio/ogg",
    ".opus": "audio/ogg",
    ".wav": "audio/wav",
    ".weba": "audio/webm",
    ".m4v": "video/mp4",
    ".mov": "video/quicktime",
    ".mp4": "video/mp4",
    ".ogv": "video/ogg",
    ".webm": "video/webm",
}
_SHOWN: Final = frozenset(_TYPES.values())
SVG: Final = "image/svg+xml"
OTHER: Final = "application/octet-stream"
# Of the files of results, the last ones can be had: a stream of pictures has no end.
MAX_RESULTS: Final = 5_000
# The same in characters of their addresses, which may be data URIs.
MAX_ADDRESSES: Final = 200_000_000


@dataclass(frozen=True, slots=True)
class Picked:
    """A file that the user has picked: where it lies, and what it is called."""

    path: Path
    name: str


def media_type(name: str) -> str:
    """Return what a file is shown as, by its name; OTHER for what is only saved."""
    return _TYPES.get(Path(name).suffix.lower(), OTHER)


def media_of(file: AsyncLazyFile) -> str:
    """Return what a file of a result is shown as: one that came as its content, as 3.x sends them, has no suffix."""
    if not is_data_uri(file.url):
        return media_type(file.name)
    kind = datauri.media_type(file.url)
    return kind if kind in _SHOWN else OTHER


@dataclass(slots=True)
class Files:
    """All files of one page, in a directory that somebody else removes."""

    directory: Path
    _picked: dict[str, Picked] = field(default_factory=dict[str, Picked])
    _results: dict[str, AsyncLazyFile] = field(default_factory=dict[str, AsyncLazyFile])
    _numbers: dict[str, str] = field(default_factory=dict[str, str])
    _count: int = 0
    _size: int = 0

    async def take(self, name: str, content: AsyncIterable[bytes]) -> str:
        """Store a file that the user has picked; return what it is known by. Raises OSError if the disk is full."""
        key = secrets.token_urlsafe(12)
        place = self.directory / "picked" / key
        place.mkdir(parents=True)
        picked = Picked(place / safe_name(name), name)
        complete = False
        try:
            async with await anyio.open_file(picked.path, "wb") as file:
                async for chunk in content:
                    await file.write(chunk)
            complete = True
        finally:
            if not complete:
                shutil.rmtree(place, ignore_errors=True)
        self._picked[key] = picked
        return key

    def picked(self, key: str) -> Picked | None:
        """Return a file that the user has picked, None if there is none."""
        return self._picked.get(key)

    def offer(self, file: AsyncLazyFile) -> str:
        """Let the page have a file of a result; return its number."""
        known = self._numbers.get(file.url)
        if known is not None:
            return known
        self._count += 1
        number = str(self._count)
        self._results[number] = file
        self._numbers[file.url] = number
        self._size += len(file.url)
        while len(self._results) > MAX_RESULTS or (self._size > MAX_ADDRESSES and len(self._results) > 1):
            first = self._results.pop(next(iter(self._results))).url
            self._numbers.pop(first, None)
            self._size -= len(first)
        return number

    def result(self, number: str) -> AsyncLazyFile | None:
        """Return a file of a result, None if there is none."""
        return self._results.get(number)
