"""Ctrl-C in the middle of what must be done whole: it waits, it is not lost, and no lock stays taken."""

from __future__ import annotations

import select
import signal
import sys
import threading
from collections.abc import Iterator
from types import FrameType
from typing import Any

import pytest

from gradlink._sync import changes, interrupts
from gradlink._sync.changes import Changes
from gradlink._sync.interrupts import waiting, whole

SECONDS = 60.0


@pytest.fixture(autouse=True)
def handler() -> Iterator[None]:
    """Have Ctrl-C do what it usually does, before and after."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    now = signal.signal(signal.SIGINT, before)
    assert now is signal.default_int_handler
    assert interrupts._active is None


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def test_it_waits_for_the_end_of_the_block() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt):  # noqa: PT012  # what is done after it is what is tested
        with whole():
            press()
            done.append("all of it")
        done.append("more")
    assert done == ["all of it"]


def test_it_comes_where_nothing_can_be_lost() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), whole():  # noqa: PT012
        done.append("before")
        with waiting():
            press()
            done.append("not any more")
    assert done == ["before"]


def test_what_has_come_comes_before_waiting() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), whole():  # noqa: PT012
        press()
        done.append("before")
        with waiting():
            done.append("not any more")
    assert done == ["before"]


def test_what_is_whole_within_waiting_is_whole() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), whole(), waiting():  # noqa: PT012
        with whole():
            press()
            done.append("all of it")
        done.append("more")
    assert done == ["all of it"]


def test_waiting_within_what_is_whole_may_end_and_it_is_whole_again() -> None:
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), whole():  # noqa: PT012
        with waiting():
            done.append("waited")
        press()
        done.append("all of it")
    assert done == ["waited", "all of it"]


def test_it_waits_for_no_longer_than_that(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(interrupts, "PATIENCE_SECONDS", 0.01)
    with pytest.raises(KeyboardInterrupt), whole():  # noqa: PT012
        press()
        select.select([], [], [], SECONDS)
        pytest.fail("it did not come")


def test_it_is_not_sent_again_to_whoever_had_it(monkeypatch: pytest.MonkeyPatch) -> None:
    block = whole()
    with pytest.raises(KeyboardInterrupt), block:
        press()
    held = block._held
    assert held is not None
    assert held._caught is not None
    monkeypatch.setattr(interrupts, "PATIENCE_SECONDS", 0.0)
    held._send_again(held._caught)  # it would come here


def test_a_handler_that_raises_nothing_is_called_once() -> None:
    calls: list[int] = []
    signal.signal(signal.SIGINT, lambda number, frame: calls.append(number))
    with whole():
        press()
        press()  # twice is once
        assert calls == []
        with waiting():
            assert calls == [signal.SIGINT]
    assert calls == [signal.SIGINT]
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_a_handler_that_is_set_within_stays() -> None:
    calls: list[int] = []

    def handle(number: int, frame: FrameType | None) -> None:
        calls.append(number)

    with whole():
        signal.signal(signal.SIGINT, handle)
        press()
        assert calls == [signal.SIGINT]
    assert signal.getsignal(signal.SIGINT) is handle
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_where_it_is_ignored_nothing_is_done() -> None:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    with whole(), waiting():
        press()
        assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    signal.signal(signal.SIGINT, signal.default_int_handler)


def test_another_thread_changes_nothing_of_it() -> None:
    def enter() -> None:
        with whole(), waiting(), whole():
            pass

    def within() -> None:
        thread = threading.Thread(target=enter)
        thread.start()
        thread.join()

    within()
    done: list[str] = []
    with pytest.raises(KeyboardInterrupt), whole():  # noqa: PT012
        within()
        press()
        done.append("all of it")
    assert done == ["all of it"]


class Step:
    """Ctrl-C at one of the steps at which Python looks for signals: where a function begins, and where one has returned."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.pressed = False

    def profile(self, frame: FrameType, event: str, argument: Any) -> None:
        if event == "c_call" or frame.f_code.co_filename not in {changes.__file__, interrupts.__file__}:
            return
        self.left -= 1
        if self.left == 0:
            self.pressed = True
            press()


def test_no_step_leaves_a_lock_taken_or_ctrl_c_lost() -> None:
    number, interrupted = 0, True
    while interrupted:
        number += 1
        step, changed, came = Step(number), Changes(), False
        before = sys.getprofile()
        try:
            sys.setprofile(step.profile)
            with changed:
                changed.wait_for(lambda: True)
                changed.notify_all()
                changed.wait(0.0)
        except KeyboardInterrupt:
            came = True
        finally:
            sys.setprofile(before)
        interrupted = step.pressed
        assert came == step.pressed, number
        assert _is_free(changed), number
        assert signal.getsignal(signal.SIGINT) is signal.default_int_handler
        assert interrupts._active is None
    assert number > 20


def _is_free(changed: Changes) -> bool:
    """Tell whether another thread can take the lock."""
    taken: list[bool] = []

    def take() -> None:
        taken.append(changed.lock.acquire(blocking=False))
        if taken[0]:
            changed.lock.release()

    thread = threading.Thread(target=take)
    thread.start()
    thread.join()
    return taken[0]


def test_all_who_wait_are_woken() -> None:
    changed, woken = Changes(), threading.Semaphore(0)
    told: list[int] = []

    def wait(least: int) -> None:
        with changed:
            assert changed.wait_for(lambda: len(told) >= least, SECONDS)
        woken.release()

    threads = [threading.Thread(target=wait, args=(least,)) for least in (1, 1, 2)]
    for thread in threads:
        thread.start()
    for count in (2, 1):
        with changed:
            told.append(count)
            changed.notify_all()
        for _ in range(count):
            assert woken.acquire(timeout=SECONDS)
    for thread in threads:
        thread.join()


def test_one_who_waits_is_woken_by_notify() -> None:
    changed, woken = Changes(), threading.Event()
    ready = threading.Barrier(2)

    def wait() -> None:
        with changed:
            ready.wait()
            if changed.wait(SECONDS):
                woken.set()

    with changed:
        changed.notify()  # nobody waits, so it wakes nobody
        assert not changed.wait(0.0)
        assert not changed.wait_for(lambda: False, 0.0)
    thread = threading.Thread(target=wait)
    thread.start()
    ready.wait()
    with changed:  # which is free when it has begun to wait
        changed.notify()
    thread.join()
    assert woken.is_set()


def test_a_handler_may_take_what_its_thread_has() -> None:
    changed, heard = Changes(), threading.Event()

    def tell() -> None:
        with changed:
            changed.notify_all()
        heard.set()

    with changed, changed:  # as in the handler of another signal
        thread = threading.Thread(target=tell)
        thread.start()
        assert changed.wait(SECONDS)
    assert heard.wait(SECONDS)
    thread.join()
    assert _is_free(changed)
