"""What callers may hand in as a file."""

from __future__ import annotations

import io
import os
import stat
from contextlib import AbstractContextManager, nullcontext
from dataclasses import field
from pathlib import Path
from typing import Any, BinaryIO, cast
from urllib.parse import unquote, urlsplit

from gradlink._dataclass import dataclass
from gradlink._protocol.filedata import base_name
from gradlink.errors import FileError

# The name of what has none, and how many of its first bytes say what it is.
NAMELESS = "file"
HEAD_BYTES = 12
BYTES: tuple[type[object], ...] = (bytes, bytearray, memoryview)


class _Paths:
    """The paths that were added last: as many as fit in, and at most as many before them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._newer: set[str] = set()
        self._older: set[str] = set()

    def add(self, path: str) -> None:
        if len(self._newer) >= self._size:
            self._older, self._newer = self._newer, set()
        self._newer.add(path)

    def __contains__(self, path: str) -> bool:
        return path in self._newer or path in self._older


_named = _Paths(1000)


@dataclass(frozen=True, slots=True)
class FileSource:
    """A file that a caller has handed in; a kind of file that is new is a case of ``of`` and of these methods.

    Attributes:
        given: a path or a URL, bytes, or an open binary file, which stays the caller's.
        name: the file name to send.
        remote: ``given`` is a URL, which has to be fetched before it can be opened.
    """

    given: str | bytes | BinaryIO = field(repr=False)
    name: str
    remote: bool = False

    @classmethod
    def of(cls, given: object, name: str | None = None) -> FileSource:
        """Return the file that a caller says ``given`` is; its own name counts where there is no ``name``.

        What is in memory gets a name after its first bytes.

        Raises FileError for a URL that is none.
        """
        if isinstance(given, BYTES):
            content = bytes(cast("bytes", given))
            return cls(content, name or _name_after(content[:HEAD_BYTES]))
        if isinstance(given, (str, os.PathLike)):
            path = _path_of(cast("str | os.PathLike[str]", given))
            if path.startswith(("http://", "https://")):
                return cls(path, name or _name_in(path) or NAMELESS, remote=True)
            return cls(path, name or base_name(path))
        # The name of a pipe is the number of its descriptor.
        own = getattr(given, "name", None)
        own_name = base_name(own) if isinstance(own, str) else ""
        return cls(cast("BinaryIO", given), name or own_name or _name_after(_head(given)))

    @classmethod
    def found(cls, value: object) -> FileSource | None:
        """Return the file that ``value`` is without ``handle_file()``, None if it is not one: a text is a text."""
        if isinstance(value, os.PathLike):
            path = _path_of(cast("os.PathLike[str]", value))
            return cls(path, base_name(path))
        is_file = isinstance(value, BYTES) or callable(getattr(value, "read", None))
        return cls.of(value) if is_file else None

    @classmethod
    def at(cls, url: str, name: str) -> FileSource:
        """Return a file that this client has to fetch first."""
        return cls(url, name, remote=True)

    @classmethod
    def remember(cls, path: str) -> None:
        """Remember that the program has named ``path``, until it has named many others."""
        _named.add(path)

    @classmethod
    def named(cls, path: str) -> bool:
        """Tell whether the program has named ``path`` with ``handle_file()``, as far as that is still known."""
        return path in _named

    def fetched(self, path: str) -> FileSource:
        """Return the same file where it was fetched to."""
        return FileSource(path, self.name)

    @property
    def path(self) -> str | None:
        """The path, or the URL of one that is remote; None for bytes and open files."""
        return self.given if isinstance(self.given, str) else None

    @property
    def can_rewind(self) -> bool:
        """It can be read once more from its start."""
        return isinstance(self.given, (str, bytes)) or can_seek(self.given)

    def size(self) -> int | None:
        """Return its size in bytes, None where that cannot be known before it is read.

        Raises FileError if it does not exist, is a directory, cannot be read, or is open in text mode.
        """
        given: Any = self.given
        if self.remote:
            return None
        if isinstance(given, str):
            return _size_at(given)
        if isinstance(given, bytes):
            return len(given)
        if isinstance(given, io.TextIOBase):
            raise FileError(f"the file {self.name!r} is open in text mode; open it with mode 'rb'")
        try:
            place = given.tell()
            size: int = given.seek(0, os.SEEK_END)
            given.seek(place)
        except (OSError, AttributeError, ValueError):
            return None  # a pipe or a closed file; the first cannot be measured, the second fails when it is read
        return size

    def open(self) -> AbstractContextManager[BinaryIO]:
        """Return it for reading; leaving the context closes what was opened here, not what is the caller's."""
        if isinstance(self.given, str):
            return Path(self.given).open("rb")
        if isinstance(self.given, bytes):
            return io.BytesIO(self.given)
        return nullcontext(self.given)


def can_seek(file: object) -> bool:
    """Tell whether an open file has a start to go back to."""
    seekable = getattr(file, "seekable", None)
    return callable(seekable) and bool(seekable())


def _name_after(head: bytes) -> str:
    if not head:
        return NAMELESS
    from gradlink._local.naming import suffix_of

    return NAMELESS + suffix_of(head)


def _head(given: object) -> bytes:
    """Return the first bytes of a file in memory; of others nothing may be read before they are sent."""
    if not isinstance(given, io.BytesIO) or given.closed:
        return b""
    begin = given.tell()
    return bytes(given.getbuffer()[begin : begin + HEAD_BYTES])


def _path_of(given: str | os.PathLike[Any]) -> str:
    path: str | bytes = os.fspath(given)
    return path if isinstance(path, str) else path.decode("utf-8", "surrogateescape")


def _name_in(url: str) -> str:
    try:
        return base_name(unquote(urlsplit(url).path))
    except ValueError as exc:
        raise FileError(f"{url!r} is not a URL: {exc}") from exc


def _size_at(path: str) -> int:
    try:
        status = Path(path).stat()
    except FileNotFoundError as exc:
        raise FileError(f"the file {path!r} does not exist, and is not a URL") from exc
    except (OSError, ValueError) as exc:
        raise FileError(f"the file {path!r} cannot be read: {exc}") from exc
    if stat.S_ISDIR(status.st_mode):
        raise FileError(f"{path!r} is a directory; a call takes single files")
    if not os.access(path, os.R_OK):
        raise FileError(f"the file {path!r} cannot be read: permission denied")
    return status.st_size
