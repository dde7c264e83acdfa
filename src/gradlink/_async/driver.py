"""Performs what flows ask for, on an event loop."""

from __future__ import annotations

import inspect
import random
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import ExitStack, asynccontextmanager, suppress
from typing import Any, TypeVar, assert_never

import anyio
import httpx2

from gradlink._async.network import watch_network
from gradlink._io import (
    Downloaded,
    Flow,
    Gather,
    HttpDownload,
    HttpReply,
    HttpRequest,
    Intent,
    Pause,
    ReadAsDataUri,
    RunCallback,
    Scoped,
    StoreDataUri,
    UseBaseUrl,
    Within,
)
from gradlink._local.partial import PartialDownload
from gradlink._local.sources import data_uri
from gradlink._local.store import Stores
from gradlink._protocol.chunks import AnswerJoiner
from gradlink._protocol.filedata import is_private_address
from gradlink._protocol.jsonvalue import misread
from gradlink._protocol.routes import without_credentials
from gradlink._shell.addresses import parsed_url
from gradlink._shell.answers import AnswerBody, check_download
from gradlink._shell.attempts import Attempt
from gradlink._shell.clients import (
    HTTPX_ERRORS,
    client_settings,
    naming_extras,
    proxy_of,
    wire_headers,
    without_read_timeout,
)
from gradlink._shell.cookies import bound_cookies, jar_of
from gradlink._shell.eventstream import HEADERS, EventStream
from gradlink._shell.failures import interrupted, transport_error
from gradlink._shell.headers import given_cookies, request_headers
from gradlink._shell.limits import MAX_PARALLEL_FLOWS
from gradlink._shell.logs import log_answer
from gradlink._shell.multipart import multipart
from gradlink._shell.networkerror import NetworkError, failure_of
from gradlink._shell.options import TransportOptions
from gradlink._shell.timing import Account, Scope, current_scope, within
from gradlink._shell.transfers import download_of
from gradlink.errors import ClientClosedError, ConnectTimeoutError, GradlinkError

T = TypeVar("T")


