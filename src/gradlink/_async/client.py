"""The asynchronous client."""

from __future__ import annotations

import inspect
import os
from collections.abc import AsyncIterable, Awaitable, Callable, Generator, Iterable, Mapping
from dataclasses import replace
from functools import partial
from types import TracebackType
from typing import TYPE_CHECKING, Any, Literal, Never, Self, TypeAlias, Unpack, cast

import anyio

from gradlink._async.connection import AsyncConnection
from gradlink._async.driver import AsyncDriver
from gradlink._async.endpoints import AsyncEndpoints
from gradlink._async.job import AsyncJob
from gradlink._async.jobcore import AsyncJobCore, Listeners, Submission
from gradlink._async.shared import AsyncShared
from gradlink._dataclass import dataclass
from gradlink._engine.failures import unsendable
from gradlink._facts import before_sending
from gradlink._flows.delivery import FilesAs, FramesOf
from gradlink._flows.options import CallOptions, merged_headers, split_options
from gradlink._flows.submit import Call
from gradlink._hub.replies import Quota
from gradlink._hub.stages import SpaceStatus
from gradlink._local.options import (
    BUILD_WAIT_SECONDS,
    SpaceOptions,
    as_list_of_callbacks,
    client_parts,
    client_results,
    hub_of,
    reject_removed,
    reject_unknown,
    with_identity,
    with_retries,
)
from gradlink._local.store import Stores
from gradlink._local.terminal import show_connected
from gradlink._progress.calls import at_once, early_watch, watch_of
from gradlink._protocol.headers import check_headers
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._protocol.policy import (
    DEFAULT_RETRIES,
    DEFAULT_TIMEOUT,
    Retries,
    Timeout,
    as_retries,
    as_timeout,
)
from gradlink._protocol.schema import Endpoint
from gradlink._protocol.version import AppVersion
from gradlink._shell.options import (
    MAX_ANSWER_BYTES,
    MAX_MESSAGE_BYTES,
    ClientOptions,
    ConnectionSettings,
    TransportOptions,
    hub_transport,
    taken_options,
)
from gradlink._shell.raised import public, public_async
from gradlink._shell.sessionhash import new_session_hash
from gradlink._shell.watched import Watcher
from gradlink._shell.watching import current_blocks
from gradlink._text import one_line
from gradlink.errors import GradlinkError

if TYPE_CHECKING:
    import ssl

    from gradlink._async.mapping import AsyncMapRows, AsyncRun
    from gradlink.mapping.options import JournalPath, OnError, Width
else:  # what is read while a program runs finds it, and loads it then
    from gradlink._shell.trust import late_ssl as ssl

Sender: TypeAlias = Callable[[Call, Listeners], AsyncJobCore]


