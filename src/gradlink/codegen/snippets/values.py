"""Which values a program cannot have, in whatever language it is written."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence

from gradlink.codegen.snippets.calls import LocalFile, Secret, Value, Variable, WebFile

MAX_DEPTH = 100
# Python refuses to read or write longer numbers.
_MAX_BITS = 10_000


class Unwritable(Exception):  # noqa: N818  # says why, and becomes Snippet.impossible
    """A call cannot be written down."""


def check(value: Value) -> None:
    """Raise Unwritable if ``value`` is too deep, or no JSON and no file in it."""
    for leaf in leaves(value):
        if isinstance(leaf, int) and leaf.bit_length() > _MAX_BITS:
            raise Unwritable(f"a number has more than {_MAX_BITS} bits")
        if isinstance(leaf, float) and not math.isfinite(leaf):
            raise Unwritable(f"{leaf} is no JSON")


def leaves(value: Value, depth: int = 0) -> Iterator[Value]:
    """Yield what is in ``value`` and has nothing in it. Raises Unwritable if it is too deep."""
    if depth > MAX_DEPTH:
        raise Unwritable(f"a value is nested more than {MAX_DEPTH} deep")
    if isinstance(value, Mapping):
        for one in value.values():
            yield from leaves(one, depth + 1)
    elif isinstance(value, Sequence) and not isinstance(value, str):
        for one in value:
            yield from leaves(one, depth + 1)
    else:
        yield value


def local_files(value: Value) -> list[LocalFile]:
    """Return the files of this machine that are in ``value``."""
    return [leaf for leaf in leaves(value) if isinstance(leaf, LocalFile)]


def has_files(value: Value) -> bool:
    """Tell whether a program has to name a file in ``value``."""
    return any(
        isinstance(leaf, LocalFile | WebFile) or (isinstance(leaf, Variable) and leaf.file)
        for leaf in leaves(value)
    )


def secrets(value: Value) -> list[Secret]:
    """Return what must not stand in a program."""
    return [leaf for leaf in leaves(value) if isinstance(leaf, Secret)]
