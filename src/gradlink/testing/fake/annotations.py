"""What a type annotation says of a value, as Gradio describes it: a JSON Schema, with its words."""

from __future__ import annotations

import types
from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator, Generator, Iterable, Iterator
from dataclasses import field
from typing import Any, Literal, Union, get_args, get_origin, get_type_hints, is_typeddict

from gradlink._dataclass import dataclass
from gradlink._local.files import MemoryFile
from gradlink._protocol.filedata import META, FileData
from gradlink._protocol.jsonvalue import JSONObject, JSONValue

_FILES: tuple[object, ...] = (MemoryFile, FileData, bytes)
_SCALARS: dict[object, tuple[str, str]] = {
    str: ("string", "str"),
    int: ("integer", "int"),
    float: ("number", "float"),
    bool: ("boolean", "bool"),
    None: ("null", "None"),
    type(None): ("null", "None"),
}
_STREAMS = (AsyncGenerator, AsyncIterable, AsyncIterator, Generator, Iterable, Iterator)


@dataclass(frozen=True, slots=True)
class Described:
    """A value: its schema, and what its type is called."""

    schema: JSONObject = field(default_factory=dict[str, JSONValue])
    words: str = "Any"


def _optional(kind: str) -> JSONObject:
    return {"oneOf": [{"type": "null"}, {"type": kind}]}


_FILE_PROPERTIES: JSONObject = {
    "path": {"type": "string"},
    "url": _optional("string"),
    "size": _optional("integer"),
    "orig_name": _optional("string"),
    "mime_type": _optional("string"),
    "is_stream": {"type": "boolean"},
    "meta": {
        "type": "object",
        "properties": {"_type": {"const": META["_type"]}},
        "required": ["_type"],
    },
}
FILE = Described(
    {"type": "object", "properties": _FILE_PROPERTIES, "required": list(_FILE_PROPERTIES)}, "filepath"
)


def describe(annotation: object) -> Described:
    """Return what ``annotation`` says; one that says nothing that JSON has allows everything."""
    if annotation in _FILES:
        return FILE
    if isinstance(annotation, type | None) and annotation in _SCALARS:
        kind, words = _SCALARS[annotation]
        return Described({"type": kind}, words)
    if is_typeddict(annotation):
        return _typed_dict(annotation)
    origin, inside = get_origin(annotation) or annotation, get_args(annotation)
    if origin in {Union, types.UnionType}:
        return _union(inside)
    if origin is Literal:
        return Described({"enum": list(inside)}, f"Literal[{', '.join(repr(str(item)) for item in inside)}]")
    if origin is list:
        items = describe(inside[0]) if inside else Described()
        return Described({"type": "array", "items": items.schema}, f"list[{items.words}]")
    if origin is dict:
        values = describe(inside[1]) if inside else Described()
        return Described(
            {"type": "object", "additionalProperties": values.schema}, f"dict(str, {values.words})"
        )
    if origin is tuple and inside and Ellipsis not in inside:
        parts = [describe(part) for part in inside]
        schema: JSONObject = {
            "type": "array",
            "prefixItems": [part.schema for part in parts],
            "minItems": len(parts),
            "maxItems": len(parts),
        }
        return Described(schema, f"tuple[{', '.join(part.words for part in parts)}]")
    return Described()


def describe_returns(annotation: object) -> list[Described]:
    """Return what a function gives that is annotated so: one for each output.

    A tuple is several outputs, None is no output; of what yields values, the values count.
    """
    if get_origin(annotation) in _STREAMS:
        annotation = get_args(annotation)[0]
    inside = get_args(annotation)
    if get_origin(annotation) is tuple and Ellipsis not in inside:
        return [describe(part) for part in inside]
    return [] if annotation in {None, type(None)} else [describe(annotation)]


def describe_value(value: object) -> Described:
    """Return what can be said of a value that is always given."""
    if isinstance(value, bool | int | float | str):
        return describe(type(value))
    return Described()


def hints_of(annotated: Any) -> dict[str, Any]:
    """Return the annotations of a function or a class; none where they name what is known inside of a function alone."""
    try:
        return get_type_hints(annotated)
    except (NameError, TypeError, AttributeError):
        return {}


def _union(members: tuple[object, ...]) -> Described:
    parts = [describe(member) for member in members]
    null = next((part for part in parts if part.words == "None"), None)
    if null is not None and len(parts) == 2:
        parts = [null, *(part for part in parts if part is not null)]
        return Described({"oneOf": [part.schema for part in parts]}, " | ".join(part.words for part in parts))
    return Described({"anyOf": [part.schema for part in parts]}, " | ".join(part.words for part in parts))


def _typed_dict(kind: Any) -> Described:
    fields = {name: describe(inside) for name, inside in hints_of(kind).items()}
    schema: JSONObject = {
        "type": "object",
        "properties": {name: one.schema for name, one in fields.items()},
        "required": [name for name in fields if name in kind.__required_keys__],
    }
    return Described(schema, f"dict({', '.join(f'{name}: {one.words}' for name, one in fields.items())})")
