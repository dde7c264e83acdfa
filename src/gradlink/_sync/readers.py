"""The readers of a client's streams, and the threads that read where nobody waits."""

from __future__ import annotations

import threading
import time
from functools import partial

from gradlink._flows.reading import SessionStream
from gradlink._protocol.router import SessionRouter
from gradlink._sync.clock import Clock
from gradlink._sync.driver import Driver
from gradlink._sync.jobcore import JobCore
from gradlink._sync.reader import Hold, StreamReader
from gradlink._sync.watch import Watch
from gradlink._sync.wire import Waker
from gradlink._sync.workers import Workers

# A stream whose reader was left for longer is watched: whoever waits for value after value is back before.
VACANT_SECONDS = 0.05
# The same for a stream that a caller has asked for before it sends its job: the answer may be far away.
SENDING_SECONDS = 0.25


class Readers:
    """The readers of one connection, one for each session whose stream is wanted.

    Args:
        most: threads that open the streams of the client's own sessions, or read those that cannot be watched.
        attached: the same for jobs of tickets: whoever collects many must not keep the client's own calls from being read.

    Attributes:
        watch: reads where nobody waits.
        openers: make the connections of streams, and of whatever else is read as it comes.
        hold: where streams wait a moment until they are asked for, None as long as nothing was submitted.
    """

    def __init__(self, driver: Driver, clock: Clock, most: int, attached: int) -> None:
        self._driver = driver
        self._clock = clock
        self.openers = Workers(most, "opener", driver.threads, clock)
        self._collectors = Workers(attached, "collector", driver.threads, clock)
        self.watch = Watch(driver.threads)
        self.hold: Hold | None = None
        self._readers: dict[SessionRouter[JobCore], StreamReader] = {}
        self._watched: set[StreamReader] = set()
        self._wakers: list[Waker] = []
        self._lock = threading.Lock()
        self._closed = False

    def open(self, stream: SessionStream[JobCore], *, by_caller: bool) -> None:
        """Have a stream read: by the caller that is about to wait for a job of it, or as soon as something comes."""
        reader = StreamReader(self._driver, stream, self)
        with self._lock:
            self._readers[stream.session] = reader
        if (hold := self.hold) is not None and hold.wanted and not by_caller:
            hold.add(reader)
            return
        begun = False
        try:
            begun = reader.begin()
        finally:  # also when Ctrl-C comes
            if begun and by_caller:
                reader.leave_lead(SENDING_SECONDS)
            else:
                reader.offer_lead()

    def of(self, session: SessionRouter[JobCore] | None) -> StreamReader | None:
        """Return the reader of a session's stream, None if no stream is wanted."""
        return None if session is None else self._readers.get(session)

    def catch_up(self, session: SessionRouter[JobCore]) -> None:
        """Read what has come for ``session`` and nobody has read."""
        if (reader := self._readers.get(session)) is not None:
            reader.catch_up()

    def stop(self, session: SessionRouter[JobCore]) -> None:
        """End the reading of a session's stream."""
        if (reader := self._readers.get(session)) is not None:
            reader.stop()

    def take_waker(self) -> Waker:
        """Lend what calls a thread that reads, until :meth:`return_waker`."""
        with self._lock:
            if self._wakers:
                return self._wakers.pop()
        return Waker()

    def return_waker(self, waker: Waker) -> None:
        waker.forget()
        with self._lock:
            if not self._closed:
                self._wakers.append(waker)
                return
        waker.close()

    def close(self) -> None:
        """Wake all who read, and let go of streams that nobody reads."""
        with self._lock:
            self._closed = True
            wakers, self._wakers = self._wakers, []
            # Of a stream that was left, its session may have another reader meanwhile.
            readers = {*self._readers.values(), *self._watched}
        for waker in wakers:
            waker.close()
        for reader in readers:
            reader.stop()
            reader.abandon()
        self.watch.close()
        self.openers.close()
        self._collectors.close()

    def start(self, reader: StreamReader) -> None:
        """Have a thread do what takes its time."""
        threads = self._collectors if reader.session.attached else self.openers
        if not threads.run(reader.run):
            reader.leave_lead()

    def look_at(self, reader: StreamReader) -> None:
        """Have a stream watched."""
        if not self.watch.add(reader):
            reader.leave_lead()

    def left(self, reader: StreamReader) -> None:
        """See to it that a stream that is left for long is read, or closed if that was missed while somebody read it."""
        with self._lock:
            closed = self._closed
            if not closed:
                if reader in self._watched:
                    return
                self._watched.add(reader)
        if closed:
            reader.abandon()
        else:
            self._clock.after(VACANT_SECONDS, partial(self._look_after, reader))

    def _look_after(self, reader: StreamReader) -> None:
        left = reader.left_at + VACANT_SECONDS - time.monotonic()
        if left > 0:
            self._clock.after(left, partial(self._look_after, reader))
            return
        with self._lock:
            self._watched.discard(reader)
        if reader.take_lead():
            reader.offer_lead()

    def over(self, reader: StreamReader) -> None:
        """Forget a reader."""
        with self._lock:
            if self._readers.get(reader.session) is reader:
                del self._readers[reader.session]
