"""Ctrl-C that waits while the main thread is in the middle of what must be done whole.

What a thread has read of a stream, and not yet handed to the jobs that it is for, is nowhere else, and neither is the name
that the app has just given to a job. A KeyboardInterrupt in between would lose it: the app would go on with a job that
nobody could stop any more, and the other jobs of that stream would be lost with it.

Only the main thread is interrupted, and only by a handler of Python's; in other threads, or without one, these blocks do
nothing. What other signals raise (a time limit by SIGALRM, say) still comes anywhere.
"""

from __future__ import annotations

import _thread
import os
import signal
import sys
import threading
import time
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from types import FrameType
from typing import Any

# Ctrl-C comes after so long in any case: an app may take its time with an answer.
PATIENCE_SECONDS = 1.0

_Handler = Callable[[int, FrameType | None], Any]

_SIGINT = int(signal.SIGINT)
# What signal is made on: it makes no enumerations of numbers and handlers, which takes ten times as long as the rest.
_plain: Any = import_module("_signal")
_set_handler: Callable[[int, _Handler], Any] = _plain.signal
_get_handler: Callable[[int], Any] = _plain.getsignal


class whole:  # noqa: N801  # a statement, as those of contextlib
    """Have Ctrl-C wait for the end of the block, or for a :class:`waiting` in it, but never for long."""

    __slots__ = ("_held", "_might_come", "_outermost")

    def __enter__(self) -> None:
        held = _here()
        self._outermost = held is None
        if held is None:
            held = _begin()
        else:
            self._might_come, held.may_come = held.may_come, False
        self._held = held

    def __exit__(self, *_: object) -> None:
        if (held := self._held) is None:
            return
        if self._outermost:
            held.end()
        elif self._might_come:
            held.let_come()


class waiting:  # noqa: N801
    """Let Ctrl-C come within the block, where nothing can be lost: what has come meanwhile comes first."""

    __slots__ = ("_held", "_might_come")

    def __enter__(self) -> None:
        self._held = held = _here()
        if held is not None:
            self._might_come = held.may_come
            held.let_come()

    def __exit__(self, *_: object) -> None:
        if (held := self._held) is not None:
            held.may_come = self._might_come


class _Held:
    """Ctrl-C of one outermost block.

    Attributes:
        thread: the thread that is in the block.
        may_come: nothing would be lost at the moment.
    """

    def __init__(self, before: _Handler) -> None:
        self.thread = threading.get_ident()
        self.may_come = False
        self.handler: _Handler = self._handle
        self._before = before
        self._caught: tuple[int, FrameType | None] | None = None
        self._overdue = False
        self._ended = False
        # Held while it is seen to that a signal is sent again only to a block that still has it.
        self._resending = threading.Lock()

    def let_come(self) -> None:
        self.may_come = True
        if self._caught is None:
            return
        caught = self._take()
        if caught is not None:
            self.may_come = False
            self._before(*caught)
            self.may_come = True  # the handler is one that raises nothing

    def end(self) -> None:
        global _active  # noqa: PLW0603  # there is one main thread
        self.may_come = False
        with self._resending:
            self._ended = True
        _active = None
        if _get_handler(_SIGINT) is self.handler:
            _set_handler(_SIGINT, self._before)  # from here on it comes at once
        if self._caught is not None:
            self._before(*self._caught)

    def _take(self) -> tuple[int, FrameType | None] | None:
        with self._resending:
            caught, self._caught = self._caught, None
        return caught

    def _handle(self, number: int, frame: FrameType | None) -> None:
        """Take a Ctrl-C, in the main thread, which is anywhere."""
        if self.may_come or self.thread != threading.get_ident():
            self._caught = None
            self._before(number, frame)
        elif self._overdue:
            self._overdue = False
            if self._caught is not None and not self._ended:
                self._caught = None
                self._before(number, frame)
        elif self._caught is None:
            self._caught = caught = (number, frame)
            # Not a Thread, whose locks the main thread may just have.
            with suppress(RuntimeError):
                _thread.start_new_thread(self._send_again, (caught,))

    def _send_again(self, caught: tuple[int, FrameType | None]) -> None:
        time.sleep(PATIENCE_SECONDS)
        with self._resending:
            if self._caught is caught and not self._ended:
                self._overdue = True
                if sys.platform == "win32":
                    _thread.interrupt_main(_SIGINT)
                else:
                    os.kill(os.getpid(), _SIGINT)


_active: _Held | None = None


def _here() -> _Held | None:
    """Return what this thread is in."""
    held = _active
    return held if held is not None and held.thread == threading.get_ident() else None


def _begin() -> _Held | None:
    global _active  # noqa: PLW0603
    if threading.main_thread().ident != threading.get_ident():
        return None
    before = _get_handler(_SIGINT)
    if not callable(before):
        return None
    held = _Held(before)
    try:
        _set_handler(_SIGINT, held.handler)
    except ValueError:  # only the main interpreter may
        return None
    _active = held
    return held
