"""The one type for what callers hand in as a file."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest

from gradlink import FileError
from gradlink._io import Source, Sources
from gradlink._local.filesource import FileSource


class BytesPath(os.PathLike[bytes]):
    def __fspath__(self) -> bytes:
        return b"/d/\xc3\xbc.txt"


class OnlyRead:
    def read(self, size: int = -1) -> bytes:
        return b"content"


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a b.txt"
    path.write_bytes(b"content")
    return path


def content(source: FileSource) -> bytes:
    with source.open() as opened:
        return opened.read()


def test_it_is_what_the_core_asks_for() -> None:
    sources: Sources = FileSource
    source: Source = sources.of(b"x")
    assert source == FileSource(b"x", "file")


def test_each_kind_of_file_can_be_read_twice(path: Path) -> None:
    with path.open("rb") as opened:
        for source in (FileSource.of(str(path)), FileSource.of(path), FileSource.of(opened)):
            assert (source.name, source.size(), source.can_rewind) == ("a b.txt", 7, True)
            assert content(source) == b"content"
        assert not opened.closed  # it is the caller's
    source = FileSource.of(b"content")
    assert (source.name, source.size(), source.can_rewind) == ("file", 7, True)
    assert content(source) == content(source) == b"content"


def test_what_was_opened_is_closed(path: Path) -> None:
    with FileSource.of(path).open() as opened:
        assert not opened.closed
    assert opened.closed


def test_the_name_that_is_given_wins(path: Path) -> None:
    for given in (path, b"x", io.BytesIO(), "http://h/a.txt"):
        assert FileSource.of(given, "n.txt").name == "n.txt"


def test_what_can_be_read_once_has_no_size() -> None:
    source = FileSource.of(OnlyRead())
    assert (source.name, source.size(), source.can_rewind) == ("file", None, False)
    assert content(source) == b"content"


def test_an_open_file_that_was_begun_is_measured_whole() -> None:
    memory = io.BytesIO(b"content")
    memory.seek(5)
    assert FileSource.of(memory).size() == 7
    assert memory.tell() == 5


def test_a_file_in_text_mode_has_no_size() -> None:
    with pytest.raises(FileError, match=r"^the file 'file' is open in text mode; open it with mode 'rb'$"):
        FileSource.of(io.StringIO("x")).size()


def test_a_url_is_remote_until_it_was_fetched(path: Path) -> None:
    source = FileSource.of("http://h/d/my%20file.txt")
    assert source == FileSource.at("http://h/d/my%20file.txt", "my file.txt")
    assert (source.remote, source.path, source.size()) == (True, "http://h/d/my%20file.txt", None)
    here = source.fetched(str(path))
    assert (here.remote, here.name, content(here)) == (False, "my file.txt", b"content")


def test_a_url_that_is_none_is_told() -> None:
    with pytest.raises(FileError, match=r"^'http://\[::1' is not a URL: "):
        FileSource.of("http://[::1")


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        (Path("d/a.txt"), FileSource("d/a.txt", "a.txt")),
        (BytesPath(), FileSource("/d/ü.txt", "ü.txt")),
        (bytearray(b"x"), FileSource(b"x", "file")),
        (memoryview(b"x"), FileSource(b"x", "file")),
    ],
    ids=["path", "bytes path", "bytearray", "memoryview"],
)
def test_a_file_is_found(given: Any, expected: FileSource) -> None:
    assert FileSource.found(given) == expected


def test_an_open_file_is_found() -> None:
    memory = io.BytesIO()
    assert FileSource.found(memory) == FileSource(memory, "file")


@pytest.mark.parametrize("given", ["a.txt", "http://h/a", 5, None, Path, object()])
def test_what_is_no_file_is_not_found(given: object) -> None:
    assert FileSource.found(given) is None


def test_what_is_in_a_file_is_not_shown() -> None:
    assert repr(FileSource(b"secret", "n.txt")) == "FileSource(name='n.txt', remote=False)"
