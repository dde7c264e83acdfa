"""The docstrings of a generated module, which say what the app says."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from gradlink.codegen.description import Argument, Function
from gradlink.codegen.python_layout import WIDTH
from gradlink.codegen.quoting import docstring_line, docstring_lines

_INDENT = " " * 4


def docstring(lines: Sequence[str], indent: str) -> list[str]:
    """Return ``lines``, which have no indent, as a docstring: the first one sums it up."""
    prefix = "r" if any("\\" in line for line in lines) else ""
    first, *rest = lines
    whole = f'{indent}{prefix}"""{first}"""'
    if not rest and len(whole) <= WIDTH and first[-1:] not in {'"', "\\"}:
        return [whole]
    return [f'{indent}{prefix}"""{first}', *(f"{indent}{line}".rstrip() for line in rest), f'{indent}"""']


def function_docstring(function: Function, arguments: Sequence[tuple[str, Argument]]) -> list[str]:
    """Return the docstring of a method; ``arguments`` have the names that they have there."""
    lines = _begun(function)
    noted = [(name, argument.text) for name, argument in arguments if argument.text]
    if noted:
        lines += ["", "Args:"]
        for name, text in noted:
            lines += _wrapped(f"{name}: {' '.join(docstring_lines(text))}", _INDENT, _INDENT * 2)
    return docstring(lines, _INDENT * 2)


def _begun(function: Function) -> list[str]:
    """Return what the app says of an endpoint; where that is no summary, one stands before it."""
    said = docstring_lines(function.text)
    plain = f"Call {docstring_line(function.name)[:60]} of the app."
    if not said:
        return [plain]
    first, *rest = said
    good = 1 < len(first) <= WIDTH - 16 and first[0] not in "\"' " and first[-1] not in "\"'\\"
    if not good or (rest and rest[0]):
        return [plain, "", *_paragraphs(said)]
    return [first, *_paragraphs(rest)]


def _paragraphs(lines: Sequence[str]) -> Iterator[str]:
    for line in lines:
        yield from _wrapped(line.strip(), "", "") or [""]


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    return textwrap.wrap(
        text,
        WIDTH - 8,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
