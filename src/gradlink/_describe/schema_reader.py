"""The one reader of JSON Schemas: from what an app says to shapes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, cast

from gradlink._describe.jsonschema import MAX_LENGTH, Budget, referred
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
    kind_of,
    union,
)
from gradlink._protocol.fileschema import describes_file
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_list, as_object, as_text

MAX_DEPTH: Final = 24
# What a schema costs at least: its brackets, None and separator, as in "dict[str, ] | None, ", rounded up.
_NODE_COST: Final = 24
# Kept back: what each open bracket of a text may still need once the budget is spent.
_RESERVE: Final = 40 * MAX_DEPTH
# A longer text is nobody's choice.
MAX_LITERAL: Final = 200

_OBJECT_KEYS: Final = ("properties", "additionalProperties", "patternProperties")
_ARRAY_KEYS: Final = ("items", "prefixItems")
_BOUNDS: Final = ("minimum", "maximum")


def read_shape(schema: object) -> Shape:
    """Return what values ``schema`` allows.

    ``schema`` is any JSON value: what is not a schema, refers to itself, is too deep or too large is ``Anything``.
    The tree is at most 24 schemas deep, and its size is bounded by the budget of ``MAX_LENGTH`` characters.
    """
    return _Reader(schema).shape(schema, 0)


class _Reader:
    """Reads one root schema, within a budget."""

    __slots__ = ("_budget", "_open", "_root")

    def __init__(self, root: object) -> None:
        self._root = root
        self._budget = Budget(MAX_LENGTH - _RESERVE)
        # id() of the schemas that are being read: one that comes up again inside itself is a cycle.
        self._open: set[int] = set()

    def shape(self, schema: object, depth: int) -> Shape:
        if not self._budget.spend(_NODE_COST) or depth >= MAX_DEPTH:
            return Anything()
        known = as_object(schema)
        if not known or id(known) in self._open:
            return Never() if schema is False else Anything()
        self._open.add(id(known))
        found = self._stated(known, depth + 1)
        self._open.discard(id(known))
        return union([found, Null()]) if known.get("nullable") is True else found

    def _stated(self, schema: JSONObject, depth: int) -> Shape:
        if "const" in schema:
            return self._choice([schema["const"]])
        # A drop-down without choices has an empty enum: its type still says what it takes.
        if choices := as_list(schema.get("enum")):
            return self._choice(choices)
        target = referred(self._root, schema.get("$ref"), self._budget)
        return self._combined(schema, depth) if target is None else self.shape(target, depth)

    def _combined(self, schema: JSONObject, depth: int) -> Shape:
        """Read a schema that says nothing itself but combines others; any other one by its type."""
        kind = schema.get("type")
        # Members beside a full description only restrict it: "one of these keys is required".
        bare = kind in {None, "object", "array"} if isinstance(kind, str | None) else not kind
        bare = bare and not _has(schema, *_OBJECT_KEYS, *_ARRAY_KEYS)
        members = as_list(schema.get("anyOf")) or as_list(schema.get("oneOf"))
        if bare and members:
            return self._union(members, depth)
        if as_list(schema.get("allOf")):
            return self._intersection(schema, depth)
        # As many as there are types; a member may be a schema itself (drafts before 4).
        kinds = [{**_own(schema), "type": k} if isinstance(k, str) else k for k in as_list(kind)[:8]]
        return self._union(kinds, depth) if kinds else self._by_type(schema, kind or None, depth)

    def _by_type(self, schema: JSONObject, kind: object, depth: int) -> Shape:
        match kind:
            case "string":
                return Text()
            case "boolean":
                return Boolean()
            case "null":
                return Null()
            case "number" | "integer":
                return Number(kind == "integer", *(_bound(schema.get(key)) for key in _BOUNDS))
            case _:
                pass
        if kind == "object" or (kind is None and _has(schema, *_OBJECT_KEYS)):
            return self._object(schema, depth)
        if kind == "array" or (kind is None and _has(schema, *_ARRAY_KEYS)):
            return self._array(schema, depth)
        # Gradio describes its JSON component in words alone: "any valid json".
        wordy = kind is None and "json" in (as_text(schema.get("description")) or "")[:200]
        return AnyJson() if wordy and self._budget.spend(_NODE_COST) else Anything()

    def _union(self, members: Iterable[object], depth: int) -> Shape:
        found: list[Shape] = []
        for member in members:
            found.append(self.shape(member, depth))
            if self._budget.left <= 0:
                # What is not read may be anything.
                found.append(Anything())
                break
        return union(found)

    def _choice(self, values: list[JSONValue]) -> Shape:
        # By their texts: 1 and True are equal in Python.
        shown: dict[str, Scalar] = {}
        others: dict[Kind, None] = {}
        left_out: dict[Kind, None] = {}
        for number, value in enumerate(values):
            text = repr(value) if _is_short(value) else None
            if not self._budget.spend(8 if text is None else len(text) + 4):
                # No more than once for a root schema: nothing can be spent from here on.
                left_out = {kind_of(one): None for one in values[number:]}
                break
            if text is None:
                others[kind_of(value)] = None
            else:
                shown[text] = cast("Scalar", value)
        if shown.keys() == {"None"} and not others and not left_out:
            return Null()
        return Choice(tuple(shown.values()), tuple(others), tuple(left_out))

    def _object(self, schema: JSONObject, depth: int) -> Shape:
        properties = as_object(schema.get("properties"))
        if describes_file(properties.keys()):
            return File()
        # Not more than can be needed: they are looked through each time that the schema is referred to.
        listed = as_list(schema.get("required"))[: 2 * len(properties)]
        required = frozenset(name for name in listed if isinstance(name, str))
        fields: list[Field] = []
        left_out = False
        for name, member in properties.items():
            if not self._budget.spend(_cost(name)):
                left_out = True
                break
            about = as_object(member)
            fields.append(
                Field(
                    name,
                    self.shape(member, depth),
                    required=name in required,
                    has_default="default" in about,
                    default=about.get("default"),
                    description=as_text(about.get("description")) or "",
                )
            )
        return Record(tuple(fields), self._rest(schema, depth), left_out)

    def _rest(self, schema: JSONObject, depth: int) -> Shape | None:
        """Return the shape of the values under the keys that have no name; None if the schema says nothing of them."""
        if patterns := as_object(schema.get("patternProperties")):
            return self._union(patterns.values(), depth)
        if "additionalProperties" not in schema:
            return None
        others = schema["additionalProperties"]
        return Never() if others is False else self.shape(others, depth)

    def _array(self, schema: JSONObject, depth: int) -> Shape:
        prefix, items = as_list(schema.get("prefixItems")), schema.get("items")
        if not prefix and isinstance(items, list):  # drafts before 2020-12
            prefix, items = items, schema.get("additionalItems")
        if not prefix:
            return Many(self.shape(items, depth))
        members: list[Shape] = []
        for member in prefix:
            members.append(self.shape(member, depth))
            if self._budget.left <= 0:
                return Row(tuple(members), Anything())
        return Row(tuple(members), self.shape(items, depth) if as_object(items) else None)

    def _intersection(self, schema: JSONObject, depth: int) -> Shape:
        parts = [self.shape(part, depth) for part in self._parts(schema, depth)]
        said = [part for part in parts if not isinstance(part, Anything)]
        if len(said) < 2:
            return said[0] if said else Anything()
        if all(isinstance(part, Record | File) for part in said):
            names = {field.name for part in said if isinstance(part, Record) for field in part.fields}
            if describes_file(names) or any(isinstance(part, File) for part in said):
                return File()
        return Intersection(tuple(said))

    def _parts(self, schema: JSONObject, depth: int) -> Iterator[JSONObject]:
        """Yield the schemas that must hold together, references and nested ``allOf`` undone."""
        own = _own(schema)
        if _has(own, *_OBJECT_KEYS, *_ARRAY_KEYS) or own.get("type") not in (None, "object"):
            yield own
        for member in as_list(schema.get("allOf")):
            if depth >= MAX_DEPTH or not self._budget.spend(_NODE_COST):
                return
            reference = as_object(member).get("$ref")
            part = as_object(member if reference is None else referred(self._root, reference, self._budget))
            if "allOf" not in part:
                yield part
            elif id(part) not in self._open:
                self._open.add(id(part))
                yield from self._parts(part, depth + 1)
                self._open.discard(id(part))


def _own(schema: JSONObject) -> JSONObject:
    """Return what ``schema`` says by itself, without what it combines."""
    kept = ("type", *_OBJECT_KEYS, "required", *_ARRAY_KEYS, "additionalItems", *_BOUNDS)
    return {key: schema[key] for key in kept if key in schema}


def _has(schema: Mapping[str, object], *keys: str) -> bool:
    return any(key in schema for key in keys)


def _is_short(value: JSONValue) -> bool:
    """Tell whether ``value`` can be written down as a choice."""
    match value:
        case str():
            return len(value) <= MAX_LITERAL
        # Bools are ints. A longer number is nobody's choice, and Python refuses to print very long ones.
        case int():
            return value.bit_length() <= 64
        case float():
            return math.isfinite(value)
        case _:
            return value is None


def _bound(value: JSONValue) -> float | None:
    """Return a limit that a schema sets for numbers, if it is one."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return value if _is_short(value) else None


def _cost(name: str) -> int:
    """Return the characters that a key takes with its colon and comma, each of which may have to be escaped."""
    return len(name if len(name) > MAX_LENGTH else repr(name)) + 4
