"""Type expressions of Python, and lines of them as Ruff's formatter breaks them, so that nobody has to run it."""

from __future__ import annotations

from typing import Final, TypeAlias, assert_never

from gradlink._dataclass import dataclass

WIDTH: Final = 88
_INDENT: Final = "    "


@dataclass(frozen=True, slots=True)
class Word:
    """A name, or a literal."""

    text: str


@dataclass(frozen=True, slots=True)
class Subscript:
    """``name[arguments]``; at least one argument."""

    name: str
    arguments: tuple[Expression, ...]


@dataclass(frozen=True, slots=True)
class Alternatives:
    """``a | b``; at least two."""

    members: tuple[Word | Subscript, ...]


Expression: TypeAlias = Word | Subscript | Alternatives


def flat(expression: Expression) -> str:
    """Return ``expression`` on one line."""
    match expression:
        case Word():
            return expression.text
        case Subscript():
            return f"{expression.name}[{', '.join(map(flat, expression.arguments))}]"
        case Alternatives():
            return " | ".join(map(flat, expression.members))
        case _:
            assert_never(expression)


def laid_out(indent: str, before: str, expression: Expression, after: str = "") -> list[str]:
    """Return ``before``, ``expression`` and ``after`` in lines: one if it fits, otherwise with an argument on each."""
    line = f"{indent}{before}{flat(expression)}{after}"
    if len(line) <= WIDTH or isinstance(expression, Word):
        return [line]
    inner = indent + _INDENT
    match expression:
        case Subscript():
            # After a single argument a comma would make a tuple of it.
            comma = "," if len(expression.arguments) > 1 else ""
            arguments = [line for one in expression.arguments for line in laid_out(inner, "", one, comma)]
            return [f"{indent}{before}{expression.name}[", *arguments, f"{indent}]{after}"]
        case Alternatives():
            whole = f"{inner}{flat(expression)}"
            members = [
                line
                for number, one in enumerate(expression.members)
                for line in laid_out(inner, "| " if number else "", one)
            ]
            return [
                f"{indent}{before}(",
                *([whole] if len(whole) <= WIDTH else members),
                f"{indent}){after}",
            ]
        case _:
            assert_never(expression)
