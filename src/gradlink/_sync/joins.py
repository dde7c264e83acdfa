"""Sends the jobs that were submitted, without a thread for each that is on its way.

The thread that watches the streams also sends joins over connections that are there, and takes their answers as they come. What may
take its time (files, a pause, a login, a new connection) is done by a thread for that.
"""

from __future__ import annotations

import logging
import threading
from collections import deque
from collections.abc import Callable
from functools import partial

from gradlink._engine.effects import Join
from gradlink._io import Flow, HttpReply, HttpRequest, Intent
from gradlink._shell.limits import STUCK_SECONDS, USUAL_LANES
from gradlink._sync.clock import Clock
from gradlink._sync.driver import Driver
from gradlink._sync.held import Held
from gradlink._sync.jobcore import JobCore
from gradlink._sync.posting import Posted, Reserved
from gradlink._sync.readers import Readers
from gradlink._sync.steps import Steps

_log = logging.getLogger("gradlink.connection")

MAX_LANES = 8


class Joins:
    """The joins of one connection, in line.

    There are up to four lanes at first, of which only one makes a connection if there is none. Where joins stay in line, as with a server
    far away, there are twice as many each 10 ms, up to eight.

    Args:
        url: where joins are sent.
        begin: returns the flow that sends a job.
        readers: watch the answers, and have threads for what may take its time; a stream is not asked for again at once while joins are in
            line.
    """

    def __init__(
        self,
        driver: Driver,
        url: str,
        begin: Callable[[Join[JobCore]], Flow[None]],
        readers: Readers,
        clock: Clock,
    ) -> None:
        self.driver = driver
        self.url = url
        self.begin = begin
        self._watch = readers.watch
        readers.hold = self._hold = Held(clock, lambda: bool(self._line))
        self._clock = clock
        self._workers = readers.openers
        # A signal handler may end a job whose place another one gets, in the thread that has it.
        self._lock = threading.RLock()
        self._line: deque[Join[JobCore]] = deque()
        self._lanes = 0
        # There were no connections for as many lanes as usual.
        self._is_short = False
        self._begun = 0
        self._looked_at = False

    def add(self, join: Join[JobCore]) -> None:
        """Send a job soon."""
        with self._lock:
            self._line.append(join)
            first = self._lanes == 0
            self._is_short = self._is_short and not first
            more = self._lanes < USUAL_LANES and not self._is_short
            look = not (first or self._looked_at) and self._lanes < MAX_LANES
            self._lanes += more
            self._looked_at = self._looked_at or look
            begun = self._begun
        if more:
            self.go_on(Lane(self, connects=first))
        if look:
            self._clock.after(STUCK_SECONDS, partial(self._look, begun))

    def next(self) -> Join[JobCore] | None:
        """Return the next one in line for a lane; None if there is none, and the lane is over."""
        with self._lock:
            if not self._line:
                self._lanes -= 1
                return None
            self._begun += 1
            join = self._line.popleft()
            last = not self._line
        if last:
            self._hold.release()
        return join

    def leave(self) -> bool:
        """End a lane that has no connection; False if it is the only one, and there are jobs in line."""
        with self._lock:
            if self._lanes == 1 and self._line:
                return False
            self._lanes -= 1
            self._is_short = True
            return True

    def go_on(self, lane: Lane) -> None:
        """Have a lane watched."""
        if not self._watch.add(lane):
            lane.work()  # the client was closed: there is nothing that it would wait for

    def hand_on(self, lane: Lane) -> None:
        """Have a lane go on in a thread that may wait."""
        if not self._workers.run(partial(self._work, lane)):
            lane.work()

    def _work(self, lane: Lane) -> None:
        lane.finish()
        self.go_on(lane)

    def _look(self, begun: int) -> None:
        """Have more lanes, unless each has begun a join since ``begun`` were."""
        with self._lock:
            stuck = bool(self._line) and self._begun - begun < self._lanes
            more = min(len(self._line), max(self._lanes, 1), MAX_LANES - self._lanes) if stuck else 0
            self._lanes += more
            self._looked_at = bool(self._line) and self._lanes < MAX_LANES
            looks, begun = self._looked_at, self._begun
        for _ in range(more):
            self.go_on(Lane(self, connects=True))
        if looks:
            self._clock.after(STUCK_SECONDS, partial(self._look, begun))


