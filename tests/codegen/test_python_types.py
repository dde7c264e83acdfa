"""Python types of shapes, laid out as Ruff's formatter does it."""

from __future__ import annotations

import re
from typing import Any

import pytest

from gradlink._describe.schema_reader import read_shape
from gradlink.codegen.description import Argument, Description, Function, Given, Value
from gradlink.codegen.file_paths import file_paths
from gradlink.codegen.python import python_module
from gradlink.codegen.python_layout import Alternatives, Subscript, Word, flat, laid_out
from gradlink.codegen.python_names import OF_ARGUMENTS, OF_CLIENTS, OF_TUPLES, names
from gradlink.codegen.python_types import PythonTypes
from gradlink.codegen.shape_json import bare

FILE = {"properties": {"path": {"type": "string"}, "meta": {}}, "type": "object"}
TEXT_OR_FILE = {"anyOf": [{"type": "string"}, FILE]}


def sent(schema: object) -> str:
    return flat(PythonTypes(()).sent(bare(read_shape(schema)), "name"))


def received(schema: object) -> str:
    return flat(PythonTypes(()).received(bare(read_shape(schema)), "name"))


def declared(schema: object, *, is_sent: bool = True) -> list[str]:
    types = PythonTypes(())
    shape = bare(read_shape(schema))
    flat(types.sent(shape, "name") if is_sent else types.received(shape, "name"))
    return types.declarations


@pytest.mark.parametrize(
    ("schema", "text"),
    [
        ({"type": "string"}, "str"),
        ({"type": "integer"}, "int"),
        ({"type": "number"}, "float"),
        ({"type": "boolean"}, "bool"),
        ({"type": "null"}, "None"),
        ({"type": ["null", "string"]}, "str | None"),
        ({"type": "string", "enum": ["a", 'b"']}, 'Literal["a", \'b"\']'),
        ({"enum": ["a", 1, True, None]}, 'Literal["a", 1, True] | None'),
        ({"enum": ["a", 1.5]}, 'Literal["a"] | float'),
        ({"enum": [1, 1.5]}, "Literal[1] | float"),
        ({"enum": ["a", [1], {}]}, 'Literal["a"] | list[Any] | dict[str, Any]'),
        ({"anyOf": [{"enum": ["a"]}, {"type": "string"}]}, "str"),
        ({"anyOf": [{"type": "integer"}, {"type": "number"}]}, "float"),
        ({"anyOf": [{"type": "string"}, {}]}, "Any"),
        ({"type": "array", "items": {"type": "number"}}, "list[float]"),
        ({"type": "array"}, "list[Any]"),
        (
            {"type": "array", "prefixItems": [{"type": "string"}, {"type": "number"}]},
            "tuple[str, float] | list[str | float]",
        ),
        (
            {"type": "array", "prefixItems": [{"type": "string"}], "items": {"type": "number"}},
            "list[str | float]",
        ),
        ({"type": "object"}, "dict[str, Any]"),
        ({"type": "object", "additionalProperties": {"type": "number"}}, "dict[str, float]"),
        ({"type": "object", "additionalProperties": False}, "dict[str, Any]"),
        ({"properties": {"a": {"type": "string"}}}, "Name"),
        (
            {"allOf": [{"properties": {"a": {}}}, {"properties": {"b": {}}}]},
            "Name",
        ),
        ({"allOf": [{"anyOf": [{"type": "string"}, {"type": "null"}]}, {"enum": ["a"]}]}, "Any"),
        (FILE, "FileInput"),
        (TEXT_OR_FILE, "FileInput"),
        ({"type": "array", "items": FILE}, "list[FileInput]"),
        ({"properties": {f"key {number}": True for number in range(1000)}}, "dict[str, Any]"),
        (False, "Any"),
        ({}, "Any"),
    ],
)
def test_a_shape_has_its_type(schema: object, text: str) -> None:
    assert sent(schema) == text


def test_what_comes_from_the_app_has_paths_for_files_and_lists_for_rows() -> None:
    assert received(FILE) == "str"
    assert received({"type": "array", "prefixItems": [FILE, {"type": "number"}]}) == "list[str | float]"


def test_an_object_is_a_class() -> None:
    schema = {
        "properties": {"a": {"type": "string"}, "b": FILE, "c": {"type": "number", "default": 1}},
        "required": ["a"],
    }
    assert declared(schema) == [
        (
            'class Name(TypedDict):\n    """An object in `name`."""\n\n'
            "    a: str\n    b: NotRequired[FileInput]\n    c: NotRequired[float]"
        )
    ]
    assert declared(schema, is_sent=False)[0].endswith("    a: str\n    b: NotRequired[str]\n    c: float")


@pytest.mark.parametrize("key", ["a-b", "class", "__x", "str", "\ufb01", "", "x" * 100])
def test_an_object_whose_keys_are_no_fields_is_made_by_a_call(key: str) -> None:
    (text,) = declared({"properties": {key: {"type": "string"}}, "required": [key]})
    assert text == f'Name = TypedDict(\n    "Name",\n    {{\n        "{key}": str,\n    }},\n)'


