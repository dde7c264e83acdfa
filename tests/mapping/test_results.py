"""Values and errors are read as they were written."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import (
    AppError,
    FileData,
    FileError,
    GradlinkError,
    MemoryFile,
    QueueError,
    TooManyRequestsError,
)
from gradlink._flows.delivery import ResultFile
from gradlink.mapping.results import files_in, kept, read_error, read_value, write_error

FOLDER = Path("folder")
VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-(10**300), 10**300) | st.floats(allow_nan=False) | st.text(),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(), parts, max_size=3),
    max_leaves=8,
)


def file(name: str) -> MemoryFile:
    return MemoryFile(ResultFile(FileData(path=name, url=f"http://x/{name}"), name, same_origin=True), b"")


@given(VALUES | st.tuples(VALUES, VALUES))
def test_a_value_is_read_as_it_was(value: Any) -> None:
    stored = kept(value, {}, FOLDER)
    again = read_value(stored.text, FOLDER)
    assert again == value == stored.value
    assert type(again) is type(value)


def test_numbers_that_json_lacks_are_kept() -> None:
    assert math.isnan(kept(math.nan, {}, FOLDER).value)
    assert kept(math.inf, {}, FOLDER).value == math.inf


def test_texts_that_are_none_are_kept() -> None:
    text = kept("\ud800", {}, FOLDER).text
    assert text.isascii()
    assert read_value(text, FOLDER) == "\ud800"


def test_files_are_paths_in_the_folder_wherever_it_is() -> None:
    one, other = file("a.png"), file("b.png")
    value = ({"image": one, "list": [other, one]}, one)
    assert files_in(value) == [one, other] or files_in(value) == [other, one]
    stored = kept(value, {id(one): "1/a.png", id(other): "2/b.png"}, FOLDER)
    a, b = str(FOLDER / "1/a.png"), str(FOLDER / "2/b.png")
    assert stored.value == ({"image": a, "list": [b, a]}, a)
    moved = read_value(stored.text, Path("moved"))
    assert moved[1] == str(Path("moved/1/a.png"))


def test_a_text_that_looks_like_a_file_is_a_text() -> None:
    value = {"files": [["x"]], "tuple": True, "image": "1/a.png"}
    assert kept(value, {}, FOLDER).value == value


def test_a_single_file_is_one() -> None:
    only = file("a.png")
    assert kept(only, {id(only): "1/a.png"}, FOLDER).value == str(FOLDER / "1/a.png")


def test_files_that_were_not_fetched_are_file_data_again() -> None:
    value = {"a": [FileData(path="x", url="http://x/x")]}
    again = kept(value, {}, FOLDER).value
    assert again == value
    assert type(again["a"][0]) is FileData


def test_what_is_no_json_cannot_be_kept() -> None:
    with pytest.raises(FileError, match="the value cannot be kept in the journal") as raised:
        kept(object(), {}, FOLDER)
    assert raised.value.execution == "unknown"


def test_an_error_is_read_in_its_class_with_its_facts() -> None:
    error = AppError("no\nsuch", title="Oh", endpoint="/x", event_id="e", execution="failed")
    again = read_error(write_error(error))
    assert isinstance(again, AppError)
    assert (str(again), again.title, again.message) == (str(error), "Oh", "no\nsuch")
    assert (again.endpoint, again.event_id, again.execution) == ("/x", "e", "failed")
    slowly = read_error(write_error(TooManyRequestsError("slowly", status=429, execution="not started")))
    assert (type(slowly), slowly.status) == (TooManyRequestsError, 429)
    assert type(read_error(write_error(QueueError()))) is QueueError


def test_an_error_of_a_later_version_is_an_error() -> None:
    text = write_error(GradlinkError("lost", execution="unknown")).replace('"GradlinkError"', '"Execution"')
    again = read_error(text)
    assert (type(again), str(again), again.execution) == (GradlinkError, "lost", "unknown")
