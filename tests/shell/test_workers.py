"""Threads for tasks: as few as will do, and never too few."""

from __future__ import annotations

import threading
import time
import weakref
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from gradlink._sync import threads as module
from gradlink._sync.clock import Clock
from gradlink._sync.threads import Threads
from gradlink._sync.workers import Workers, _Line

SECONDS = 60.0


@pytest.fixture
def clock() -> Iterator[Clock]:
    clock = Clock()
    yield clock
    clock.close()


@pytest.fixture
def threads() -> Iterator[Threads]:
    threads = Threads()
    yield threads
    threads.close()


def nothing() -> None:
    """Do nothing."""


def in_line(tasks: int, *, threads: int = 1) -> _Line:
    """Give a line whose threads are all busy, with so many tasks."""
    line = _Line()
    for _ in range(threads):
        assert line.take(nothing, threads)
        assert line._next() is nothing
    for _ in range(tasks):
        assert line.take(nothing, 1) == 0
    return line


def watched(line: _Line, limit: int = 8) -> int:
    begun = line.watch(limit)
    assert begun is not None
    return begun


def test_threads_that_begin_nothing_get_as_many_more() -> None:
    line = in_line(20)
    assert [list(line.grow(watched(line), 8)) for _ in range(3)] == [[2], [3, 4], [5, 6, 7, 8]]
    assert line.watch(8) is None  # there are to be no more


def test_there_are_no_more_threads_than_tasks() -> None:
    line = in_line(5, threads=4)
    assert list(line.grow(watched(line, 32), 32)) == [5, 6, 7, 8]
    assert list(line.grow(watched(line, 32), 32)) == [9, 10, 11, 12, 13]


def test_a_thread_that_begins_tasks_stays_alone() -> None:
    line = in_line(20)
    begun = watched(line)
    line._next()
    assert list(line.grow(begun, 8)) == []
    # Of two, both have to.
    two = in_line(20, threads=2)
    begun = watched(two)
    two._next()
    assert list(two.grow(begun, 8)) == [3, 4]


def test_nobody_looks_twice_or_where_nothing_waits() -> None:
    assert in_line(0).watch(8) is None
    line = in_line(1)
    begun = watched(line)
    assert line.watch(8) is None
    assert list(line.grow(begun, 8)) == [2]
    line._next()
    assert line.watch(8) is None


def test_tasks_that_wait_for_each_other_are_all_begun(clock: Clock, threads: Threads) -> None:
    workers = Workers(8, "test", threads, clock)
    barrier = threading.Barrier(9)
    for _ in range(8):
        assert workers.run(lambda: barrier.wait(SECONDS) and None)
    barrier.wait(SECONDS)
    workers.close()
    assert not workers.run(nothing)


@pytest.mark.parametrize("with_clock", [False, True])
def test_every_task_is_run_whatever_others_raise(
    clock: Clock, threads: Threads, *, with_clock: bool, caplog: Any
) -> None:
    workers = Workers(4, "test", threads, clock if with_clock else None)
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
    monkeypatch: pytest.MonkeyPatch, threads: Threads, caplog: Any
) -> None:
    workers = Workers(1, "test", threads)
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


def names() -> list[str]:
    return [thread.name for thread in threading.enumerate() if thread.name.startswith("gradlink")]


def came_to(condition: Callable[[], bool]) -> bool:
    """Wait until ``condition``; False if it does not come."""
    until = time.monotonic() + SECONDS
    while not condition() and time.monotonic() < until:
        time.sleep(0.001)
    return condition()


def test_an_idle_thread_does_work_of_any_kind(threads: Threads) -> None:
    idents: list[int] = []
    called: list[str] = []
    done = threading.Event()

    def task() -> None:
        idents.append(threading.get_ident())
        called.append(threading.current_thread().name)
        done.set()

    for kind in ("first", "second", "third"):
        workers = Workers(4, kind, threads)
        assert workers.run(task)
        assert done.wait(SECONDS)
        done.clear()
        assert came_to(lambda: names() == ["gradlink-idle"])
    assert called == ["gradlink-first-1", "gradlink-second-1", "gradlink-third-1"]
    assert len(set(idents)) == 1
    threads.close()
    assert came_to(lambda: names() == [])


def test_an_idle_thread_leaves_after_a_while(threads: Threads, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "IDLE_SECONDS", 0.01)
    for _ in range(20):
        done = threading.Event()
        threads.run(done.set, "gradlink-test")
        assert done.wait(SECONDS)
    assert came_to(lambda: names() == [])
    assert threads._idle._seats == []


def test_the_thread_that_was_busy_last_is_the_next_one(threads: Threads) -> None:
    barrier = threading.Barrier(3)
    for _ in range(2):
        threads.run(lambda: barrier.wait(SECONDS) and None, "gradlink-test")
    barrier.wait(SECONDS)
    assert came_to(lambda: len(threads._idle._seats) == 2)
    last = threads._idle._seats[-1]
    done = threading.Event()
    threads.run(done.set, "gradlink-test")
    assert done.wait(SECONDS)
    assert last not in threads._idle._seats
    assert last.name == "gradlink-test"


def test_work_is_done_after_the_threads_were_told_to_leave(threads: Threads) -> None:
    threads.close()
    done = threading.Event()
    threads.run(done.set, "gradlink-test")
    assert done.wait(SECONDS)
    assert came_to(lambda: names() == [])


def test_an_idle_thread_holds_on_to_nothing(threads: Threads) -> None:
    class Client:
        """What a task belongs to."""

        def work(self) -> None:
            done.set()

    done = threading.Event()
    client = Client()
    gone = weakref.ref(client)
    assert Workers(1, "test", threads).run(client.work)
    assert done.wait(SECONDS)
    assert came_to(lambda: names() == ["gradlink-idle"])
    del client
    assert came_to(lambda: gone() is None)
