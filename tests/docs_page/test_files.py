"""The files of the page."""

from __future__ import annotations

from pathlib import Path

import pytest

from gradlink._async.files import AsyncLazyFile
from gradlink._flows.delivery import ResultFile
from gradlink._protocol.filedata import FileData
from gradlink.docs_page import files
from gradlink.docs_page.files import Files, media_type


def file(url: str) -> AsyncLazyFile:
    return AsyncLazyFile(ResultFile(FileData(url=url), "a.png", same_origin=True), None, None)


def test_a_file_has_one_number_however_often_it_comes(tmp_path: Path) -> None:
    kept = Files(tmp_path)
    numbers = [kept.offer(file(url)) for url in ("http://app/a", "http://app/b", "http://app/a")]
    assert numbers == ["1", "2", "1"]
    assert kept.result("2") is not None
    assert kept.result("3") is None


def test_of_many_files_the_last_ones_can_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_RESULTS", 2)
    kept = Files(tmp_path)
    for number in range(4):
        kept.offer(file(f"http://app/{number}"))
    assert [kept.result(str(number)) is not None for number in range(1, 5)] == [False, False, True, True]


def test_of_large_files_the_last_one_can_be_had(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "MAX_ADDRESSES", 100)
    kept = Files(tmp_path)
    for number in range(3):
        kept.offer(file(f"data:image/png,{number}" + "x" * 200))
    assert [kept.result(str(number)) is not None for number in range(1, 4)] == [False, False, True]


@pytest.mark.parametrize(
    "name", ["a.html", "a.xml", "a.xhtml", "a.js", "a.pdf", "a", ".png", "a.png.html", "a.svgz"]
)
def test_what_could_act_as_a_page_is_only_saved(name: str) -> None:
    assert media_type(name) == "application/octet-stream"
