r"""Text of an app made safe to show: control characters, invisible order marks and half characters escaped.

An app is not trusted. Raw, its text could move the cursor, change the title or the clipboard of a terminal, reorder
what is read (bidirectional controls), begin a line of a log that looks like another one, or fail to be encoded (a
lone surrogate). The escapes are Python's: ``\x1b``, ``\u202e``.
"""

from __future__ import annotations

import re

# C0 and C1 controls and DEL, the bidirectional controls, the line and paragraph separators, lone surrogates. Not the
# other invisible characters: emoji and several scripts need joiners.
_UNSAFE = re.compile(
    "[\x00-\x1f\x7f-\x9f\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ud800-\udfff]"
)  # fmt: skip
_KEPT_IN_LINES = frozenset("\n\t")
_SHORT = {"\n": r"\n", "\r": r"\r", "\t": r"\t"}


def one_line(text: object) -> str:
    """Return ``str(text)`` on one line, safe to show; escaping twice changes nothing more."""
    shown = str(text)
    # Printable as Python means it is safe: none of what is escaped counts as that.
    return shown if shown.isprintable() else _UNSAFE.sub(_escaped, shown)


def lines(text: object) -> str:
    """Return ``str(text)`` safe to show, with its line feeds and tabs kept."""
    shown = str(text)
    return shown if shown.isprintable() else _UNSAFE.sub(_escaped_unless_kept, shown)


def _escaped_unless_kept(found: re.Match[str]) -> str:
    return found[0] if found[0] in _KEPT_IN_LINES else _escaped(found)


def _escaped(found: re.Match[str]) -> str:
    code = ord(found[0])
    return _SHORT.get(found[0]) or (f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}")
