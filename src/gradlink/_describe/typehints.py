"""The Python type, as text, that a JSON Schema describes."""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Mapping
from typing import Final, Protocol

from gradlink._describe.jsonschema import MAX_LENGTH, Budget, referred
from gradlink._protocol.fileschema import describes_file
from gradlink._protocol.jsonvalue import JSONObject, as_list, as_object, as_text, get_path

_MAX_DEPTH: Final = 24
# What a schema costs at least: its brackets, None and separator, as in "dict[str, ] | None, ", rounded up.
_NODE_COST: Final = 24
_MAX_LITERAL: Final = 200

_ANY_JSON: Final = "str | float | bool | list | dict"
_PLAIN: Final = {"string": "str", "number": "float", "integer": "int", "boolean": "bool", "null": "None"}
_OBJECT_KEYS: Final = ("properties", "additionalProperties", "patternProperties")
_ARRAY_KEYS: Final = ("items", "prefixItems")


class Described(Protocol):
    """What is read of a parameter for its type; see ``schema.Parameter``."""

    @property
    def schema(self) -> object: ...
    @property
    def stated_type(self) -> str: ...


def python_type(schema: object) -> str:
    """Return the Python type that ``schema`` describes, as text for people.

    ``schema`` is any JSON value: what is not a schema, refers to itself or is too large reads ``Any``.
    Shapes: str, list[str], tuple[float, int], Literal['a', 'b'], str | None, dict[str, int],
    dict(title: str, size: int | None) for an object with known keys, filepath for a Gradio file.
    """
    return _Reader(schema).text(schema, 0)


def parameter_type(parameter: Described) -> str:
    """Return the type text of a parameter: that of its schema, or where it says nothing, what the server states."""
    text = python_type(parameter.schema)
    return text if text != "Any" else parameter.stated_type or text


def entry_type(entry: object) -> str:
    """Return the type text of one parameter or return value of ``/info``.

    The schema in ``type`` decides, so that all versions read alike: servers before 4.16 write
    ``Literal[add, sub]``, and before 6 spell a file out. Their own text is used when the schema says nothing.
    """
    text = python_type(get_path(entry, "type"))
    return text if text != "Any" else as_text(get_path(entry, "python_type", "type")) or text


