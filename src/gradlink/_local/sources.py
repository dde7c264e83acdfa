"""Files of this machine that go into a call."""

from __future__ import annotations

import base64
import io
import mimetypes
import os
import stat
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Any, BinaryIO
from urllib.parse import unquote, urlsplit

from gradlink._io import UploadPart
from gradlink._protocol.filedata import META, FileData, LocalFile, base_name
from gradlink._protocol.payload import Upload
from gradlink.errors import FileError, FileTooLargeError


def handle_file(
    filepath_or_url: str | os.PathLike[str] | bytes | BinaryIO, name: str | None = None
) -> FileData:
    """Return a file argument for a call: a path, a URL, bytes, or an open binary file.

    A file of this machine is uploaded when the call is made. A URL is fetched by the app's server, or by
    this client if it names a host that only this machine can reach.

    Args:
        filepath_or_url: what to send; ``~`` is not expanded.
        name: file name to send, the source's own by default. Apps look at its suffix.

    Raises:
        FileError: the path does not exist or is a directory.
    """
    source = filepath_or_url
    if isinstance(source, (bytes, bytearray, memoryview)):
        return LocalFile(bytes(source), name or "file")
    if not isinstance(source, (str, os.PathLike)):
        own = getattr(source, "name", None)
        return LocalFile(source, name or (base_name(own) if isinstance(own, str) else "") or "file")
    path = os.fspath(source)
    if path.startswith(("http://", "https://")):
        try:
            orig_name = name or base_name(unquote(urlsplit(path).path)) or "file"
        except ValueError as exc:
            raise FileError(f"{path!r} is no URL: {exc}") from exc
        return FileData(path=path, url=path, orig_name=orig_name, meta=dict(META)).allow_fetching()
    check_path(path)
    return LocalFile(path, name or base_name(path))


def file(filepath_or_url: str | os.PathLike[str]) -> FileData:
    """Deprecated: use :func:`handle_file`."""
    warnings.warn("file() is deprecated, use handle_file()", DeprecationWarning, stacklevel=2)
    return handle_file(filepath_or_url)


def data_uri(part: UploadPart) -> str:
    """Return the file of ``part``, read whole, as a data URI."""
    source = part.source
    if isinstance(source, str):
        content = Path(source).read_bytes()
    else:
        content = source if isinstance(source, bytes) else source.read()
    kind = mimetypes.guess_type(part.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def check_path(path: str) -> int:
    """Return the size in bytes of the file at ``path``.

    Raises FileError if it does not exist, is a directory, or cannot be read.
    """
    try:
        status = Path(path).stat()
    except FileNotFoundError as exc:
        raise FileError(f"the file {path!r} does not exist, and it is no URL") from exc
    except (OSError, ValueError) as exc:
        raise FileError(f"the file {path!r} cannot be read: {exc}") from exc
    if stat.S_ISDIR(status.st_mode):
        raise FileError(f"{path!r} is a directory; a call takes single files")
    if not os.access(path, os.R_OK):
        raise FileError(f"the file {path!r} cannot be read: permission denied")
    return status.st_size


def check_uploads(uploads: Sequence[Upload], max_size: int | None, title: str) -> None:
    """Check the files of a call before anything is sent.

    Raises:
        FileError: a path does not exist or is a directory, or a file is open in text mode.
        FileTooLargeError: a file has more than ``max_size`` bytes.
    """
    for upload in uploads:
        if upload.file.remote:
            continue
        size = _size(upload.file)
        if max_size is not None and size is not None and size > max_size:
            raise FileTooLargeError(
                f"{title}: the file {upload.file.name!r} has {size:,} bytes, the app takes at most {max_size:,}",
                execution="not started",
            )


def _size(file: LocalFile) -> int | None:
    source: Any = file.source
    if isinstance(source, str):
        return check_path(source)
    if isinstance(source, bytes):
        return len(source)
    if isinstance(source, io.TextIOBase):
        raise FileError(f"the file {file.name!r} is open in text mode; open it with mode 'rb'")
    try:
        place = source.tell()
        size: int = source.seek(0, os.SEEK_END)
        source.seek(place)
    except (OSError, AttributeError, ValueError):
        return None  # a pipe or a closed file; the first cannot be measured, the second fails when it is read
    return size
