"""The bound of this user's cache of files: what is old goes, and what is large when there is too much of it."""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

from gradlink._dataclass import dataclass
from gradlink._local.settings import cache_directory

MAX_BYTES: Final = 10 << 30
MAX_AGE_SECONDS: Final = 30 * 24 * 3600.0
# A program that still runs may hold what it was given since, so that stays, however much it is.
KEPT_SECONDS: Final = 24 * 3600.0
# A cache is looked through once in this time: there may be tens of thousands of files.
SWEEP_SECONDS: Final = 3600.0
# What FileStore makes: nothing else is ever removed.
_FOLDER: Final = re.compile(r"[0-9a-f]{64}(-[0-9a-f]{1,16})?")
_SWEPT: Final = ".swept"
_CLOCK: Final = ".now"


@dataclass(frozen=True, slots=True)
class CachedFile:
    """A file of the cache in its folder; ``given_at`` is when a program was last given it, in seconds since the epoch."""

    folder: Path
    size: int
    given_at: float


def files_directory() -> Path:
    """Return where files of results are, unless a program or GRADIO_TEMP_DIR says otherwise."""
    return cache_directory() / "files"


def cached_files(directory: Path) -> Iterator[CachedFile]:
    """Yield what is in a cache; what vanishes meanwhile is left out."""
    with suppress(OSError):
        for folder in directory.iterdir():
            if _FOLDER.fullmatch(folder.name) and folder.is_dir() and not folder.is_symlink():
                with suppress(OSError):
                    found = [path.stat() for path in folder.iterdir()]
                    given_at = max([folder.stat().st_mtime, *(one.st_mtime for one in found)])
                    yield CachedFile(folder, sum(one.st_size for one in found), given_at)


def sweep(directory: Path) -> None:
    """Remove what is too old or too much from a cache, if that was not done a moment ago; failing does no harm."""
    with suppress(OSError):
        # The clock of the file system is the one that the files have their times from.
        clock, swept = directory / _CLOCK, directory / _SWEPT
        clock.touch()
        now = clock.stat().st_mtime
        if not swept.exists() or not 0 <= now - swept.stat().st_mtime < SWEEP_SECONDS:
            swept.touch()
            remove(list(superfluous(list(cached_files(directory)), now)))


def superfluous(
    files: list[CachedFile], now: float, max_bytes: int = MAX_BYTES, max_age: float = MAX_AGE_SECONDS
) -> Iterator[CachedFile]:
    """Yield the files that are to go: those given before ``max_age``, then the oldest, until ``max_bytes`` hold the rest."""
    left = sum(file.size for file in files)
    for file in sorted(files, key=lambda file: file.given_at):
        age = now - file.given_at
        if age > max_age or (left > max_bytes and age > KEPT_SECONDS):
            left -= file.size
            yield file


def remove(files: list[CachedFile]) -> None:
    """Remove files with their folders."""
    for file in files:
        shutil.rmtree(file.folder, ignore_errors=True)
