"""Files on their way in: written aside and moved in whole, or kept in memory."""

from __future__ import annotations

import io
import os
from collections.abc import Generator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, BinaryIO

from gradlink._io import Downloaded
from gradlink._local.resultpath import ResultPath
from gradlink.errors import FileError

# What is written at once: what comes over a line comes in smaller pieces.
WRITE_BYTES = 1 << 20
# A larger file is named by its beginning and its size: the digest of all of it would cost more than all else that is done
# for it. Whether one that is there is the same one is looked at then.
NAMED_BYTES = 1 << 20
# Different files of one beginning and one size, beside each other. Further ones are not compared any more.
MAX_NAMESAKES = 8


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
    """A file on its way into a store, to be the only one of its name and content there.

    A small one is kept in memory until it is whole.
    """

    def __init__(self, directory: Path, name: str) -> None:
        super().__init__()
        self._directory = directory
        self._name = name
        self._digest = _new_digest()
        self._small: list[bytes] = []
        self._aside = directory / f".partial-{os.urandom(8).hex()}"
        self._file: BinaryIO | None = None

    def write(self, chunk: bytes) -> None:
        if self.size < NAMED_BYTES:
            self._digest.update(memoryview(chunk)[: NAMED_BYTES - self.size])
        super().write(chunk)
        self._small.append(chunk)
        if self.size > NAMED_BYTES:
            with storing(self._directory):
                self._file = self._file or self._aside.open("xb", buffering=WRITE_BYTES)
                self._file.write(b"".join(self._small))
            self._small.clear()

    def restart(self) -> None:
        self.discard()
        self._file = None
        self._small.clear()
        self._digest = _new_digest()
        super().restart()

    def downloaded(self, headers: Mapping[str, str], url: str) -> Downloaded:
        return Downloaded(200, headers, b"", url, self.finish())

    def finish(self) -> str:
        """Move the file into the store and return its absolute path."""
        with storing(self._directory):
            if self._file is None:
                target = self._target(self._digest.hexdigest())
                self._write_small(target, b"".join(self._small))
            else:
                self._file.close()
                target = self._place()
            # One that was there already is given now.
            with suppress(OSError):
                os.utime(target)
            return ResultPath(target.resolve())

    def _write_small(self, target: Path, content: bytes) -> None:
        """Write a small file, unless it is there already."""
        try:
            opened = target.open("xb")
        except FileExistsError:
            if target.read_bytes() != content:  # somebody has changed it, or writes it just now
                self._aside.write_bytes(content)
                self._aside.replace(target)
            return
        try:
            with opened:
                opened.write(content)
        except OSError:
            target.unlink()
            raise

    def _place(self) -> Path:
        """Move a large file into the store, unless it is there already; no other one is ever replaced."""
        self._digest.update(b" and more, %d in all" % self.size)
        name = self._digest.hexdigest()
        for folder in [name, *(f"{name}-{number}" for number in range(2, MAX_NAMESAKES + 1))]:
            target = self._target(folder)
            try:
                target.touch(exist_ok=False)
            except FileExistsError:
                if _are_same(self._aside, target):
                    self._aside.unlink()
                    return target
            else:
                self._aside.replace(target)
                return target
        target = self._target(f"{name}-{os.urandom(8).hex()}")
        self._aside.replace(target)
        return target

    def _target(self, folder: str) -> Path:
        made = self._directory / folder
        made.mkdir(exist_ok=True)
        return made / self._name

    def discard(self) -> None:
        # Of a disk that does not take the file this is not the first word.
        with suppress(OSError):
            if self._file is not None:
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


def _are_same(one: Path, other: Path) -> bool:
    """Tell whether two files have the same content."""
    if one.stat().st_size != other.stat().st_size:
        return False
    with one.open("rb") as first, other.open("rb") as second:
        while block := first.read(WRITE_BYTES):
            if block != second.read(WRITE_BYTES):
                return False
    return True


@contextmanager
def storing(directory: str | os.PathLike[str]) -> Generator[None]:
    """Raise FileError where the disk is full, or may not be written to."""
    try:
        yield
    except OSError as exc:
        where = exc.filename or os.fspath(directory)
        raise FileError(f"a file of a result cannot be stored in {where}: {exc.strerror or exc}") from exc


def _new_digest() -> Any:
    import hashlib  # a call without files needs none

    return hashlib.sha256()
