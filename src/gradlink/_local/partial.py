"""Files on their way in: written aside and moved in whole, or kept in memory."""

from __future__ import annotations

import hashlib
import io
import os
import secrets
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import BinaryIO

from gradlink._io import Downloaded
from gradlink._local.resultpath import ResultPath
from gradlink.errors import FileError


class PartialDownload:
    """A file on its way.

    Attributes:
        size: bytes written so far.
        etag: the server's name for this version of the file, None if it gives none.
        total: bytes of the whole file, None if the server does not say.
    """

    def __init__(self) -> None:
        self.size = 0
        self.etag: str | None = None
        self.total: int | None = None

    def write(self, chunk: bytes) -> None:
        """Add what comes next."""
        self.size += len(chunk)

    def restart(self) -> None:
        """Forget what was written: the whole file comes again."""
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

    def downloaded(self, headers: Mapping[str, str], url: str) -> Downloaded:
        """Return the download that ends here."""
        raise NotImplementedError

    def discard(self) -> None:
        """Drop what was written; nothing happens after the download has ended."""


class PartialFile(PartialDownload):
    """A file on its way into a store."""

    def __init__(self, directory: Path, name: str) -> None:
        super().__init__()
        self._directory = directory
        self._name = name
        self._digest = hashlib.sha256()
        self._aside = directory / f".partial-{secrets.token_hex(8)}"
        self._file: BinaryIO = self._aside.open("xb")

    def write(self, chunk: bytes) -> None:
        with storing(self._directory):
            self._file.write(chunk)
        self._digest.update(chunk)
        super().write(chunk)

    def restart(self) -> None:
        with storing(self._directory):
            self._file.seek(0)
            self._file.truncate()
        self._digest = hashlib.sha256()
        super().restart()

    def downloaded(self, headers: Mapping[str, str], url: str) -> Downloaded:
        return Downloaded(200, headers, b"", url, self.finish())

    def finish(self) -> str:
        """Move the file into the store and return its absolute path."""
        with storing(self._directory):
            self._file.close()
            folder = self._directory / self._digest.hexdigest()
            folder.mkdir(exist_ok=True)
            target = folder / self._name
            self._aside.replace(target)
            return ResultPath(target.resolve())

    def discard(self) -> None:
        # Of a disk that does not take the file this is not the first word.
        with suppress(OSError):
            self._file.close()
        with suppress(OSError):
            self._aside.unlink(missing_ok=True)


class PartialContent(PartialDownload):
    """A file on its way into memory."""

    def __init__(self) -> None:
        super().__init__()
        self._content = io.BytesIO()

    def write(self, chunk: bytes) -> None:
        self._content.write(chunk)
        super().write(chunk)

    def restart(self) -> None:
        self._content = io.BytesIO()
        super().restart()

    def downloaded(self, headers: Mapping[str, str], url: str) -> Downloaded:
        return Downloaded(200, headers, b"", url, None, self._content.getvalue())


@contextmanager
def storing(directory: str | os.PathLike[str]) -> Generator[None]:
    """Raise FileError where the disk is full, or may not be written to."""
    try:
        yield
    except OSError as exc:
        where = exc.filename or os.fspath(directory)
        raise FileError(f"a file of a result cannot be stored in {where}: {exc.strerror or exc}") from exc
