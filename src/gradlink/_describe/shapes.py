"""What values a JSON Schema allows, as a small tree: what types, forms and checks of values are made from.

``schema_reader`` makes it. Whoever uses it matches ``Shape`` exhaustively.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Final, Literal, TypeAlias

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONValue

Scalar: TypeAlias = bool | int | float | str | None
# What a JSON value is, by the name of its class in Python.
Kind: TypeAlias = Literal["bool", "int", "float", "str", "None", "list", "dict"]
_KINDS: Final[Mapping[type, Kind]] = {
    bool: "bool",
    int: "int",
    float: "float",
    str: "str",
    list: "list",
    dict: "dict",
}


@dataclass(frozen=True, slots=True)
class Text:
    """A string."""


@dataclass(frozen=True, slots=True)
class Boolean:
    """True or False."""


@dataclass(frozen=True, slots=True)
class Null:
    """None."""


@dataclass(frozen=True, slots=True)
class Number:
    """A number.

    Attributes:
        whole: it is an integer.
        minimum: the least one that is allowed, None if nothing is said of it.
        maximum: the largest one that is allowed, None if nothing is said of it.
    """

    whole: bool = False
    minimum: float | None = None
    maximum: float | None = None


@dataclass(frozen=True, slots=True)
class Choice:
    """One of several values.

    Attributes:
        values: those that have a short form, in their order, each once.
        others: of what kinds those are that have none, such as lists and long texts.
        left_out: of what kinds those are that were too many to read; empty if ``values`` and ``others`` are all.
    """

    values: tuple[Scalar, ...]
    others: tuple[Kind, ...] = ()
    left_out: tuple[Kind, ...] = ()


@dataclass(frozen=True, slots=True)
class Many:
    """A list of any length."""

    items: Shape


@dataclass(frozen=True, slots=True)
class Row:
    """A list whose first items have a shape each.

    Attributes:
        rest: of the items after them; None if nothing is said of any.
    """

    items: tuple[Shape, ...]
    rest: Shape | None = None


@dataclass(frozen=True, slots=True)
class Field:
    """A key of an object that is known.

    Attributes:
        required: it may not be left out.
        has_default: the schema says what it is if it is left out; ``default`` is that.
        description: in words, "" if there are none.
    """

    name: str
    shape: Shape
    required: bool = False
    has_default: bool = False
    default: JSONValue = None
    description: str = ""


@dataclass(frozen=True, slots=True)
class Record:
    """An object.

    Attributes:
        fields: the keys that are known, each name once.
        rest: of the values under all other keys: ``Never`` if there are none, None if nothing is said of them.
        left_out: there are more known keys, which were too many to read.
    """

    fields: tuple[Field, ...] = ()
    rest: Shape | None = None
    left_out: bool = False


@dataclass(frozen=True, slots=True)
class File:
    """A Gradio file, of any version."""


@dataclass(frozen=True, slots=True)
class Union:
    """Any of several shapes: at least two, none of which is a union."""

    members: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class Intersection:
    """All of several shapes at once: at least two; see ``merged``."""

    parts: tuple[Shape, ...]


@dataclass(frozen=True, slots=True)
class AnyJson:
    """Any JSON value, on purpose: what ``gr.JSON`` takes."""


@dataclass(frozen=True, slots=True)
class Anything:
    """Any value, since nothing is said of it, or since it is too deep, too large or inside itself."""


@dataclass(frozen=True, slots=True)
class Never:
    """No value at all."""


Shape: TypeAlias = (
    Text
    | Boolean
    | Null
    | Number
    | Choice
    | Many
    | Row
    | Record
    | File
    | Union
    | Intersection
    | AnyJson
    | Anything
    | Never
)


def kind_of(value: JSONValue) -> Kind:
    """Return what a JSON value is."""
    return _KINDS.get(type(value), "None")


def union(shapes: Iterable[Shape]) -> Shape:
    """Return the shape of what has any of these; ``Never`` for none."""
    members: list[Shape] = []
    for shape in shapes:
        members += shape.members if isinstance(shape, Union) else [shape]
    members = [member for member in members if not isinstance(member, Never)]
    if all(isinstance(member, Anything) for member in members):
        members = members[:1]
    if len(members) > 1:
        return Union(tuple(members))
    return members[0] if members else Never()


def merged(parts: Iterable[Shape]) -> Record | None:
    """Return the object that has all that these objects say; None if one of them is none.

    What a later one says of a key counts.
    """
    fields: dict[str, Field] = {}
    rest: Shape | None = None
    left_out = False
    for part in parts:
        if not isinstance(part, Record):
            return None
        for field in part.fields:
            before = fields.get(field.name)
            required = field.required or (before is not None and before.required)
            fields[field.name] = replace(field, required=required)
        rest = rest if part.rest is None else part.rest
        left_out = left_out or part.left_out
    return Record(tuple(fields.values()), rest, left_out)
