"""What callers ask of a connection, in their own threads."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any, TypeGuard, TypeVar

from gradlink._engine.effects import Effect, Join, RunAlone, RunDirect
from gradlink._flows import submit as submit_flows
from gradlink._flows.collect import collect, fetch_file, is_shown_as_it_is
from gradlink._flows.delivery import Delivery, ResultFile
from gradlink._flows.options import CallOptions
from gradlink._flows.sending import CANCEL_SECONDS, Port
from gradlink._flows.submit import Call
from gradlink._protocol.outputs import Output, arrange
from gradlink._protocol.schema import Endpoint
from gradlink._shell.binding import bind_call, bind_ticket
from gradlink._shell.options import ConnectionSettings
from gradlink._shell.timing import Scope
from gradlink._sync.driver import Driver
from gradlink._sync.jobcore import JobCore
from gradlink._sync.performer import Performer, Sending
from gradlink._sync.workers import Workers, run_apart
from gradlink.errors import ClientClosedError

if TYPE_CHECKING:
    from gradlink._protocol.ticket import Ticket

# Threads for callbacks; a callback may wait for another job, so they are apart from those that send.
MAX_CALLBACKS = 4

T = TypeVar("T")


class Calls:
    """The calls of one connection, for its clients and jobs.

    Args:
        performer: sends jobs, and has the streams that those who wait can read.
    """

    def __init__(
        self,
        port: Port[JobCore],
        driver: Driver,
        settings: ConnectionSettings,
        performer: Performer,
    ) -> None:
        self._port = port
        self._driver = driver
        self._settings = settings
        self._performer = performer
        self._callbacks = Workers(MAX_CALLBACKS, "callback", driver.threads)
        # One thread, so that those who watch hear of all jobs in order.
        self._watchers = Workers(1, "watcher", driver.threads)
        self._leaving: set[threading.Event] = set()

    def ask(self, question: Callable[[], T]) -> T:
        """Return the answer to a question about a job, to which nothing happens meanwhile."""
        return self._port.ask(question)

    def bind(
        self, endpoint: Endpoint, args: Sequence[Any], kwargs: Mapping[str, Any], options: CallOptions
    ) -> Call:
        """Return the call of ``endpoint`` with these arguments; raises for wrong ones, nothing is sent."""
        port = self._port
        port.engine.check_open()
        return bind_call(port.access, port.engine.schema, self._settings, endpoint, (args, kwargs), options)

    def bind_ticket(self, text: str, options: CallOptions) -> tuple[Ticket, Call]:
        """Return the ticket that is written in ``text``, and the call of its job; raises TicketError, nothing is sent."""
        port = self._port
        port.engine.check_open()
        return bind_ticket(port.access, port.engine.schema, self._settings, text, options)

    def attach(self, job: JobCore, ticket: Ticket) -> None:
        """Read a job that was detached, in the background."""
        self._port.apply(partial(self._port.engine.attach, job, ticket.session_hash, ticket.event_id))

    def detach(self, job: JobCore) -> str:
        """Send ``job`` from this thread, and leave it; return its ticket."""
        from gradlink._flows.detaching import detach

        scope = Scope("total", job.call.timeout.total)
        return self._driver.run(detach(self._port, job), scope).write()

    def send(self, job: JobCore) -> None:
        """Send ``job`` in the background."""
        job.readings = self._performer.readers
        self._port.apply(partial(self._port.engine.submit, job))

    def send_here(self, job: JobCore) -> None:
        """Send ``job`` from this thread; returns when the server has accepted it, or it has ended."""
        engine = self._port.engine
        job.sent_by_caller = True
        job.readings = self._performer.readers
        if own := self._port.apply_rest(partial(engine.submit, job), _sends):
            self._performer.send_as_caller(own[0])
            return
        try:
            session = job.wait_admitted()
        except BaseException:
            # Ctrl-C, or a gevent timeout. Who was given a place meanwhile has to give it back.
            self._port.apply(partial(engine.give_up, job))
            raise
        if session is not None:
            self._performer.send_as_caller(Join(job, session))

    def collect(self, endpoint: Endpoint, output: Output, delivery: Delivery, scope: Scope | None) -> Any:
        """Return what the caller gets for ``output``; downloads its files in this thread and helpers."""
        dialect = self._port.engine.schema.dialect
        if is_shown_as_it_is(dialect, output, delivery):
            return arrange(output.data, endpoint.skipped_outputs)
        return self._driver.run(collect(self._port.access, dialect, endpoint, output, delivery), scope)

    def fetch(self, file: ResultFile) -> str:
        """Fetch a file of a result that was handed out, and return its path."""
        if self._port.engine.closed:
            raise ClientClosedError(f"the client was closed before the file {file.name!r} was fetched")
        return self._driver.run(fetch_file(self._port.access, file))

    def cancel(self, job: JobCore) -> None:
        """End a job as cancelled, and see that the server stops it."""
        self._port.apply(partial(self._port.engine.cancel, job))

    def leave(self, job: JobCore, owner: object) -> None:
        """Cancel a job that nobody has any more, in a thread of its own: that is noticed anywhere, perhaps under our locks.

        A program waits for this thread at its end, and ``owner``, the client, is not forgotten before.
        """
        if job.ended:
            return
        left = threading.Event()
        self._leaving.add(left)
        run_apart(partial(self._cancel_and_wait, job, owner, left), "leaver", daemon=False)

    def wait_left(self) -> None:
        """Wait a few seconds for the server to be asked to cancel the jobs that were left."""
        for left in list(self._leaving):
            left.wait(CANCEL_SECONDS)

    def send_chunk(self, job: JobCore, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Give a live endpoint that runs further input, from this thread."""
        self._port.engine.check_live(job.endpoint)
        call = self.bind(job.endpoint, args, kwargs, CallOptions(job.call.headers))
        event_id, session_hash = self._live(job)
        data = self._driver.run(submit_flows.prepare(call))
        self._driver.run(submit_flows.send_chunk(call, data, session_hash, event_id))

    def close_chunks(self, job: JobCore) -> None:
        """End the input of a live endpoint, from this thread."""
        self._port.engine.check_live(job.endpoint)
        event_id, _ = self._live(job)
        self._driver.run(submit_flows.close_chunks(self._port.access, event_id))

    def run_callback(self, task: Callable[[], None]) -> None:
        """Run a callback of the caller's in a thread for them."""
        _run(self._callbacks, task)

    def tell_watchers(self, task: Callable[[], None]) -> None:
        """Run what calls those who watch a job in a thread for them."""
        _run(self._watchers, task)

    def close(self) -> None:
        """Let the threads for callbacks leave when all in line have run."""
        self._callbacks.close()
        self._watchers.close()

    def _cancel_and_wait(self, job: JobCore, owner: object, left: threading.Event) -> None:
        try:
            self.cancel(job)
            job.wait_cancelled()
        finally:
            self._leaving.discard(left)
            left.set()
            del owner

    def _live(self, job: JobCore) -> tuple[str, str]:
        job.wait_joined()
        return self._port.ask(partial(self._port.engine.live_session, job))


def _run(workers: Workers, task: Callable[[], None]) -> None:
    if not workers.run(task):
        # The job has ended while the client was closed, and those who wait for that are to hear of it all the same.
        threading.Thread(target=task, name="gradlink-callback", daemon=True).start()


def _sends(effect: Effect[JobCore]) -> TypeGuard[Sending]:
    return isinstance(effect, (Join, RunDirect, RunAlone))
