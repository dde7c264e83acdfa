"""The one way in which JSON is written and read."""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import ProtocolError
from gradlink._protocol import jsonvalue
from gradlink._protocol.jsonvalue import (
    FastReader,
    as_int,
    as_list,
    as_number,
    as_object,
    as_text,
    decode,
    decode_plain,
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


MEBIBYTE = 1 << 20


@pytest.fixture
def fast(monkeypatch: pytest.MonkeyPatch) -> FastReader:
    """Give a reader that has read enough to have msgspec loaded."""
    reader = FastReader()
    reader.reads(MEBIBYTE)
    monkeypatch.setattr(jsonvalue, "_fast", reader)
    return reader


def said(read: Callable[[str | bytes, str], Any], text: str | bytes) -> str:
    """Return what comes of reading a text; equal ones are alike to the last digit and the sign of zero."""
    try:
        return repr(read(text, "it"))
    except ProtocolError as error:
        return str(error)


# Texts that both know differently: what msgspec refuses, and what is at the limits of numbers.
ODD = [
    "NaN", "[Infinity]", "1e999", "-0", "-0.0", "1.7976931348623159e308", "4.9e-324", "9" * 30, "9" * 5000, '"\\ud800"',
    '{"a":1,"a":2}', " 1 ", "[1,]", "01", '"\n"', "\ufeff1", '"\ud800"', "[" * 500 + "]" * 500, "[" * 100_000, "",
    b"\xff", '"\u00fc"'.encode("utf-16"), b'\xef\xbb\xbf"a"',
]  # fmt: skip


@given(value=VALUES, extra=st.sampled_from(["", " ", "x", ",", "]", "NaN"]))
def test_msgspec_and_the_standard_library_read_the_same(value: Any, extra: str) -> None:
    reader = FastReader()
    reader.reads(MEBIBYTE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonvalue, "_fast", reader)
        for text in (encode(value), json.dumps(value, ensure_ascii=False) + extra):
            assert said(decode, text) == said(decode_plain, text)


@given(text=st.text(alphabet='[]{}",:0123456789.eE+-tfn\\u \x00ü🙂') | st.binary())
def test_msgspec_and_the_standard_library_refuse_the_same(text: str | bytes) -> None:
    reader = FastReader()
    reader.reads(MEBIBYTE)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(jsonvalue, "_fast", reader)
        assert said(decode, text) == said(decode_plain, text)


@pytest.mark.parametrize("text", ODD, ids=range(len(ODD)))
@pytest.mark.usefixtures("fast")
def test_what_msgspec_knows_otherwise_is_read_as_ever(text: str | bytes) -> None:
    assert said(decode, text) == said(decode_plain, text)


def test_msgspec_is_loaded_when_that_pays() -> None:
    reader = FastReader()
    assert [reader.reads(MEBIBYTE // 2) is None for _ in range(3)] == [True, False, False]


def test_without_msgspec_the_standard_library_goes_on(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "msgspec", None)
    assert FastReader().reads(2 * MEBIBYTE) is None


def test_msgspec_is_left_where_it_refuses_often(fast: FastReader) -> None:
    read = fast.reads(1)
    assert read is not None
    with pytest.raises(msgspec.DecodeError):
        read("NaN")
    for _ in range(100):
        assert fast.reads(1) is not None
        decode("[NaN]", "x")
    assert fast.reads(1) is None


def test_what_nobody_can_read_does_not_count(fast: FastReader) -> None:
    for _ in range(200):
        with pytest.raises(ProtocolError):
            decode("[", "x")
    assert fast.reads(1) is not None


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
