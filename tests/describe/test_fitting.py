"""Texts and JSON against what an endpoint takes."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._describe import fitting
from gradlink._describe.controls import Control
from gradlink._describe.fields import Field
from gradlink._describe.fitting import Misfit
from gradlink._describe.schema_reader import read_shape
from gradlink._protocol.filedata import FileData
from gradlink._protocol.schema import Parameter
from gradlink.cli.arguments import file_of

FILE = {"properties": {"path": {"type": "string"}, "meta": {}}}
MESSAGE = {
    "type": "object",
    "properties": {"text": {"type": "string"}, "files": {"type": "array", "items": FILE}},
    "required": ["text"],
}
OPTIONS = {
    "type": "object",
    "properties": {"n": {"type": "integer"}, "deep": {"type": "array", "items": {"type": "number"}}},
    "required": ["n"],
    "additionalProperties": False,
}


def field(schema: Any, control: Control | None = None) -> Field:
    parameter = Parameter("x", "x", "", "", "", False, None, 0, schema=schema)
    return Field(parameter, control or Control(), read_shape(schema))


def read(text: str, field: Field) -> Any:
    return fitting.read(text, field, file_of)


def fit(value: Any, field: Field) -> Any:
    return fitting.fit(value, field, file_of)


@pytest.mark.parametrize(
    ("schema", "text", "value"),
    [
        ({"type": "string"}, "007", "007"),
        ({"type": "string"}, "", ""),
        ({"type": "number"}, "1e3", 1000.0),
        ({"type": "number"}, "7", 7),
        ({"type": "integer"}, "-2", -2),
        ({"type": "boolean"}, "Yes", True),
        ({"type": "boolean"}, "0", False),
        ({"enum": ["a", 1, True, None]}, "1", 1),
        ({"enum": ["a", 1, True, None]}, "true", True),
        ({"enum": ["a", 1, True, None]}, "null", None),
        ({"type": "array", "items": {"type": "integer"}}, "3", [3]),
        ({"type": "array", "items": {"type": "integer"}}, "[3, 4]", [3, 4]),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "null", None),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "5", 5),
        ({"anyOf": [{"type": "string"}, {"type": "integer"}]}, "five", "five"),
        (MESSAGE, "hi", {"text": "hi", "files": []}),
        (MESSAGE, '{"text": "hi"}', {"text": "hi"}),
        (OPTIONS, '{"n": 1, "deep": [2]}', {"n": 1, "deep": [2]}),
        ({}, "[1]", [1]),
        ({}, "word", "word"),
    ],
)
def test_a_text_is_what_the_schema_takes(schema: Any, text: str, value: Any) -> None:
    found = read(text, field(schema))
    assert (found, type(found)) == (value, type(value))


@pytest.mark.parametrize(
    ("schema", "text", "said"),
    [
        ({"type": "integer"}, "1.5", "is not a whole number"),
        ({"type": "number"}, "nan", "'nan' is not a number"),
        ({"type": "number", "minimum": 2}, "1", "1 is less than the minimum, 2"),
        ({"type": "array", "items": {"type": "integer"}}, "[1, 2", "not JSON"),
        ({"type": "array", "items": {"type": "integer"}}, '[1, "a"]', r"\[1\]: a is not a number"),
        (OPTIONS, '{"deep": []}', "the key 'n' is missing"),
        (OPTIONS, '{"n": 1, "m": 2}', "the key 'm' is unknown; the keys are n, deep"),
        (OPTIONS, '{"n": 1, "deep": ["a"]}', r"\['deep'\]: \[0\]: a is not a number"),
        (FILE, "in.png", "write @in.png"),
        ({"prefixItems": [{"type": "string"}, {"type": "number"}]}, '["a"]', "1 items of 2"),
        ({"type": "null"}, "x", "is not null"),
    ],
)
def test_what_does_not_fit_is_named(schema: Any, text: str, said: str) -> None:
    with pytest.raises(Misfit, match=said):
        read(text, field(schema))


def test_choices_of_the_page_count() -> None:
    choosing = field({"type": "string"}, Control(choices=(("Fast", "f"), ("Slow", "s"))))
    assert read("Fast", choosing) == read("f", choosing) == "f"
    with pytest.raises(Misfit, match=r"'fst' is not one of the choices.*: f, s"):
        read("fst", choosing)
    custom = field({"type": "string"}, Control(choices=(("Fast", "f"),), custom=True))
    assert read("other", custom) == "other"
    several = field({"type": "array"}, Control(choices=(("Fast", "f"), ("Slow", "s")), multiple=True))
    assert fit(["f", "s"], several) == ["f", "s"]
    with pytest.raises(Misfit, match="not one of the choices"):
        fit(["f", "x"], several)
    with pytest.raises(Misfit, match="50 is more than the maximum, 20"):
        read("50", field({"type": "number"}, Control(minimum=1, maximum=20)))


def test_other_values_than_the_choices_of_a_schema_are_taken_where_the_page_takes_them() -> None:
    fast = {"enum": ["f"]}
    custom = field(fast, Control(choices=(("Fast", "f"),), custom=True))
    assert [read(text, custom) for text in ("Fast", "other", "12")] == ["f", "other", "12"]
    several = field(
        {"type": "array", "items": fast}, Control(choices=(("Fast", "f"),), custom=True, multiple=True)
    )
    assert fit(["f", "other"], several) == ["f", "other"]
    assert read('["other"]', several) == ["other"]


def test_an_address_is_a_file_where_a_file_is_taken() -> None:
    sent = read("https://h/cat.png", field(FILE))
    assert isinstance(sent, FileData)
    assert sent["url"] == "https://h/cat.png"
    assert read("https://h/cat.png", field({"type": "string"})) == "https://h/cat.png"


def test_what_a_parameter_takes_can_be_asked() -> None:
    several = read_shape({"type": "array", "items": FILE})
    either = read_shape({"anyOf": [{"type": "null"}, FILE]})
    assert (fitting.takes_list(several), fitting.takes_file(several), fitting.takes_one_file(several)) == (
        True,
        True,
        False,
    )
    assert (fitting.takes_list(either), fitting.takes_file(either), fitting.takes_one_file(either)) == (
        False,
        True,
        True,
    )
    assert not fitting.takes_file(read_shape({"type": "array", "items": {"type": "string"}}))


ROW = {"prefixItems": [{"type": "string"}], "items": {"type": "integer"}}
BOTH = {"allOf": [OPTIONS, {"type": "object", "properties": {"m": {"type": "string"}}, "required": ["m"]}]}
# What takes few values goes before what takes many.
EACH = {
    "anyOf": [
        {},
        {"type": "string"},
        False,
        FILE,
        ROW,
        {"type": "integer"},
        {"enum": ["a"]},
        {"type": "null"},
    ]
}


@pytest.mark.parametrize(
    ("schema", "value"),
    [
        (ROW, ["a", 1, 2]),
        ({"prefixItems": [{"type": "string"}]}, ["a", {}]),
        (BOTH, {"n": 1, "m": "x"}),
        ({"allOf": [{"type": "string"}, {"type": "number"}]}, "x"),
        ({"type": "object", "properties": {"a": {}}}, {"b": 1}),
        ({"type": "object", "properties": {"a": {}}, "additionalProperties": {"type": "string"}}, {"b": "x"}),
        (FILE, {"path": "p", "meta": {"_type": "gradio.FileData"}}),
        ({"type": "null"}, None),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, None),
    ],
)
def test_a_value_that_fits_stays(schema: Any, value: Any) -> None:
    assert fit(value, field(schema)) == value


@pytest.mark.parametrize(
    ("schema", "value", "said"),
    [
        ({"type": "null"}, 1, "1 is not null"),
        (False, 1, "nothing can be given here"),
        (FILE, [], r"\[\] is not a file"),
        ({"enum": ["a", "b"]}, "c", "'c' is not one of the choices"),
        ({"anyOf": [{"type": "boolean"}, {"type": "null"}]}, 1, "1 is not true or false, and 1 is not null"),
        ({"type": "integer"}, 1.5, "1.5 is not a whole number"),
    ],
)
def test_a_value_that_does_not_fit_is_named(schema: Any, value: Any, said: str) -> None:
    with pytest.raises(Misfit, match=said):
        fit(value, field(schema))


@pytest.mark.parametrize(
    ("text", "value"),
    [("", None), ("a", "a"), ("3", 3), ('["x", 3]', ["x", 3]), ("@", "@"), ("word", "word")],
)
def test_the_first_of_several_that_fits_is_taken(text: str, value: Any) -> None:
    assert read(text, field(EACH)) == value


def test_a_text_that_fits_none_of_several_says_why() -> None:
    with pytest.raises(Misfit, match="'x' is neither true nor false, and 'x' is not a number"):
        read("x", field({"anyOf": [{"type": "boolean"}, {"type": "number"}]}))
    with pytest.raises(Misfit, match="nothing can be given here"):
        read("x", field(False))


def test_choices_of_any_kind_may_be_left_for_others() -> None:
    numbers = field({"enum": [1, 2]}, Control(choices=(("One", 1), ("Two", 2)), custom=True))
    assert [read(text, numbers) for text in ("One", "2", "3", "x")] == [1, 2, 3, "x"]


SCHEMAS = st.recursive(
    st.sampled_from(
        [{"type": kind} for kind in ("string", "number", "integer", "boolean", "null")]
        + [{}, FILE, MESSAGE, OPTIONS]
    )
    | st.lists(st.none() | st.booleans() | st.integers() | st.text(max_size=5), min_size=1).map(
        lambda values: {"enum": values}
    ),
    lambda inner: st.one_of(
        inner.map(lambda one: {"type": "array", "items": one}),
        st.lists(inner, min_size=1, max_size=3).map(lambda several: {"anyOf": several}),
        st.lists(inner, min_size=1, max_size=3).map(lambda several: {"allOf": several}),
        st.lists(inner, min_size=1, max_size=3).map(lambda several: {"prefixItems": several}),
        st.dictionaries(st.text(max_size=3), inner, max_size=3).map(
            lambda fields: {"type": "object", "properties": fields}
        ),
    ),
    max_leaves=6,
)
JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=3), inner, max_size=3),
    max_leaves=6,
)


@given(
    SCHEMAS, st.text(max_size=20) | st.sampled_from(["[", "{}", "[1]", "null", "true", "1", "@", "@x", "-"])
)
def test_any_text_is_a_value_or_a_misfit(schema: Any, text: str) -> None:
    try:
        value = read(text, field(schema))
    except Misfit:
        return
    # What was read fits, if it is given as JSON.
    if not isinstance(value, FileData):
        fit(value, field(schema))


@given(SCHEMAS, JSON)
def test_any_value_fits_or_is_a_misfit(schema: Any, value: Any) -> None:
    try:
        fitted = fit(value, field(schema))
    except Misfit:
        return
    assert fitted == value or "http" in str(value)
