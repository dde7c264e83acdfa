"""A value for every shape, which stands in a program until its reader has a better one."""

from __future__ import annotations

from typing import assert_never

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
from gradlink.codegen.snippets.calls import LocalFile, Value


def sample(shape: Shape) -> Value:
    """Return a value of ``shape``: as little as it allows, and what is plainly nobody's."""
    match shape:
        case Text():
            return "..."
        case Boolean():
            return False
        case Null() | Never():
            return None
        case Number():
            return _number(shape)
        case Choice():
            return shape.values[0] if shape.values else None
        case Many():
            return []
        case Row():
            return [sample(item) for item in shape.items]
        case Record():
            return {field.name: sample(field.shape) for field in shape.fields if field.required}
        case File():
            return LocalFile("file.txt")
        case Union():
            return sample(next((one for one in shape.members if not isinstance(one, Null)), Null()))
        case Intersection():
            whole = merged(shape.parts)
            return sample(shape.parts[0] if whole is None else whole)
        case AnyJson() | Anything():
            return {}
        case _:
            assert_never(shape)


def _number(shape: Number) -> float:
    minimum = 0 if shape.minimum is None else shape.minimum
    return int(minimum) if float(minimum).is_integer() else minimum
