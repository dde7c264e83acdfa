"""Secrets: what must not stand in a program, and what stands there instead."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

# A shorter text may stand anywhere by chance; what is typed into a box for passwords is hidden in any case.
MIN_LENGTH: Final = 4


class Secrets:
    """The secrets of a recording, with the variables of the environment that have them for a program."""

    def __init__(self) -> None:
        self._names: dict[str, str] = {}
        self._alone: set[str] = set()

    def add(self, text: str, name: str, *, alone: bool = False) -> str:
        """Note a secret; return the variable that has it.

        Args:
            text: the secret.
            name: how the variable is to be called; if it has another secret already, it gets a number.
            alone: it is one only where it is the whole value, as the name of a user is.
        """
        if text and text not in self._names:
            taken = set(self._names.values())
            wanted, count = name, 2
            while wanted in taken:
                wanted, count = f"{name}_{count}", count + 1
            self._names[text] = wanted
            if alone:
                self._alone.add(text)
        return self._names.get(text, name)

    def name_of(self, text: str) -> str | None:
        """Return the variable for ``text``, if that is a secret."""
        if len(text) < MIN_LENGTH:
            return None
        return self._names.get(text)

    def contains(self, text: str) -> bool:
        """Tell whether a secret is somewhere in ``text``."""
        return any(
            secret in text and (secret not in self._alone or secret == text)
            for secret in self._names
            if len(secret) >= MIN_LENGTH
        )

    @property
    def values(self) -> Mapping[str, str]:
        """The secrets by the names of their variables."""
        return {name: text for text, name in self._names.items()}


def environment_name(label: str) -> str:
    """Return a name for a variable of the environment, made of what a parameter is called."""
    words = re.sub(r"[^A-Za-z0-9]+", "_", label[:40]).strip("_").upper()
    return f"APP_{words}" if words else "APP_SECRET"
