"""The page of an app as a file, in a directory of its own."""

from __future__ import annotations

from pathlib import Path
from typing import Final

INDEX: Final = "index.html"
# Stands in every page that gradlink has written; other files of this name are not replaced.
_MARK: Final = b'id="document"'


def foreign(directory: Path) -> list[str]:
    """Return the names of what is in a directory and was not written by ``write_site``; none if there is none."""
    if not directory.exists():
        return []
    return sorted(path.name for path in directory.iterdir() if not _is_ours(path))


def write_site(directory: Path, page: str) -> Path:
    """Write a page into a directory, which is made if there is none; return where it is.

    Raises FileExistsError if there are files in it that are not gradlink's.
    """
    if others := foreign(directory):
        raise FileExistsError(f"{directory} has other files: {', '.join(others[:5])}")
    directory.mkdir(parents=True, exist_ok=True)
    index = directory / INDEX
    index.write_text(page, encoding="utf-8", newline="\n")
    return index


def _is_ours(path: Path) -> bool:
    return path.name == INDEX and path.is_file() and _MARK in path.read_bytes()
