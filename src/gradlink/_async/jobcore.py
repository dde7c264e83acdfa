"""A call on its way, as its connection has it, for event loops."""

from __future__ import annotations

import logging
import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager, nullcontext

from gradlink._async.waiters import Waiter, new_waiter
from gradlink._facts import with_facts
from gradlink._flows.sending import Sendable
from gradlink._flows.submit import Call
from gradlink._protocol.job import Failed, Outcome, Update
from gradlink._shell.logs import call_log
from gradlink._shell.timing import Scope, TotalTime
from gradlink._shell.watching import JobWatch
from gradlink._text import one_line
from gradlink.errors import GradlinkError

_log = logging.getLogger("gradlink.job")


class Listeners:
    """Who waits for something to happen to a call, and who is called when it ends.

    Attributes:
        updated_at: when something happened last, as ``time.time()``.
        watch: those who watch the call, None if nobody does.
    """

    def __init__(self) -> None:
        self.updated_at = time.time()
        self.watch: JobWatch | None = None
        self._waiters: set[Waiter] = set()
        self._when_ended: list[Callable[[], object]] = []

    async def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition``, which is looked at whenever something happens."""
        while not condition():
            waiter = new_waiter()
            self._waiters.add(waiter)
            try:
                await waiter.wait()
            finally:
                self._waiters.discard(waiter)

    def watched(self) -> AbstractContextManager[None]:
        """Return what lasts as long as somebody waits for the call or its files."""
        return nullcontext() if self.watch is None else self.watch.held()

    def when_ended(self, callback: Callable[[], object]) -> None:
        """Call ``callback`` when the call has ended."""
        self._when_ended.append(callback)

    def wake(self) -> None:
        """Wake those who wait: something has happened."""
        self.updated_at = time.time()
        for waiter in self._waiters:
            waiter.set()
        self._waiters.clear()

    def end(self, api_name: str) -> None:
        """Call what is to be called when the call ends."""
        callbacks, self._when_ended = self._when_ended, []
        for callback in callbacks:
            try:
                callback()
            except Exception:  # it is the caller's, and nobody waits for it
                _log.exception("a done callback of %s failed", one_line(api_name))


class AsyncJobCore(Sendable):
    """A job as its connection has it; callers have an :class:`AsyncJob`.

    Attributes:
        listeners: woken whenever something happens to the job.
        total: the limit of the whole call, as long as files are fetched.
        watch: those who watch the job, None if nobody does.
        log: what logs the call, None if it is not logged.
    """

    def __init__(self, call: Call, listeners: Listeners) -> None:
        super().__init__(call)
        self.scope: Scope = Scope()
        self.watch = self.scope.watch = listeners.watch
        self.log = call_log(call.payload.endpoint.title, time.monotonic())
        self.joining: Scope = Scope()
        self.listeners = listeners
        self.total = TotalTime(call.timeout.total)
        self.total.begin()
        self._over = False

    def wake(self) -> bool:
        """Wake those who wait for the job, and call what is to be called when it ends; return whether it just has."""
        self.listeners.wake()
        if self.watch is not None:
            self.watch.take(self.tracker.updates, self.tracker.event_id)
        if self.log is not None:
            self.log.take(self, time.monotonic())
        if self._over or not self.ended:
            return False
        self._over = True
        self.total.end()
        self.scope.end()
        self.listeners.end(self.tracker.api_name)
        return True

    async def wait_for(self, condition: Callable[[], bool]) -> None:
        """Wait until ``condition``, which is looked at whenever something happens to the job."""
        await self.listeners.wait_for(condition)

    async def wait_cancelled(self) -> None:
        """Wait until the server was asked to cancel the job."""
        await self.wait_for(lambda: not self.cancelling)

    async def wait_joined(self) -> bool:
        """Wait until the server has accepted the job; False if it ends without."""
        await self.wait_for(lambda: self.tracker.event_id is not None or self.ended)
        return self.tracker.event_id is not None


class Submission:
    """A call that was submitted. Its client may have to connect before it can be a job, and it may end before.

    Attributes:
        listeners: who waits for the call, before and after.
        core: the job, None as long as there is none.
        error: why there will be none.
    """

    def __init__(self, wanted: str) -> None:
        """Begin without a job; ``wanted`` names the endpoint in the words of its caller."""
        self._wanted = wanted
        self.listeners = Listeners()
        self.core: AsyncJobCore | None = None
        self.error: GradlinkError | None = None

    def begin(self, core: AsyncJobCore) -> None:
        """Take the job, which has been sent."""
        self.core = core
        self.listeners.wake()

    def refuse(self, error: GradlinkError) -> None:
        """End the call before it is a job."""
        if self.ended:
            return
        self.error = with_facts(
            error, execution=error.execution or "not started", endpoint=error.endpoint or self._wanted
        )
        self.listeners.wake()
        if self.listeners.watch is not None:
            self.listeners.watch.take(self.updates, None)
        self.listeners.end(self._wanted)

    @property
    def api_name(self) -> str:
        """The endpoint that is called."""
        return self._wanted if self.core is None else self.core.tracker.api_name

    @property
    def outcome(self) -> Outcome | None:
        """How the call has ended, None if it has not."""
        if self.core is not None:
            return self.core.tracker.outcome
        return None if self.error is None else Failed(self.error)

    @property
    def ended(self) -> bool:
        """The call has its outcome."""
        return self.error is not None or (self.core is not None and self.core.ended)

    @property
    def updates(self) -> Sequence[Update]:
        """Everything that has happened, in order."""
        if self.core is not None:
            return self.core.tracker.updates
        return () if self.error is None else (Failed(self.error),)

    async def job(self) -> AsyncJobCore:
        """Wait until the client has connected, and return the job; raises why there is none."""
        await self.listeners.wait_for(lambda: self.core is not None or self.ended)
        if self.core is None:
            assert self.error is not None  # noqa: S101  # without a job it has ended with an error
            raise self.error
        return self.core

    async def update_at(self, position: int) -> Update:
        """Wait for what happens next after ``position`` things, and return it."""
        await self.listeners.wait_for(lambda: len(self.updates) > position)
        return self.updates[position]
