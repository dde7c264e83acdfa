"""The threads of one client, each of which does one piece of work after the other, of whatever kind."""

from __future__ import annotations

import threading
from collections.abc import Callable

from gradlink._sync.changes import Changes

# Long enough that a program that calls now and then does not start a thread each time.
IDLE_SECONDS = 5.0


class Threads:
    """Has work done by a thread that is idle, or by a new one.

    The threads are daemons: they never keep the interpreter from ending. ``threading`` is used by attribute,
    so that gevent may patch it after gradlink was imported.
    """

    def __init__(self) -> None:
        self._idle = _Idle()

    def run(self, work: Callable[[], None], name: str) -> None:
        """Do ``work`` soon, in a thread that is called ``name`` meanwhile. Raises RuntimeError if the system gives no more threads."""
        if self._idle.lock_type is not threading.Lock:
            # gevent has patched threading since: idle threads are real ones, in which its locks do not wait well.
            self._idle.leave()
            self._idle = _Idle()
        if not self._idle.give(work, name):
            threading.Thread(target=self._idle.run, args=(work, name), name=name, daemon=True).start()

    def close(self) -> None:
        """Let idle threads leave now, and the others when they have done their work."""
        self._idle.leave()


class _Seat:
    """Where one idle thread waits for work."""

    def __init__(self) -> None:
        self.work: Callable[[], None] | None = None
        self.name = ""
        self.bell = threading.Lock()
        self.bell.acquire()


class _Idle:
    """The idle threads of one kind of lock, the one that has done something last at the end."""

    def __init__(self) -> None:
        self.lock_type = threading.Lock
        self._changed = Changes()
        self._seats: list[_Seat] = []
        self._leaving = False

    def give(self, work: Callable[[], None], name: str) -> bool:
        """Have an idle thread do ``work``; False if there is none."""
        with self._changed:
            if not self._seats:
                return False
            seat = self._seats.pop()
            seat.work, seat.name = work, name
            seat.bell.release()
            return True

    def leave(self) -> None:
        """Let those that are idle leave, now and later."""
        with self._changed:
            self._leaving = True
            while self._seats:
                self._seats.pop().bell.release()

    def run(self, work: Callable[[], None] | None, name: str) -> None:
        """Do one piece of work after the other, in a thread of its own, until none has come for a while."""
        thread = threading.current_thread()
        while work is not None:
            thread.name = name
            work()
            # A reference kept while idle would keep what the work belongs to alive.
            work = None
            thread.name = "gradlink-idle"
            work, name = self._wait()

    def _wait(self) -> tuple[Callable[[], None] | None, str]:
        """Wait for more; nothing if none comes."""
        seat = _Seat()
        with self._changed:
            if self._leaving:
                return None, ""
            self._seats.append(seat)
        seat.bell.acquire(timeout=IDLE_SECONDS)
        with self._changed:
            if seat in self._seats:
                self._seats.remove(seat)
            return seat.work, seat.name
