"""Files of this machine, looked at before they are sent."""

from __future__ import annotations

import copy
import io
import json
import os
import pickle
import re
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, cast

import pytest

from gradlink import (
    ArgumentError,
    Endpoint,
    FileData,
    FileError,
    FileTooLargeError,
    Parameter,
    file,
    handle_file,
)
from gradlink._local.filesource import FileSource
from gradlink._local.sources import check_uploads, data_uri
from gradlink._local.values.converting import converted_arguments
from gradlink._protocol.dialect import NEWEST
from gradlink._protocol.filedata import LocalFile
from gradlink._protocol.payload import Payload, Upload, bind
from gradlink._protocol.routes import Routes

META = {"_type": "gradio.FileData"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    path = tmp_path / "a b.txt"
    path.write_bytes(b"content")
    return path


def local(value: FileData) -> tuple[Any, str, bool]:
    assert isinstance(value, LocalFile)
    source = value.source
    assert isinstance(source, FileSource)
    return source.given, source.name, source.remote


def test_a_path_is_a_file(path: Path) -> None:
    assert local(handle_file(path)) == (str(path), "a b.txt", False)
    assert local(handle_file(str(path))) == (str(path), "a b.txt", False)
    assert local(handle_file(path, name="n.txt")) == (str(path), "n.txt", False)
    assert handle_file(path) == {"path": str(path), "orig_name": "a b.txt", "meta": META}


def test_a_relative_path_is_a_file(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(path.parent)
    assert local(handle_file("a b.txt")) == ("a b.txt", "a b.txt", False)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview])
def test_bytes_are_a_file(kind: Any) -> None:
    assert local(handle_file(kind(b"x"))) == (b"x", "file", False)
    assert local(handle_file(kind(b"x"), name="n.txt")) == (b"x", "n.txt", False)


def test_an_open_file_is_a_file(path: Path) -> None:
    with path.open("rb") as opened:
        assert local(handle_file(opened)) == (opened, "a b.txt", False)
        assert local(handle_file(opened, name="n.txt")) == (opened, "n.txt", False)
    memory = io.BytesIO()
    assert local(handle_file(memory)) == (memory, "file", False)
    reading, writing = os.pipe()
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:  # its name is a number
        assert local(handle_file(pipe)) == (pipe, "file", False)


@pytest.mark.parametrize(
    ("url", "name", "orig_name"),
    [
        ("https://h/d/my%20file.txt?x=/y", None, "my file.txt"),
        ("http://h/a.txt", "n.txt", "n.txt"),
        ("http://h", None, "file"),
        ("http://h/d/", None, "file"),
    ],
)
def test_a_url_is_a_file(url: str, name: str | None, orig_name: str) -> None:
    value = handle_file(url, name)
    assert not isinstance(value, LocalFile)
    assert value == {"path": url, "url": url, "orig_name": orig_name, "meta": META}


def test_a_url_that_is_none_is_an_error_of_ours() -> None:
    with suppress(FileError):
        handle_file("http://[::1")