class _Reader:
    """Writes the types of one root schema, within a budget of characters."""

    __slots__ = ("_budget", "_open", "_root")

    def __init__(self, root: object) -> None:
        self._root = root
        # Kept back: what each open bracket may still write once the budget is spent.
        self._budget = Budget(MAX_LENGTH - 40 * _MAX_DEPTH)
        # id() of the schemas that are being read: one that comes up again inside itself is a cycle.
        self._open: set[int] = set()

    def text(self, schema: object, depth: int) -> str:
        return " | ".join(_distinct(self._alternatives(schema, depth)))

    def _alternatives(self, schema: object, depth: int) -> list[str]:
        """Return the members of the union that ``schema`` is; one, mostly."""
        if not self._budget.spend(_NODE_COST) or depth >= _MAX_DEPTH:
            return ["Any"]
        known = as_object(schema)
        if not known or id(known) in self._open:
            return ["Never" if schema is False else "Any"]
        self._open.add(id(known))
        found = self._stated(known, depth + 1)
        self._open.discard(id(known))
        return [*found, "None"] if known.get("nullable") is True else found

    def _stated(self, schema: JSONObject, depth: int) -> list[str]:
        if "const" in schema:
            return self._literals([schema["const"]])
        # A drop-down without choices has an empty enum: its type still says what it takes.
        if choices := as_list(schema.get("enum")):
            return self._literals(choices)
        target = referred(self._root, schema.get("$ref"), self._budget)
        return self._combined(schema, depth) if target is None else self._alternatives(target, depth)

    def _combined(self, schema: JSONObject, depth: int) -> list[str]:
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
        return self._union(kinds, depth) if kinds else [self._by_type(schema, kind or None, depth)]

    def _by_type(self, schema: JSONObject, kind: object, depth: int) -> str:
        if isinstance(kind, str) and kind in _PLAIN:
            return _PLAIN[kind]
        if kind == "object" or (kind is None and _has(schema, *_OBJECT_KEYS)):
            return self._object(schema, depth)
        if kind == "array" or (kind is None and _has(schema, *_ARRAY_KEYS)):
            return self._array(schema, depth)
        # Gradio describes its JSON component in words alone: "any valid json".
        wordy = kind is None and "json" in (as_text(schema.get("description")) or "")[:200]
        return _ANY_JSON if wordy and self._budget.spend(_NODE_COST) else "Any"

    def _union(self, members: Iterable[object], depth: int) -> list[str]:
        found: list[str] = []
        for member in members:
            found += self._alternatives(member, depth)
            if self._budget.left <= 0:
                break
        return [text for text in found if text != "Never"] or found

    def _literals(self, values: Iterable[object]) -> list[str]:
        """Return ``Literal[...]`` for the values that have one, and the types of the others."""
        shown: list[str] = []
        others: list[str] = []
        for value in values:
            text = _literal(value)
            if not self._budget.spend(8 if text is None else len(text) + 4):
                shown.append("...")
                break
            if text is None:
                others.append("None" if value is None else type(value).__name__)
            else:
                shown.append(text)
        return ([f"Literal[{', '.join(_distinct(shown))}]"] if shown else []) + others

    def _object(self, schema: JSONObject, depth: int) -> str:
        properties = as_object(schema.get("properties"))
        if describes_file(properties.keys()):
            return "filepath"
        fields: list[str] = []
        for name, member in properties.items():
            shown = name if name.isidentifier() else repr(name[:_MAX_LITERAL])
            if not self._budget.spend(len(shown) + 4):
                fields.append("...")
                break
            fields.append(f"{shown}: {self.text(member, depth)}")
        if patterns := as_object(schema.get("patternProperties")):
            rest = " | ".join(_distinct(self._union(patterns.values(), depth)))
        else:
            others = schema.get("additionalProperties", not fields)
            rest = "" if others is False else self.text(others, depth)
        if rest and not fields:
            return f"dict[str, {rest}]"
        return f"dict({', '.join([*fields, f'**: {rest}'] if rest else fields)})"

    def _array(self, schema: JSONObject, depth: int) -> str:
        prefix, items = as_list(schema.get("prefixItems")), schema.get("items")
        if not prefix and isinstance(items, list):  # drafts before 2020-12
            prefix, items = items, schema.get("additionalItems")
        if not prefix:
            return f"list[{self.text(items, depth)}]"
        members: list[str] = []
        for member in prefix:
            members.append(self.text(member, depth))
            if self._budget.left <= 0:
                return f"tuple[{', '.join([*members, '*tuple[Any, ...]'])}]"
        if as_object(items):
            members.append(f"*tuple[{self.text(items, depth)}, ...]")
        return f"tuple[{', '.join(members)}]"

    def _intersection(self, schema: JSONObject, depth: int) -> list[str]:
        """Return an object with the keys of all parts, or else the parts joined by ``&``."""
        parts = list(self._parts(schema, depth))
        if parts and all(_has(part, *_OBJECT_KEYS) for part in parts):
            merged: JSONObject = {}
            properties: JSONObject = {}
            for part in parts:
                merged.update(part)
                fields = as_object(part.get("properties"))
                properties.update(fields if self._budget.spend(_NODE_COST * len(fields)) else {})
            return [self._object({**merged, "properties": properties}, depth)]
        said = _distinct(text for part in parts if (text := self.text(part, depth)) != "Any")
        if len(said) < 2:
            return said or ["Any"]
        return [" & ".join(f"({text})" if " | " in text else text for text in said)]

    def _parts(self, schema: JSONObject, depth: int) -> Iterator[JSONObject]:
        """Yield the schemas that must hold together, references and nested ``allOf`` undone."""
        own = _own(schema)
        if _has(own, *_OBJECT_KEYS, *_ARRAY_KEYS) or own.get("type") not in (None, "object"):
            yield own
        for member in as_list(schema.get("allOf")):
            if depth >= _MAX_DEPTH or not self._budget.spend(_NODE_COST):
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
    return {key: schema[key] for key in ("type", *_OBJECT_KEYS, *_ARRAY_KEYS) if key in schema}


def _has(schema: Mapping[str, object], *keys: str) -> bool:
    return any(key in schema for key in keys)


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))


def _literal(value: object) -> str | None:
    """Return ``value`` as Python writes it inside ``Literal``; None if it has no short form."""
    match value:
        case str() if len(value) <= _MAX_LITERAL:
            return repr(value)
        # Bools are ints. A longer number is nobody's choice, and Python refuses to print very long ones.
        case int() if value.bit_length() <= 64:
            return repr(value)
        case float() if math.isfinite(value):
            return repr(value)
        case _:
            return None
