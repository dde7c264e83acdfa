"""Versions of Gradio, and what they decide."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._protocol.version import AppVersion, CancelWay, cancel_way


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


@pytest.mark.parametrize(
    ("text", "numbers", "at_least"),
    [
        ("4.44.1", (4, 44), True),
        ("4.44.1", (4, 44, 1), True),
        ("4.44.1", (4, 44, 2), False),
        ("4.9.0", (4, 31), False),
        ("5.0.0b1", (5,), True),
        ("", (99,), True),  # an unknown version counts as newest
    ],
)
def test_a_version_is_old_enough_or_not(text: str, numbers: tuple[int, ...], at_least: bool) -> None:
    assert AppVersion(text).at_least(*numbers) is at_least


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


@pytest.mark.parametrize(
    ("version", "way"),
    [
        ("3.50.2", CancelWay.CONNECTION),
        ("4.8.0", CancelWay.CONNECTION),
        ("4.9.0", CancelWay.RESET),
        ("4.29.0", CancelWay.RESET),
        ("4.31.0", CancelWay.RUNNING),
        ("6.13.0", CancelWay.RUNNING),
        ("6.14.0", CancelWay.SESSION),
        ("6.31.0", CancelWay.SESSION),
        ("", CancelWay.SESSION),
    ],
)
def test_each_release_has_its_way_to_cancel(version: str, way: CancelWay) -> None:
    assert cancel_way(AppVersion(version)) is way
