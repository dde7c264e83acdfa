"""The TypeScript type, as text, that a JSON Schema describes."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from gradlink._protocol.jsonschema import describes_file, referred
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_list, as_object
from gradlink.codegen.quoting import literal, text_literal

# As for Python's types: what a schema may cost in all, and how deep it is read.
MAX_LENGTH: Final = 10_000
_MAX_DEPTH: Final = 16
_NODE_COST: Final = 16
_MAX_LITERAL: Final = 200

_PLAIN: Final = {
    "string": "string",
    "number": "number",
    "integer": "number",
    "boolean": "boolean",
    "null": "null",
}
_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*", re.ASCII)


def typescript_type(schema: object, *, file: str, sent: bool) -> str:
    """Return the TypeScript type that ``schema`` describes; ``unknown`` for what says nothing.

    Args:
        file: what a Gradio file is called there.
        sent: the value goes to the app, so that keys with a default may be left out.
    """
    return _Reader(schema, file, sent=sent).text(schema, 0)


def property_name(name: str) -> str:
    """Return ``name`` as a key of an object type."""
    return name if _IDENTIFIER.fullmatch(name) else text_literal(name)


class _Reader:
    """Writes the types of one root schema, within a budget of characters."""

    __slots__ = ("_file", "_left", "_open", "_root", "_sent")

    def __init__(self, root: object, file: str, *, sent: bool) -> None:
        self._root = root
        self._file = file
        self._sent = sent
        self._left = MAX_LENGTH
        self._open: set[int] = set()

    def text(self, schema: object, depth: int) -> str:
        return _union(self._alternatives(schema, depth))

    def _spend(self, characters: int) -> bool:
        self._left -= characters
        return self._left >= 0

    def _alternatives(self, schema: object, depth: int) -> list[str]:
        known = as_object(schema)
        if not self._spend(_NODE_COST) or depth >= _MAX_DEPTH or not known or id(known) in self._open:
            return ["unknown"]
        self._open.add(id(known))
        found = self._stated(known, depth + 1)
        self._open.discard(id(known))
        return [*found, "null"] if known.get("nullable") is True else found

    def _stated(self, schema: JSONObject, depth: int) -> list[str]:
        if "const" in schema:
            return self._literals([schema["const"]])
        if choices := as_list(schema.get("enum")):
            return self._literals(choices)
        target = referred(self._root, schema.get("$ref"))
        if target is not None:
            return self._alternatives(target, depth)
        kind = schema.get("type")
        members = as_list(schema.get("anyOf")) or as_list(schema.get("oneOf"))
        if members and not (isinstance(kind, str) and kind in _PLAIN) and "properties" not in schema:
            return [text for member in members for text in self._alternatives(member, depth)]
        if parts := as_list(schema.get("allOf")):
            return [self._intersection(parts, depth)]
        kinds = as_list(kind) or [kind]
        return [self._by_type(schema, one, depth) for one in kinds[:8]]

    def _by_type(self, schema: JSONObject, kind: object, depth: int) -> str:
        if isinstance(kind, str) and kind in _PLAIN:
            return _PLAIN[kind]
        if kind == "object" or (
            kind is None and ("properties" in schema or "additionalProperties" in schema)
        ):
            return self._object(schema, depth)
        if kind == "array" or (kind is None and ("items" in schema or "prefixItems" in schema)):
            return self._array(schema, depth)
        return "unknown"

    def _literals(self, values: Iterable[object]) -> list[str]:
        shown: list[str] = []
        for value in values:
            text = literal(value)
            if text is None or not self._spend(len(text) + 3) or len(text) > _MAX_LITERAL:
                # A type that leaves choices out would refuse good values.
                return [*dict.fromkeys(_kind_of(item) for item in values)]
            shown.append(text)
        return shown

    def _object(self, schema: JSONObject, depth: int) -> str:
        properties = as_object(schema.get("properties"))
        if describes_file(properties):
            return self._file
        required = as_list(schema.get("required"))
        fields: list[str] = []
        for name, member in properties.items():
            if not self._spend(len(name) + 4):
                return "Record<string, unknown>"
            always = name in required or (not self._sent and "default" in as_object(member))
            fields.append(f"{property_name(name)}{'' if always else '?'}: {self.text(member, depth)}")
        others = schema.get("additionalProperties", not fields)
        if fields:
            return f"{{ {'; '.join(fields)} }}"
        return "Record<string, never>" if others is False else f"Record<string, {self.text(others, depth)}>"

    def _array(self, schema: JSONObject, depth: int) -> str:
        prefix, items = as_list(schema.get("prefixItems")), schema.get("items")
        if not prefix and isinstance(items, list):
            prefix, items = as_list(items), schema.get("additionalItems")
        if not prefix:
            inner = self.text(items, depth)
            return f"({inner})[]" if " | " in inner or " & " in inner else f"{inner}[]"
        members = [self.text(member, depth) for member in prefix]
        if as_object(items):
            members.append(f"...{self.text({'type': 'array', 'items': items}, depth)}")
        return f"[{', '.join(members)}]"

    def _intersection(self, parts: list[JSONValue], depth: int) -> str:
        texts = [self.text(part, depth) for part in parts]
        said = [text for text in dict.fromkeys(texts) if text != "unknown"]
        return " & ".join(f"({text})" if " | " in text else text for text in said) or "unknown"


def _union(texts: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(texts))
    # "unknown" swallows the others, and says less than they do to whoever reads it.
    return "unknown" if "unknown" in distinct else " | ".join(distinct) or "unknown"


def _kind_of(value: object) -> str:
    match value:
        case bool():
            return "boolean"
        case int() | float():
            return "number"
        case str():
            return "string"
        case None:
            return "null"
        case _:
            return "unknown"
