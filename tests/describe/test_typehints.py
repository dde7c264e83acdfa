"""The Python type, as text, that a JSON Schema describes."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._describe.jsonschema import MAX_LENGTH
from gradlink._describe.typehints import entry_type, parameter_type, python_type
from gradlink._protocol.schema import Parameter

FILE = {
    "title": "FileData",
    "type": "object",
    "properties": {
        "path": {"title": "Path", "type": "string"},
        "url": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "orig_name": {"anyOf": [{"type": "string"}, {"type": "null"}]},
        "meta": {"$ref": "#/$defs/FileDataMeta"},
    },
}


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string"}, "str"),
        ({"type": "number"}, "float"),
        ({"type": "integer"}, "int"),
        ({"type": "boolean"}, "bool"),
        ({"type": "null"}, "None"),
        ({}, "Any"),
        (True, "Any"),
        (False, "Never"),
        ({"title": "Value"}, "Any"),
        ({"type": "frobnicate"}, "Any"),
        ({"type": {}, "description": "any valid json"}, "str | float | bool | list | dict"),
        ({"description": "any valid json"}, "str | float | bool | list | dict"),
        ({"type": "string", "format": "byte"}, "str"),
    ],
)
def test_a_plain_schema_reads_as_its_type(schema: object, text: str) -> None:
    assert python_type(schema) == text


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"enum": ["add", "sub"], "title": "Radio", "type": "string"}, "Literal['add', 'sub']"),
        ({"enum": ["it's", 'say "no"']}, """Literal["it's", 'say "no"']"""),
        ({"enum": [1, 2.5, True, None]}, "Literal[1, 2.5, True] | None"),
        ({"enum": ["a", "a"]}, "Literal['a']"),
        ({"enum": [], "type": "string"}, "str"),
        ({"enum": "abc"}, "Any"),
        ({"enum": ["a", [1], {"b": 2}]}, "Literal['a'] | list | dict"),
        ({"enum": ["x" * 201]}, "str"),
        ({"const": "text", "type": "string"}, "Literal['text']"),
        ({"const": None}, "None"),
        ({"const": 10**100}, "int"),
        ({"const": float("nan")}, "float"),
        ({"const": "\ud800"}, r"Literal['\ud800']"),
    ],
)
def test_choices_are_literals_as_python_writes_them(schema: object, text: str) -> None:
    assert python_type(schema) == text


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "array", "items": {"type": "string"}}, "list[str]"),
        ({"type": "array"}, "list[Any]"),
        ({"type": "array", "items": True}, "list[Any]"),
        ({"items": {"type": "integer"}}, "list[int]"),
        ({"type": "array", "prefixItems": [{"type": "number"}, {"type": "number"}]}, "tuple[float, float]"),
        ({"prefixItems": [{"type": "string"}], "items": {"type": "integer"}}, "tuple[str, *tuple[int, ...]]"),
        ({"prefixItems": [{"type": "string"}], "items": False}, "tuple[str]"),
        ({"type": "array", "items": [{"type": "string"}, {"type": "number"}]}, "tuple[str, float]"),
        (
            {"type": "array", "items": {"type": "array", "prefixItems": [{"type": "string"}] * 2}},
            "list[tuple[str, str]]",  # the existing client says tuple[str, str]
        ),
    ],
)
def test_an_array_is_a_list_or_a_tuple(schema: object, text: str) -> None:
    assert python_type(schema) == text


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "object"}, "dict[str, Any]"),
        ({"type": "object", "additionalProperties": True}, "dict[str, Any]"),
        ({"type": "object", "additionalProperties": False}, "dict()"),
        ({"type": "object", "additionalProperties": {"type": "integer"}}, "dict[str, int]"),
        ({"patternProperties": {"^x-": {"type": "number"}}}, "dict[str, float]"),
        ({"patternProperties": {"^x-": False}}, "dict()"),
        (
            {
                "properties": {
                    "title": {"type": "string"},
                    "n": {"anyOf": [{"type": "integer"}, {"type": "null"}]},
                }
            },
            "dict(title: str, n: int | None)",
        ),
        ({"properties": {"a": True}, "additionalProperties": False}, "dict(a: Any)"),
        ({"properties": {"a": {"type": "string"}}, "additionalProperties": True}, "dict(a: str, **: Any)"),
        ({"properties": {"a b": {"type": "string"}}}, "dict('a b': str)"),
    ],
)
def test_an_object_is_a_dict_with_its_known_keys(schema: object, text: str) -> None:
    assert python_type(schema) == text


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"anyOf": [{"type": "string"}, {"type": "null"}]}, "str | None"),
        ({"oneOf": [{"type": "null"}, {"type": "string"}]}, "None | str"),
        ({"anyOf": [{"type": "string"}, {"anyOf": [{"type": "null"}, {"type": "string"}]}]}, "str | None"),
        ({"anyOf": [{"type": "string"}, False]}, "str"),
        ({"anyOf": []}, "Any"),
        ({"type": ["string", "null"]}, "str | None"),
        ({"type": ["array", "integer"], "items": {"type": "string"}}, "list[str] | int"),
        ({"type": "string", "nullable": True}, "str | None"),
        ({"type": "object", "oneOf": [{"type": "string"}, {"type": "integer"}]}, "str | int"),
        (
            {"type": "object", "properties": {"a": {"type": "string"}}, "anyOf": [{"required": ["a"]}]},
            "dict(a: str)",
        ),
        ({"allOf": [{"type": "string"}]}, "str"),
        ({"type": "string", "allOf": [{"pattern": "^a"}]}, "str"),
        (
            {"allOf": [{"type": "string"}, {"anyOf": [{"const": 1}, {"const": 2}]}]},
            "str & (Literal[1] | Literal[2])",
        ),
        (
            {
                "allOf": [
                    {"properties": {"a": {"type": "string"}}},
                    {"properties": {"b": {"type": "integer"}}},
                ]
            },
            "dict(a: str, b: int)",
        ),
        (
            {
                "allOf": [{"allOf": [{"$ref": "#/$defs/Base"}]}],
                "properties": {"b": {"type": "integer"}},
                "$defs": {"Base": {"type": "object", "properties": {"a": {"type": "string"}}}},
            },
            "dict(b: int, a: str)",
        ),
        (
            {
                "allOf": [
                    {"type": "object"},
                    {"properties": {"a": True}, "additionalProperties": {"type": "string"}},
                ]
            },
            "dict(a: Any, **: str)",
        ),
        ({"allOf": [{"type": "string"}, {"type": "string"}]}, "str"),
        ({"allOf": [{}, {"anyOf": [{"type": "string"}, {"type": "null"}]}], "nullable": True}, "str | None"),
    ],
)
def test_schemas_are_combined(schema: object, text: str) -> None:
    assert python_type(schema) == text


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"$ref": "#/$defs/A", "$defs": {"A": {"type": "string"}}}, "str"),
        ({"$ref": "#/definitions/A", "definitions": {"A": {"type": "string"}}}, "str"),
        ({"$ref": "#/components/schemas/A", "$defs": {"A": {"type": "string"}}}, "str"),
        ({"$ref": "#/$defs/a~1b%20c", "$defs": {"a/b c": {"type": "string"}}}, "str"),
        ({"anyOf": [{"type": "integer"}, {"$ref": "#/anyOf/0"}]}, "int"),
        ({"$ref": "#/$defs/A"}, "Any"),
        ({"$ref": "#/$defs/A", "type": "string"}, "str"),
        ({"$ref": "https://example.com/schema.json"}, "Any"),
        ({"$ref": 3}, "Any"),
    ],
)
def test_references_are_followed_within_the_schema(schema: object, text: str) -> None:
    assert python_type(schema) == text


def test_a_schema_inside_itself_reads_any() -> None:
    node = {"properties": {"value": {"type": "string"}, "next": {"$ref": "#/$defs/Node"}}}
    assert python_type({"$ref": "#/$defs/Node", "$defs": {"Node": node}}) == "dict(value: str, next: Any)"
    assert python_type({"$ref": "#"}) == "Any"
    assert python_type({"items": {"$ref": "#"}}) == "list[Any]"
    assert python_type({"allOf": [{"$ref": "#"}, {"type": "string"}]}) == "str"
    loop = {"A": {"$ref": "#/$defs/B"}, "B": {"$ref": "#/$defs/A"}}
    assert python_type({"$ref": "#/$defs/A", "$defs": loop}) == "Any"


@pytest.mark.parametrize(
    "schema",
    [
        {**FILE, "$defs": {"FileDataMeta": {"properties": {"_type": {"const": "gradio.FileData"}}}}},
        # 5.0: an image, with another title.
        {
            "title": "ImageData",
            "properties": {"path": {}, "url": {}, "size": {}, "orig_name": {}, "meta": {}},
        },
        # 4.16: before the meta field.
        {"title": "FileData", "properties": {"path": {}, "url": {}, "size": {}, "orig_name": {}}},
        {"properties": {"path": {"type": "string"}, "meta": {"default": {"_type": "gradio.FileData"}}}},
        # 3.50.
        {
            "properties": {"name": {}, "data": {}, "size": {}, "is_file": {}, "orig_name": {}},
            "required": ["name"],
        },
    ],
)
def test_a_file_reads_filepath_in_every_version(schema: object) -> None:
    assert python_type(schema) == "filepath"


def test_a_path_alone_is_no_file() -> None:
    assert python_type({"properties": {"path": {"type": "string"}}}) == "dict(path: str)"


def test_a_file_reads_filepath_within_other_types() -> None:
    schema = {
        "$defs": {
            "FileData": FILE,
            "Message": {
                "properties": {
                    "role": {"enum": ["user", "assistant"]},
                    "content": {"anyOf": [{"type": "string"}, {"$ref": "#/$defs/FileData"}]},
                }
            },
        },
        "items": {"$ref": "#/$defs/Message"},
        "type": "array",
    }
    assert python_type(schema) == "list[dict(role: Literal['user', 'assistant'], content: str | filepath)]"


@pytest.mark.parametrize(
    "schema", [None, 0, 1.5, "string", [], [{"type": "string"}], {"type": 3}, {"items": "x"}]
)
def test_what_is_no_schema_has_a_type_all_the_same(schema: object) -> None:
    assert python_type(schema) in {"Any", "list[Any]"}


def test_a_schema_that_is_too_deep_reads_any_from_there_on() -> None:
    schema: object = {"type": "string"}
    for _ in range(500):
        schema = {"items": schema}
    assert python_type(schema) == "list[" * 24 + "Any" + "]" * 24


def test_a_long_choice_is_cut() -> None:
    text = python_type({"enum": [f"voice {number}" for number in range(5_000)]})
    assert text.startswith("Literal['voice 0', 'voice 1', ")
    assert text.endswith(", ...]")
    assert len(text) <= MAX_LENGTH


@pytest.mark.parametrize(
    "schema",
    [
        # Each definition holds the next one twice: 2 ** 40 leaves.
        {
            "$ref": "#/$defs/d0",
            "$defs": {f"d{n}": {"prefixItems": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)},
        },
        {
            "$ref": "#/$defs/d0",
            "$defs": {f"d{n}": {"anyOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)},
        },
        {
            "$ref": "#/$defs/d0",
            "$defs": {f"d{n}": {"allOf": [{"$ref": f"#/$defs/d{n + 1}"}] * 2} for n in range(40)},
        },
        {"properties": {f"key_{number}": True for number in range(50_000)}},
        {"properties": {"k" * 1_000_000: {"type": "string"}}},
        {"prefixItems": [{"type": "object", "nullable": True}] * 50_000},
        {"anyOf": [{"description": f"json {number}", "nullable": True} for number in range(50_000)]},
        {"properties": {f"f{number}": {**FILE, "nullable": True} for number in range(5_000)}},
        {"allOf": [{"properties": {f"k{number}": {}}} for number in range(50_000)]},
        {"allOf": [None] * 50_000},
        {"type": ["string"] * 50_000},
        {"const": "x" * 1_000_000},
    ],
)
def test_a_huge_schema_has_a_short_type(schema: object) -> None:
    assert 0 < len(python_type(schema)) <= MAX_LENGTH


KEYWORDS = st.sampled_from(
    [
        "type", "enum", "const", "$ref", "anyOf", "oneOf", "allOf", "items", "prefixItems", "properties",
        "additionalProperties", "patternProperties", "nullable", "description", "$defs", "definitions", "path", "meta",
    ]
)  # fmt: skip
SCALARS = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats()
    | st.text(max_size=5)
    | st.sampled_from(["string", "object", "array", "null", "#", "#/$defs/a", "#/items", "#/anyOf/0", "json"])
)
JSON = st.recursive(
    SCALARS,
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(KEYWORDS | st.text(max_size=3), inner, max_size=5)
    ),
    max_leaves=40,
)


@given(JSON)
def test_any_json_value_has_a_type_of_bounded_length(schema: object) -> None:
    text = python_type(schema)
    assert isinstance(text, str)
    assert 0 < len(text) <= MAX_LENGTH


@given(JSON)
def test_the_schema_is_not_changed(schema: object) -> None:
    before = json.dumps(schema)
    python_type(schema)
    assert json.dumps(schema) == before


def test_the_type_of_a_parameter_is_that_of_its_schema_or_else_what_the_server_states() -> None:
    stated = Parameter("a", "A", "Textbox", "int | float", "", False, None, 0)
    assert parameter_type(stated) == "int | float"
    assert parameter_type(replace(stated, schema={"type": "string"})) == "str"
    assert parameter_type(replace(stated, stated_type="")) == "Any"


def test_an_entry_has_the_type_of_its_schema() -> None:
    entry = {"type": {"enum": ["a", "b"]}, "python_type": {"type": "Literal[a, b]", "description": ""}}
    assert entry_type(entry) == "Literal['a', 'b']"


def test_an_entry_without_a_schema_has_the_type_that_the_server_states() -> None:
    assert entry_type({"type": {}, "python_type": {"type": "int | float"}}) == "int | float"
    assert entry_type({"python_type": {"type": ""}}) == "Any"
    assert entry_type({"python_type": "str"}) == "Any"
    assert entry_type(None) == "Any"
