"""Versions of Gradio, and what they decide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._protocol.version import AppVersion


@pytest.mark.parametrize(
    ("text", "numbers"),
    [
        ("6.31.0", (6, 31, 0)),
        ("3.34.0\n", (3, 34, 0)),
        ("5.0.0b1", (5, 0, 0)),
        ("4.44.1+local.7", (4, 44, 1)),
        ("5.0.0-beta.2", (5, 0, 0)),
        ("1.2.3.4.5", (1, 2, 3, 4)),
        ("6", (6,)),
        ("", ()),
        ("unknown", ()),
    ],
)
def test_a_version_is_its_numbers(text: str, numbers: tuple[int, ...]) -> None:
    version = AppVersion(text)
    assert version.numbers == numbers
    assert version.major == (numbers[0] if numbers else 0)
    assert str(version) == text.strip()
    assert repr(version) == f"<AppVersion({text.strip()!r})>"


class PackagingVersion:
    """As ``packaging.version.Version`` prints itself."""

    def __str__(self) -> str:
        return "4.44.1"


@pytest.mark.parametrize(
    "other", ["4.44.1", "4.44.1.0", (4, 44, 1), AppVersion("4.44.1"), PackagingVersion()]
)
def test_a_version_equals_what_says_the_same(other: object) -> None:
    version = AppVersion("4.44.1")
    assert version == other
    assert not version < other
    assert version >= other


@pytest.mark.parametrize("other", ["4.44.2", "5", (4, 45), AppVersion("10.0.0")])
def test_a_version_is_before_a_newer_one(other: object) -> None:
    version = AppVersion("4.44.1")
    assert version < other
    assert version != other
    assert not version > other


NUMBERS = st.lists(st.integers(0, 50), min_size=1, max_size=3).map(tuple)


@given(one=NUMBERS, other=NUMBERS)
def test_versions_are_ordered_as_their_numbers(one: tuple[int, ...], other: tuple[int, ...]) -> None:
    a, b = (AppVersion(".".join(map(str, numbers))) for numbers in (one, other))
    padded_one, padded_other = ((*numbers, 0, 0, 0)[:3] for numbers in (one, other))
    assert (a < b, a == b, a > b) == (
        padded_one < padded_other,
        padded_one == padded_other,
        padded_one > padded_other,
    )
    assert a != b or hash(a) == hash(b)
