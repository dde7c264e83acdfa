"""Files of this machine that go into a call."""

from __future__ import annotations

import base64
import os
import warnings
from collections.abc import Sequence
from typing import BinaryIO

from gradlink._io import Source
from gradlink._local.filesource import FileSource
from gradlink._protocol.filedata import META, FileData, LocalFile
from gradlink._protocol.payload import Upload
from gradlink.errors import FileTooLargeError


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
    source = FileSource.of(filepath_or_url, name)
    if source.remote:
        url, orig_name = source.path, source.name
        return FileData(path=url, url=url, orig_name=orig_name, meta=dict(META)).allow_fetching()
    if source.path is not None:
        source.size()  # raises here, where the file was named, if it cannot be sent
        FileSource.remember(source.path)
    return LocalFile(source)


def file(filepath_or_url: str | os.PathLike[str]) -> FileData:
    """Deprecated: use :func:`handle_file`."""
    warnings.warn("file() is deprecated, use handle_file()", DeprecationWarning, stacklevel=2)
    return handle_file(filepath_or_url)


def data_uri(source: Source) -> str:
    """Return the file, read whole, as a data URI."""
    import mimetypes

    with source.open() as opened:
        content = opened.read()
    kind = mimetypes.guess_type(source.name)[0] or "application/octet-stream"
    return f"data:{kind};base64,{base64.b64encode(content).decode('ascii')}"


def check_uploads(uploads: Sequence[Upload], max_size: int | None, title: str) -> None:
    """Check the files of a call before anything is sent.

    Raises:
        FileError: a path does not exist or is a directory, or a file is open in text mode.
        FileTooLargeError: a file has more than ``max_size`` bytes.
    """
    for upload in uploads:
        source = upload.source
        size = source.size()
        if max_size is not None and size is not None and size > max_size:
            raise FileTooLargeError(
                f"{title}: the file {source.name!r} has {size:,} bytes; the app takes at most {max_size:,}",
                execution="not started",
            )