class Lane:
    """One join after the other over one connection.

    Args:
        connects: a connection is made for it if there is none.
    """

    def __init__(self, joins: Joins, *, connects: bool) -> None:
        self._joins = joins
        self._connects = connects
        self._reserved: Reserved | None = None
        # The job that is sent, how far its flow has come, what that asks for, and what was sent of it.
        self._job: JobCore | None = None
        self._steps: Steps | None = None
        self._intent: Intent | None = None
        self._posted: Posted | None = None

    def wait_on(self) -> int | None:
        """Send what can be sent without waiting; return the descriptor of the socket that the answer comes over.

        None if there is nothing to wait for here: the lane is over, or goes on in another thread.
        """
        while self._posted is None:
            if self._intent is None:
                if not self._begin_next():
                    return None
            elif not self._post(self._intent):
                self._joins.hand_on(self)
                return None
        return self._posted.fileno()

    def patience(self) -> float | None:
        """Return in how many seconds the answer is to be read although its socket tells nothing; None for never."""
        return None if self._posted is None else self._posted.patience()

    def read_now(self, *, ready: bool) -> bool:
        """Read what has come of the answer, without waiting; return whether the lane is to be watched further."""
        posted = self._posted
        if posted is None:
            return True
        try:
            reply = posted.read(ready=ready)
        except Exception as exc:
            self._let_go(posted)
            if posted.repeats:  # on a new connection
                self._joins.hand_on(self)
                return False
            self._throw(exc)
            return True
        if reply is not None:
            self._let_go(posted)
            self._answer(reply)
        return True

    def fail(self, exc: Exception) -> None:
        """Let what is on its way fail, and go on in another thread."""
        if self._posted is not None:
            self._let_go(self._posted)
            self._throw(exc)
        self._joins.hand_on(self)

    def finish(self) -> None:
        """Send the job that was begun, in this thread, which may wait."""
        self._end_reserved()
        intent, self._intent = self._intent, None
        if self._steps is not None and intent is not None:
            self._advance(partial(self._joins.driver.finish, self._steps, intent))

    def work(self) -> None:
        """Send all that is in line, in this thread."""
        self.finish()
        while self._begin_next():
            self.finish()

    def _begin_next(self) -> bool:
        """Begin to send the next job; False if the lane is over."""
        joins = self._joins
        if self._reserved is None or self._reserved.wire is None:
            self._end_reserved()
            self._reserved = joins.driver.reserve(joins.url)
            if self._reserved is None and not self._connects and joins.leave():
                return False
        join = joins.next()
        if join is None:
            self._end_reserved()
            return False
        self._job, self._steps = join.job, Steps(joins.begin(join))
        self._answer(None)
        return True

    def _post(self, intent: Intent) -> bool:
        """Send what the flow asks for; False if that may take its time."""
        reserved, steps = self._reserved, self._steps
        if reserved is None or reserved.wire is None or steps is None:
            return False
        if not isinstance(intent, HttpRequest):
            return False
        try:
            self._posted = self._joins.driver.post(intent, steps.scope, reserved)
        except Exception as exc:
            self._throw(exc)
            return True
        return self._posted is not None

    def _answer(self, reply: HttpReply | None) -> None:
        if self._steps is not None:
            self._advance(partial(self._steps.next, reply))

    def _throw(self, exc: Exception) -> None:
        if self._steps is not None:
            self._advance(partial(self._steps.throw, exc))

    def _advance(self, step: Callable[[], Intent | None]) -> None:
        """Run the flow on to what it asks for next, nothing at its end."""
        job, self._intent = self._job, None
        if job is None:
            return
        job.sender = threading.get_ident()
        try:
            self._intent = step()
        except Exception:
            _log.exception("a job could not be sent")
        finally:
            job.sender = None
        if self._intent is None:
            # A job that is pending has its client, which nobody may have any more.
            self._job = self._steps = None

    def _let_go(self, posted: Posted) -> None:
        self._posted = None
        posted.close()

    def _end_reserved(self) -> None:
        reserved, self._reserved = self._reserved, None
        if reserved is not None:
            reserved.end()
