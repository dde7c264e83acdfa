"""What an app says is shown with everything escaped that a terminal, a log or an encoding would not take as text."""

from __future__ import annotations

import sys
import unicodedata

import pytest

from gradlink._text import lines, one_line

BIDI = {"LRE", "RLE", "PDF", "LRO", "RLO", "LRI", "RLI", "FSI", "PDI"}
MARKS = {"\u200e", "\u200f", "\u061c"}


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("", ""),
        ("plain", "plain"),
        ("\x1b]0;title\x07", r"\x1b]0;title\x07"),
        ("\x9b1m", r"\x9b1m"),
        ("a\r\n\tb", r"a\r\n\tb"),
        ("\x7f\x00", r"\x7f\x00"),
        ("\u202e\u2066\u200f", r"\u202e\u2066\u200f"),
        ("\u2028\u2029\x85", r"\u2028\u2029\x85"),
        ("\ud800", r"\ud800"),
        ("C:\\new", "C:\\new"),
        (
            "\N{FAMILY}\N{ZERO WIDTH JOINER}\N{BOY} \u05d0 \xa0",
            "\N{FAMILY}\N{ZERO WIDTH JOINER}\N{BOY} \u05d0 \xa0",
        ),
    ],
)
def test_a_line_is_shown_as_what_it_says(text: str, shown: str) -> None:
    assert one_line(text) == shown
    assert one_line(shown) == shown


def test_lines_keep_what_makes_them_readable() -> None:
    assert lines("a\n\tb\r\x1b") == "a\n\tb\\r\\x1b"


@pytest.mark.slow("looks at every character there is")
def test_no_character_is_left_out() -> None:
    for code in range(sys.maxunicode + 1):
        character = chr(code)
        unsafe = (
            unicodedata.category(character) in {"Cc", "Cs", "Zl", "Zp"}
            or unicodedata.bidirectional(character) in BIDI
            or character in MARKS
        )
        assert (one_line(character) != character) is unsafe, hex(code)
        assert one_line(character).isascii() or not unsafe


def test_what_is_no_text_is_shown_as_its_text() -> None:
    assert one_line(ValueError("\x1b")) == r"\x1b"
