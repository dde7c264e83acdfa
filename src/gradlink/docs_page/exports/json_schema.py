"""Shapes as JSON Schemas (2020-12), as OpenAPI 3.1 has them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final, assert_never

from gradlink._dataclass import dataclass
from gradlink._describe.shapes import (
    AnyJson,
    Anything,
    Boolean,
    Choice,
    Field,
    File,
    Intersection,
    Kind,
    Many,
    Never,
    Null,
    Number,
    Record,
    Row,
    Scalar,
    Shape,
    Text,
    Union,
    kind_of,
)
from gradlink._protocol.jsonvalue import JSONObject, JSONValue
from gradlink.docs_page.exports.naming import Names, constants, type_name

_TYPES: Final[Mapping[Kind, str]] = {
    "bool": "boolean",
    "int": "integer",
    "float": "number",
    "str": "string",
    "None": "null",
    "list": "array",
    "dict": "object",
}


class Definitions:
    """The objects of a document: each once, under a name, wherever it is needed.

    Generators make a type of each, whose name they cannot always find by themselves.

    Args:
        reserved: names that other schemas of the document have.

    Attributes:
        schemas: by their names.
    """

    __slots__ = ("_known", "_names", "schemas")

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._names = Names(reserved)
        self._known: dict[str, str] = {}
        self.schemas: JSONObject = {}

    def refer(self, schema: JSONObject, name: str) -> JSONObject:
        """Return a reference to ``schema``, which gets a name like ``name`` if it has none yet."""
        content = json.dumps(schema, sort_keys=True)
        if content not in self._known:
            self._known[content] = type_name(self._names.take(name, "Object"))
            self.schemas[self._known[content]] = schema
        return {"$ref": f"#/components/schemas/{self._known[content]}"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a schema is written.

    Attributes:
        name: what objects are called that have no other name.
        file: the schema of a file.
    """

    definitions: Definitions
    name: str
    file: JSONObject

    def inner(self, name: str) -> Place:
        """Return the place of a part of it."""
        return replace(self, name=f"{self.name}_{name}")


def json_schema(shape: Shape, place: Place) -> JSONObject:
    """Return the schema of ``shape``."""
    match shape:
        case Text():
            return {"type": "string"}
        case Boolean():
            return {"type": "boolean"}
        case Null():
            return {"type": "null"}
        case Number():
            bounds = {"minimum": shape.minimum, "maximum": shape.maximum}
            said: JSONObject = {key: bound for key, bound in bounds.items() if bound is not None}
            return {"type": "integer" if shape.whole else "number", **said}
        case Choice():
            return _choice(shape)
        case Many():
            return {"type": "array", "items": json_schema(shape.items, place.inner("item"))}
        case Row():
            return _row(shape, place)
        case Record():
            return place.definitions.refer(_record(shape, place), place.name)
        case File():
            return dict(place.file)
        case Union():
            return any_of([json_schema(member, place) for member in shape.members])
        case Intersection():
            return {"allOf": [json_schema(part, place) for part in shape.parts]}
        case AnyJson():
            return {"description": "Any JSON."}
        case Anything():
            return {}
        case Never():
            return {"not": {}}
        case _:
            assert_never(shape)


def any_of(schemas: Sequence[JSONObject]) -> JSONObject:
    """Return the schema of what one of ``schemas`` allows, which are flat."""
    members: list[JSONValue] = []
    for schema in schemas:
        nested = schema.get("anyOf")
        for member in nested if isinstance(nested, list) and len(schema) == 1 else [schema]:
            if member not in members:
                members.append(member)
    only = members[0] if len(members) == 1 else None
    return only if isinstance(only, dict) else {"anyOf": members}


def tuple_schema(items: Sequence[JSONObject]) -> JSONObject:
    """Return the schema of a list that has exactly these items."""
    # `items: false` says the same, but generators do not read schemas that are booleans.
    length: JSONObject = {"minItems": len(items), "maxItems": len(items)}
    listed: JSONObject = {"prefixItems": list(items)} if items else {"items": {}}
    return {"type": "array", **listed, **length}


def allows(shape: Shape, value: JSONValue) -> bool:
    """Tell whether ``value`` is one of those that ``shape`` allows, as far as its items are not concerned."""
    match shape:
        case Text():
            return isinstance(value, str)
        case Boolean():
            return isinstance(value, bool)
        case Null():
            return value is None
        case Number():
            return _is_number(shape, value)
        case Choice():
            return kind_of(value) in (*shape.others, *shape.left_out) or repr(value) in map(
                repr, shape.values
            )
        case Many():
            return isinstance(value, list) and all(allows(shape.items, item) for item in value)
        case Row():
            return isinstance(value, list) and all(map(allows, shape.items, value))
        case Record() | File():
            return isinstance(value, dict)
        case Union():
            return any(allows(member, value) for member in shape.members)
        case Intersection():
            return all(allows(part, value) for part in shape.parts)
        case AnyJson() | Anything():
            return True
        case Never():
            return False
        case _:
            assert_never(shape)


def _is_number(shape: Number, value: JSONValue) -> bool:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return False
    low, high = shape.minimum, shape.maximum
    inside = (low is None or value >= low) and (high is None or value <= high)
    return inside and (isinstance(value, int) or not shape.whole)


def _choice(shape: Choice) -> JSONObject:
    """Return one schema for each kind of value: generators want the values of an enumeration to be of one type."""
    kinds: dict[Kind, list[Scalar]] = {}
    for value in shape.values:
        kinds.setdefault(kind_of(value), []).append(value)
    schemas = [schema for kind, values in kinds.items() for schema in _enumerations(kind, values)]
    for kind in dict.fromkeys((*shape.others, *shape.left_out)):
        items: JSONObject = {"items": {}} if kind == "list" else {}
        schemas.append({"type": _TYPES[kind], **items})
    return any_of(schemas)


def _enumerations(kind: Kind, values: list[Scalar]) -> list[JSONObject]:
    match kind:
        case "str":
            names: list[JSONValue] = [*constants([str(value) for value in values])]
            return [{"type": "string", "enum": list(values), **({"x-enum-varnames": names} if names else {})}]
        case "int":
            return [{"type": "integer", "enum": list(values)}]
        case "bool" if len(values) > 1:
            return [{"type": "boolean"}]
        case "None":
            return [{"type": "null"}]
        case _:
            # Few generators know enumerations of other types.
            return [{"type": _TYPES[kind], "const": value} for value in values]


def _row(shape: Row, place: Place) -> JSONObject:
    items: list[JSONValue] = [json_schema(item, place.inner("item")) for item in shape.items]
    rest: JSONObject = {} if shape.rest is None else {"items": json_schema(shape.rest, place.inner("item"))}
    return {"type": "array", **({"prefixItems": items} if items else {"items": {}}), **rest}


def _record(shape: Record, place: Place) -> JSONObject:
    schema: JSONObject = {"type": "object"}
    if shape.fields:
        schema["properties"] = {field.name: _field(field, place.inner(field.name)) for field in shape.fields}
    required: list[JSONValue] = [field.name for field in shape.fields if field.required]
    if required:
        schema["required"] = required
    if isinstance(shape.rest, Never) and not shape.left_out:
        schema["additionalProperties"] = False
    elif shape.rest is not None and not shape.left_out:
        schema["additionalProperties"] = json_schema(shape.rest, place.inner("value"))
    return schema


def _field(field: Field, place: Place) -> JSONObject:
    schema = json_schema(field.shape, place)
    return {**schema, "description": field.description} if field.description else schema
