"""Streams are held back while joins are in line, and never for long."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gradlink._shell.limits import HELD_SECONDS
from gradlink._sync import held as module
from gradlink._sync.held import Held


class Hand:
    """A clock that the test moves; it is its own ``time`` and ``Clock``."""

    def __init__(self) -> None:
        self.now = 100.0
        self.due: list[tuple[float, Callable[[], None]]] = []

    def monotonic(self) -> float:
        return self.now

    def after(self, seconds: float, task: Callable[[], None]) -> None:
        self.due.append((self.now + seconds, task))

    def move(self, seconds: float) -> None:
        """Let time pass, and run what is due then."""
        self.now += seconds
        due = [task for at, task in self.due if at <= self.now]
        self.due = [(at, task) for at, task in self.due if at > self.now]
        for task in due:
            task()


class Reader:
    def __init__(self) -> None:
        self.resumed = 0

    def resume(self) -> None:
        self.resumed += 1


@pytest.fixture
def hand(monkeypatch: pytest.MonkeyPatch) -> Hand:
    hand = Hand()
    monkeypatch.setattr(module, "time", hand)
    return hand


def add(held: Held) -> Reader:
    reader: Any = Reader()
    held.add(reader)
    return reader


def new_held(hand: Any, line: list[str]) -> Held:
    return Held(hand, lambda: bool(line))


def test_a_stream_is_asked_for_at_once_if_nothing_is_in_line(hand: Hand) -> None:
    held = new_held(hand, [])
    assert add(held).resumed == 1
    assert not hand.due


def test_a_stream_is_asked_for_with_the_last_join_in_line(hand: Hand) -> None:
    line = ["join"]
    held = new_held(hand, line)
    readers = [add(held), add(held)]
    assert [reader.resumed for reader in readers] == [0, 0]
    line.clear()
    held.release()
    held.release()
    assert [reader.resumed for reader in readers] == [1, 1]


def test_a_stream_is_held_back_for_a_moment_at_most(hand: Hand) -> None:
    line = ["join"]
    held = new_held(hand, line)
    reader = add(held)
    hand.move(0.6 * HELD_SECONDS)
    other = add(held)
    assert (reader.resumed, other.resumed) == (0, 0)
    hand.move(0.6 * HELD_SECONDS)
    assert (reader.resumed, other.resumed) == (1, 1)


def test_each_is_held_back_for_its_own_moment(hand: Hand) -> None:
    line = ["join"]
    held = new_held(hand, line)
    first = add(held)
    hand.move(0.6 * HELD_SECONDS)
    held.release()
    second = add(held)
    hand.move(0.6 * HELD_SECONDS)
    assert (first.resumed, second.resumed) == (1, 0)
    hand.move(0.6 * HELD_SECONDS)
    assert second.resumed == 1
    # Nothing is set when nothing is held, and it begins anew.
    hand.move(HELD_SECONDS)
    assert not hand.due
    third = add(held)
    hand.move(HELD_SECONDS)
    assert third.resumed == 1
