"""Reads the streams that nobody waits for, all of them in one thread."""

from __future__ import annotations

import math
import select
import threading
from collections.abc import Callable, Iterable

from gradlink._sync.reader import StreamReader
from gradlink._sync.wire import Waker
from gradlink._sync.workers import Workers


class Watch:
    """The streams of one connection that are read as soon as something comes of one.

    It has the lead of each, and gives it back with the first message that finds somebody who waits for a job of that stream. What may take
    its time (a pause, a login, a new connection) is handed on.

    Args:
        hand_on: takes a stream, with its lead, that cannot be read without waiting for something else.
    """

    def __init__(self, hand_on: Callable[[StreamReader], None]) -> None:
        # Its thread is there only while there is a stream.
        self._workers = Workers(1, "reader")
        self._hand_on = hand_on
        self._lock = threading.Lock()
        # What has come since the thread looked last, and whether there is a thread that will look.
        self._new: list[StreamReader] = []
        self._waker: Waker | None = None
        self._running = False
        self._closed = False

    def add(self, reader: StreamReader) -> bool:
        """Read a stream from now on, with the lead of the caller's; False if the client was closed."""
        with self._lock:
            if self._closed:
                return False
            self._new.append(reader)
            if self._running:
                if self._waker is not None:
                    self._waker.wake()
                return True
            self._running = True
        return self._workers.run(self._run)

    def close(self) -> None:
        """Take no more streams. Those that are there end when they are stopped."""
        with self._lock:
            self._closed = True
        self._workers.close()

    def _run(self) -> None:
        waker = Waker()
        with self._lock:
            self._waker = waker
        streams: dict[int, StreamReader] = {}
        try:
            self._read_all(_Sockets(waker), streams)
        except Exception as exc:
            # Whatever it is: no job may wait for a thread that is gone.
            for reader in (*streams.values(), *self._leave()):
                reader.fail(exc)
        finally:
            waker.close()

    def _read_all(self, sockets: _Sockets, streams: dict[int, StreamReader]) -> None:
        """Read until there is no stream any more."""
        while self._take_new(sockets, streams):
            ready, overdue = _due(sockets, streams)
            for number in (*ready, *overdue):
                # Not watched while it is read: what ends gives its socket back, and another one may have its number then.
                reader = streams.pop(number)
                sockets.remove(number)
                if reader.read_now(ready=number not in overdue):
                    self._keep(reader, sockets, streams)

    def _take_new(self, sockets: _Sockets, streams: dict[int, StreamReader]) -> bool:
        """Watch what was added; False when there is nothing any more, and the thread is done."""
        with self._lock:
            new, self._new = self._new, []
            if not new and not streams:
                self._running = False
                self._waker = None
                return False
        for reader in new:
            self._keep(reader, sockets, streams)
        return True

    def _leave(self) -> list[StreamReader]:
        """Let the next stream that is added have another thread; return those that were added since."""
        with self._lock:
            new, self._new = self._new, []
            self._running = False
            self._waker = None
        return new

    def _keep(self, reader: StreamReader, sockets: _Sockets, streams: dict[int, StreamReader]) -> None:
        """Watch a stream, or hand it on if it cannot be watched."""
        number = reader.fileno()
        if number is None:
            self._hand_on(reader)
            return
        streams[number] = reader
        sockets.add(number)


def _due(sockets: _Sockets, streams: dict[int, StreamReader]) -> tuple[list[int], set[int]]:
    """Wait until something has come; return the streams of which it has, and those that were silent for too long."""
    shortest: float | None = None
    overdue: set[int] = set()
    for number, reader in streams.items():
        seconds = reader.patience()
        if seconds is not None and seconds <= 0:
            overdue.add(number)
        elif seconds is not None and (shortest is None or seconds < shortest):
            shortest = seconds
    ready = sockets.wait(0.0 if overdue else shortest)
    return ready, overdue.difference(ready)


class _Sockets:
    """What is waited for at once: sockets by their numbers, and a waker."""

    def __init__(self, waker: Waker) -> None:
        self._waker = waker
        poll = getattr(select, "poll", None)
        self._poll = None if poll is None else poll()  # None on Windows
        self._numbers: set[int] = set()
        self.add(waker.reading.fileno())

    def add(self, number: int) -> None:
        self._numbers.add(number)
        if self._poll is not None:
            self._poll.register(number, select.POLLIN)

    def remove(self, number: int) -> None:
        self._numbers.discard(number)
        if self._poll is not None:
            self._poll.unregister(number)

    def wait(self, seconds: float | None) -> list[int]:
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
