"""Code as a tree, written on as few lines as fit: what formatters of Python and TypeScript would leave as it is."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Final, TypeAlias

from gradlink._dataclass import dataclass

WIDTH: Final = 88


@dataclass(frozen=True, slots=True)
class Atom:
    """What is not broken."""

    text: str


@dataclass(frozen=True, slots=True)
class Group:
    """What stands between brackets, on one line or an item on each.

    Attributes:
        opening: what stands before the items, with its bracket.
        closing: what stands after them.
        separator: what stands between them where they are on one line.
        ends: what each ends with where each has a line of its own; the last one, too.
        padding: what stands inside of the brackets where all is on one line.
        always: it is broken even where it would fit.
    """

    opening: str
    items: tuple[Code, ...]
    closing: str
    separator: str = ", "
    ends: str = ","
    padding: str = ""
    always: bool = False


Code: TypeAlias = Atom | Group


def before(text: str, code: Code) -> Code:
    """Return ``code`` with ``text`` before it."""
    match code:
        case Atom():
            return Atom(text + code.text)
        case Group():
            return replace(code, opening=text + code.opening)


def after(code: Code, text: str) -> Code:
    """Return ``code`` with ``text`` after it."""
    match code:
        case Atom():
            return Atom(code.text + text)
        case Group():
            return replace(code, closing=code.closing + text)


def flat(code: Code) -> str:
    """Return ``code`` on one line."""
    match code:
        case Atom():
            return code.text
        case Group():
            inner = code.separator.join(map(flat, code.items))
            padding = code.padding if inner else ""
            return f"{code.opening}{padding}{inner}{padding}{code.closing}"


def lines(code: Code, indent: str = "", step: str = "    ") -> Iterator[str]:
    """Yield the lines of ``code``, ``indent`` before each; ``step`` is what each level adds."""
    # What is very long is not joined to find out that it is.
    if isinstance(code, Atom) or not code.items or (_fits(code, len(indent)) and not _broken(code)):
        yield indent + flat(code)
        return
    yield indent + code.opening
    for item in code.items:
        yield from lines(after(item, code.ends), indent + step, step)
    yield indent + code.closing


def _fits(code: Code, start: int) -> bool:
    room = WIDTH - start
    waiting: list[Code] = [code]
    while waiting:
        one = waiting.pop()
        if isinstance(one, Atom):
            room -= len(one.text)
        else:
            room -= len(one.opening) + len(one.closing) + (len(one.items) - 1) * len(one.separator)
            room -= 2 * len(one.padding)
            waiting += one.items
        if room < 0:
            return False
    return True


def _broken(code: Code) -> bool:
    return isinstance(code, Group) and (code.always or any(map(_broken, code.items)))
