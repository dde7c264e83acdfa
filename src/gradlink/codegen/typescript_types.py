"""The TypeScript type, as text, that a JSON Schema describes."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from typing import Final, assert_never

from gradlink._dataclass import dataclass
from gradlink._describe.schema_reader import read_shape
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
    kind_of,
)
from gradlink.codegen.quoting import literal, text_literal

_KINDS: Final[Mapping[Kind, str]] = {
    "bool": "boolean",
    "int": "number",
    "float": "number",
    "str": "string",
    "None": "null",
    "list": "unknown",
    "dict": "unknown",
}
_IDENTIFIER: Final = re.compile(r"[A-Za-z_$][A-Za-z0-9_$]*", re.ASCII)


def typescript_type(schema: object, *, file: str, sent: bool) -> str:
    """Return the TypeScript type that ``schema`` describes; ``unknown`` for what says nothing.

    Args:
        file: what a Gradio file is called there.
        sent: the value goes to the app, so that keys with a default may be left out.
    """
    return _Writer(file, sent).text(read_shape(schema))


def property_name(name: str) -> str:
    """Return ``name`` as a key of an object type."""
    return name if _IDENTIFIER.fullmatch(name) else text_literal(name)


@dataclass(frozen=True, slots=True)
class _Writer:
    """Writes the types of values that go one way."""

    file: str
    sent: bool

    def text(self, shape: Shape) -> str:
        return _union(self._alternatives(shape))

    def _alternatives(self, shape: Shape) -> list[str]:
        """Return the members of the union that ``shape`` is; one, mostly."""
        match shape:
            case Text():
                return ["string"]
            case Boolean():
                return ["boolean"]
            case Null():
                return ["null"]
            case Number():
                return ["number"]
            case Choice():
                return _choice(shape)
            case Many():
                return [self._array(shape.items)]
            case Row():
                rest = [] if shape.rest is None else [f"...{self._array(shape.rest)}"]
                return [f"[{', '.join([*map(self.text, shape.items), *rest])}]"]
            case Record():
                return [self._record(shape)]
            case File():
                return [self.file]
            case Union():
                return [text for member in shape.members for text in self._alternatives(member)]
            case Intersection():
                return [self._intersection(shape)]
            case AnyJson() | Anything():
                return ["unknown"]
            case Never():
                return ["never"]
            case _:
                assert_never(shape)

    def _array(self, items: Shape) -> str:
        inner = self.text(items)
        return f"({inner})[]" if " | " in inner or " & " in inner else f"{inner}[]"

    def _record(self, shape: Record) -> str:
        if shape.left_out:
            return "Record<string, unknown>"
        if shape.fields:
            return f"{{ {'; '.join(map(self._field, shape.fields))} }}"
        return f"Record<string, {self.text(shape.rest or Anything())}>"

    def _field(self, field: Field) -> str:
        always = field.required or (not self.sent and field.has_default)
        return f"{property_name(field.name)}{'' if always else '?'}: {self.text(field.shape)}"

    def _intersection(self, shape: Intersection) -> str:
        texts = dict.fromkeys(map(self.text, shape.parts))
        said = [text for text in texts if text != "unknown"]
        if len(said) < 2:
            return said[0] if said else "unknown"
        return " & ".join(f"({text})" if " | " in text else text for text in said)


def _choice(shape: Choice) -> list[str]:
    if shape.others or shape.left_out:
        # A type that leaves choices out would refuse good values.
        return [_KINDS[kind] for kind in (*map(kind_of, shape.values), *shape.others, *shape.left_out)]
    return [text for value in shape.values if (text := literal(value)) is not None]


def _union(texts: Iterable[str]) -> str:
    distinct = list(dict.fromkeys(texts))
    # "unknown" swallows the others, and says less than they do to whoever reads it.
    return "unknown" if "unknown" in distinct else " | ".join(distinct)
