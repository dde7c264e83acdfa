"""The names of rows: equal for equal calls, different for different ones."""

from __future__ import annotations

import io
import os
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import ArgumentError, FileError, handle_file
from gradlink.mapping.keys import is_plain, key_of_arguments, key_of_name
from gradlink.mapping.rows import arguments_of

PLAIN = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda parts: st.lists(parts, max_size=3) | st.dictionaries(st.text(), parts, max_size=3),
    max_leaves=8,
)


def key(row: Any) -> str:
    return key_of_arguments(*arguments_of(row))


@given(PLAIN, PLAIN)
def test_a_key_is_of_what_is_called(one: object, other: object) -> None:
    assert key({"a": one}) == key({"a": one})
    assert (key({"a": one}) == key({"a": other})) == (
        repr(one) == repr(other) or one == other
    ) or one == other


def test_the_order_of_names_is_of_no_account() -> None:
    assert key({"a": 1, "b": 2}) == key({"b": 2, "a": 1})


def test_a_key_is_the_same_in_every_process() -> None:
    assert key("text") == "7ce45864d57d49841ad88ee90a40ad7d"


def test_a_row_is_a_dict_a_tuple_or_a_single_value() -> None:
    assert arguments_of({"a": 1}) == ((), {"a": 1})
    assert arguments_of((1, 2)) == ((1, 2), {})
    assert arguments_of([1, 2]) == (([1, 2],), {})
    assert arguments_of("text") == (("text",), {})
    file = handle_file("https://example.org/a.png")
    assert arguments_of(file) == ((file,), {})
    assert arguments_of({"meta": 1}) == ((), {"meta": 1})
    with pytest.raises(ArgumentError, match="a row has the argument 1: the names of arguments are texts"):
        arguments_of({1: 2})
    assert len({key({"a": 1}), key((1,)), key([1]), key({"a": {"dict": 1}})}) == 4


def test_files_count_by_their_content(tmp_path: Path) -> None:
    one, other = tmp_path / "one.bin", tmp_path / "other.bin"
    one.write_bytes(b"same")
    other.write_bytes(b"same")
    same = {
        key(row) for row in (one, other, handle_file(one), b"same", io.BytesIO(b"same"), bytearray(b"same"))
    }
    assert len(same) == 1
    other.write_bytes(b"another")
    assert key(other) not in same
    assert key(str(one)) not in same


def test_an_open_file_stays_where_it_was() -> None:
    opened = io.BytesIO(b"content")
    opened.seek(3)
    first = key(opened)
    assert opened.tell() == 3
    assert first == key(io.BytesIO(b"tent"))


def test_what_cannot_be_known_again_needs_a_name() -> None:
    with pytest.raises(
        ArgumentError, match="a row has a object, of which no key for the journal can be made"
    ):
        key(object())
    reading, writing = os.pipe()
    os.close(writing)
    with os.fdopen(reading, "rb") as pipe, pytest.raises(ArgumentError, match="can be read only once"):
        key(pipe)
    nested: list[Any] = []
    nested.append(nested)
    with pytest.raises(ArgumentError, match="nested too deep"):
        key(nested)
    assert key_of_name("x") == key_of_name("x")
    assert key_of_name("x") != key("x")


def test_a_file_that_is_not_there_is_an_error_of_files(tmp_path: Path) -> None:
    with pytest.raises(FileError, match=r"the file 'no\.bin' cannot be read") as raised:
        key(tmp_path / "no.bin")
    assert raised.value.execution == "not started"


def test_what_is_plain_needs_no_reading() -> None:
    assert all(is_plain(row) for row in ("a", 1, None, {"a": 1, "b": "x"}, ("a", 2.0)))
    assert not any(is_plain(row) for row in (b"a", {"a": [1]}, (Path("x"),), handle_file(b"a")))
