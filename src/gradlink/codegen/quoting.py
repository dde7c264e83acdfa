"""The one way by which what an app says gets into generated code: as a literal, a comment or a name.

An app is not trusted: raw, a line end in its version or ``*/`` in a description would begin code of its own. Whatever
writes a module for a language takes every text of an app through one of these.
"""

from __future__ import annotations

import json
import math
import re
from typing import Final

from gradlink._text import one_line

_MAX_NAME: Final = 60
_SHORT: Final = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}
# A tag at the start of a word is an instruction to editors and compilers: "@ts-ignore", "{@link ...}".
_TAG: Final = re.compile(r"(?<!\w)@")


def literal(value: object) -> str | None:
    """Return a text, number, bool or None as JavaScript and JSON write it, in ASCII; None if it has no such form."""
    match value:
        case None | bool() | str():
            return json.dumps(value)
        # A longer number is not exact there; NaN and infinities are names, which are not known in a type.
        case int() if value.bit_length() <= 64:
            return json.dumps(value)
        case float() if math.isfinite(value):
            return json.dumps(value)
        case _:
            return None


def text_literal(text: str) -> str:
    """Return ``text`` as JavaScript and JSON write it, in ASCII."""
    return json.dumps(text)


def python_literal(value: object) -> str | None:
    """Return a short text, number, bool or None as Ruff's formatter writes it in Python; None if it has no such form."""
    match value:
        case None | bool():
            return repr(value)
        case str():
            return python_text(value)
        case int() if value.bit_length() <= 64:
            return repr(value)
        case float() if math.isfinite(value):
            return repr(value)
        case _:
            return None


def python_text(text: str) -> str:
    """Return ``text`` as a literal of Python on one line: quoted as Ruff's formatter quotes, unprintable characters escaped."""
    quote = "'" if text.count('"') > text.count("'") else '"'
    return f"{quote}{''.join(_SHORT.get(c) or _python_character(c, quote) for c in text)}{quote}"


def docstring_lines(text: str) -> list[str]:
    """Return ``text`` as lines of a raw docstring: none ends it, none is an example that doctest would run."""
    return [_documented(line) for line in text.splitlines()]


def docstring_line(text: str) -> str:
    """Return ``text`` as a part of one line of a raw docstring."""
    return _documented(text)


def comment_lines(text: str) -> list[str]:
    """Return ``text`` as lines that can stand in a comment of any kind: none of them ends it, or is a directive."""
    return [_defused(line) for line in text.splitlines()]


def comment_line(text: str) -> str:
    """Return ``text`` as one line that can stand in a comment."""
    return _defused(text)


def name_of(words: list[str], otherwise: str) -> str:
    """Return a name of ASCII letters and digits, each word with a capital; one that begins with no letter gets ``otherwise``."""
    parts = (part for word in words for part in re.findall(r"[A-Za-z0-9]+", word[:_MAX_NAME]))
    name = "".join(part[:1].upper() + part[1:] for part in parts)[:_MAX_NAME]
    return name if name[:1].isalpha() else otherwise + name


def label_of(text: str, otherwise: str) -> str:
    """Return a name of ASCII letters, digits and underscores that keeps to how ``text`` is written."""
    words = re.sub(r"\W+", "_", text[:_MAX_NAME], flags=re.ASCII)
    return words.strip("_").lstrip("0123456789") or otherwise


def _python_character(character: str, quote: str) -> str:
    if character in {quote, "\\"}:
        return f"\\{character}"
    return character if character.isprintable() else _escape(character)


def _escape(character: str) -> str:
    code = ord(character)
    if code < 0x100:
        return f"\\x{code:02x}"
    return f"\\u{code:04x}" if code < 0x10000 else f"\\U{code:08x}"


def _documented(line: str) -> str:
    shown = "".join(c if c.isprintable() else _SHORT.get(c) or _escape(c) for c in line)
    return shown.replace('"""', "'''").replace(">>>", "> > >").rstrip()


def _defused(line: str) -> str:
    return _TAG.sub(r"\\@", one_line(line).replace("*/", "* /")).rstrip()
