"""Identifiers of Python made from an app's names and labels, for parameters that the server sends no name for."""

from __future__ import annotations

import keyword
import unicodedata
from collections.abc import Sequence
from typing import Final

# Characters of a label that a name is made of. Normalising takes quadratic time for marks without end.
_MAX_NAME: Final = 200


def identifiers(names: Sequence[str]) -> tuple[str, ...]:
    """Return an identifier for each of ``names``, all different.

    A name that is an identifier already stays, unless it is there before.
    """
    wanted = [_identifier(name, position) for position, name in enumerate(names)]
    # A made-up name must not take the place of a real one that comes later.
    taken = set(wanted)
    seen: set[str] = set()
    counts: dict[str, int] = {}
    result: list[str] = []
    for name in wanted:
        unique = name
        while unique in seen or (unique != name and unique in taken):
            counts[name] = counts.get(name, 1) + 1
            unique = f"{name}_{counts[name]}"
        seen.add(unique)
        result.append(unique)
    return tuple(result)


def _identifier(name: str, position: int) -> str:
    # Python reads the keywords of a call in this form.
    folded = unicodedata.normalize("NFKC", name[:_MAX_NAME])
    if not folded.isidentifier():
        spaced = "".join(c if f"_{c}".isidentifier() else " " for c in folded.lower())
        folded = unicodedata.normalize("NFKC", "_".join(spaced.split()))
    if not folded.isidentifier():
        folded = f"_{folded}" if folded and f"_{folded}".isidentifier() else f"param_{position}"
    return f"{folded}_" if keyword.iskeyword(folded) else folded
