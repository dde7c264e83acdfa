"""The one way in which JSON is written and read."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import ProtocolError
from gradlink._protocol.jsonvalue import (
    as_int,
    as_list,
    as_number,
    as_object,
    as_text,
    decode,
    encode,
    get_path,
    misread,
    shortened,
)

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=10,
)


@given(value=VALUES)
def test_what_is_written_can_be_read(value: Any) -> None:
    assert decode(encode(value), "x") == value


@pytest.mark.parametrize(
    ("value", "text"),
    [
        ({"a": [1, None, True]}, b'{"a":[1,null,true]}'),
        ("ü\u2028🙂", b'"\\u00fc\\u2028\\ud83d\\ude42"'),
        ("\ud800", b'"\\ud800"'),
        (float("nan"), b"NaN"),
        (float("inf"), b"Infinity"),
    ],
)
def test_values_are_written_as_gradio_reads_them(value: Any, text: bytes) -> None:
    assert encode(value) == text


@pytest.mark.parametrize("text", ["", "{", "nul", b"\xff", "[" * 100_000, "1" * 5000 + "x"])
def test_what_is_no_json_is_told(text: str | bytes) -> None:
    with pytest.raises(ProtocolError, match=r"^the thing is (not JSON|nested too deep): ") as e:
        decode(text, "the thing")
    assert len(str(e.value)) < 300


@pytest.mark.parametrize(
    ("value", "text", "number", "integer"),
    [
        ("a", "a", None, None),
        (1, None, 1, 1),
        (1.5, None, 1.5, None),
        (10**400, None, None, 10**400),
        (-(10**300), None, -(10**300), -(10**300)),
        (True, None, None, None),
        (None, None, None, None),
        ([], None, None, None),
    ],
)
def test_a_value_of_another_type_counts_as_missing(value: Any, text: Any, number: Any, integer: Any) -> None:
    assert (as_text(value), as_number(value), as_int(value)) == (text, number, integer)


def test_containers_of_another_type_count_as_empty() -> None:
    assert (as_object({"a": 1}), as_object([1]), as_object(None)) == ({"a": 1}, {}, {})
    assert (as_list([1]), as_list({"a": 1}), as_list("ab")) == ([1], [], [])


def test_a_path_may_end_early() -> None:
    value = {"a": {"b": 1, "c": None}}
    assert get_path(value, "a", "b") == 1
    assert get_path(value, "a", "c", "d") is None
    assert get_path(value, "x", "y") is None
    assert get_path(value) is value
    assert get_path([1], "a") is None


def test_long_lists_are_counted() -> None:
    assert shortened([]) == ""
    assert shortened(["a", "b"]) == "a, b"
    assert shortened([str(n) for n in range(12)]) == "0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11"
    assert shortened(["a", "b", "c"], 2) == "a, b and 1 more"


@given(text=st.text(max_size=20))
def test_any_text_is_json_or_told(text: str) -> None:
    try:
        expected = json.loads(text)
    except ValueError:
        with pytest.raises(ProtocolError):
            decode(text, "x")
    else:
        found = decode(text, "x")
        assert found == expected or found != found  # noqa: PLR0124  # NaN


def test_a_number_of_many_digits_is_a_number() -> None:
    value = decode('{"a": [' + "9" * 5_000 + ", " + "8" * 300 + ', "x"]}', "the thing")
    assert value == {"a": [float("inf"), int("8" * 300), "x"]}


def test_an_error_of_ours_stays_what_it_is() -> None:
    error = ProtocolError("no list")
    assert misread(error, "a message") is error


def test_any_other_error_is_one_of_reading() -> None:
    cause = KeyError("x" * 1_000)
    error = misread(cause, "a message of /f")
    assert type(error) is ProtocolError
    assert str(error) == f"a message of /f cannot be read: KeyError: '{'x' * 199}"
    assert error.__cause__ is cause
