"""What values a JSON Schema allows."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given

from gradlink._describe.schema_reader import MAX_DEPTH, read_shape
from gradlink._describe.shapes import (
    AnyJson,
    Anything,
    Boolean,
    Choice,
    Field,
    File,
    Intersection,
    Many,
    Never,
    Null,
    Number,
    Record,
    Row,
    Shape,
    Text,
    Union,
    merged,
    union,
)
from tests.describe.test_typehints import JSON


@pytest.mark.parametrize(
    ("schema", "shape"),
    [
        ({"type": "string"}, Text()),
        ({"type": "boolean"}, Boolean()),
        ({"type": "null"}, Null()),
        ({"type": "integer"}, Number(whole=True)),
        ({"type": "number", "minimum": 0, "maximum": 1.5}, Number(minimum=0, maximum=1.5)),
        ({"type": "number", "minimum": True, "maximum": "3"}, Number()),
        ({"type": "number", "minimum": 10**400, "maximum": float("inf")}, Number()),
        ({"type": ["integer", "null"], "minimum": 1}, Union((Number(whole=True, minimum=1), Null()))),
        ({"description": "any valid json"}, AnyJson()),
        ({}, Anything()),
        (False, Never()),
    ],
)
def test_a_plain_value_has_its_kind_and_its_limits(schema: object, shape: Shape) -> None:
    assert read_shape(schema) == shape


@pytest.mark.parametrize(
    ("schema", "shape"),
    [
        ({"enum": ["a", 1, True, None, "a"]}, Choice(("a", 1, True, None))),
        ({"enum": [[], "a", "b" * 201, {}, []]}, Choice(("a",), ("list", "str", "dict"))),
        ({"const": None}, Null()),
        ({"enum": [None, None]}, Null()),
        ({"enum": [None, []]}, Choice((None,), ("list",))),
    ],
)
def test_a_choice_has_its_values(schema: object, shape: Shape) -> None:
    assert read_shape(schema) == shape
    if isinstance(shape, Choice):  # 1 and True are equal
        read = read_shape(schema)
        assert isinstance(read, Choice)
        assert [type(value) for value in read.values] == [type(value) for value in shape.values]


def test_a_choice_of_too_many_values_says_of_what_kinds_the_others_are() -> None:
    shape = read_shape({"enum": [*(f"voice {number}" for number in range(5_000)), None, 1.5]})
    assert isinstance(shape, Choice)
    assert shape.values[:2] == ("voice 0", "voice 1")
    assert (shape.others, shape.left_out) == ((), ("str", "None", "float"))


@pytest.mark.parametrize(
    ("schema", "shape"),
    [
        ({"type": "array"}, Many(Anything())),
        ({"prefixItems": [{"type": "string"}], "items": False}, Row((Text(),))),
        ({"items": [{"type": "string"}], "additionalItems": {"type": "null"}}, Row((Text(),), Null())),
        (
            {"type": ["array"], "items": [{"type": "string"}], "additionalItems": {"type": "null"}},
            Row((Text(),), Null()),
        ),
    ],
)
def test_a_list_has_the_shapes_of_its_items(schema: object, shape: Shape) -> None:
    assert read_shape(schema) == shape


def test_an_object_has_what_a_form_needs_of_its_keys() -> None:
    schema = {
        "properties": {
            "a": {"type": "string", "description": "a text", "default": None},
            "b": {"type": "integer"},
            "c": True,
        },
        "required": ["b", 3],
    }
    assert read_shape(schema) == Record(
        (
            Field("a", Text(), has_default=True, default=None, description="a text"),
            Field("b", Number(whole=True), required=True),
            Field("c", Anything()),
        )
    )


@pytest.mark.parametrize(
    ("said", "rest"),
    [
        ({}, None),
        ({"additionalProperties": False}, Never()),
        ({"additionalProperties": True}, Anything()),
        ({"additionalProperties": {"type": "string"}}, Text()),
        ({"patternProperties": {"^a": {"type": "string"}}, "additionalProperties": False}, Text()),
    ],
)
def test_an_object_says_what_stands_under_other_keys(said: dict[str, Any], rest: Shape | None) -> None:
    assert read_shape({"type": "object", **said}) == Record((), rest)


def test_an_object_of_too_many_keys_says_so() -> None:
    shape = read_shape({"properties": {f"key {number}": True for number in range(1_000)}})
    assert isinstance(shape, Record)
    assert 100 < len(shape.fields) < 1_000
    assert shape.left_out


def test_the_parts_of_an_object_are_one_object() -> None:
    shape = read_shape(
        {
            "allOf": [
                {"properties": {"a": {}, "b": {}}, "required": ["a"], "additionalProperties": False},
                {"properties": {"c": {}, "a": {"type": "string"}}},
            ]
        }
    )
    assert isinstance(shape, Intersection)
    fields = (Field("a", Text(), required=True), Field("b", Anything()), Field("c", Anything()))
    assert merged(shape.parts) == Record(fields, Never())
    assert merged([*shape.parts, Text()]) is None


def test_what_has_the_keys_of_a_file_in_several_parts_is_a_file() -> None:
    meta: dict[str, Any] = {"properties": {"meta": {}}}
    assert read_shape({"allOf": [{"properties": {"path": {}}}, meta]}) == File()
    assert (
        read_shape({"allOf": [{"properties": {"path": {}, "meta": {}}}, {"properties": {"b": {}}}]}) == File()
    )
    assert isinstance(read_shape({"allOf": [{"properties": {"a": {}}}, meta]}), Intersection)


def test_a_union_is_flat_and_has_only_what_may_be() -> None:
    assert union([Text(), Union((Null(), Boolean())), Never()]) == Union((Text(), Null(), Boolean()))
    assert union([Never(), Text()]) == Text()
    assert union([Anything(), Anything()]) == Anything()
    assert union([Never(), Never()]) == Never()


def test_what_is_not_read_of_a_union_may_be_anything() -> None:
    shape = read_shape({"anyOf": [{"const": number} for number in range(5_000)]})
    assert isinstance(shape, Union)
    assert len(shape.members) < 500
    assert shape.members[-1] == Anything()


def depth_of(shape: Shape) -> int:
    """Return how many shapes stand in each other; unions and intersections are read as one with their members."""
    match shape:
        case Many():
            return 1 + depth_of(shape.items)
        case Row():
            return 1 + max(map(depth_of, [*shape.items, shape.rest or Never()]))
        case Record():
            return 1 + max(map(depth_of, [*(field.shape for field in shape.fields), shape.rest or Never()]))
        case Union():
            return max(map(depth_of, shape.members))
        case Intersection():
            return max(map(depth_of, shape.parts))
        case _:
            return 1


@given(JSON)
def test_any_json_value_has_a_shape_of_bounded_depth(schema: object) -> None:
    assert depth_of(read_shape(schema)) <= MAX_DEPTH + 1
