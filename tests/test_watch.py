"""One thread watches all that there is, and none is there when there is nothing."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator

import pytest

from gradlink._sync.threads import Threads
from gradlink._sync.watch import Watch

SECONDS = 60.0


class One:
    """What is watched: a socket that the test writes to.

    Args:
        reads: how often something is read of it, until it is over.
    """

    def __init__(self, reads: int) -> None:
        self.own, self.other = socket.socketpair()
        self.heard: list[bytes] = []
        self.failed: list[Exception] = []
        self._reads = reads

    def wait_on(self) -> int | None:
        return self.own.fileno() if self._reads else None

    def patience(self) -> float | None:
        return None

    def read_now(self, *, ready: bool) -> bool:
        assert ready
        self.heard.append(self.own.recv(10))
        if self.heard[-1] == b"broken":
            raise OSError("broken")
        self._reads -= 1
        return self._reads > 0

    def fail(self, exc: Exception) -> None:
        self.failed.append(exc)

    def say(self, text: bytes) -> None:
        count = len(self.heard)
        self.other.sendall(text)
        wait_until(lambda: len(self.heard) > count)


@pytest.fixture
def new_one() -> Iterator[Callable[[int], One]]:
    made: list[One] = []

    def make(reads: int) -> One:
        made.append(One(reads))
        return made[-1]

    yield make
    for one in made:
        one.own.close()
        one.other.close()


@pytest.fixture
def watch() -> Iterator[Watch]:
    threads = Threads()
    watch = Watch(threads)
    yield watch
    watch.close()
    threads.close()


def wait_until(happened: Callable[[], bool]) -> None:
    until = time.monotonic() + SECONDS
    while not happened():
        assert time.monotonic() < until
        threading.Event().wait(0.001)


def test_what_comes_is_read_until_it_is_over(watch: Watch, new_one: Callable[[int], One]) -> None:
    first, second = new_one(2), new_one(1)
    assert watch.add(first)
    assert watch.add(second)
    first.say(b"a")
    second.say(b"b")
    first.say(b"c")
    wait_until(lambda: not watch._running)
    assert (first.heard, second.heard) == ([b"a", b"c"], [b"b"])


def test_no_thread_waits_for_what_is_over_at_once(watch: Watch, new_one: Callable[[int], One]) -> None:
    for _ in range(3):
        assert watch.add(new_one(0))
        wait_until(lambda: not watch._running)


def test_what_breaks_the_thread_is_told_to_all_that_it_watched(
    watch: Watch, new_one: Callable[[int], One]
) -> None:
    broken, other = new_one(5), new_one(5)
    assert watch.add(broken)
    assert watch.add(other)
    broken.say(b"broken")
    wait_until(lambda: bool(broken.failed and other.failed))
    assert [str(exc) for exc in (*broken.failed, *other.failed)] == ["broken", "broken"]
    later = new_one(1)
    assert watch.add(later)
    later.say(b"x")


def test_a_watch_that_was_closed_takes_nothing(watch: Watch, new_one: Callable[[int], One]) -> None:
    watch.close()
    assert not watch.add(new_one(1))
