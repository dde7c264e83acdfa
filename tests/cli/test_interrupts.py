"""Ctrl-C that a main thread does not notice by itself."""

from __future__ import annotations

import signal
import threading
import time
from pathlib import Path

import pytest

from gradlink.cli.interrupts import noticed


def open_files() -> int:
    """Return how many files this process has open; 0 where that cannot be seen."""
    folder = Path("/proc/self/fd")
    return len(list(folder.iterdir())) if folder.is_dir() else 0


def send_when(happened: threading.Event, times: int = 1) -> None:
    """Send SIGINT to the process from another thread: the main thread is not woken up by it."""

    def send() -> None:
        happened.wait()
        for _ in range(times):
            # To a thread that is not the main one, as if the main one had just looked for signals.
            signal.pthread_kill(threading.get_ident(), signal.SIGINT)

    threading.Thread(target=send, daemon=True).start()


def test_a_thread_that_waits_is_interrupted_all_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradlink.cli.interrupts._SECONDS", 0.02)
    for _ in range(3):
        with noticed():
            ready = threading.Event()
            send_when(ready)
            with pytest.raises(KeyboardInterrupt):  # noqa: PT012  # what interrupts comes at any of these lines
                ready.set()
                threading.Event().wait()
            # Once: nothing is sent again that was noticed.
            until = time.monotonic() + 0.1
            while time.monotonic() < until:
                threading.Event().wait(0.01)


def test_what_another_handler_has_taken_does_not_come_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradlink.cli.interrupts._SECONDS", 0.001)
    taken: list[int] = []
    with noticed():
        before = signal.signal(signal.SIGINT, lambda number, frame: taken.append(number))
        signal.raise_signal(signal.SIGINT)
        threading.Event().wait(0.05)  # in which it would be sent again
        signal.signal(signal.SIGINT, before)
        threading.Event().wait(0.05)
    assert taken == [signal.SIGINT]


def test_what_was_there_before_is_there_after_it() -> None:
    before = signal.getsignal(signal.SIGINT)
    waking = signal.getsignal(signal.SIGURG)
    threads = threading.active_count()
    files = open_files()
    with noticed():
        assert signal.getsignal(signal.SIGINT) is not before
    assert signal.getsignal(signal.SIGINT) is before
    assert signal.getsignal(signal.SIGURG) is waking
    assert threading.active_count() == threads
    assert open_files() == files


def test_another_handler_is_left_alone() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        with noticed():
            assert signal.getsignal(signal.SIGINT) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGINT, before)