class AsyncClient:
    """A connection to a Gradio app, for asyncio and trio.

    It connects at the first call, at ``await client``, or at ``async with``; from then on it belongs to the
    event loop that runs, and connects anew on another one.

    Attributes:
        verbose: whether connecting prints a line.
    """

    @public
    def __init__(
        self,
        src: str,
        token: str | Literal[False] | None = None,
        max_workers: int = 40,
        verbose: bool = True,
        auth: tuple[str, str] | None = None,
        httpx_kwargs: Mapping[str, Any] | None = None,
        *,
        headers: Mapping[str, str] | None = None,
        download_files: str | os.PathLike[str] | Literal[False] | None = None,
        ssl_verify: bool | str | ssl.SSLContext = True,
        analytics_enabled: bool = True,
        oauth_token: str | None = None,
        one_session: bool = False,
        timeout: float | Timeout | None = None,
        retries: int | Retries | None = None,
        max_download: int | None = None,
        max_message: int | None = MAX_MESSAGE_BYTES,
        max_answer: int | None = MAX_ANSWER_BYTES,
        wait: float | None = None,
        on_status: Callable[[SpaceStatus], object] | None = None,
        files: FilesAs | None = None,
        frames: FramesOf | None = None,
        **unknown: Never,
    ) -> None:
        """Take what :class:`gradlink.Client` takes; nothing is sent before the first call."""
        reject_removed(type(self).__name__, unknown)
        del analytics_enabled
        spaces = SpaceOptions(wait, on_status, verbose)
        parts = client_parts(src, token, auth, headers, download_files, spaces=spaces)
        limits = as_timeout(timeout, DEFAULT_TIMEOUT)
        self.verbose = verbose
        self._token: str | Literal[False] | None = token
        settings = ConnectionSettings(
            access=with_retries(parts.access, as_retries(retries, DEFAULT_RETRIES)),
            transport=TransportOptions(
                parts.headers,
                {},
                ssl_verify,
                limits,
                max_download,
                taken_options(httpx_kwargs),
                max_message,
                max_answer,
            ),
            downloads=parts.downloads,
            max_jobs=max_workers,
            one_session=one_session,
            oauth_token=oauth_token,
        )
        self._options = client_results(files, frames, download_files)
        self._shared = AsyncShared(settings)

    # -- calling ----------------------------------------------------------------------------------

    @public_async
    async def predict(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> Any:
        """Call an endpoint and return its result, as :meth:`gradlink.Client.predict` does.

        Cancelling the task cancels the job on the server.
        """
        with before_sending():
            check_headers("headers", headers)
            await self.connect()
            submission, job = self._start(self._bound(args, kwargs, api_name, fn_index, headers))
        with submission.listeners.watched():
            try:
                if (await submission.job()).endpoint.live:
                    # One value in, one out: nothing more is to come.
                    await job.close_stream()
                return await job
            finally:
                if not job.done():
                    job.cancel()

    @public
    def submit(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        headers: Mapping[str, str] | None = None,
        result_callbacks: Callable[..., Any] | list[Callable[..., Any]] | None = None,
        **kwargs: Any,
    ) -> AsyncJob:
        """Send a call in the background and return its job at once.

        Wrong arguments raise right here if the client has connected, otherwise where the job is awaited.

        Args:
            result_callbacks: called with the result when the job has one, and awaited if they are coroutine
                functions; several outputs are several arguments.
        """
        with before_sending():
            callbacks = as_list_of_callbacks(result_callbacks)
            _, job = self._start(self._bound(args, kwargs, api_name, fn_index, headers))
        connection = self._shared.connection()
        for callback in callbacks:
            job.add_done_callback(_with_result(connection, callback))
        return job

    async def detach(
        self,
        /,
        *args: Any,
        api_name: str | None = None,
        fn_index: int | None = None,
        headers: Mapping[str, str] | None = None,
        **kwargs: Any,
    ) -> str:
        """Send a call whose job outlives this client, and return its ticket, as :meth:`gradlink.Client.detach` does."""
        check_headers("headers", headers)
        await self.connect()
        call, _, _ = self._bound(args, kwargs, api_name, fn_index, headers).bind()
        return await self._shared.connection().calls.detach(call)

    def attach(self, ticket: str) -> AsyncJob:
        """Return the job of a ticket, as :meth:`gradlink.Client.attach` does.

        A ticket that is wrong raises right here if the client has connected, otherwise where the job is awaited.
        """
        connection, options = self._shared.connection(), self._options
        headers = with_identity(connection.access, options.headers, self._shared.settings.transport.headers)

        def bind() -> tuple[Call, CallOptions, Sender]:
            read, call = connection.calls.bind_ticket(ticket, replace(options, headers=headers))
            return call, options, partial(connection.calls.attach, read)

        _, job = self._start(Unsent("the job of a ticket", options.progress, bind))
        return job

    def map(
        self,
        api_name: str | None,
        rows: Iterable[Any] | AsyncIterable[Any],
        *,
        fn_index: int | None = None,
        concurrency: Width = "auto",
        ordered: bool = False,
        errors: OnError = "raise",
        journal: JournalPath | None = None,
        key: Callable[[Any], object] | None = None,
        resubmit: bool = False,
        retry_failed: bool = False,
    ) -> AsyncMapRows:
        """Call an endpoint for each of many rows, as :meth:`gradlink.Client.map` does; ``rows`` may be asynchronous.

        Leaving the loop begins to cancel the rows that run; ``aclose()``, or ``async with``, waits for that.
        """
        from gradlink._async.mapping import AsyncMapRows, AsyncRun
        from gradlink.mapping.options import MapOptions
        from gradlink.mapping.standing import Again

        options = MapOptions(concurrency, ordered, errors, journal, key, Again(resubmit, retry_failed))
        options.check(self._options.form)
        view = self.with_options(
            resubmit=True if resubmit else None,
            files=None if journal is None or self._options.form.files == "url" else "lazy",
        )

        async def start() -> AsyncRun:
            await self.connect()
            schema = self._shared.schema
            endpoint = schema.find(api_name, fn_index)
            bounds = options.bounds(endpoint, schema.config, self._shared.settings.max_jobs)
            opened = options.open_journal(self.space_id or self.src, endpoint)
            return AsyncRun(view, endpoint, rows, options, bounds, opened)

        return AsyncMapRows(start)

    def with_options(
        self,
        *,
        timeout: float | Timeout | None = None,
        retries: int | Retries | None = None,
        headers: Mapping[str, str] | None = None,
        resubmit: bool | None = None,
        files: FilesAs | None = None,
        frames: FramesOf | None = None,
        progress: bool | Watcher | None = None,
        **unknown: Never,
    ) -> Self:
        """Return a view of this client whose calls have these options, as :meth:`gradlink.Client.with_options` does."""
        reject_removed("with_options", unknown)
        options = self._options.further(headers, timeout, retries, resubmit, (files, frames)).showing(
            progress
        )
        view = type(self).__new__(type(self))
        vars(view).update(vars(self), _options=options)
        return view

    @property
    def api(self) -> AsyncEndpoints:
        """The named endpoints as coroutine functions; the client must have connected."""
        return AsyncEndpoints(self)

    # -- the app ----------------------------------------------------------------------------------

    @public_async
    async def view_api(
        self,
        all_endpoints: bool | None = None,
        print_info: bool = True,
        return_format: Literal["dict", "str"] | None = None,
    ) -> dict[str, Any] | str | None:
        """Describe the app's endpoints, as :meth:`gradlink.Client.view_api` does."""
        if not self._shared.opened:
            await self.connect()
        schema = self._shared.schema
        from gradlink._describe.describe import describe, listing

        text = describe(schema.info, all_endpoints)
        if print_info:
            from gradlink._html.app import api_html
            from gradlink._local.notebook import show_html

            show_html(text, lambda: api_html(schema.info, all_endpoints))
        if return_format == "str":
            return text
        return listing(schema.info, all_endpoints) if return_format == "dict" else None

    @property
    def src(self) -> str:
        """The app's URL, with a trailing slash."""
        return self._shared.access.routes.base

    @public_async
    async def quota(self) -> Quota:
        """Return the ZeroGPU quota of the token's account, as the Hub knows it.

        Raises HubAuthenticationError without a token, HubError if the Hub does not report quotas.
        """
        from gradlink._flows.hub import quota

        connection = self._shared.connection()
        space = connection.access.space
        hub = replace(hub_of(self._token), retries=connection.access.retries) if space is None else space.hub
        return await connection.driver.run(quota(hub))

    @public_async
    async def queue_size(self) -> int | None:
        """Return how many jobs wait in the app's queue, of all callers and functions; None if the app does not say.

        Raises ClientClosedError if the client was closed, TransportError if the app cannot be asked.
        """
        from gradlink._flows.queue import queue_size

        connection = self._shared.connection()
        await self._shared.connect()
        return await connection.driver.run(queue_size(connection.access))

    @property
    def space_id(self) -> str | None:
        """The name of the app's Hugging Face Space; None if it is not a Space, or if only its URL is known."""
        space = self._shared.access.space
        return None if space is None else space.space_id

    @property
    def config(self) -> JSONObject:
        """The app's /config, as received. Raises NotConnectedError before the client has connected."""
        return self._shared.schema.config

    @property
    def endpoints(self) -> dict[int, Endpoint]:
        """The app's functions by fn_index, those that ``gr.render`` made in this session included."""
        return dict(self._shared.schema.endpoints)

    @property
    def app_version(self) -> AppVersion:
        """The Gradio version of the app."""
        return self._shared.schema.version

    @property
    def protocol(self) -> str:
        """The protocol that jobs use, such as "sse_v3"."""
        return self._shared.schema.dialect.protocol

    # -- the session ------------------------------------------------------------------------------

    @property
    def session_hash(self) -> str:
        """The server's name for this client's session; setting it continues another session.

        Neither needs a running event loop. On each loop the client has a session of its own, unless it is set there.
        Setting it raises ClientClosedError if the client was closed.
        """
        return self._shared.session_hash

    @session_hash.setter
    def session_hash(self, value: str) -> None:
        self._shared.session_hash = value

    def reset_session(self) -> Awaitable[None]:
        """Start a new session, with a fresh State; running jobs are not affected.

        It has happened when this returns; the answer may be awaited, and need not be. Raises ClientClosedError if the
        client was closed.
        """
        self._shared.session_hash = new_session_hash()
        return _Done()

    # -- life -------------------------------------------------------------------------------------

    @public_async
    async def connect(self) -> Self:
        """Connect unless this has happened; return the client."""
        if await self._shared.connect() and self.verbose:
            show_connected(self.src)
        return self

    @classmethod
    async def duplicate(
        cls,
        from_id: str,
        to_id: str | None = None,
        token: str | None = None,
        private: bool = True,
        hardware: str | None = None,
        secrets: Mapping[str, str] | None = None,
        sleep_timeout: int = 5,
        max_workers: int = 40,
        verbose: bool = True,
        **options: Unpack[ClientOptions],
    ) -> Self:
        """Copy a Space and connect to the copy, as :meth:`gradlink.Client.duplicate` does."""
        from gradlink._flows.duplicate import duplicate
        from gradlink._local.duplication import announce, duplication

        wanted = duplication((from_id, to_id), private, hardware, secrets, sleep_timeout)
        reject_unknown(cls, options)
        hub = replace(hub_of(token), retries=as_retries(options.get("retries"), DEFAULT_RETRIES))
        driver = AsyncDriver(hub_transport(options), hub.routes.endpoint, Stores(None))
        try:
            copy = await driver.run(duplicate(hub, wanted))
        finally:
            with anyio.CancelScope(shield=True):
                await driver.close()
        announce(copy, wanted, verbose=verbose)
        options.setdefault("wait", BUILD_WAIT_SECONDS)
        # As a mapping: a TypedDict may have more keys than it says, which no client takes.
        client = cls(copy.space_id, token, max_workers, verbose, **cast("dict[str, Any]", options))
        await client.connect()
        return client

    async def close(self) -> None:
        """End everything, as :meth:`gradlink.Client.close` does, on the event loop that runs."""
        await self._shared.close()

    def __await__(self) -> Generator[Any, Any, Self]:
        return self.connect().__await__()

    async def __aenter__(self) -> Self:
        try:
            await self.connect()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        if not self._shared.opened:
            return one_line(f"<AsyncClient {self.src} (not connected)>")
        return one_line(f"<AsyncClient {self.src} (Gradio {self._shared.schema.version})>")

    def _repr_html_(self) -> str:
        from gradlink._html.app import Card, client_html

        schema = self._shared.schema if self._shared.opened else None
        return client_html(Card("AsyncClient", self.src, self.space_id, schema))

    def __str__(self) -> str:
        """Return the app and the names of its endpoints, on one line."""
        from gradlink._describe.summary import client_line

        return client_line(repr(self), self._shared.schema) if self._shared.opened else repr(self)

    def __getstate__(self) -> dict[str, Any]:
        """Return what pickling keeps: the options, and nothing that came of them, such as cookies."""
        return {
            "verbose": self.verbose,
            "token": self._token,
            "settings": self._shared.settings.pickled(self._token),
            "options": self._options,
        }

    def __setstate__(self, state: dict[str, Any]) -> None:
        self.verbose = state["verbose"]
        self._token = state["token"]
        self._options = state["options"]
        self._shared = AsyncShared(state["settings"].unpickled(self._token))

    # -- inside -----------------------------------------------------------------------------------

    def _bound(
        self,
        args: tuple[Any, ...],
        kwargs: Mapping[str, Any],
        api_name: str | None,
        fn_index: int | None,
        headers: Mapping[str, str] | None,
    ) -> Unsent:
        """Return a call that can be bound once the client has connected."""
        connection = self._shared.connection()
        merged = merged_headers(self._options.headers, headers)
        merged = with_identity(connection.access, merged, self._shared.settings.transport.headers)
        name = api_name or (f"fn_index={fn_index}" if fn_index is not None else "the only endpoint")

        def bind() -> tuple[Call, CallOptions, Sender]:
            endpoint = connection.schema.find(api_name, fn_index)
            options, arguments = split_options(endpoint, merged, kwargs, self._options)
            call = connection.calls.bind(endpoint, args, arguments, options)
            return call, options, connection.calls.send

        return Unsent(name, kwargs.get("progress", self._options.progress), bind)

    def _start(self, unsent: Unsent) -> tuple[Submission, AsyncJob]:
        """Send a call in the background, once the client has connected."""
        connection = self._shared.connection()
        submission = Submission(unsent.name)
        # Those of the caller: the call may be made in another task, once the client has connected.
        blocks = current_blocks()

        def begin() -> None:
            call, options, send = unsent.bind()
            if not submission.ended:  # by who could not wait for the client to connect
                title, listeners = call.payload.endpoint.title, submission.listeners
                listeners.watch = watch_of(title, blocks, options.progress, at_once, listeners.watch)
                submission.begin(send(call, listeners))

        async def open_first() -> None:
            try:
                await connection.open()
                begin()
            except GradlinkError as exc:
                submission.refuse(exc)
            except Exception as exc:  # the job must end, whatever went wrong
                submission.refuse(unsendable(unsent.name, exc))
            finally:
                connection.early.discard(submission)

        if connection.opened:
            begin()
        else:
            submission.listeners.watch = early_watch(unsent.name, blocks, at_once, wanted=unsent.progress)
            connection.early.add(submission)
            connection.tasks.start(open_first)
        return submission, AsyncJob(connection.calls, submission, self)


@dataclass(frozen=True, slots=True)
class Unsent:
    """A call that may have to wait until its client has connected.

    Attributes:
        name: the endpoint in the words of its caller.
        progress: what stands for this option in the call.
        bind: returns the call, its options and what sends it; raises for wrong arguments.
    """

    name: str
    progress: object
    bind: Callable[[], tuple[Call, CallOptions, Sender]]


async def connected(client: AsyncClient) -> AsyncConnection:
    """Connect ``client`` unless this has happened; return its connection on the event loop that runs."""
    await client.connect()
    return client._shared.connection()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]


def bound_endpoint(client: AsyncClient, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> Endpoint:
    """Return the endpoint of a call, as ``submit`` takes it, of a client that has connected.

    Raises for wrong arguments; nothing is sent.
    """
    arguments = dict(kwargs)
    where = arguments.pop("api_name", None), arguments.pop("fn_index", None), arguments.pop("headers", None)
    call, _, _ = client._bound(args, arguments, *where).bind()  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]
    return call.payload.endpoint


class _Done:
    """What has happened already: it may be awaited, and need not be."""

    def __await__(self) -> Generator[Any, Any, None]:
        yield from ()


def _with_result(connection: AsyncConnection, callback: Callable[..., Any]) -> Callable[[AsyncJob], object]:
    async def call(job: AsyncJob) -> None:
        result = await job.result()
        answer = callback(*result) if isinstance(result, tuple) else callback(result)
        if inspect.isawaitable(answer):
            await answer

    def start(job: AsyncJob) -> None:
        if job.succeeded:
            connection.tasks.start(partial(call, job))

    return start
