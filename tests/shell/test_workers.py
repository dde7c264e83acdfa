"""Threads for tasks: as few as will do, and never too few."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gradlink._sync.clock import Clock
from gradlink._sync.workers import Workers, _Pool

SECONDS = 60.0


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    yield clock
    clock.close()


def nothing() -> None:
    """Do nothing."""


def in_line(tasks: int, *, threads: int = 1) -> _Pool:
    """Give a pool whose threads are all busy, and its tasks in line."""
    pool = _Pool()
    for _ in range(threads):
        assert pool.take(nothing, threads)
        assert pool._next() is nothing
    for _ in range(tasks):
        assert pool.take(nothing, 1) == 0
    return pool


def watched(pool: _Pool, limit: int = 8) -> int:
    begun = pool.watch(limit)
    assert begun is not None
    return begun


def test_threads_that_begin_nothing_get_as_many_more() -> None:
    pool = in_line(20)
    assert [list(pool.grow(watched(pool), 8)) for _ in range(3)] == [[2], [3, 4], [5, 6, 7, 8]]
    assert pool.watch(8) is None  # there are to be no more


def test_there_are_no_more_threads_than_tasks() -> None:
    pool = in_line(5, threads=4)
    assert list(pool.grow(watched(pool, 32), 32)) == [5, 6, 7, 8]
    assert list(pool.grow(watched(pool, 32), 32)) == [9, 10, 11, 12, 13]


def test_a_thread_that_begins_tasks_stays_alone() -> None:
    pool = in_line(20)
    begun = watched(pool)
    pool._next()
    assert list(pool.grow(begun, 8)) == []
    # Of two, both have to.
    two = in_line(20, threads=2)
    begun = watched(two)
    two._next()
    assert list(two.grow(begun, 8)) == [3, 4]


def test_nobody_looks_twice_or_where_nothing_waits() -> None:
    assert in_line(0).watch(8) is None
    pool = in_line(1)
    begun = watched(pool)
    assert pool.watch(8) is None
    assert list(pool.grow(begun, 8)) == [2]
    pool._next()
    assert pool.watch(8) is None


def test_tasks_that_wait_for_each_other_are_all_begun(clock: Clock) -> None:
    workers = Workers(8, "test", clock)
    barrier = threading.Barrier(9)
    for _ in range(8):
        assert workers.run(lambda: barrier.wait(SECONDS) and None)
    barrier.wait(SECONDS)
    workers.close()
    assert not workers.run(nothing)


@pytest.mark.parametrize("with_clock", [False, True])
def test_every_task_is_run_whatever_others_raise(clock: Clock, *, with_clock: bool, caplog: Any) -> None:
    workers = Workers(4, "test", clock if with_clock else None)
    run: list[int] = []
    done = threading.Semaphore(0)

    def task(number: int) -> Callable[[], None]:
        def work() -> None:
            run.append(number)
            done.release()
            if number % 3 == 0:
                raise ValueError(number)

        return work

    for number in range(100):
        assert workers.run(task(number))
    for _ in range(100):
        assert done.acquire(timeout=SECONDS)
    workers.close()
    assert sorted(run) == list(range(100))


def test_a_thread_that_cannot_be_started_leaves_its_task_to_the_next(
    monkeypatch: pytest.MonkeyPatch, caplog: Any
) -> None:
    workers = Workers(1, "test")
    run: list[str] = []
    done = threading.Event()
    start = threading.Thread.start

    def refused(thread: threading.Thread) -> None:
        monkeypatch.setattr(threading.Thread, "start", start)
        raise RuntimeError("can't start new thread")

    monkeypatch.setattr(threading.Thread, "start", refused)
    assert workers.run(lambda: run.append("first"))
    assert "could not be started" in caplog.text
    assert workers.run(done.set)
    assert done.wait(SECONDS)
    assert run == ["first"]
    workers.close()