@pytest.mark.parametrize("missing", ["nope.txt", "", "~/nope", "ftp://h/a.txt", "C:\\nope"])
def test_what_does_not_exist_is_told(missing: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    if missing == "":
        with pytest.raises(FileError, match=r"is a directory; a call takes single files$"):
            handle_file(missing)
        return
    with pytest.raises(FileError) as e:
        handle_file(missing)
    assert str(e.value) == f"the file {missing!r} does not exist, and is not a URL"
    assert isinstance(e.value, ValueError)


def test_a_directory_is_told(tmp_path: Path) -> None:
    with pytest.raises(FileError) as e:
        handle_file(tmp_path)
    assert str(e.value) == f"{str(tmp_path)!r} is a directory; a call takes single files"


def test_a_path_that_is_none_is_told() -> None:
    with pytest.raises(FileError, match=r"^the file 'a\\x00b' cannot be read: "):
        handle_file("a\0b")
    with pytest.raises(FileError, match=r"^the file '/x{5000}' cannot be read: "):
        handle_file("/" + "x" * 5000)


@pytest.mark.skipif(not hasattr(os, "geteuid") or os.geteuid() == 0, reason="root may read everything")
def test_a_file_that_may_not_be_read_is_told(path: Path) -> None:
    path.chmod(0)
    with pytest.raises(FileError, match=r"' cannot be read: permission denied$"):
        handle_file(path)


def test_file_is_deprecated(path: Path) -> None:
    with pytest.warns(DeprecationWarning, match=r"^file\(\) is deprecated, use handle_file\(\)$") as warned:
        assert file(str(path)) == handle_file(path)
    assert warned[0].filename == __file__


# Before sending


def check(source: Any, limit: int | None, name: str = "n.txt") -> None:
    check_uploads([Upload((0,), FileSource(source, name))], limit, "/f")


def begun() -> io.BytesIO:
    memory = io.BytesIO(b"content")
    memory.read(5)
    return memory


@pytest.mark.parametrize("limit", [7, None, 10])
def test_a_file_that_is_not_too_large_may_be_sent(path: Path, limit: int | None) -> None:
    memory = begun()
    for source in (str(path), b"content", memory):
        check(source, limit)
    assert memory.tell() == 5  # where it was


@pytest.mark.parametrize("form", ["path", "bytes", "begun"])
def test_a_file_that_is_too_large_is_told(path: Path, form: str) -> None:
    source = {"path": str(path), "bytes": b"content", "begun": begun()}[form]
    with pytest.raises(FileTooLargeError) as e:
        check(source, 6)
    assert str(e.value) == "/f: the file 'n.txt' has 7 bytes; the app takes at most 6"
    assert e.value.execution == "not started"


def test_sizes_are_easy_to_read() -> None:
    with pytest.raises(FileTooLargeError, match=r"has 1,234,567 bytes; the app takes at most 1,000,000$"):
        check(bytes(1_234_567), 1_000_000)


def test_what_cannot_be_measured_may_be_sent() -> None:
    class OnlyRead:
        def read(self, size: int = -1) -> bytes:
            return b""

    reading, writing = os.pipe()
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe:
        check(pipe, 0)
    check(OnlyRead(), 0)
    closed = io.BytesIO()
    closed.close()
    check(closed, 0)


def test_a_url_is_measured_by_nobody() -> None:
    check_uploads([Upload((0,), FileSource.at("http://127.0.0.1/a", "a"))], 0, "/f")


def test_a_file_in_text_mode_is_told(path: Path) -> None:
    with path.open() as opened, pytest.raises(FileError) as e:
        check(opened, None, "a.txt")
    assert str(e.value) == "the file 'a.txt' is open in text mode; open it with mode 'rb'"
    with pytest.raises(FileError, match="is open in text mode"):
        check(io.StringIO("x"), None)


def test_every_file_of_a_call_is_looked_at(path: Path) -> None:
    uploads = [Upload((0,), FileSource(b"", "a")), Upload((1,), FileSource(str(path.parent / "gone"), "b"))]
    with pytest.raises(FileError, match="does not exist"):
        check_uploads(uploads, None, "/f")


# For servers before 3.19


@pytest.mark.parametrize(
    ("name", "uri"),
    [
        ("a.txt", "data:text/plain;base64,Y29udGVudA=="),
        ("a.png", "data:image/png;base64,Y29udGVudA=="),
        ("a", "data:application/octet-stream;base64,Y29udGVudA=="),
    ],
)
def test_a_file_is_read_whole(path: Path, name: str, uri: str) -> None:
    for source in (str(path), b"content", cast("Any", io.BytesIO(b"content"))):
        assert data_uri(FileSource(source, name)) == uri


# -- copies --------------------------------------------------------------------------------------------


def bind_file(value: Any) -> Payload:
    """Return the call of a function that takes a file."""
    file = Parameter("file", "File", "File", "filepath", "", False, None, 0)
    endpoint = Endpoint(0, "/f", (file,), 1)
    args, kwargs = converted_arguments(endpoint, (value,), {}, lambda _: {})
    return bind(endpoint, args, kwargs, Routes("http://127.0.0.1:7860/"), NEWEST, FileSource)


COPIES: dict[str, Callable[[Any], Any]] = {
    "copy": lambda file: file.copy(),
    "unpacked": lambda file: {**file, "mime_type": "text/plain"},
    "or": lambda file: file | {"mime_type": "text/plain"},
    "or of a plain one": lambda file: {"mime_type": "text/plain"} | file,
    "dict": dict,
    "copy.copy": copy.copy,
    "copy.deepcopy": copy.deepcopy,
    "a copy of a copy": lambda file: {**file.copy()},
    "pickled": lambda file: pickle.loads(pickle.dumps(file)),  # noqa: S301 - made a moment ago
}


@pytest.mark.parametrize("again", COPIES.values(), ids=COPIES)
def test_a_copy_of_a_file_is_that_file(path: Path, again: Callable[[Any], Any]) -> None:
    for given in [handle_file(path), handle_file(b"abc", name="a.txt")]:
        (upload,) = bind_file(again(given)).uploads
        assert isinstance(given, LocalFile)
        assert (upload.source.name, data_uri(upload.source)) == (given.source.name, data_uri(given.source))


@pytest.mark.parametrize("again", [COPIES["copy"], COPIES["or"]])
def test_a_copy_of_a_url_may_be_fetched_as_the_url_may(again: Callable[[Any], Any]) -> None:
    copied = again(handle_file("http://10.0.0.1/a.txt"))
    assert copied.may_be_fetched
    (upload,) = bind_file(copied).uploads
    assert (upload.source.path, upload.source.remote) == ("http://10.0.0.1/a.txt", True)


def test_a_file_has_keys_of_mappings_added_alone(path: Path) -> None:
    with pytest.raises(TypeError):
        _ = handle_file(path) | 3  # type: ignore[operator]


def test_a_copy_made_by_way_of_json_is_told(path: Path) -> None:
    copied = json.loads(json.dumps(handle_file(path)))
    said = f"/f: file is a copy of what handle_file({str(path)!r}) returned, made by way of JSON"
    with pytest.raises(ArgumentError, match=re.escape(said)):
        bind_file([copied])


def test_what_an_app_sends_is_never_a_file_of_this_machine(path: Path) -> None:
    looks_so = {"path": str(path), "orig_name": "a.txt", "meta": {"_type": "gradio.FileData"}}
    payload = bind_file(looks_so)
    assert (payload.uploads, payload.data) == ((), [looks_so])


@pytest.mark.parametrize(
    "again", [lambda file: {**file, "path": "/other"}, lambda file: file | {"path": "/other"}]
)
def test_a_copy_with_another_path_is_not_that_file(path: Path, again: Callable[[Any], Any]) -> None:
    payload = bind_file(again(handle_file(path)))
    assert (payload.uploads, payload.data[0]["path"]) == ((), "/other")  # type: ignore[index, call-overload]


def test_the_paths_that_were_named_are_bounded(path: Path) -> None:
    for number in range(5000):
        FileSource.remember(f"/named/{number}")
    assert FileSource.named("/named/4999")
    assert not FileSource.named("/named/0")
