"""Types of Python, as text for people."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Protocol, assert_never

from gradlink._describe.schema_reader import MAX_LITERAL, read_shape
from gradlink._describe.shapes import (
    AnyJson,
    Anything,
    Boolean,
    Choice,
    File,
    Intersection,
    Many,
    Never,
    Null,
    Number,
    Record,
    Row,
    Shape,
    Text,
    Union,
    merged,
)
from gradlink._protocol.jsonvalue import as_text, get_path

_ANY_JSON: Final = "str | float | bool | list | dict"


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
    return type_text(read_shape(schema))


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


def type_text(shape: Shape) -> str:
    """Return the Python type of ``shape``, as text for people."""
    return " | ".join(_distinct(_alternatives(shape)))


def _alternatives(shape: Shape) -> list[str]:
    """Return the members of the union that ``shape`` is; one, mostly."""
    match shape:
        case Text():
            return ["str"]
        case Boolean():
            return ["bool"]
        case Null():
            return ["None"]
        case Number():
            return ["int" if shape.whole else "float"]
        case Choice():
            return _choice(shape)
        case Many():
            return [f"list[{type_text(shape.items)}]"]
        case Row():
            rest = [] if shape.rest is None else [f"*tuple[{type_text(shape.rest)}, ...]"]
            return [f"tuple[{', '.join([*map(type_text, shape.items), *rest])}]"]
        case Record():
            return [_record(shape)]
        case File():
            return ["filepath"]
        case Union():
            return [text for member in shape.members for text in _alternatives(member)]
        case Intersection():
            return _intersection(shape)
        case AnyJson():
            return [_ANY_JSON]
        case Anything():
            return ["Any"]
        case Never():
            return ["Never"]
        case _:
            assert_never(shape)


def _choice(shape: Choice) -> list[str]:
    """Return ``Literal[...]`` for the values that have one, and the types of the others."""
    shown = [repr(value) for value in shape.values if value is not None]
    if shape.left_out:
        shown.append("...")
    others = ["None", *shape.others] if None in shape.values else shape.others
    return ([f"Literal[{', '.join(shown)}]"] if shown else []) + list(others)


def _record(shape: Record) -> str:
    """Return ``dict[str, ...]``, or where keys are known, ``dict(key: ..., **: ...)``."""
    fields = [f"{_key(field.name)}: {type_text(field.shape)}" for field in shape.fields]
    if shape.left_out:
        fields.append("...")
    if not fields and not isinstance(shape.rest, Never):
        return f"dict[str, {type_text(shape.rest or Anything())}]"
    if shape.rest is not None and not isinstance(shape.rest, Never):
        fields.append(f"**: {type_text(shape.rest)}")
    return f"dict({', '.join(fields)})"


def _key(name: str) -> str:
    return name if name.isidentifier() else repr(name[:MAX_LITERAL])


def _intersection(shape: Intersection) -> list[str]:
    """Return an object with the keys of all parts, or else the parts joined by ``&``."""
    if whole := merged(shape.parts):
        return [_record(whole)]
    texts = _distinct(map(type_text, shape.parts))
    if len(texts) < 2:
        return texts
    return [" & ".join(f"({text})" if " | " in text else text for text in texts)]


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
