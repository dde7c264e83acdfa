"""TypeScript types of JSON Schemas."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._describe.jsonschema import MAX_LENGTH
from gradlink.codegen.typescript_types import property_name, typescript_type

FILE = {"properties": {"path": {"type": "string"}, "meta": {}}, "type": "object"}


def sent(schema: object) -> str:
    return typescript_type(schema, file="FileArgument", sent=True)


def got(schema: object) -> str:
    return typescript_type(schema, file="FileData", sent=False)


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string"}, "string"),
        ({"type": "integer"}, "number"),
        ({"type": "boolean"}, "boolean"),
        ({"type": "null"}, "null"),
        ({"type": ["string", "null"]}, "string | null"),
        ({"type": "string", "nullable": True}, "string | null"),
        ({"type": "string", "enum": ["a", 'b"']}, r'"a" | "b\""'),
        ({"const": 3}, "3"),
        ({"enum": []}, "unknown"),
        ({"type": "array", "items": {"type": "number"}}, "number[]"),
        ({"type": "array", "items": {"enum": ["a", "b"]}}, '("a" | "b")[]'),
        ({"type": "array", "prefixItems": [{"type": "string"}, {"type": "number"}]}, "[string, number]"),
        (
            {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "number"}},
            "[string, ...number[]]",
        ),
        ({"type": "array"}, "unknown[]"),
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "string | null"),
        ({"anyOf": [{"type": "string"}, {}]}, "unknown"),
        (
            {"allOf": [{"type": "object", "properties": {"a": {"type": "string"}}}, {"$ref": "#/$defs/B"}],
             "$defs": {"B": {"type": "object", "properties": {"b": {"type": "number"}}}}},
            "{ a?: string } & { b?: number }",
        ),
        ({"type": "object"}, "Record<string, unknown>"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "Record<string, number>"),
        ({"type": "object", "additionalProperties": False}, "Record<string, never>"),
        ({"type": "object", "properties": {"a-b": {"type": "string"}}, "required": ["a-b"]}, '{ "a-b": string }'),
        (FILE, "FileArgument"),
        ({"type": "array", "items": {"$ref": "#/$defs/F"}, "$defs": {"F": FILE}}, "FileArgument[]"),
        ({"$ref": "#/$defs/Loop", "$defs": {"Loop": {"$ref": "#/$defs/Loop"}}}, "unknown"),
        ({}, "unknown"),
        ("string", "unknown"),
        (None, "unknown"),
    ],
)  # fmt: skip
def test_a_schema_has_its_type(schema: object, text: str) -> None:
    assert sent(schema) == text


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        (False, "never"),
        ({"anyOf": [{"type": "string"}, False]}, "string"),
        ({"patternProperties": {"^x-": {"type": "number"}}}, "Record<string, number>"),
        (
            {"type": "array", "items": {"type": "string"}, "anyOf": [{"minItems": 1}, {"maxItems": 3}]},
            "string[]",
        ),
        ({"type": "string", "allOf": [{"pattern": "^a"}]}, "string"),
        (
            {"properties": {"a": {"type": "string"}}, "allOf": [{"properties": {"b": {"type": "number"}}}]},
            "{ a?: string } & { b?: number }",
        ),
        (
            {"allOf": [{"properties": {"path": {"type": "string"}}}, {"properties": {"meta": {}}}]},
            "FileArgument",
        ),
        (
            {"allOf": [{"anyOf": [{"type": "string"}, {"type": "null"}]}, {"enum": ["a", None]}]},
            '(string | null) & ("a" | null)',
        ),
        ({"allOf": [{"type": "string"}, {"type": "string"}]}, "string"),
        (
            {"allOf": [{"anyOf": [{"type": "string"}, {}]}, {"anyOf": [{"type": "number"}, {}]}]},
            "unknown",
        ),
        ({"enum": ["字" * 100]}, '"' + r"\u5b57" * 100 + '"'),
        ({"enum": ["a", [1]]}, "unknown"),
        ({"enum": ["a", "b" * 201, 1]}, "string | number"),
        ({"const": None}, "null"),
        ({"description": "any valid json"}, "unknown"),
    ],
)
def test_an_unusual_schema_has_the_type_that_python_has_for_it(schema: object, text: str) -> None:
    assert sent(schema) == text


def test_an_object_of_too_many_keys_may_have_any() -> None:
    assert (
        sent({"properties": {f"key {number}": True for number in range(1000)}}) == "Record<string, unknown>"
    )


def test_what_has_a_default_is_always_there_in_an_output() -> None:
    schema = {
        "type": "object",
        "properties": {"a": {"type": "string", "default": "x"}, "b": {"type": "string"}},
    }
    assert sent(schema) == "{ a?: string; b?: string }"
    assert got(schema) == "{ a: string; b?: string }"


def test_a_file_in_an_output_is_file_data() -> None:
    assert got(FILE) == "FileData"


def test_many_choices_are_their_kind_since_a_shorter_list_would_refuse_good_values() -> None:
    assert sent({"enum": [f"choice {number}" for number in range(3000)]}) == "string"


def test_definitions_that_multiply_each_other_have_an_end() -> None:
    schema: dict[str, Any] = {"$ref": "#/$defs/d0", "$defs": {}}
    for level in range(30):
        two = [{"$ref": f"#/$defs/d{level + 1}"}] * 2
        schema["$defs"][f"d{level}"] = {"type": "array", "prefixItems": two}
    assert len(sent(schema)) < 2 * MAX_LENGTH


@pytest.mark.parametrize(
    ("name", "shown"), [("a", "a"), ("a b", '"a b"'), ("ä", '"\\u00e4"'), ("1", '"1"'), ("$x", "$x")]
)
def test_a_key_is_quoted_where_it_must_be(name: str, shown: str) -> None:
    assert property_name(name) == shown


keys = st.sampled_from(
    ["type", "enum", "const", "anyOf", "oneOf", "allOf", "items", "prefixItems", "properties", "$ref", "$defs",
     "additionalProperties", "required", "nullable", "a", "path", "meta"]
)  # fmt: skip
values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.sampled_from(["string", "object", "array", "#/$defs/a", "#"]),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(keys, inner, max_size=5),
    max_leaves=30,
)


@given(values)
def test_any_value_gives_a_type(schema: object) -> None:
    text = sent(schema)
    assert text
    assert len(text) < 2 * MAX_LENGTH
    assert text.count("(") == text.count(")")
