"""Gradio versions."""

from __future__ import annotations

import re
from enum import Enum
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

    def at_least(self, *numbers: int) -> bool:
        """Tell whether this version is ``numbers`` or newer; an unknown version counts as newest."""
        return not self.numbers or self.numbers >= numbers

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


class CancelWay(Enum):
    """How a server cancels a job, by version."""

    CONNECTION = "connection"
    """Until 4.8: the job has a connection of its own, which is closed."""
    RESET = "reset"
    """4.9 - 4.30: by event id; nothing more is sent for it, and the session's stream does not end any more."""
    RUNNING = "running"
    """4.31 - 6.13: by session and function. A job that waits in the queue cannot be taken out of it: it would run all
    the same, and until 5.45 its second end breaks the session's stream."""
    SESSION = "session"
    """Since 6.14: by session and function; a job that waits is taken out of the queue."""


def cancel_way(version: AppVersion) -> CancelWay:
    """Return how a server of this version cancels."""
    if not version.at_least(4, 9):
        return CancelWay.CONNECTION
    if not version.at_least(4, 31):
        return CancelWay.RESET
    return CancelWay.SESSION if version.at_least(6, 14) else CancelWay.RUNNING
