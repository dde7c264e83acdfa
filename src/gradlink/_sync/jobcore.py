"""A call on its way, as its connection has it, for threads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, nullcontext

from gradlink._flows.sending import CANCEL_SECONDS, Sendable
from gradlink._flows.submit import Call
from gradlink._protocol.job import Failed, Succeeded, Update
from gradlink._protocol.outputs import Output, OutputWalk
from gradlink._protocol.router import SessionRouter
from gradlink._shell.timing import Scope, TotalTime
from gradlink._shell.watching import JobWatch


class JobCore(Sendable):
    """A job as its connection has it; callers have a :class:`Job`.

    Attributes:
        changed: notified whenever something happens to the job. Its lock is not the connection's, which a burst of
            messages takes again and again: who waits would fight for it with the thread that reads.
        updated_at: when that was last, as ``time.time()``.
        sender: the thread that sends the job at the moment, which cannot wait for itself.
        total: the limit of the whole call, as long as files are fetched.
        watch: those who watch the job, None if nobody does.
    """

    def __init__(self, call: Call, watch: JobWatch | None = None) -> None:
        super().__init__(call)
        self.watch = watch
        self.scope: Scope = Scope()
        self.scope.watch = watch
        self.joining: Scope = Scope()
        self.changed = threading.Condition()
        self.updated_at = time.time()
        self.sender: int | None = None
        self.when_ended: Callable[[], None] = _nothing
        self.total = TotalTime(call.timeout.total)
        self.total.begin()
        self._over = False

    def wake(self) -> bool:
        """Wake those who wait for the job; return whether it has just ended. Caller holds the connection's lock."""
        self.updated_at = time.time()
        if self.watch is not None:
            self.watch.take(self.tracker.updates, self.tracker.event_id)
        with self.changed:
            self.changed.notify_all()
        if self._over or not self.ended:
            return False
        self.total.end()
        self.scope.end()
        self.when_ended()
        self._over = True
        # Or the Job, and with it its client, would be in a circle, and forgotten only when circles are looked for.
        self.when_ended = _nothing
        return True

    def watched(self) -> AbstractContextManager[None]:
        """Return what lasts as long as somebody waits for the job or its files; at its end those who watch know all."""
        return nullcontext() if self.watch is None else self.watch.held()

    def updates(self) -> Iterator[Update]:
        """Yield what happened and happens to the job, from its beginning to its end."""
        position = 0
        while True:
            with self.changed:
                self.changed.wait_for(lambda: len(self.tracker.updates) > position)  # noqa: B023  # called here
                batch = self.tracker.updates[position:]
            position += len(batch)
            yield from batch
            if isinstance(batch[-1], (Succeeded, Failed)):
                return

    def outputs(self) -> Iterator[Output]:
        """Yield its values as they come; raises the job's error where it ends with one.

        Who leaves a loop early leaves an iterator, which must not hold the :class:`Job` that has it.
        """
        walk = OutputWalk()
        for update in self.updates():
            output = walk.advance(update)
            if output is not None:
                yield output
            if isinstance(update, Failed):
                raise update.error

    def wait_admitted(self) -> SessionRouter[JobCore] | None:
        """Wait for a session to be sent under; None if the job ended first."""
        with self.changed:
            self.changed.wait_for(lambda: self.session is not None or self.ended)
            return self.session

    def wait_joined(self) -> bool:
        """Wait until the server has accepted the job; False if it ends without."""
        with self.changed:
            self.changed.wait_for(lambda: self.tracker.event_id is not None or self.ended)
            return self.tracker.event_id is not None

    def wait_cancelled(self) -> None:
        """Wait a few seconds for the server to be asked to cancel the job."""
        if self.sender != threading.get_ident():
            with self.changed:
                self.changed.wait_for(lambda: not self.cancelling, CANCEL_SECONDS)


def _nothing() -> None:
    pass
