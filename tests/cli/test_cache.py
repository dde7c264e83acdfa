"""``gradlink cache``."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from gradlink._local.cache import files_directory
from gradlink._local.store import FileStore
from gradlink.cli.cache import command


@pytest.fixture
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    for name in ("XDG_CACHE_HOME", "LOCALAPPDATA", "HOME"):
        monkeypatch.setenv(name, str(tmp_path))
    directory = files_directory()
    directory.mkdir(parents=True)
    for content, days in ((b"1" * 1500, 10), (b"2" * 500, 0)):
        partial = FileStore(directory).begin("a.txt")
        partial.write(content)
        path = Path(partial.finish())
        given_at = path.stat().st_mtime - days * 86400
        for one in (path, path.parent):
            os.utime(one, (given_at, given_at))
    return directory


def run(*args: str) -> Any:
    return CliRunner().invoke(command, args)


def test_it_shows_what_is_there(cache: Path) -> None:
    assert run().output == f"2 files, 2.0 kB, in {cache}\n"
    assert len(list(cache.iterdir())) == 2


def test_it_removes_what_is_old_or_all(cache: Path) -> None:
    assert run("--clean", "--older-than", "7").output == f"1 files, 1.5 kB, removed from {cache}\n"
    assert run("--clean").output == f"1 files, 500 B, removed from {cache}\n"
    assert run().output == f"0 files, 0 B, in {cache}\n"


def test_an_age_alone_removes_nothing(cache: Path) -> None:
    refused = run("--older-than", "7")
    assert refused.exit_code == 2
    assert "--older-than says what --clean removes" in refused.output
    assert len(list(cache.iterdir())) == 2
