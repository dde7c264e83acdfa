"""Reads what nobody waits for as soon as something comes, all of it in one thread."""

from __future__ import annotations

import math
import select
import threading
from collections.abc import Iterable
from typing import Protocol

from gradlink._sync.threads import Threads
from gradlink._sync.wire import Waker
from gradlink._sync.workers import Workers


class Watched(Protocol):
    """What is read as soon as something comes: a stream, or the answer to a join."""

    def wait_on(self) -> int | None:
        """Return the descriptor of the socket that tells when there is something to read.

        None if it is not to be watched any more: whoever makes it has it go on where it may wait, unless it is over.
        """
        ...

    def patience(self) -> float | None:
        """Return in how many seconds it is to be read although its socket tells nothing; None for never."""
        ...

    def read_now(self, *, ready: bool) -> bool:
        """Read what has come, without waiting; return whether it is to be watched further.

        Args:
            ready: the socket has told that there is something; else it may be overdue.
        """
        ...

    def fail(self, exc: Exception) -> None:
        """Go on without being watched: it cannot be any more."""
        ...


class Watch:
    """What is watched of one connection. Nothing of it waits for anything but its socket."""

    def __init__(self, threads: Threads) -> None:
        # Its thread is there only while there is something to watch.
        self._workers = Workers(1, "reader", threads)
        self._lock = threading.Lock()
        # What has come since the thread looked last, and whether there is a thread that will look.
        self._new: list[Watched] = []
        self._waker: Waker | None = None
        self._running = False
        self._closed = False

    def add(self, watched: Watched) -> bool:
        """Watch one more; False if the client was closed."""
        with self._lock:
            if self._closed:
                return False
            self._new.append(watched)
            if self._running:
                if self._waker is not None:
                    self._waker.wake()
                return True
            self._running = True
        return self._workers.run(self._run)

    def close(self) -> None:
        """Take no more. What is there ends when it is stopped."""
        with self._lock:
            self._closed = True
        self._workers.close()

    def _run(self) -> None:
        waker = Waker()
        with self._lock:
            self._waker = waker
        sockets = _Sockets(waker)
        try:
            self._read_all(sockets)
        except Exception as exc:
            # Whatever it is: no job may wait for a thread that is gone.
            for one in (*sockets.leave(), *self._leave()):
                one.fail(exc)
        finally:
            waker.close()

    def _read_all(self, sockets: _Sockets) -> None:
        """Read until there is nothing any more."""
        while self._take_new(sockets):
            if sockets.watched:  # else what was added is over already, or goes on elsewhere
                _read(sockets, *sockets.wait())

    def _take_new(self, sockets: _Sockets) -> bool:
        """Watch what was added; False when there is nothing any more, and the thread is done."""
        with self._lock:
            new, self._new = self._new, []
            if not (new or sockets.watched):
                self._running = False
                self._waker = None
                return False
        sockets.aside += new
        sockets.put_back()
        return True

    def _leave(self) -> list[Watched]:
        """Let the next one that is added have another thread; return those that were added since."""
        with self._lock:
            new, self._new = self._new, []
            self._running = False
            self._waker = None
        return new


def _read(sockets: _Sockets, ready: list[int], overdue: list[int]) -> None:
    """Read what has come; nothing of it is held on to afterwards, since jobs hold what has them."""
    found = [sockets.take(number) for number in (*ready, *overdue)]
    # All that has come is read before anything is sent.
    for index, one in enumerate(found):
        if not one.read_now(ready=index < len(ready)):
            sockets.forget(one)
    sockets.put_back()


class _Sockets:
    """What is waited for at once: sockets by their numbers, and a waker.

    Attributes:
        watched: what is read when a socket has something, by its number.
        aside: what is not watched at the moment: while it is read, since what ends gives its socket back, and another one may have its
            number then.
    """

    def __init__(self, waker: Waker) -> None:
        self._waker = waker
        poll = getattr(select, "poll", None)
        self._poll = None if poll is None else poll()  # None on Windows
        self._numbers: set[int] = set()
        self._add(waker.reading.fileno())
        self.watched: dict[int, Watched] = {}
        self.aside: list[Watched] = []

    def take(self, number: int) -> Watched:
        """Put what has this number aside, and return it."""
        one = self.watched.pop(number)
        self.aside.append(one)
        self._numbers.discard(number)
        if self._poll is not None:
            self._poll.unregister(number)
        return one

    def forget(self, one: Watched) -> None:
        """Watch one no more, which is aside."""
        self.aside.remove(one)

    def put_back(self) -> None:
        """Watch all that is aside, as far as it is to be."""
        while self.aside:
            one = self.aside[0]
            number = one.wait_on()
            if number is not None:
                self.watched[number] = one
                self._add(number)
            del self.aside[0]

    def leave(self) -> list[Watched]:
        """Return all that there is."""
        return [*self.watched.values(), *self.aside]

    def wait(self) -> tuple[list[int], list[int]]:
        """Wait until something has come; return the numbers of those of which it has, and of those that are overdue."""
        shortest: float | None = None
        overdue: set[int] = set()
        for number, one in self.watched.items():
            seconds = one.patience()
            if seconds is not None and seconds <= 0:
                overdue.add(number)
            elif seconds is not None and (shortest is None or seconds < shortest):
                shortest = seconds
        ready = self._wait(0.0 if overdue else shortest)
        return ready, [*overdue.difference(ready)]

    def _add(self, number: int) -> None:
        self._numbers.add(number)
        if self._poll is not None:
            self._poll.register(number, select.POLLIN)

    def _wait(self, seconds: float | None) -> list[int]:
        """Return the numbers of the sockets that have something, after ``seconds`` at most or when the waker calls."""
        found: Iterable[int]
        if self._poll is None:
            found = select.select(list(self._numbers), [], [], seconds)[0]
        else:
            events = self._poll.poll(None if seconds is None else math.ceil(seconds * 1000))
            found = (number for number, _ in events)
        waker = self._waker.reading.fileno()
        ready: list[int] = []
        for number in found:
            if number == waker:
                self._waker.forget()
            else:
                ready.append(number)
        return ready
