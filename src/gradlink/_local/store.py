"""Where downloaded files are written: to a temporary name first, then moved into place under a safe name."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Literal

from gradlink._io import HttpDownload, StoreDataUri
from gradlink._local.partial import PartialContent, PartialDownload, PartialFile, storing
from gradlink._local.settings import download_directory
from gradlink._protocol.datauri import content_of, media_type
from gradlink.errors import FileTooLargeError, ProtocolError

# Names that Windows gives to devices, with any suffix.
_RESERVED = re.compile(r"^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)", re.IGNORECASE)
_FORBIDDEN = re.compile(r'[\x00-\x1f\x7f<>:"/\\|?*]')
# What most file systems allow for one name.
MAX_NAME_BYTES = 255


class FileStore:
    """A directory of files, each under ``<SHA-256 of its content>/<its name>``; see PartialFile for large ones."""

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
        import mimetypes

        content = _decoded(uri, name, max_bytes)
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
        directory: for files of results; None for the one of this user, if a call wants files at all; "session" for one
            that is gone after :meth:`close`.
    """

    def __init__(self, directory: Path | Literal["session"] | None) -> None:
        self._directory = directory
        self._temporary: Path | None = None

    @property
    def results(self) -> FileStore:
        """The store for files of results. Raises FileError if its directory cannot be made."""
        if isinstance(self._directory, str):
            return self.temporary()
        if self._directory is None:
            self._directory = download_directory(None)
        return FileStore(self._directory)

    def begin(self, request: HttpDownload) -> PartialDownload:
        """Return where a download is written to."""
        if request.in_memory:
            return PartialContent()
        store = self.temporary() if request.temporary else self.results
        return store.begin(request.file_name)

    def take_data_uri(self, request: StoreDataUri, max_bytes: int | None) -> str | bytes:
        """Return what a data URI is answered with: the path of its file, or its content."""
        if request.in_memory:
            return _decoded(request.data_uri, request.file_name, max_bytes)
        return self.results.store_data_uri(request.data_uri, request.file_name, max_bytes)

    def temporary(self) -> FileStore:
        """Return a store that is gone after :meth:`close`."""
        if self._temporary is None:
            import tempfile

            # No TemporaryDirectory: it would be removed at the exit of a forked child, too.
            with storing(tempfile.gettempdir()):
                self._temporary = Path(tempfile.mkdtemp(prefix="gradlink-"))
        return FileStore(self._temporary)

    def close(self) -> None:
        """Remove what was only passed on, and what is too much in this user's cache."""
        if self._temporary is not None:
            import shutil

            shutil.rmtree(self._temporary, ignore_errors=True)
        if isinstance(self._directory, Path):
            from gradlink._local.cache import files_directory, sweep

            if self._directory == files_directory():
                sweep(self._directory)


def _decoded(uri: str, name: str, max_bytes: int | None) -> bytes:
    try:
        content = content_of(uri)
    except ValueError as exc:
        raise ProtocolError(f"the app sends the file {name!r} as a broken data URI") from exc
    if max_bytes is not None and len(content) > max_bytes:
        raise FileTooLargeError(f"the file {name!r} has more than max_download={max_bytes:,} bytes")
    return content


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
