"""The TypeScript type, as text, that a JSON Schema describes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

from gradlink._describe.jsonschema import MAX_LENGTH, Budget, referred
from gradlink._protocol.fileschema import describes_file
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_list, as_object
from gradlink.codegen.quoting import literal, text_literal

# As for Python's types: how deep a schema is read, and what each part of it costs.
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
_KINDS: Final[dict[type, str]] = {
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    type(None): "null",
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

    __slots__ = ("_budget", "_file", "_open", "_root", "_sent")

    def __init__(self, root: object, file: str, *, sent: bool) -> None:
        self._root = root
        self._file = file
        self._sent = sent
        self._budget = Budget(MAX_LENGTH)
        self._open: set[int] = set()

    def text(self, schema: object, depth: int) -> str:
        return _union(self._alternatives(schema, depth))

    def _alternatives(self, schema: object, depth: int) -> list[str]:
        known = as_object(schema)
        if not self._budget.spend(_NODE_COST) or depth >= _MAX_DEPTH or not known or id(known) in self._open:
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
        target = referred(self._root, schema.get("$ref"), self._budget)
        if target is not None:
            return self._alternatives(target, depth)
        kind = schema.get("type")
        members = as_list(schema.get("anyOf")) or as_list(schema.get("oneOf"))
        if members and not (isinstance(kind, str) and kind in _PLAIN) and "properties" not in schema:
            return [text for one in self._each(members, depth) for text in one]
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

    def _literals(self, values: Sequence[object]) -> list[str]:
        shown: list[str] = []
        for value in values:
            text = literal(value)
            if text is None or not self._budget.spend(len(text) + 3) or len(text) > _MAX_LITERAL:
                # A type that leaves choices out would refuse good values.
                self._budget.spend(len(values))
                return [
                    *dict.fromkeys(_KINDS.get(kind, "unknown") for kind in dict.fromkeys(map(type, values)))
                ]
            shown.append(text)
        return shown

    def _object(self, schema: JSONObject, depth: int) -> str:
        properties = as_object(schema.get("properties"))
        if describes_file(properties.keys()):
            return self._file
        required = frozenset(filter(_is_text, as_list(schema.get("required"))[: 2 * len(properties)]))
        fields: list[str] = []
        for name, member in properties.items():
            if not self._budget.spend(len(name) + 4):
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
        members = [_union(one) for one in self._each(prefix, depth)][: len(prefix)]
        if len(members) < len(prefix):
            return f"[{', '.join([*members, '...unknown[]'])}]"
        if as_object(items):
            members.append(f"...{self.text({'type': 'array', 'items': items}, depth)}")
        return f"[{', '.join(members)}]"

    def _each(self, members: list[JSONValue], depth: int) -> Iterator[list[str]]:
        """Yield the alternatives of each member, as far as the budget goes: the last one is unknown then."""
        for member in members:
            yield self._alternatives(member, depth)
            if self._budget.left <= 0:
                yield ["unknown"]
                return

    def _intersection(self, parts: list[JSONValue], depth: int) -> str:
        texts = [_union(one) for one in self._each(parts, depth)]
        said = [text for text in dict.fromkeys(texts) if text != "unknown"]
        return " & ".join(f"({text})" if " | " in text else text for text in said) or "unknown"


def _union(texts: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(texts))
    # "unknown" swallows the others, and says less than they do to whoever reads it.
    return "unknown" if "unknown" in distinct else " | ".join(distinct) or "unknown"


def _is_text(value: object) -> bool:
    return isinstance(value, str)
