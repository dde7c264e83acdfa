"""Shapes as JSON Schemas."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from jsonschema import Draft202012Validator

from gradlink._describe.schema_reader import read_shape
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
)
from gradlink.docs_page.exports.json_schema import Definitions, Place, allows, json_schema
from tests.describe.test_typehints import JSON

FILE: Any = {"type": "object", "required": ["path"]}


def written(shape: Shape) -> tuple[Any, Any]:
    """Return the schema of a shape, and those of the objects in it."""
    definitions = Definitions()
    return json_schema(shape, Place(definitions, "it", FILE)), definitions.schemas


@pytest.mark.parametrize(
    ("shape", "schema"),
    [
        (Text(), {"type": "string"}),
        (Boolean(), {"type": "boolean"}),
        (Null(), {"type": "null"}),
        (Number(whole=True, minimum=1), {"type": "integer", "minimum": 1}),
        (Number(maximum=0.5), {"type": "number", "maximum": 0.5}),
        (Choice(("a", "b")), {"type": "string", "enum": ["a", "b"]}),
        (Choice((True, False)), {"type": "boolean"}),
        (Choice((0.5, 1.5)), {"anyOf": [{"type": "number", "const": 0.5}, {"type": "number", "const": 1.5}]}),
        (Choice((), others=("str",), left_out=("str",)), {"type": "string"}),
        (Many(Text()), {"type": "array", "items": {"type": "string"}}),
        (Row((Text(), Null())), {"type": "array", "prefixItems": [{"type": "string"}, {"type": "null"}]}),
        (Row((Text(),), Null()), {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "null"}}),
        (Row(()), {"type": "array", "items": {}}),
        (File(), FILE),
        (Union((Text(), Choice(("a", None)))), {"anyOf": [
            {"type": "string"}, {"type": "string", "enum": ["a"]}, {"type": "null"},
        ]}),
        (Intersection((Text(), Anything())), {"allOf": [{"type": "string"}, {}]}),
        (AnyJson(), {"description": "Any JSON."}),
        (Anything(), {}),
        (Never(), {"not": {}}),
    ],
)  # fmt: skip
def test_a_shape_has_a_schema(shape: Shape, schema: Any) -> None:
    assert written(shape) == (schema, {})


@pytest.mark.parametrize(
    ("shape", "schema"),
    [
        (Record(), {"type": "object"}),
        (Record(rest=Never()), {"type": "object", "additionalProperties": False}),
        (Record(rest=Never(), left_out=True), {"type": "object"}),
        (Record(rest=Text()), {"type": "object", "additionalProperties": {"type": "string"}}),
        (
            Record((Field("a", Text(), required=True, description="An a."), Field("b", Null()))),
            {
                "type": "object",
                "properties": {"a": {"type": "string", "description": "An a."}, "b": {"type": "null"}},
                "required": ["a"],
            },
        ),
    ],
)
def test_an_object_has_a_name(shape: Shape, schema: Any) -> None:
    assert written(shape) == ({"$ref": "#/components/schemas/It"}, {"It": schema})


def test_objects_are_named_by_where_they_are() -> None:
    inner = Record((Field("x", Text()),))
    shape = Record((Field("a b", Many(inner)), Field("c", Record((Field("y", inner),)))))
    _, schemas = written(shape)
    assert list(schemas) == ["ItABItem", "ItC", "It"]
    assert Definitions({"ItC"}).refer({}, "it_c") == {"$ref": "#/components/schemas/ItCN2"}


@pytest.mark.parametrize(
    ("shape", "taken", "refused"),
    [
        (Text(), ["a"], [1, None]),
        (Boolean(), [True], [1]),
        (Null(), [None], [0]),
        (Number(minimum=0, maximum=2), [0, 1.5], [-1, 3, True, "1"]),
        (Number(whole=True), [1], [1.5]),
        (Choice(("a", 1), others=("list",)), ["a", 1, []], ["b", True, {}]),
        (Many(Text()), [[], ["a"]], [[1], "a"]),
        (Row((Text(), Null())), [["a", None]], [["a", 1], {}]),
        (Record(), [{}], [[]]),
        (File(), [{"path": "a"}], ["a"]),
        (Union((Text(), Null())), ["a", None], [1]),
        (Intersection((Text(), Choice(("a",)))), ["a"], ["b"]),
        (Anything(), [1, None], []),
        (AnyJson(), [{}], []),
        (Never(), [], [None]),
    ],
)
def test_a_shape_allows_values(shape: Shape, taken: list[Any], refused: list[Any]) -> None:
    assert [allows(shape, value) for value in taken] == [True] * len(taken)
    assert [allows(shape, value) for value in refused] == [False] * len(refused)


@given(JSON, JSON)
def test_any_schema_is_written_as_one_that_allows_no_less(schema: Any, value: Any) -> None:
    shape = read_shape(schema)
    made, schemas = written(shape)
    Draft202012Validator.check_schema({**made, "$defs": schemas})
    validator = Draft202012Validator({**made, "components": {"schemas": schemas}})
    assert allows(shape, value) or not validator.is_valid(value)
