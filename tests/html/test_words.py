"""Numbers and texts as people read them."""

from __future__ import annotations

import math

import pytest

from gradlink._html.words import bytes_text, number_text, seconds_text, short


@pytest.mark.parametrize(
    ("count", "text"),
    [
        (0, "0 B"), (999, "999 B"), (1000, "1.0 kB"), (1550, "1.6 kB"), (9949, "9.9 kB"), (9950, "10 kB"),
        (999_499, "999 kB"), (999_500, "1.0 MB"), (20_000_000, "20 MB"), (3_200_000_000, "3.2 GB"),
        (10**12, "1.0 TB"), (5 * 10**15, "5,000 TB"),
    ],
)  # fmt: skip
def test_bytes(count: int, text: str) -> None:
    assert bytes_text(count) == text


@pytest.mark.parametrize(
    ("seconds", "text"),
    [
        (0, "0.0 s"), (0.44, "0.4 s"), (9.9, "9.9 s"), (12.4, "12 s"), (59.4, "59 s"), (59.6, "1 min 0 s"),
        (185, "3 min 5 s"), (7800, "2 h 10 min"), (-1, "?"), (math.nan, "?"), (math.inf, "?"),
    ],
)  # fmt: skip
def test_seconds(seconds: float, text: str) -> None:
    assert seconds_text(seconds) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (3, "3"),
        (3.0, "3"),
        (2.5, "2.5"),
        (12_000, "12,000"),
        (1e300, "1e+300"),
        (math.nan, "nan"),
        (-math.inf, "-inf"),
        (10**400, "inf"),
    ],
)
def test_numbers(value: float, text: str) -> None:
    assert number_text(value) == text


@pytest.mark.parametrize(
    ("given", "text"),
    [
        ("abc", "abc"),
        ("abcde", "abcde"),
        ("abcdef", "abcd…"),
        ("abc def", "abc…"),
        ("\n", r"\n"),
        (None, "None"),
        ("\x00\x00", r"\x00…"),
    ],
)
def test_a_text_is_cut_to_its_width(given: object, text: str) -> None:
    assert short(given, 5) == text
