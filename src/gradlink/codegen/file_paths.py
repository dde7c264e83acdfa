"""Where in an argument files are, so that a generated client knows which texts are paths."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TypeAlias

from gradlink._describe.shapes import (
    Choice,
    File,
    Intersection,
    Many,
    Never,
    Record,
    Row,
    Shape,
    Text,
    Union,
    merged,
)

# Keys and indexes; None stands for each item.
Path: TypeAlias = "tuple[str | int | None, ...]"


def file_paths(shape: Shape) -> list[Path]:
    """Return where files are in a value of ``shape``; where a text may stand as well, a text is no file."""
    return list(dict.fromkeys(_walk(shape, ())))


def _walk(shape: Shape, path: Path) -> Iterator[Path]:
    match shape:
        case File():
            yield path
        case Many():
            yield from _walk(shape.items, (*path, None))
        case Row():
            for index, item in enumerate(shape.items):
                yield from _walk(item, (*path, index))
        case Record() if shape.fields:
            for field in shape.fields:
                yield from _walk(field.shape, (*path, field.name))
        case Record() if shape.rest is not None and not isinstance(shape.rest, Never):
            yield from _walk(shape.rest, (*path, None))
        case Union():
            texts = any(map(_may_be_text, shape.members))
            for member in shape.members:
                if not (texts and isinstance(member, File)):
                    yield from _walk(member, path)
        case Intersection():
            whole = merged(shape.parts)
            if whole is not None:
                yield from _walk(whole, path)
        case _:
            pass


def _may_be_text(shape: Shape) -> bool:
    return isinstance(shape, Text) or (
        isinstance(shape, Choice)
        and (any(isinstance(value, str) for value in shape.values) or "str" in shape.others + shape.left_out)
    )
