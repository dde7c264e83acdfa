"""Several copies of an app behind one client, for asyncio and trio."""

from __future__ import annotations

import time
from collections.abc import Generator, Sequence
from functools import partial
from types import TracebackType
from typing import Any, Literal, Self, Unpack, cast

import anyio

from gradlink._async.client import AsyncClient, bound_endpoint, connected
from gradlink._async.endpoints import AsyncEndpoints
from gradlink._async.job import AsyncJob, error_of
from gradlink._async.tasks import Tasks
from gradlink._facts import with_facts
from gradlink._protocol.routes import without_credentials
from gradlink._protocol.schema import Endpoint
from gradlink._shell.options import ClientOptions
from gradlink._shell.watched import WatchedEvent, WatchedJob
from gradlink._text import one_line
from gradlink.errors import (
    ArgumentError,
    ClientClosedError,
    CopiesDifferError,
    GradlinkError,
    NotConnectedError,
)
from gradlink.pooling.async_job import AsyncPoolJob
from gradlink.pooling.copy import Copy
from gradlink.pooling.dispatching import Dispatcher, Effect, LookAgain, Probe, Refuse, Send
from gradlink.pooling.matching import Asked, check_copy, check_stateless, pool_options, said


class _Call(Asked):
    """A call, and the job that its caller has."""

    job: AsyncPoolJob


