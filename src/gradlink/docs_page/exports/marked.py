"""Texts of an app in Markdown, as GitHub shows it: nothing in them is markup, a link or HTML."""

from __future__ import annotations

import re
from html import escape
from typing import Final

from gradlink._text import lines, one_line

# What means something anywhere in a line.
_MARKS: Final = re.compile(r"[\\`*_\[\]<>|~&$@]")
# What makes a heading, a list, a quotation, a rule or a heading of the line before it.
_BLOCKS: Final = re.compile(r"^([#+=-]|\d{1,9}(?=[.)]))", re.MULTILINE)
# What becomes a link without any mark.
_LINKS: Final = re.compile(r"(https?|ftp)(?=://)|(www)(?=\.)", re.IGNORECASE)
_FENCES: Final = re.compile("`+")


def text(said: str) -> str:
    """Return lines of text in which nothing is markup."""
    # Indented lines would be code.
    marked = _inline("\n".join(one.strip() for one in lines(said).split("\n")))
    return _BLOCKS.sub(lambda found: f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}", marked)


def line(said: str) -> str:
    """Return a text on one line, for a heading, a list or a cell of a table."""
    return _inline(one_line(" ".join(said.split())))


def code(said: str) -> str:
    """Return a text as code within a line, or within a cell of a table."""
    shown = one_line(" ".join(said.split()))
    if not shown:
        return ""
    if not set("`|\\") & set(shown):
        return f"`{shown}`"
    # In a cell no fence keeps a backslash before a bar.
    return f"<code>{_MARKS.sub(lambda found: f'&#{ord(found[0])};', shown)}</code>"


def block(program: str, language: str) -> str:
    """Return a program as a block of code."""
    program = lines(program)
    longest = max((len(found) for found in _FENCES.findall(program)), default=0)
    fence = "`" * max(3, longest + 1)
    return f"{fence}{language}\n{program.rstrip()}\n{fence}"


def folded(title: str, content: str) -> str:
    """Return what is shown when its title is clicked."""
    return f"<details><summary>{escape(title)}</summary>\n\n{content}\n\n</details>"


def table(heads: list[str], rows: list[list[str]]) -> str:
    """Return a table; its cells are Markdown already."""
    return "\n".join(f"| {' | '.join(cells)} |" for cells in (heads, ["---"] * len(heads), *rows))


def _inline(said: str) -> str:
    return _LINKS.sub(lambda found: f"{found[0]}\\", _MARKS.sub(r"\\\g<0>", said))
