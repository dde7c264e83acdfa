"""Which row is sent when, and in which order they are handed out."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gradlink.mapping.concurrency import Bounds, Concurrency
from gradlink.mapping.rows import MapRow
from gradlink.mapping.schedule import SPARE_ROWS, Item, Schedule


def schedule(limit: int, *, ordered: bool) -> Schedule:
    return Schedule(Concurrency(Bounds(limit, limit, limit), 0.0), ordered=ordered)


def send(line: Schedule) -> Item:
    item = Item(line.pulled(), "row")
    line.began(item, 0.0)
    return item


def taken(line: Schedule) -> list[int]:
    rows: list[MapRow] = []
    while (row := line.take()) is not None:
        rows.append(row)
    return [row.index for row in rows]


def test_rows_come_as_they_are_done() -> None:
    line = schedule(3, ordered=False)
    items = [send(line) for _ in range(3)]
    line.ended(items[2].ended("c"))
    line.ended(items[0].ended("a"))
    assert taken(line) == [2, 0]
    line.ended(items[1].ended("b"))
    assert taken(line) == [1]
    assert line.idle


def test_rows_come_in_their_order_if_that_is_wanted() -> None:
    line = schedule(3, ordered=True)
    items = [send(line) for _ in range(3)]
    line.ended(items[2].ended("c"))
    assert taken(line) == []
    line.ended(items[0].ended("a"))
    assert taken(line) == [0]
    line.ended(items[1].ended("b"))
    assert taken(line) == [1, 2]


def test_a_row_that_was_refused_is_sent_before_others_are_pulled() -> None:
    line = schedule(2, ordered=False)
    item = send(line)
    line.refused(item.index, 1.0, None)
    line.put_back(item)
    assert not line.has_room(1.0)
    assert line.has_room(2.0)
    assert not line.wants_row(2.0)
    assert line.next_again() == item
    line.began(item, 2.0)
    assert line.next_again() is None
    assert line.wants_row(2.0)


def test_a_row_of_another_process_is_asked_for_once() -> None:
    line = schedule(1, ordered=False)
    item = Item(line.pulled(), "row")
    line.await_other(item)
    assert line.awaits_others
    assert not line.idle
    assert line.has_room(0.0)  # it does not take a place
    assert line.awaited() == [item]
    assert line.awaited() == []


@given(st.data(), st.booleans(), st.integers(1, 6), st.integers(0, 60))
def test_each_row_is_handed_out_once_and_few_wait(
    data: st.DataObject, ordered: bool, limit: int, rows: int
) -> None:
    line = schedule(limit, ordered=ordered)
    running: list[Item] = []
    out: list[int] = []
    pulled = 0
    while len(out) < rows:
        while pulled < rows and line.wants_row(0.0):
            item = Item(line.pulled(), pulled)
            pulled += 1
            if data.draw(st.booleans()):  # as one that the journal has
                line.ended(item.ended("known"))
            else:
                line.began(item, 0.0)
                running.append(item)
        assert len(running) <= limit
        assert pulled - len(out) <= 3 * limit + SPARE_ROWS
        if running and data.draw(st.booleans()):
            item = running.pop(data.draw(st.integers(0, len(running) - 1)))
            line.ended(item.ended("done"))
        elif (row := line.take()) is not None:
            out.append(row.index)
        elif running:
            line.ended(running.pop(0).ended("done"))
    assert sorted(out) == list(range(rows))
    assert not ordered or out == sorted(out)
    assert line.idle
