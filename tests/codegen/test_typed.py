"""What generated clients are built on, without an app."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gradlink import FileData
from gradlink.typed import APP_DEFAULT, _with_files


@pytest.fixture
def path(tmp_path: Path) -> str:
    path = tmp_path / "a.txt"
    path.write_text("a")
    return str(path)


def test_a_text_is_a_file_only_where_the_app_says_so(path: str) -> None:
    value = {"text": path, "files": [path, b"x"], "more": {"a": path}}
    found = _with_files(_with_files(value, ["files", ...]), ["more", ...])
    assert found["text"] == path
    assert isinstance(found["files"][0], FileData)
    assert found["files"][1] == b"x"
    assert isinstance(found["more"]["a"], FileData)
    assert value["files"] == [path, b"x"]


def test_what_is_not_as_the_app_says_is_left_to_it(path: str) -> None:
    values: list[Any] = [None, 1, [], {}, "text", {"other": path}, FileData(path="x")]
    for value in values:
        assert _with_files(value, ["files", ...]) == value
    assert _with_files([path], [1]) == [path]
    assert _with_files((path, path), [1])[0] == path


def test_files_that_are_some_already_stay(path: str) -> None:
    file = FileData(path="x")
    for value in (file, Path(path), b"x"):
        assert _with_files(value, []) is value


def test_a_url_is_a_file() -> None:
    found: Any = _with_files("http://h/a.png", [])
    assert found["url"] == "http://h/a.png"


def test_the_apps_default_says_what_it_is() -> None:
    assert repr(APP_DEFAULT) == "APP_DEFAULT"


@pytest.mark.live
def test_a_module_loads_a_client_when_it_is_made() -> None:
    # Under gevent none may load an event loop that the program does not use.
    program = "import sys, gradlink.typed; sys.exit(any(name in sys.modules for name in ('anyio', 'asyncio', 'httpx2')))"
    assert subprocess.run([sys.executable, "-c", program], check=False, timeout=60).returncode == 0
