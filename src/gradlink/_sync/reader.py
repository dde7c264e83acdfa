"""Reads the stream of one session, by one thread at a time: one that waits for a job of it, or the one for all others."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, Protocol

from gradlink._flows.reading import SessionStream
from gradlink._protocol.router import SessionRouter
from gradlink._shell.failures import unread
from gradlink._sync.driver import Driver
from gradlink._sync.interrupts import waiting, whole
from gradlink._sync.jobcore import JobCore
from gradlink._sync.livestream import LiveStream
from gradlink._sync.wire import Waker
from gradlink.errors import GradlinkError, StreamLostError

if TYPE_CHECKING:
    from gradlink._sync.door import LiveAnswer


class Hold(Protocol):
    """Where streams wait a moment until they are asked for."""

    @property
    def wanted(self) -> bool:
        """More is to be sent than can be sent at once: what comes of it may come over one stream."""
        ...

    def add(self, reader: StreamReader) -> None:
        """Have ``reader`` resumed in a moment, with the lead that the caller has."""
        ...


class Owner(Protocol):
    """What has the readers of a client, and threads for them."""

    @property
    def hold(self) -> Hold | None: ...

    def start(self, reader: StreamReader) -> None:
        """Have :meth:`StreamReader.run` called by a thread for what takes its time, which has the lead then."""
        ...

    def look_at(self, reader: StreamReader) -> None:
        """Have the stream watched, with the lead that the caller has, until something comes for :meth:`StreamReader.read_now`."""
        ...

    def left(self, reader: StreamReader) -> None:
        """Note that the lead was left to nobody."""
        ...

    def over(self, reader: StreamReader) -> None:
        """Note that no job needs a stream any more."""
        ...


class StreamReader:
    """The one reader of a session's stream: a second one would steal its messages.

    Whoever has the lead reads, and nobody else touches the stream. A thread that waits for a job takes it where nobody has it, so
    that messages need not be handed from one thread to another; the thread that watches the other streams leaves it to such a one. Whoever
    makes the reader has the lead first.

    Attributes:
        left_at: when the lead was left last, as ``time.monotonic()``.
    """

    def __init__(self, driver: Driver, stream: SessionStream[JobCore], owner: Owner) -> None:
        self._driver = driver
        self._stream = stream
        self._owner = owner
        self._lock = threading.Lock()
        # Who reads: a job that is waited for, or the reader itself for a thread of gradlink's.
        self._leader: object = self
        self._over = False
        self._waiting: list[JobCore] = []
        self.left_at = 0.0
        self._live: LiveStream | None = None
        self._answer: LiveAnswer | None = None
        # What has ended the stream that was read last, for as long as that has had no consequence.
        self._ended: tuple[GradlinkError | None] | None = None
        # Messages that were read may not be with their jobs yet.
        self._between = False
        # The next stream is asked for in a moment, together with what is sent until then.
        self._held = False

    @property
    def session(self) -> SessionRouter[JobCore]:
        """Whose stream it reads."""
        return self._stream.session

    # -- the lead ---------------------------------------------------------------------------------

    def take_lead(self) -> bool:
        """Take the lead if nobody has it and there is something to read."""
        with self._lock:
            if self._leader is not None or self._over:
                return False
            self._leader = self
            return True

    def lead_for(self, job: JobCore) -> bool:
        """Take the lead for a thread that waits for ``job``, or note that it would. Caller holds the job's lock."""
        with self._lock:
            if self._over:
                return False
            if self._leader is not None:
                if job not in self._waiting:
                    self._waiting.append(job)
                return False
            self._leader = job
            return True

    def let_go(self, job: JobCore) -> None:
        """Pass the lead on that was taken for ``job``, if it still is: the thread that waits was interrupted."""
        if self._leader is job:
            self._pass_on()

    def leave_lead(self, patience: float = 0.0) -> None:
        """Leave the lead to those who wait, or to nobody, which is looked after that many seconds later than usual."""
        with self._lock:
            self._leader = None
            self.left_at = time.monotonic() + patience
            waiting, self._waiting = self._waiting, []
            over = self._over
        for job in waiting:
            with job.changed:
                job.changed.notify_all()
        if not over:
            self._owner.left(self)

    # -- reading, for those who have the lead -------------------------------------------------------

    def begin(self) -> bool:
        """Ask for the stream without waiting for it, if there is a connection for that."""
        try:
            self._stream.begin()
            self._live = self._driver.begin_stream(self._stream.ask(), kept=True)
        except GradlinkError as exc:
            self._ended = (unread(exc, opened=False),)
        return self._live is not None

    def resume(self) -> None:
        """Ask for a stream that was held back."""
        self.begin()
        self.offer_lead()

    def run(self) -> None:
        """Do what takes its time, in a thread for that, until the stream can be read as it comes or no job needs one."""
        while self._ended is None or self._finish():
            if self._live is None and not self._open():
                self._ended = (self._read_blocking(None),)
            elif self._live is not None and self._live.odd is not None:
                self._ended = (self._read_blocking(self._live),)
            elif self._ended is None:
                self.offer_lead()
                return

    def offer_lead(self) -> None:
        """Leave the lead to a thread that waits for a job, else have the stream watched, or opened first."""
        if self._is_for_thread:
            self._hand_on()
        elif self._waiting:
            self.leave_lead()
        else:
            self._owner.look_at(self)

    def wait_on(self) -> int | None:
        """Return the descriptor of the socket that tells when there is something to read.

        None if something else is to be done first, which a thread for that does.
        """
        if self._live is None or self._is_for_thread:
            self._hand_on()
            return None
        return self._live.fileno()

    def patience(self) -> float | None:
        """Return in how many seconds it is to be read although its socket tells nothing; None for never."""
        return None if self._live is None else self._live.patience()

    def fail(self, exc: Exception) -> None:
        """End the stream, which cannot be watched any more, and draw the consequences in a thread for that."""
        self._ended = (unread(exc, opened=self._stream.opened),)
        self._owner.start(self)

    def read_now(self, *, ready: bool) -> bool:
        """Read what has come, without waiting; return whether the stream is to be watched further.

        Args:
            ready: the socket has told that there is something; else the stream may be overdue.
        """
        try:
            self._step(0.0, None, ready=ready)
            self._finish_clean()
        except Exception as exc:  # as in any other step
            self._ended = (unread(exc, opened=self._stream.opened),)
        if self._over:
            return False
        if self._is_for_thread:
            self._hand_on()
            return False
        if self._waiting:
            self.leave_lead()
            return False
        return True

    def read_for(self, satisfied: Callable[[], bool], until: float | None, waker: Waker) -> None:
        """Read in this thread until ``satisfied()`` or ``until``; what would hold it up is left to another one.

        Caller is within a ``whole()`` block.
        """
        try:
            while not satisfied() and not self._is_for_thread and not self._over:
                left = None if until is None else until - time.monotonic()
                if left is not None and left <= 0:
                    break
                self._step(left, waker)
                if self._ended is not None:
                    self._finish_clean()
        finally:
            self._pass_on()

    def catch_up(self) -> None:
        """Read what has come, if nobody has the lead, without waiting."""
        with whole():
            if not self.take_lead():
                return
            try:
                while self._live is not None and not self._is_for_thread and self._live.wait(0.0, None):
                    self._step(0.0, None)
                    self._finish_clean()
            except GradlinkError as exc:
                self._ended = (unread(exc, opened=self._stream.opened),)
            finally:
                self._pass_on()

    def stop(self) -> None:
        """Wake the thread that reads, by closing its socket."""
        for source in (self._live, self._answer):
            if source is not None:
                source.stop()

    def abandon(self) -> None:
        """Let go of a stream that nobody reads, since the client closes."""
        if self.take_lead():
            self._close_live()
            with self._lock:
                self._over = True

    @property
    def _is_for_thread(self) -> bool:
        """What comes next may take its time: a pause, a login, a new connection, an answer that is read to its end."""
        if self._over:
            return False
        return self._ended is not None or self._live is None or self._live.odd is not None

    def _pass_on(self) -> None:
        if self._between:
            # Interrupted, as by another signal's handler, between reading and delivering: messages may be missing.
            self._between = False
            self._ended = (StreamLostError("the thread that read the stream of messages was interrupted"),)
        if self._is_for_thread:
            self._leader = self
            self._hand_on()
        else:
            self.leave_lead()

    def _hand_on(self) -> None:
        """Leave what comes next, and the lead, to a thread for that, or to the moment when the stream is asked for."""
        held, self._held = self._held, False
        if held and (hold := self._owner.hold) is not None:
            hold.add(self)
        else:
            self._owner.start(self)

    def _step(self, seconds: float | None, waker: Waker | None, *, ready: bool = False) -> None:
        """Hand on what has come of the stream, waiting for it unless something is ``ready``."""
        live, stream = self._live, self._stream
        if live is None:
            return
        try:
            if not ready:
                with waiting():
                    ready = live.wait(seconds, waker)
            if not ready:
                if waker is not None:
                    waker.forget()
                return
            self._between = True
            texts = live.read()
            if live.answered and not stream.opened:
                stream.answered(200)
            if texts is None or (texts and not stream.take(texts)):
                self._ended = (None,)
        except Exception as exc:  # whatever it is, the jobs must not wait for a reader that is gone
            self._ended = (unread(exc, opened=stream.opened),)
        self._between = False

    def _open(self) -> bool:
        """Ask for a stream; False if its door has none that can be read as it comes."""
        self._stream.begin()
        try:
            self._live = self._driver.begin_stream(self._stream.ask())
        except Exception as exc:
            self._ended = (unread(exc, opened=False),)
            return True
        return self._live is not None

    def _finish_clean(self) -> None:
        """Draw the consequences of an end that the server has announced, which need no pause."""
        if self._ended is not None and self._stream.closed and self._finish():
            hold = self._owner.hold
            self._held = hold is not None and hold.wanted
            if not self._held:
                self.begin()

    def _finish(self) -> bool:
        """Draw the consequences of the end of a stream; return whether another one is to be read."""
        (error,), self._ended = self._ended or (None,), None
        self._close_live()
        more = self._driver.run(self._stream.end(error))
        if not more:
            with self._lock:
                self._over = True
                waiting, self._waiting = self._waiting, []
            for job in waiting:
                with job.changed:
                    job.changed.notify_all()
            self._owner.over(self)
        return more

    def _read_blocking(self, live: LiveStream | None) -> GradlinkError | None:
        """Read a stream, or refusals of one, in this thread; return what has ended it, None for its own end."""
        driver, stream = self._driver, self._stream
        try:
            source = driver.open_stream(stream.ask()) if live is None else live.blocking()
            while True:
                with source as events:
                    self._answer = events.response
                    if stream.answered(events.response.status_code):
                        for texts in events:
                            if not stream.take(texts):
                                break
                        return None
                    reply = driver.refusal(events.response)
                driver.run(stream.refused(reply))
                source = driver.open_stream(stream.ask())
        except Exception as exc:  # whatever it is, the jobs must not wait for a reader that is gone
            return unread(exc, opened=stream.opened)
        finally:
            self._answer = None

    def _close_live(self) -> None:
        live, self._live = self._live, None
        if live is not None:
            live.close()
