"""Names for the parts of a document from which programs are generated: of ASCII, and different in any spelling."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

_MAX_NAME: Final = 60
_WORDS: Final = re.compile(r"[A-Za-z][A-Za-z0-9]*|[0-9]+")


class Names:
    """Gives names that differ in more than case and underscores: generators write them as they like best.

    Args:
        reserved: names that are not given.
    """

    __slots__ = ("_numbers", "_seen")

    def __init__(self, reserved: Iterable[str] = ()) -> None:
        self._seen = set(map(_key, reserved))
        self._numbers: dict[str, int] = {}

    def take(self, name: str, fallback: str, suffix: str = "") -> str:
        """Return a new name made of ``name``, in words with underscores: ``/v1/run-it`` becomes ``v1_run_it``.

        Args:
            fallback: the name of what has none that can be written; begins one that begins with a digit.
            suffix: the name with this behind it is taken, too.
        """
        base = "_".join(_WORDS.findall(name[:_MAX_NAME])) or fallback
        base = base if base[0].isalpha() else f"{fallback}_{base}"
        unique = base
        while {_key(unique), _key(unique + suffix)} & self._seen:
            self._numbers[_key(base)] = self._numbers.get(_key(base), 1) + 1
            unique = f"{base}_n{self._numbers[_key(base)]}"
        self._seen |= {_key(unique), _key(unique + suffix)}
        return unique


def type_name(name: str) -> str:
    """Return a name that was taken, as that of a type: ``v1_run_it`` becomes ``V1RunIt``."""
    return "".join(word[0].upper() + word[1:] for word in name.split("_") if word)


def constants(values: Sequence[str]) -> list[str]:
    """Return names for the values of an enumeration; none where generators can make them of the values."""
    if all(re.fullmatch("[A-Za-z][A-Za-z0-9 _-]*", value) for value in values):
        keys = {_key(re.sub("[ -]", "", value)) for value in values}
        if len(keys) == len(values):
            return []
    names = Names()
    return [names.take(value, "value").upper() for value in values]


def _key(name: str) -> str:
    return name.replace("_", "").lower()
