"""Where downloaded files are written: to a temporary name first, then moved into place under a safe name."""

from __future__ import annotations

import hashlib
import mimetypes
import os
import re
import secrets
import shutil
import tempfile
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from gradlink._protocol.datauri import content_of, media_type
from gradlink.errors import FileError, FileTooLargeError, ProtocolError

# Names that Windows gives to devices, with any suffix.
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
# What most file systems allow for one name.
MAX_NAME_BYTES = 255


class FileStore:
    """A directory of files, each under ``<SHA-256 of its content>/<its name>``."""

    def __init__(self, directory: Path) -> None:
        self.directory = directory

    def begin(self, name: str) -> PartialFile:
        """Return a file to write; nothing is in the store before it is finished.

        Raises FileError, as the file itself does, if the disk does not take it.
        """
        with storing(self.directory):
            self.directory.mkdir(parents=True, exist_ok=True)
            return PartialFile(self.directory, safe_name(name))

    def store_data_uri(self, uri: str, name: str, max_bytes: int | None = None) -> str:
        """Store the content of a data URI and return its path; a name without suffix gets its type's.

        Raises:
            FileTooLargeError: it has more than ``max_bytes``.
            ProtocolError: it is broken.
        """
        try:
            content = content_of(uri)
        except ValueError as exc:
            raise ProtocolError(f"the app sends the file {name!r} as a broken data URI") from exc
        if max_bytes is not None and len(content) > max_bytes:
            raise FileTooLargeError(f"the file {name!r} has more than max_download={max_bytes:,} bytes")
        suffix = mimetypes.guess_extension(media_type(uri)) or ""
        partial = self.begin(name if "." in name else name + suffix)
        try:
            partial.write(content)
            return partial.finish()
        finally:
            partial.discard()


class Stores:
    """The stores of one connection: for files of results, and for files that are only passed on.

    Args:
        directory: for files of results; None if they are not to be fetched.
    """

    def __init__(self, directory: Path | None) -> None:
        self.results = FileStore(directory) if directory is not None else None
        self._temporary: Path | None = None

    def temporary(self) -> FileStore:
        """Return a store that is gone after :meth:`close`."""
        if self._temporary is None:
            # No TemporaryDirectory: it would be removed at the exit of a forked child, too.
            with storing(tempfile.gettempdir()):
                self._temporary = Path(tempfile.mkdtemp(prefix="gradlink-"))
        return FileStore(self._temporary)

    def close(self) -> None:
        """Remove what was only passed on."""
        if self._temporary is not None:
            shutil.rmtree(self._temporary, ignore_errors=True)


class PartialFile:
    """A file on its way into the store.

    Attributes:
        size: bytes written so far.
        etag: the server's name for this version of the file, None if it gives none.
        total: bytes of the whole file, None if the server does not say.
    """

    def __init__(self, directory: Path, name: str) -> None:
        self._directory = directory
        self._name = name
        self.size = 0
        self.etag: str | None = None
        self.total: int | None = None
        self._digest = hashlib.sha256()
        self._partial = directory / f".partial-{secrets.token_hex(8)}"
        self._file: BinaryIO = self._partial.open("xb")

    def write(self, chunk: bytes) -> None:
        with storing(self._directory):
            self._file.write(chunk)
        self._digest.update(chunk)
        self.size += len(chunk)

    def restart(self) -> None:
        """Forget what was written: the whole file comes again."""
        with storing(self._directory):
            self._file.seek(0)
            self._file.truncate()
        self._digest = hashlib.sha256()
        self.size = 0

    def range_headers(self) -> dict[str, str]:
        """Return the headers that ask for what is missing, none if nothing was written."""
        if self.size == 0:
            return {}
        # Servers before 5.0 answer a range without an end with everything.
        last = "" if self.total is None else str(self.total - 1)
        headers = {"range": f"bytes={self.size}-{last}"}
        if self.etag is not None:
            headers["if-range"] = self.etag
        return headers

    def begin(self, status: int, headers: Mapping[str, str]) -> None:
        """Take the answer's head: go on with a 206 that fits, start anew with everything else."""
        if status == 206 and headers.get("content-range", "").startswith(f"bytes {self.size}-"):
            return
        if self.size:
            self.restart()
        self.etag = headers.get("etag")
        length = headers.get("content-length", "")
        # No file has more digits of bytes, and Python reads no number of 4,301.
        self.total = int(length) if len(length) < 20 and length.isascii() and length.isdecimal() else None

    def finish(self) -> str:
        """Move the file into the store and return its absolute path."""
        with storing(self._directory):
            self._file.close()
            folder = self._directory / self._digest.hexdigest()
            folder.mkdir(exist_ok=True)
            target = folder / self._name
            self._partial.replace(target)
            return str(target.resolve())

    def discard(self) -> None:
        """Drop what was written; nothing happens after :meth:`finish`."""
        # Of a disk that does not take the file this is not the first word.
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._partial.unlink(missing_ok=True)


@contextmanager
def storing(directory: str | os.PathLike[str]) -> Generator[None]:
    """Raise FileError where the disk is full, or may not be written to."""
    try:
        yield
    except OSError as exc:
        where = exc.filename or os.fspath(directory)
        raise FileError(f"a file of a result cannot be stored in {where}: {exc.strerror or exc}") from exc


def safe_name(name: str) -> str:
    """Return a file name that stays in its directory on every system, as close to ``name`` as can be."""
    last = name.replace("\\", "/").rsplit("/", 1)[-1]
    # A name from the server may hold halves of surrogate pairs, which no file system takes.
    last = last.encode("utf-8", "replace").decode("utf-8")
    last = _FORBIDDEN.sub("_", last).rstrip(". ")
    if not last.strip("."):
        return "file"
    if _RESERVED.match(last):
        last = "_" + last
    return _shortened(last).rstrip(". ") or "file"


def _shortened(name: str) -> str:
    if len(name.encode()) <= MAX_NAME_BYTES:
        return name
    stem, dot, suffix = name.rpartition(".")
    kept = f"{dot}{suffix}" if stem and len(suffix.encode()) <= 32 else ""
    stem = stem if kept else name
    room = MAX_NAME_BYTES - len(kept.encode())
    return stem.encode()[:room].decode("utf-8", "ignore") + kept
