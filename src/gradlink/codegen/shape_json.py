"""Shapes as JSON and back, for what a generated module says it was made from."""

from __future__ import annotations

from typing import Final, cast, get_args

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
    Shape,
    Text,
    Union,
)
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_list, as_number, as_object

_PLAIN: Final[dict[type, str]] = {
    Text: "str",
    Boolean: "bool",
    Null: "null",
    File: "file",
    AnyJson: "json",
    Anything: "any",
    Never: "never",
}
_OF_PLAIN: Final[dict[str, Shape]] = {
    "str": Text(),
    "bool": Boolean(),
    "null": Null(),
    "file": File(),
    "json": AnyJson(),
    "any": Anything(),
    "never": Never(),
    "int": Number(whole=True),
    "float": Number(),
}
_KINDS: Final = frozenset(get_args(Kind))


def shape_to_json(shape: Shape) -> JSONValue:
    """Return ``shape`` as JSON: a word, or an object with what it is made of. Words and defaults of fields are left out."""
    match shape:
        case Number():
            word = "int" if shape.whole else "float"
            bounds = {"min": shape.minimum, "max": shape.maximum}
            said: JSONObject = {key: bound for key, bound in bounds.items() if bound is not None}
            return {"number": word, **said} if said else word
        case Choice():
            kinds = {"others": shape.others, "left_out": shape.left_out}
            return {"choice": list(shape.values), **{key: list(kind) for key, kind in kinds.items() if kind}}
        case Many():
            return {"list": shape_to_json(shape.items)}
        case Row():
            rest: JSONObject = {} if shape.rest is None else {"rest": shape_to_json(shape.rest)}
            return {"row": list(map(shape_to_json, shape.items)), **rest}
        case Record():
            return _record_to_json(shape)
        case Union():
            return {"any": list(map(shape_to_json, shape.members))}
        case Intersection():
            return {"all": list(map(shape_to_json, shape.parts))}
        case _:
            return _PLAIN[type(shape)]


def shape_of_json(value: JSONValue) -> Shape:
    """Return the shape that ``shape_to_json`` made ``value`` of. Raises ValueError for what it never makes."""
    if isinstance(value, str):
        if value not in _OF_PLAIN:
            raise ValueError(f"no shape is called {value[:40]!r}")
        return _OF_PLAIN[value]
    match as_object(value):
        case {"number": str(word), **bounds} if word in {"int", "float"}:
            return Number(word == "int", as_number(bounds.get("min")), as_number(bounds.get("max")))
        case {"choice": list(values), **kinds}:
            scalars = tuple(one for one in values if not isinstance(one, (list, dict)))
            return Choice(scalars, _kinds(kinds.get("others")), _kinds(kinds.get("left_out")))
        case {"list": items}:
            return Many(shape_of_json(items))
        case {"row": list(items), **more}:
            rest = shape_of_json(more["rest"]) if "rest" in more else None
            return Row(tuple(map(shape_of_json, items)), rest)
        case {"object": dict(fields), **more}:
            rest = shape_of_json(more["rest"]) if "rest" in more else None
            made = tuple(_field_of_json(name, about) for name, about in fields.items())
            return Record(made, rest, more.get("left_out") is True)
        case {"any": list(members)}:
            return Union(tuple(map(shape_of_json, members)))
        case {"all": list(parts)}:
            return Intersection(tuple(map(shape_of_json, parts)))
        case _:
            raise ValueError("no shape is written like this")


def bare(shape: Shape) -> Shape:
    """Return ``shape`` as it comes back from JSON: without the words and defaults of fields."""
    return shape_of_json(shape_to_json(shape))


def _record_to_json(shape: Record) -> JSONObject:
    fields: JSONObject = {field.name: _field_to_json(field) for field in shape.fields}
    rest: JSONObject = {} if shape.rest is None else {"rest": shape_to_json(shape.rest)}
    left_out: JSONObject = {"left_out": True} if shape.left_out else {}
    return {"object": fields, **rest, **left_out}


def _field_to_json(field: Field) -> JSONValue:
    inner = shape_to_json(field.shape)
    if field.required:
        return inner
    return {"optional": inner, **({"has_default": True} if field.has_default else {})}


def _field_of_json(name: str, about: JSONValue) -> Field:
    known = as_object(about)
    if "optional" not in known:
        return Field(name, shape_of_json(about), required=True)
    return Field(name, shape_of_json(known["optional"]), has_default=known.get("has_default") is True)


def _kinds(value: JSONValue) -> tuple[Kind, ...]:
    return tuple(cast("Kind", one) for one in as_list(value) if one in _KINDS)
