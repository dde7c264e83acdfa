"""An app as a page of it has it: sessions beside each other on one client's connections, and values as the wire has them.

What puts an app into another one has its visitors' values as JSON already, and one visitor must not share a session with
another. So a page is a session with an engine of its own, and sends through the connections of the client that opened it.
"""

from __future__ import annotations

import secrets
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from gradlink._async.client import AsyncClient, connected
from gradlink._async.connection import AsyncConnection
from gradlink._async.jobcore import AsyncJobCore, Listeners
from gradlink._dataclass import dataclass
from gradlink._flows.component import Asked, ask_component
from gradlink._flows.submit import Call
from gradlink._local.filesource import FileSource
from gradlink._local.sources import check_uploads
from gradlink._protocol.job import Failed, Succeeded, Update
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.outputs import OutputWalk
from gradlink._protocol.payload import PageEvent, bind_page
from gradlink._protocol.schema import Endpoint
from gradlink.errors import EndpointError

if TYPE_CHECKING:
    from gradlink._async.door import AsyncAnswer


@dataclass(frozen=True, slots=True)
class Happening:
    """Something that happened to a call.

    Attributes:
        update: what it was.
        values: one value per output of the function if it brought some, else None; State and layout are null.
    """

    update: Update
    values: list[JSONValue] | None = None


class Page:
    """One session of an app; it lasts until it is closed, or the client that opened it."""

    def __init__(self, connection: AsyncConnection) -> None:
        settings = replace(connection.settings, one_session=True)
        self._connection = AsyncConnection(settings, connection, connection.driver)

    @property
    def session_hash(self) -> str:
        """The app's name for the session."""
        return self._connection.session_hash

    async def call(
        self, fn_index: int, values: Sequence[Any], event: PageEvent
    ) -> AsyncGenerator[Happening, None]:
        """Call a function and yield what happens until it has ended; leaving early cancels the call at the app.

        Args:
            fn_index: the app's id of the function.
            values: one for each of its inputs, State and layout included; a LocalFile is uploaded.
            event: what it happened to, and what the function's ``gr.EventData`` is made of.

        Raises the error that the call ends with.
        """
        connection = self._connection
        schema = connection.schema
        endpoint = schema.endpoints.get(fn_index)
        if endpoint is None:
            raise EndpointError(f"the app has no function {fn_index} any more; it was changed")
        job = connection.calls.send(self._bind(endpoint, values, event), Listeners())
        walk = OutputWalk()
        position = 0
        try:
            # One input each: the outer app calls anew for the next.
            if endpoint.live and await job.wait_joined():
                await connection.calls.close_chunks(job)
            while True:
                update = await _update_at(job, position)
                position += 1
                if isinstance(update, Failed):
                    raise update.error
                output = walk.advance(update)
                yield Happening(update, None if output is None else output.data)
                if isinstance(update, Succeeded):
                    return
        finally:
            if not job.ended:
                connection.calls.cancel(job)

    async def ask(self, asked: Asked) -> JSONValue:
        """Return what the app's server answers a component of the page."""
        connection = self._connection
        flow = ask_component(connection.access, self.session_hash, asked, secrets.token_hex(16))
        return await connection.driver.run(flow)

    async def close(self) -> None:
        """End the session: its calls are cancelled, and the app's State of it goes."""
        await self._connection.close()

    def _bind(self, endpoint: Endpoint, values: Sequence[Any], event: PageEvent) -> Call:
        connection = self._connection
        schema, settings = connection.schema, connection.settings
        payload = bind_page(endpoint, values, event, schema.dialect, FileSource)
        check_uploads(payload.uploads, schema.max_file_size, endpoint.title)
        timeout = settings.transport.timeout
        return Call(connection.access, schema.dialect, payload, {}, settings.oauth_token, timeout)


class Pages:
    """The pages of one client, on the event loop that runs."""

    def __init__(self, client: AsyncClient) -> None:
        self._client = client

    async def open(self) -> Page:
        """Return a new page; the client connects for the first."""
        return Page(await connected(self._client))

    @asynccontextmanager
    async def open_file(self, url: str, headers: dict[str, str]) -> AsyncGenerator[AsyncAnswer, None]:
        """Ask the app for one of its files with the client's credentials; the answer is to be read as it comes.

        The address is one of the app's own origin. A redirect is not followed.
        """
        connection = await connected(self._client)
        async with connection.driver.open_file(url, headers) as answer:
            yield answer


async def _update_at(job: AsyncJobCore, position: int) -> Update:
    await job.wait_for(lambda: len(job.tracker.updates) > position)
    return job.tracker.updates[position]