class AsyncPool:
    """Several copies of an app, which share the calls, as :class:`gradlink.Pool` has them, on one event loop.

    It connects at ``await pool``, or at ``async with``.
    """

    def __init__(
        self,
        copies: Sequence[str],
        token: str | Literal[False] | None = None,
        max_workers: int = 40,
        **options: Unpack[ClientOptions],
    ) -> None:
        """Take what :class:`gradlink.Pool` takes; nothing is sent before it connects."""
        if isinstance(copies, str) or not copies:
            raise ArgumentError(f"a pool is made of a list of URLs or names of Spaces, not {copies!r}")
        self._shown = [one_line(without_credentials(name)) for name in copies]
        given = cast("dict[str, Any]", options)
        self._clients = [
            AsyncClient(name, token=token, max_workers=max_workers, verbose=False, **given) for name in copies
        ]
        self._first: AsyncClient | None = None
        self._checked: set[int] = set()
        self._closed = False
        self._tasks = Tasks()
        self._dispatcher: Dispatcher[_Call] = Dispatcher(len(copies), max_workers, self._shown.__getitem__)

    # -- calling ----------------------------------------------------------------------------------

    async def predict(self, /, *args: Any, **kwargs: Any) -> Any:
        """Call an endpoint and return its result; takes what :meth:`gradlink.AsyncClient.predict` takes."""
        await self.connect()
        job = self.submit(*args, **kwargs)
        try:
            return await job
        finally:
            if not job.done():
                job.cancel()

    def submit(self, /, *args: Any, **kwargs: Any) -> AsyncPoolJob:
        """Send a call in the background and return its job at once, as :meth:`gradlink.Pool.submit` does.

        Raises NotConnectedError before the pool has connected.
        """
        self._check_open()
        endpoint = bound_endpoint(self._reference, args, kwargs)
        check_stateless(endpoint)
        resubmit, arguments = pool_options(endpoint, kwargs)
        call = _Call(
            resubmit, endpoint.takes_direct_route, args=args, kwargs=arguments, api_name=endpoint.title
        )
        job = call.job = AsyncPoolJob(call, self._withdraw)
        self._apply(self._dispatcher.submit(call, time.monotonic()))
        return job

    @property
    def api(self) -> AsyncEndpoints:
        """The named endpoints as coroutine functions; the pool must have connected."""
        return AsyncEndpoints(cast("Any", self))

    # -- the app ----------------------------------------------------------------------------------

    async def view_api(
        self,
        all_endpoints: bool | None = None,
        print_info: bool = True,
        return_format: Literal["dict", "str"] | None = None,
    ) -> dict[str, Any] | str | None:
        """Describe the endpoints, as :meth:`gradlink.AsyncClient.view_api` does."""
        await self.connect()
        return await self._reference.view_api(all_endpoints, print_info, return_format)

    @property
    def endpoints(self) -> dict[int, Endpoint]:
        """The functions of the first copy, by fn_index."""
        return self._reference.endpoints

    # -- life -------------------------------------------------------------------------------------

    async def connect(self) -> Self:
        """Connect to all copies at the same time, unless this has happened; return the pool."""
        self._check_open()
        if self._first is not None:
            return self
        errors: dict[int, GradlinkError] = {}

        async def connect_to(number: int) -> None:
            try:
                await self._clients[number].connect()
            except GradlinkError as exc:
                errors[number] = exc

        async with anyio.create_task_group() as group:
            for number in range(len(self._clients)):
                group.start_soon(connect_to, number)
        if len(errors) == len(self._clients):
            raise errors[0]
        for number in range(len(self._clients)):
            if number not in errors:
                await self._check(number)
        for number, error in errors.items():
            copy = self._dispatcher.copies[number]
            self._apply(self._dispatcher.probed(copy, error, time.monotonic()))
        return self

    async def close(self) -> None:
        """End everything: calls that are pending fail with ClientClosedError. It may be called twice."""
        self._closed = True
        for call in self._dispatcher.close():
            call.job.end(ClientClosedError(f"{call.api_name}: the pool was closed", execution="not started"))
        await self._tasks.close()
        for client in self._clients:
            await client.close()

    def __await__(self) -> Generator[Any, Any, Self]:
        return self.connect().__await__()

    async def __aenter__(self) -> Self:
        try:
            return await self.connect()
        except BaseException:
            with anyio.CancelScope(shield=True):
                await self.close()
            raise

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.close()

    def __repr__(self) -> str:
        return f"<AsyncPool of {len(self._shown)}: {', '.join(self._shown)}>"

    # -- inside -----------------------------------------------------------------------------------

    @property
    def _reference(self) -> AsyncClient:
        """The first copy that could be reached; all others are compared with it."""
        if self._first is None:
            raise NotConnectedError("the pool has not connected yet; await it, or use it in 'async with'")
        return self._first

    async def _check(self, number: int) -> None:
        client = self._clients[number]
        self._first = self._first or client
        if client is not self._first:
            first = self._first.src, (await connected(self._first)).schema
            check_copy(first, (self._shown[number], (await connected(client)).schema))
        self._checked.add(number)

    def _check_open(self) -> None:
        if self._closed:
            raise ClientClosedError("the pool is closed; make a new one")

    def _apply(self, effects: Sequence[Effect[_Call]]) -> None:
        for effect in effects:
            match effect:
                case Send(call=call, copy=copy):
                    self._send(call, copy)
                case Refuse(call=call, error=error):
                    call.job.end(error)
                case Probe(copy=copy):
                    self._tasks.start(partial(self._probe, copy))
                case LookAgain(seconds=seconds):
                    self._tasks.start(partial(self._look_in, seconds))

    def _send(self, call: _Call, copy: Copy) -> None:
        # Another attempt is made with another copy, at once.
        watch = partial(self._watch, call, call.tries)
        once = self._clients[copy.number].with_options(retries=0, progress=watch)
        try:
            job = once.submit(*call.args, **call.kwargs)
        except GradlinkError as exc:
            # It fitted the first copy: this one has changed, or was closed.
            self._ended(call, with_facts(exc, execution="not started"))
            return
        call.job.begin(job)
        job.add_done_callback(partial(self._job_ended, call))

    def _watch(self, call: _Call, attempt: int, job: WatchedJob, event: WatchedEvent) -> None:
        """Hear what a copy says of a call."""
        del job
        if call.tries == attempt:
            self._apply(said(self._dispatcher, call, event, time.monotonic()))

    def _job_ended(self, call: _Call, job: AsyncJob) -> None:
        self._ended(call, error_of(job))

    def _ended(self, call: _Call, error: GradlinkError | None) -> None:
        again, effects = self._dispatcher.ended(call, error, time.monotonic(), wanted=call.job.wanted)
        if again:
            call.job.wait_again()
        else:
            call.job.end(error)
        self._apply(effects)

    async def _probe(self, copy: Copy) -> None:
        """Ask a copy whether it is there, or connect to it."""
        client, error = self._clients[copy.number], None
        try:
            await client.queue_size()
            if copy.number not in self._checked:
                await self._check(copy.number)
        except CopiesDifferError as exc:
            self._apply(self._dispatcher.exclude(copy, exc, time.monotonic()))
            return
        except GradlinkError as exc:
            error = exc
        self._apply(self._dispatcher.probed(copy, error, time.monotonic()))

    async def _look_in(self, seconds: float) -> None:
        await anyio.sleep(seconds)
        self._apply(self._dispatcher.look(time.monotonic()))

    def _withdraw(self, job: AsyncPoolJob) -> bool:
        return self._dispatcher.withdraw(cast("_Call", job.call))
