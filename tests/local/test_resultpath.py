"""A file of a result is a ``str``, and notebooks show what is in it."""

from __future__ import annotations

import base64
import copy
import json
import os
import pickle
from pathlib import Path
from typing import Any

import pytest

from gradlink._flows.delivery import ResultFile
from gradlink._html.media import MAX_INLINE_BYTES
from gradlink._local.files import MemoryFile
from gradlink._local.resultpath import ResultPath
from gradlink._local.store import FileStore
from gradlink._protocol.filedata import FileData
from gradlink.errors import FileError
from tests.html.markup import markup


def stored(directory: Path, name: str, content: bytes = b"content") -> Any:
    partial = FileStore(directory).begin(name)
    partial.write(content)
    return partial.finish()


def test_it_is_a_str_in_every_respect(tmp_path: Path) -> None:
    path = stored(tmp_path, "a.txt")
    plain = "".join(path)
    assert type(path) is ResultPath
    assert isinstance(path, str)
    assert (path, hash(path), repr(path), f"{path}", os.fspath(path)) == (
        plain,
        hash(plain),
        repr(plain),
        plain,
        plain,
    )
    assert {plain: 1}[path] == 1
    assert json.loads(json.dumps({path: [path]})) == {plain: [plain]}
    assert Path(path).read_bytes() == b"content"
    for same in (pickle.loads(pickle.dumps(path)), copy.copy(path), copy.deepcopy([path])[0], path.strip()):  # noqa: S301
        assert (same, type(same)) == (plain, str)
    assert b"gradlink" not in pickle.dumps(ResultPath("/x"))


@pytest.mark.parametrize(
    ("name", "element", "kind"),
    [
        ("a.PNG", "img", "image/png"),
        ("a.svg", "img", "image/svg+xml"),
        ("a.wav", "audio", "audio/wav"),
        ("a.mp4", "video", "video/mp4"),
    ],
)
def test_what_a_browser_plays_is_shown(tmp_path: Path, name: str, element: str, kind: str) -> None:
    path = stored(tmp_path, name)
    found = markup(path._repr_html_())
    assert found.elements.count(element) == 1
    content = base64.b64encode(b"content").decode()
    assert ("src", f"data:{kind};base64,{content}") in found.attributes
    assert ("href", Path(path).as_uri()) in found.attributes
    assert found.texts == [name, " ", "7 B"]


@pytest.mark.parametrize("name", ["a.html", "a.txt", "a", "a.js", "a.png.exe"])
def test_all_else_is_linked(tmp_path: Path, name: str) -> None:
    found = markup(stored(tmp_path, name)._repr_html_())
    assert {"img", "audio", "video"}.isdisjoint(found.elements)
    assert found.texts == [name, " ", "7 B"]


def test_a_large_file_is_linked(tmp_path: Path) -> None:
    found = markup(stored(tmp_path, "a.png", bytes(MAX_INLINE_BYTES + 1))._repr_html_())
    assert "img" not in found.elements
    assert "4.2 MB" in found.texts


def test_a_name_is_no_markup(tmp_path: Path) -> None:
    name = "'onerror=alert(1) &quot;.png"
    found = markup(stored(tmp_path, name)._repr_html_())
    assert ("alt", name) in found.attributes


def test_a_file_that_is_gone_says_so(tmp_path: Path) -> None:
    path = stored(tmp_path, "a.png")
    Path(path).unlink()
    assert "cannot be read: No such file or directory" in markup(path._repr_html_()).text


def test_a_file_in_memory_is_shown_too() -> None:
    described = ResultFile(FileData(path="a.png"), "a.png", True)
    found = markup(MemoryFile(described, b"content")._repr_html_())
    assert ("src", "data:image/png;base64,Y29udGVudA==") in found.attributes
    assert found.texts == ["a.png ", "7 B"]
    assert "a" not in found.elements
    assert "img" not in markup(MemoryFile(described, bytes(MAX_INLINE_BYTES + 1))._repr_html_()).elements


def test_a_path_with_a_slash_at_its_end_is_a_directory(tmp_path: Path) -> None:
    file = MemoryFile(
        ResultFile(FileData(path="a.txt", url="http://x/a.txt"), "a.txt", same_origin=True), b"content"
    )
    assert file.save(f"{tmp_path}/new/deep/") == tmp_path / "new" / "deep" / "a.txt"
    assert file.save(tmp_path / "new") == tmp_path / "new" / "a.txt"
    assert file.save(f"{tmp_path}/b.txt") == tmp_path / "b.txt"
    assert (tmp_path / "new" / "deep" / "a.txt").read_bytes() == b"content"
    with pytest.raises(FileError, match=r"^a file of a result cannot be stored in .*b\.txt: "):
        file.save(f"{tmp_path}/b.txt/")
