"""Gradio versions."""

from __future__ import annotations

import re
from functools import total_ordering
from typing import cast

_DIGITS = re.compile(r"[0-9]+")
# A version is a few characters. What is longer is none: Python refuses to read a number of 4,301 digits at all.
_MAX_RELEASE = 100


@total_ordering
class AppVersion:
    """A Gradio version such as ``6.31.0``.

    It compares with strings, with tuples of numbers and with ``packaging.version.Version``.
    """

    __slots__ = ("numbers", "text")

    def __init__(self, text: str) -> None:
        # Up to 3.34 the version in /config ends with a newline.
        self.text = text.strip()
        release = re.split(r"[+\-]|[a-zA-Z]", self.text, maxsplit=1)[0]
        parts = _DIGITS.findall(release)[:4] if len(release) <= _MAX_RELEASE else []
        self.numbers = tuple(int(part) for part in parts)

    @property
    def major(self) -> int:
        """The first number, 0 if the version is unknown."""
        return self.numbers[0] if self.numbers else 0

    def __eq__(self, other: object) -> bool:
        return self._key(self) == self._key(other)

    def __lt__(self, other: object) -> bool:
        return self._key(self) < self._key(other)

    def __hash__(self) -> int:
        return hash(self._key(self))

    def __str__(self) -> str:
        return self.text

    def __repr__(self) -> str:
        return f"<AppVersion({self.text!r})>"

    @staticmethod
    def _key(other: object) -> tuple[int, ...]:
        if isinstance(other, AppVersion):
            numbers = other.numbers
        elif isinstance(other, tuple):
            numbers = tuple(int(part) for part in cast("tuple[int, ...]", other))
        else:
            numbers = AppVersion(str(other)).numbers
        return numbers + (0,) * (4 - len(numbers))