class AsyncDriver:
    """The one door to the network of an asynchronous client. Files are read and written in the loop."""

    def __init__(self, options: TransportOptions, base: str, stores: Stores) -> None:
        settings = client_settings(options)
        self._options = options
        self._jar = jar_of(given_cookies(options), base)
        self._requests = _client(settings.requests, self._jar)
        self._streams = _client(settings.streams, self._jar)
        self._connect_seconds = settings.connect
        self._cross_origin_settings = settings.cross_origin
        self._cross_origin: dict[bool, httpx2.AsyncClient] = {}
        self._stores = stores
        self._max_download = options.max_download
        self._private = is_private_address(base)
        self._closed = False

    async def run(self, flow: Flow[T], scope: Scope | None = None) -> T:
        """Return the result of ``flow``, whose intents are performed in this task, as long as ``scope`` allows."""
        if scope is not None:
            with within(scope):
                return await self.run(flow)
        step: Callable[[Any], Intent] = flow.send
        argument: Any = None
        while True:
            try:
                intent = step(argument)
            except StopIteration as stop:
                result: T = stop.value
                return result
            except GradlinkError:
                raise
            except Exception as exc:  # an app can say anything
                raise misread(exc, "an answer of the server") from exc
            try:
                argument = await self._perform(intent)
                step = flow.send
            except GradlinkError as exc:
                step, argument = flow.throw, exc
            except BaseException:
                flow.close()
                raise

    @asynccontextmanager
    async def open_stream(
        self, url: str, headers: Mapping[str, str] | None = None
    ) -> AsyncGenerator[EventStream, None]:
        """Open a stream of server-sent events; the caller looks at the status first."""
        account = self._account(self._streams, scoped=False)
        account.joiner = AnswerJoiner()
        try:
            with account:
                async with self._streams.stream(
                    "GET", parsed_url(url), headers=HEADERS | wire_headers(headers)
                ) as response:
                    _note(account, response)
                    source = EventStream(response, self._options.max_message, account.progress)
                    try:
                        yield source
                    finally:
                        await _unwind(source)
        except (*HTTPX_ERRORS, NetworkError, RuntimeError) as exc:
            raise self._error(exc, url) from failure_of(exc)

    @asynccontextmanager
    async def open_socket(
        self, url: str, headers: Mapping[str, str]
    ) -> AsyncGenerator[httpx2.Response, None]:
        """Ask for a WebSocket; the caller looks for the status 101 and then uses the network stream."""
        from gradlink._shell.websocket import handshake_headers

        account = self._account(self._streams, scoped=False)
        try:
            with account:
                async with self._streams.stream(
                    "GET", url, headers=wire_headers({**headers, **handshake_headers()})
                ) as response:
                    _note(account, response)
                    if response.status_code == 101:
                        account.release()
                    yield response
        except (*HTTPX_ERRORS, NetworkError) as exc:
            raise self._error(exc, url) from failure_of(exc)

    @asynccontextmanager
    async def open_file(self, url: str, headers: Mapping[str, str]) -> AsyncGenerator[httpx2.Response, None]:
        """Ask for a file of the app's own origin; the caller reads it as it comes, packed as it is sent."""
        account = self._account(self._streams, scoped=False)
        try:
            with account:
                async with self._streams.stream(
                    "GET", parsed_url(url), headers={"accept-encoding": "identity", **headers}
                ) as response:
                    _note(account, response)
                    yield response
        except (*HTTPX_ERRORS, NetworkError, RuntimeError) as exc:
            raise self._error(exc, url) from failure_of(exc)

    async def refusal(self, response: httpx2.Response) -> HttpReply:
        """Return the answer to a request for a stream that is none."""
        return await self._reply(response, "answer")

    async def close(self) -> None:
        """Close all connections."""
        self._closed = True
        self._stores.close()
        for client in (self._requests, self._streams, *self._cross_origin.values()):
            await client.aclose()

    async def _perform(self, intent: Intent) -> Any:
        if (scope := current_scope()) is not None:
            scope.check()
        match intent:
            case HttpRequest():
                return await self._request(intent)
            case HttpDownload():
                return await self._download(intent)
            case Pause(shortest=shortest, longest=longest):
                return await self._pause(random.uniform(shortest, longest))  # noqa: S311  # jitter
            case UseBaseUrl(base=base):
                return self._use_base_url(base)
            case RunCallback(callback=callback, event=event):
                return await self._run_callback(callback, event)
            case ReadAsDataUri(source=source):
                return data_uri(source)
            case StoreDataUri():
                return self._stores.take_data_uri(intent, self._max_download)
            case Gather():
                return await self._gather(intent)
            case Scoped(flow=flow, scope=bound):
                return await self.run(flow, bound if isinstance(bound, Scope) else None)
            case Within(flow=flow):
                return await self._within_connecting(flow)
            case _:
                assert_never(intent)

    async def _request(self, intent: HttpRequest) -> HttpReply:
        client = self._streams if intent.no_read_timeout or intent.warms_stream else self._requests
        if not intent.same_origin:
            client = self._cross_origin_client()
        usual = self._streams if intent.no_read_timeout else self._requests
        limits = without_read_timeout(usual.timeout) if intent.no_read_timeout else usual.timeout
        for last in (False, True):
            attempt = Attempt()
            account = self._account(usual, waits=not intent.no_read_timeout)
            try:
                with account, ExitStack() as stack, anyio.CancelScope() as cancelling:
                    account.stopper = cancelling.cancel
                    async with client.stream(
                        intent.method,
                        parsed_url(intent.url),
                        content=intent.content,
                        files=multipart(intent, stack) or None,
                        headers=wire_headers(request_headers(intent)),
                        timeout=limits,
                        extensions={"trace": attempt.atrace},
                    ) as response:
                        _note(account, response)
                        return await self._reply(response, intent.holds)
                raise self._stopped(intent.url)
            except GradlinkError:
                raise
            except (*HTTPX_ERRORS, NetworkError, RuntimeError, OSError) as exc:
                failure = failure_of(exc)
                if last or not attempt.may_repeat(failure, idempotent=intent.idempotent):
                    raise self._error(exc, intent.url, attempt) from failure
        raise AssertionError("the loop above returns or raises")

    async def _download(self, intent: HttpDownload) -> Downloaded:
        client = (
            self._requests
            if intent.same_origin
            else self._cross_origin_client(checked=self._is_checked(intent))
        )
        # A compressed body could not be resumed, nor its length be compared.
        headers = {"accept-encoding": "identity"}
        partial = intent.partial if isinstance(intent.partial, PartialDownload) else None
        if partial is not None:
            headers |= partial.range_headers()
        for last in (False, True):
            attempt = Attempt()
            trace = {"trace": attempt.atrace}
            account = self._account(client)
            try:
                with account, anyio.CancelScope() as cancelling:
                    account.stopper = cancelling.cancel
                    async with client.stream(
                        "GET", parsed_url(intent.url), headers=headers, extensions=trace
                    ) as response:
                        _note(account, response)
                        return await self._save(intent, response)
                raise self._stopped(intent.url)
            except GradlinkError:
                raise
            except (*HTTPX_ERRORS, NetworkError, RuntimeError, OSError) as exc:
                failure = failure_of(exc)
                if last or not attempt.may_repeat(failure, idempotent=True):
                    raise self._error(exc, intent.url) from failure
        raise AssertionError("the loop above returns or raises")

    async def _save(self, intent: HttpDownload, response: httpx2.Response) -> Downloaded:
        url = str(response.url)
        if response.status_code not in {200, 206}:
            reply = await self._reply(response, "answer")
            return Downloaded(reply.status, reply.headers, reply.body, reply.url, None)
        partial = intent.partial
        if not isinstance(partial, PartialDownload):
            partial = self._stores.begin(intent)
        partial.begin(response.status_code, response.headers)
        # A body that is compressed all the same is taken apart: it could not be resumed anyway.
        # Read as it comes: a larger chunk would be lost when the download breaks.
        packed = "content-encoding" in response.headers
        chunks = response.aiter_bytes() if packed else response.aiter_raw()
        transfer = download_of(partial, intent.file_name)
        kept = False
        try:
            check_download(partial.total or 0, self._max_download, url)
            async for chunk in chunks:
                partial.write(chunk)
                check_download(partial.size, self._max_download, url)
                transfer.at(partial.size)
            transfer.end(partial.size)
            return partial.downloaded(response.headers, url)
        except (httpx2.TransportError, NetworkError) as exc:
            if self._closed:
                raise
            _check_scope(url)
            kept = True
            failure = failure_of(exc)
            raise interrupted(failure, url, partial) from failure
        finally:
            transfer.stop()
            if not kept:
                partial.discard()

    def _account(self, client: httpx2.AsyncClient, *, waits: bool = True, scoped: bool = True) -> Account:
        limit = client.timeout.read
        return Account(current_scope() if scoped else None, limit if waits else None, limit)

    async def _reply(self, response: httpx2.Response, holds: str) -> HttpReply:
        body = AnswerBody(self._options, response, holds)
        async for chunk in response.aiter_bytes():
            if not body.add(chunk):
                break
        return HttpReply(response.status_code, response.headers, body.content(), str(response.url))

    def _is_checked(self, intent: HttpDownload) -> bool:
        """Tell whether a file may not be fetched from a private address."""
        return not intent.trusted and (intent.temporary or not self._private)

    def _cross_origin_client(self, *, checked: bool = False) -> httpx2.AsyncClient:
        client = self._cross_origin.get(checked)
        if client is None:
            client = self._cross_origin[checked] = _client(self._cross_origin_settings, checked=checked)
        return client

    async def _within_connecting(self, flow: Flow[T]) -> T:
        scope = Scope("connect", self._connect_seconds, parent=current_scope())
        result = await self.run(flow, scope)
        # The flow may have succeeded without something that came too late.
        scope.check()
        return result

    def _use_base_url(self, base: str) -> None:
        self._jar.clear()
        for cookie in bound_cookies(given_cookies(self._options), base):
            self._jar.set_cookie(cookie)
        self._private = is_private_address(base)

    async def _run_callback(self, callback: Callable[[Any], object], event: object) -> None:
        answer = callback(event)
        if inspect.isawaitable(answer):
            await answer

    async def _pause(self, seconds: float) -> float:
        scope, began = current_scope(), time.monotonic()
        await anyio.sleep(seconds if scope is None else scope.allow(seconds))
        if scope is not None:
            scope.paused(time.monotonic() - began)
        return seconds

    async def _gather(self, intent: Gather) -> list[Any]:
        results: list[Any] = [None] * len(intent.flows)
        errors: list[Exception] = []
        limit = anyio.Semaphore(MAX_PARALLEL_FLOWS)

        async def work(index: int, flow: Flow[Any]) -> None:
            async with limit:
                try:
                    results[index] = await self.run(flow)
                except Exception as exc:  # raised again below, when all have ended
                    errors.append(exc)

        async with anyio.create_task_group() as group:
            for index, flow in enumerate(intent.flows):
                group.start_soon(work, index, flow)
        if errors:
            raise errors[0]
        return results

    def _stopped(self, url: str) -> GradlinkError:
        """Return why an exchange was stopped."""
        _check_scope(url)
        return ClientClosedError("the client was closed")

    def _error(self, exc: Exception, url: str, attempt: Attempt | None = None) -> GradlinkError:
        if self._closed:
            return ClientClosedError("the client was closed")
        if isinstance(exc, RuntimeError) and not isinstance(exc, httpx2.StreamError):
            raise exc
        scope = current_scope()
        failure = failure_of(exc)
        if failure.at_proxy:
            failure.proxy = proxy_of(self._requests, url)
        error = transport_error(failure, url, attempt, time_left=scope is None or not scope.ran_out)
        if not isinstance(error, ConnectTimeoutError):
            _check_scope(url)
        return error


def _client(settings: dict[str, Any], cookies: Any = None, *, checked: bool = False) -> httpx2.AsyncClient:
    with naming_extras():
        client = httpx2.AsyncClient(**settings, cookies=cookies)
    watch_network(client, checked=checked)
    return client


def _note(account: Account, response: httpx2.Response) -> None:
    """Note that the head of an answer has come."""
    account.answered(response.headers, response.status_code)
    request = response.request
    log_answer(request.method, str(request.url), response.status_code)


def _check_scope(url: str) -> None:
    """Raise the error of the procedure's own limit if that has run out while ``url`` was asked."""
    if (scope := current_scope()) is not None:
        scope.check(without_credentials(url))


async def _unwind(source: EventStream) -> None:
    """End the generators of a stream that was left early, by cancelling their next read.

    Left suspended they would wait for the garbage collector, and trio complains of them.
    """
    with (
        anyio.CancelScope(shield=True) as scope,
        suppress(httpx2.TransportError, NetworkError, GradlinkError),
    ):
        scope.cancel()
        if source.begun:
            async for _ in source:
                pass