def test_objects_that_are_the_same_are_declared_once() -> None:
    one: dict[str, Any] = {"properties": {"a": {"type": "string"}}}
    other: dict[str, Any] = {"properties": {"a": {"type": "number"}}}
    types = PythonTypes({"Name2"})
    for schema, name in ((one, "Name"), (other, "Name3"), (one, "Name")):
        assert flat(types.sent(bare(read_shape(schema)), "name")) == name
    assert len(types.declarations) == 2


def test_a_long_type_gets_a_name() -> None:
    choices = {"enum": ["one choice", "another choice", "a third choice", "the fourth"]}
    assert sent(choices) == "Name"
    assert declared(choices) == [
        'Name: TypeAlias = Literal[\n    "one choice",\n    "another choice",\n    "a third choice",\n    "the fourth",\n]'
    ]


def test_lines_are_broken_as_the_formatter_breaks_them() -> None:
    long = Word("x" * 80)
    assert laid_out("", "a: ", Subscript("list", (long,))) == ["a: list[", f"    {long.text}", "]"]
    assert laid_out("", "a: ", Subscript("dict", (Word("str"), long)), ",") == [
        "a: dict[",
        "    str,",
        f"    {long.text},",
        "],",
    ]
    assert laid_out("", "a = ", Alternatives((Word("b" * 40), Word("c" * 44)))) == [
        "a = (",
        f"    {'b' * 40}",
        f"    | {'c' * 44}",
        ")",
    ]
    assert laid_out("", "name = ", Alternatives((Word("b" * 40), Word("c" * 41)))) == [
        "name = (",
        f"    {'b' * 40} | {'c' * 41}",
        ")",
    ]
    assert laid_out("", "a: ", long, ",") == [f"a: {long.text},"]


def test_the_types_exist_when_the_module_is_loaded() -> None:
    shape = bare(
        read_shape(
            {
                "anyOf": [
                    {**FILE},
                    {"type": "null"},
                    {"enum": [1, 2, 3, 1_000_000_000, 1_000_000_001]},
                    {"properties": {"a-b": TEXT_OR_FILE, "c": {"type": ["array", "null"], "items": FILE}}},
                ]
            }
        )
    )
    function = Function("/f", (Argument("x", shape, Given([])),), (Value("a", shape), Value("a", shape)))
    text = python_module(Description("T", "6", (function,)), "http://h/")
    found: dict[str, Any] = {}
    exec(compile(text, "client.py", "exec"), found)  # noqa: S102  # made here
    assert found["FResult"]._fields == ("a", "a_2")
    assert re.search(r"TypeAlias = (\(\n    )?FileInput \| ", text)


@pytest.mark.parametrize(
    ("wanted", "taken", "found"),
    [
        (["a", "a", "a_2"], (), ("a", "a_3", "a_2")),
        (["class", "None", "self", "match"], OF_ARGUMENTS, ("class_", "None_", "self_", "match")),
        (["__init__", "__x", "_y", "_", "___", "_1", ""], (), ("init__", "x", "y", "value_3", "value_4", "value_1", "param_6")),
        (["_class", "__debug__"], (), ("class_", "debug__")),
        (["close", "str", "v1/say-it", "Any", "_call"], OF_CLIENTS, ("close_", "str_", "v1_say_it", "Any_", "call")),
        (["count", "index", "_fields", "Is it?"], OF_TUPLES, ("count_", "index_", "fields", "is_it")),
        (["größe", "\ufb01", "fi", "日本"], (), ("größe", "fi", "fi_2", "日本")),
        (["a_", "a", "_a"], (), ("a_", "a", "a_2")),
        (["timeout", "headers"], OF_ARGUMENTS, ("timeout", "headers")),
    ],
)  # fmt: skip
def test_names_are_different_identifiers(wanted: list[str], taken: Any, found: tuple[str, ...]) -> None:
    assert names(wanted, taken) == found


@pytest.mark.parametrize(
    ("schema", "paths"),
    [
        (FILE, [()]),
        ({"type": "string"}, []),
        (TEXT_OR_FILE, []),
        ({"anyOf": [FILE, {"type": "null"}]}, [()]),
        ({"anyOf": [FILE, {"enum": ["a"]}]}, []),
        ({"type": "array", "items": FILE}, [(None,)]),
        ({"type": "array", "prefixItems": [{"type": "string"}, FILE]}, [(1,)]),
        ({"properties": {"files": {"type": "array", "items": FILE}, "text": {"type": "string"}}}, [("files", None)]),
        ({"additionalProperties": FILE, "type": "object"}, [(None,)]),
        ({"additionalProperties": False, "type": "object"}, []),
        ({"anyOf": [{"type": "array", "items": FILE}, {"type": "string"}]}, [(None,)]),
    ],
)  # fmt: skip
def test_the_places_of_files_are_known(schema: object, paths: list[object]) -> None:
    assert file_paths(read_shape(schema)) == paths
