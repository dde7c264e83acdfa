"""The files of a request as httpx2 sends them."""

from __future__ import annotations

import os
from contextlib import ExitStack
from typing import Any

from gradlink._io import HttpRequest
from gradlink._local.filesource import can_seek
from gradlink._shell.transfers import counted


def multipart(request: HttpRequest, stack: ExitStack) -> list[tuple[str, tuple[str, Any]]]:
    """Return the files of ``request`` for httpx2, opened; ``stack`` closes those that were opened here."""
    return [
        ("files", (file.name, counted(file, _readable(stack.enter_context(file.open())))))
        for file in request.files
    ]


def _readable(file: Any) -> Any:
    if not can_seek(file):
        return _Unsized(file)
    if _has_its_size(file):
        return file
    file.seek(0)  # as httpx2 does with those that it is given as they are
    return _Unsized(file)


def _has_its_size(source: Any) -> bool:
    """Tell whether a file is as long as the system says: not one of /proc, nor one that is unpacked while it is read."""
    try:
        size = os.fstat(source.fileno()).st_size
    except (AttributeError, OSError):
        return True  # there is none, and httpx2 looks for the end itself
    try:
        place = source.tell()
        end = source.seek(0, os.SEEK_END)
    except OSError:
        return False
    source.seek(place)
    return bool(end == size)


class _Unsized:
    """A file whose length cannot be known: the system says 0 of a pipe, which httpx2 would believe."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._source.read(size)
        return data
