"""Where files go on this machine."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from gradlink import FileError
from gradlink._local.settings import cache_directory, download_directory


@pytest.fixture(autouse=True)
def _nothing_set(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    for name in ("GRADIO_TEMP_DIR", "XDG_CACHE_HOME", "LOCALAPPDATA"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HOME", str(tmp_path / "home"))
    monkeypatch.setenv("USERPROFILE", str(tmp_path / "home"))


@pytest.fixture
def umask() -> Iterator[None]:
    """Let files be for everybody unless they say otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


def on(monkeypatch: pytest.MonkeyPatch, platform: str) -> None:
    monkeypatch.setattr(sys, "platform", platform)


def test_linux_has_a_cache_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    on(monkeypatch, "linux")
    assert cache_directory() == tmp_path / "home/.cache/gradlink"
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert cache_directory() == Path("/elsewhere/gradlink")
    monkeypatch.setenv("XDG_CACHE_HOME", "")
    assert cache_directory() == tmp_path / "home/.cache/gradlink"


def test_a_mac_has_a_cache_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    on(monkeypatch, "darwin")
    monkeypatch.setenv("XDG_CACHE_HOME", "/elsewhere")
    assert cache_directory() == tmp_path / "home/Library/Caches/gradlink"


def test_windows_has_a_cache_of_the_user(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    on(monkeypatch, "win32")
    assert cache_directory() == tmp_path / "home/AppData/Local/gradlink"
    monkeypatch.setenv("LOCALAPPDATA", "/elsewhere")
    assert cache_directory() == Path("/elsewhere/gradlink")


@pytest.mark.usefixtures("umask")
def test_the_default_directory_is_for_nobody_else(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    on(monkeypatch, "linux")
    directory = download_directory(None)
    assert directory == tmp_path / "home/.cache/gradlink/files"
    assert directory.stat().st_mode & 0o777 == 0o700
    assert download_directory(None) == directory  # it may be there


@pytest.mark.usefixtures("umask")
def test_the_directory_of_gradio_is_used(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    directory = download_directory(None)
    assert directory == tmp_path / "gradio"
    assert directory.stat().st_mode & 0o777 == 0o777  # as the user has it


def test_a_directory_that_was_chosen_comes_first(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("GRADIO_TEMP_DIR", str(tmp_path / "gradio"))
    assert download_directory(tmp_path / "a/b") == tmp_path / "a/b"
    assert download_directory(str(tmp_path / "c")) == tmp_path / "c"
    assert not (tmp_path / "gradio").exists()
    assert (tmp_path / "a/b").is_dir()


def test_a_file_is_no_directory(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.touch()
    with pytest.raises(FileError) as e:
        download_directory(path)
    assert str(e.value) == f"download_files: {path} is not a directory"


def test_a_directory_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "a.txt").touch()
    path = tmp_path / "a.txt" / "b"
    with pytest.raises(FileError) as e:
        download_directory(path)
    assert str(e.value) == (
        f"download_files: {path} cannot be made (Not a directory); give another directory"
    )
