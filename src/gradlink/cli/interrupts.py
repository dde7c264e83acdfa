"""Ctrl-C that is never missed.

A signal that arrives in the moment before the main thread goes to sleep is noticed when it wakes up, which may be never:
Python has looked for signals just before. Whoever types Ctrl-C while a call is sent meets that moment now and then. So
a main thread that has not noticed it is woken up, by another signal: SIGINT once more could come as a second one.
"""

from __future__ import annotations

import os
import select
import signal
import threading
from collections.abc import Generator
from contextlib import contextmanager, suppress
from types import FrameType

_SECONDS = 0.2
# Does nothing by itself, and nobody else uses it.
_WAKING = getattr(signal, "SIGURG", signal.SIGINT)


@contextmanager
def noticed() -> Generator[None]:
    """Have Ctrl-C raise KeyboardInterrupt in the main thread, whatever it waits for."""
    usable = threading.current_thread() is threading.main_thread() and hasattr(signal, "pthread_kill")
    if not usable or signal.getsignal(signal.SIGINT) is not signal.default_int_handler:
        yield  # somebody else cares for it, or nobody wants it
        return
    seen = threading.Event()

    def handle(number: int, frame: FrameType | None) -> None:
        seen.set()
        signal.default_int_handler(number, frame)

    reading, writing = os.pipe()
    os.set_blocking(writing, False)
    os.set_blocking(reading, False)
    watcher = threading.Thread(
        target=_watch, args=(reading, seen, threading.get_ident()), name="gradlink-interrupts", daemon=True
    )
    watcher.start()
    before = signal.set_wakeup_fd(writing, warn_on_full_buffer=False)
    waking = signal.signal(_WAKING, _nothing)
    signal.signal(signal.SIGINT, handle)
    try:
        yield
    finally:
        signal.signal(signal.SIGINT, signal.default_int_handler)
        signal.set_wakeup_fd(before)
        signal.signal(_WAKING, waking or signal.SIG_DFL)  # None if it is not of Python's
        seen.set()
        os.close(writing)
        watcher.join()
        os.close(reading)


def _watch(reading: int, seen: threading.Event, main: int) -> None:
    """Read which signals have arrived, and wake a main thread up that does not notice them.

    Where it has another handler meanwhile, as that of a server, it is woken for nothing.
    """
    while caught := _read(reading):
        if signal.SIGINT not in caught:
            continue
        while not seen.wait(_SECONDS):
            with suppress(ProcessLookupError):
                signal.pthread_kill(main, _WAKING)
        seen.clear()


def _nothing(number: int, frame: FrameType | None) -> None:
    pass


def _read(reading: int) -> bytes:
    """Wait for signals; return their numbers, none at the end."""
    select.select([reading], [], [])
    return os.read(reading, 64)
