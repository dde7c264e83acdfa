"""What callers ask of a connection, in their own tasks."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

from gradlink._async.driver import AsyncDriver
from gradlink._async.jobcore import AsyncJobCore, Listeners
from gradlink._flows import submit as submit_flows
from gradlink._flows.collect import collect, fetch_file, is_shown_as_it_is
from gradlink._flows.delivery import Delivery, ResultFile
from gradlink._flows.options import CallOptions
from gradlink._flows.sending import Port
from gradlink._flows.submit import Call
from gradlink._protocol.outputs import Output, arrange
from gradlink._protocol.schema import Endpoint
from gradlink._shell.binding import bind_call, bind_ticket
from gradlink._shell.options import ConnectionSettings
from gradlink._shell.timing import Scope
from gradlink.errors import ClientClosedError

if TYPE_CHECKING:
    from gradlink._protocol.ticket import Ticket


class AsyncCalls:
    """The calls of one connection, for its clients and jobs."""

    def __init__(self, port: Port[AsyncJobCore], driver: AsyncDriver, settings: ConnectionSettings) -> None:
        self._port = port
        self._driver = driver
        self._settings = settings

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

    def attach(self, ticket: Ticket, call: Call, listeners: Listeners) -> AsyncJobCore:
        """Read a job that was detached, in the background, and return it."""
        job = AsyncJobCore(call, listeners)
        self._port.apply(partial(self._port.engine.attach, job, ticket.session_hash, ticket.event_id))
        return job

    async def detach(self, call: Call) -> str:
        """Send ``call``, and leave its job; return the job's ticket."""
        from gradlink._flows.detaching import detach

        scope = Scope("total", call.timeout.total)
        return (await self._driver.run(detach(self._port, AsyncJobCore(call, Listeners())), scope)).write()

    def send(self, call: Call, listeners: Listeners) -> AsyncJobCore:
        """Send ``call`` in the background, and return its job."""
        job = AsyncJobCore(call, listeners)
        self._port.apply(partial(self._port.engine.submit, job))
        return job

    async def collect(
        self, endpoint: Endpoint, output: Output, delivery: Delivery, scope: Scope | None
    ) -> Any:
        """Return what the caller gets for ``output``; downloads its files."""
        dialect = self._port.engine.schema.dialect
        if is_shown_as_it_is(dialect, output, delivery):
            return arrange(output.data, endpoint.skipped_outputs)
        return await self._driver.run(collect(self._port.access, dialect, endpoint, output, delivery), scope)

    async def fetch(self, file: ResultFile) -> str:
        """Fetch a file of a result that was handed out, and return its path."""
        if self._port.engine.closed:
            raise ClientClosedError(f"the client was closed before the file {file.name!r} was fetched")
        return await self._driver.run(fetch_file(self._port.access, file))

    def cancel(self, job: AsyncJobCore) -> None:
        """End a job as cancelled, and see that the server stops it."""
        self._port.apply(partial(self._port.engine.cancel, job))

    async def send_chunk(self, job: AsyncJobCore, args: Sequence[Any], kwargs: Mapping[str, Any]) -> None:
        """Give a live endpoint that runs further input."""
        self._port.engine.check_live(job.endpoint)
        call = self.bind(job.endpoint, args, kwargs, CallOptions(job.call.headers))
        event_id, session_hash = await self._live(job)
        data = await self._driver.run(submit_flows.prepare(call))
        await self._driver.run(submit_flows.send_chunk(call, data, session_hash, event_id))

    async def close_chunks(self, job: AsyncJobCore) -> None:
        """End the input of a live endpoint."""
        self._port.engine.check_live(job.endpoint)
        event_id, _ = await self._live(job)
        await self._driver.run(submit_flows.close_chunks(self._port.access, event_id))

    async def _live(self, job: AsyncJobCore) -> tuple[str, str]:
        await job.wait_joined()
        return self._port.engine.live_session(job)
