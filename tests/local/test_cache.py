"""The bound of the cache of files."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from gradlink._local.cache import (
    KEPT_SECONDS,
    MAX_AGE_SECONDS,
    SWEEP_SECONDS,
    CachedFile,
    cached_files,
    files_directory,
    remove,
    superfluous,
    sweep,
)
from gradlink._local.settings import chosen_directory
from gradlink._local.store import FileStore, Stores

NOW = 1e9
DAY = 24 * 3600.0


def file(name: str, size: int, days: float) -> CachedFile:
    return CachedFile(Path(name), size, NOW - days * DAY)


@pytest.mark.parametrize(
    ("files", "gone"),
    [
        ([], []),
        ([file("a", 60, 1.5), file("b", 30, 2)], []),
        ([file("a", 60, 1.5), file("b", 60, 2)], ["b"]),
        ([file("a", 60, 3), file("b", 30, 2), file("c", 60, 4)], ["c"]),
        ([file("a", 60, 3), file("b", 60, 2), file("c", 60, 4)], ["c", "a"]),
        ([file("old", 1, 31)], ["old"]),
        ([file("old", 50, 31), file("a", 60, 2)], ["old"]),
        # What a program was given within a day stays, however much it is.
        ([file("a", 500, 0.9), file("b", 500, 0.5)], []),
        ([file("a", 500, 0.9), file("b", 5, 2)], ["b"]),
        ([file("of tomorrow", 500, -1)], []),
    ],
)
def test_the_oldest_go_until_the_rest_fits(files: list[CachedFile], gone: list[str]) -> None:
    assert [one.folder.name for one in superfluous(files, NOW, 100, 30 * DAY)] == gone


def stored(directory: Path, content: bytes, seconds_ago: float) -> Path:
    """Store a file that was given a while ago."""
    partial = FileStore(directory).begin("a.txt")
    partial.write(content)
    path = Path(partial.finish())
    given_at = path.stat().st_mtime - seconds_ago
    for one in (path, path.parent):
        os.utime(one, (given_at, given_at))
    return path


def test_a_cache_is_swept_once_in_a_while(tmp_path: Path) -> None:
    kept = stored(tmp_path, b"new", KEPT_SECONDS)
    old = stored(tmp_path, b"old", MAX_AGE_SECONDS + 60)
    foreign = tmp_path / "mine" / "a.txt"
    foreign.parent.mkdir()
    foreign.write_text("mine")
    os.utime(foreign.parent, (0, 0))
    sweep(tmp_path)
    assert kept.exists()
    assert not old.parent.exists()
    assert foreign.exists()
    again = stored(tmp_path, b"old", MAX_AGE_SECONDS + 60)
    sweep(tmp_path)
    assert again.exists()
    swept = tmp_path / ".swept"
    os.utime(swept, (swept.stat().st_mtime - SWEEP_SECONDS - 60,) * 2)
    sweep(tmp_path)
    assert not again.exists()
    assert kept.exists()


def test_a_file_that_is_given_once_more_is_new(tmp_path: Path) -> None:
    path = stored(tmp_path, b"x", MAX_AGE_SECONDS + 60)
    assert stored(tmp_path, b"x", 0) == path
    sweep(tmp_path)
    assert path.exists()


def test_a_cache_that_is_not_there_is_nothing(tmp_path: Path) -> None:
    sweep(tmp_path / "none")
    assert list(cached_files(tmp_path / "none")) == []
    remove([file(str(tmp_path / "none"), 1, 1)])


def test_only_the_cache_of_the_user_is_swept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("GRADIO_TEMP_DIR", raising=False)
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    cache = files_directory()
    stores = Stores(chosen_directory(None))
    assert not cache.exists()  # of whoever fetches no file
    assert stores.results.directory == cache
    (tmp_path / "own").mkdir()
    own = stored(tmp_path / "own", b"x", MAX_AGE_SECONDS + 60)
    old = stored(cache, b"x", MAX_AGE_SECONDS + 60)
    Stores(tmp_path / "own").close()
    stores.close()
    assert own.exists()
    assert not old.exists()


@pytest.mark.parametrize("chosen", ["session", Path("session"), "./session"])
def test_files_of_a_session_are_gone_with_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, chosen: Any
) -> None:
    monkeypatch.chdir(tmp_path)
    directory = chosen_directory(chosen)
    stores = Stores(directory)
    partial = stores.results.begin("a.txt")
    partial.write(b"x")
    path = Path(partial.finish())
    assert path.read_bytes() == b"x"
    stores.close()
    # Only the word itself means that; a directory of that name is one like any other.
    assert path.exists() is (chosen != "session")
    assert chosen_directory(False) is None
