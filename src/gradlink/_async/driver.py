"""Performs what flows ask for, on an event loop."""

from __future__ import annotations

import inspect
import time
from collections.abc import AsyncGenerator, Callable, Mapping
from contextlib import asynccontextmanager
from typing import TYPE_CHECKING, Any, TypeVar, assert_never

import anyio

from gradlink._async.doors import open_door
from gradlink._async.eventstream import AsyncEventStream
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
from gradlink._shell.answers import AnswerBody, check_download
from gradlink._shell.asking import Asked, Use
from gradlink._shell.attempts import Attempt
from gradlink._shell.eventstream import HEADERS
from gradlink._shell.failures import interrupted, transport_error
from gradlink._shell.headers import request_headers
from gradlink._shell.limits import MAX_PARALLEL_FLOWS
from gradlink._shell.networkerror import NetworkError, failure_of
from gradlink._shell.options import TransportOptions
from gradlink._shell.timing import Account, Scope, current_scope, jitter, within
from gradlink.errors import ClientClosedError, ConnectTimeoutError, GradlinkError

if TYPE_CHECKING:
    from gradlink._async.door import AsyncAnswer

T = TypeVar("T")


class AsyncDriver:
    """The one door to the network of an asynchronous client. Files are read and written in the loop."""

    def __init__(self, options: TransportOptions, base: str, stores: Stores) -> None:
        self._options = options
        self._door = open_door(options, base)
        self._stores = stores
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
    ) -> AsyncGenerator[AsyncEventStream, None]:
        """Open a stream of server-sent events; the caller looks at the status first."""
        account = self._account("streams", scoped=False)
        account.joiner = AnswerJoiner()
        async with self._opened(
            Asked("streams", "GET", url, {**HEADERS, **(headers or {})}), account
        ) as answer:
            yield AsyncEventStream(answer, self._options.max_message, account.progress)

    @asynccontextmanager
    async def open_socket(self, url: str, headers: Mapping[str, str]) -> AsyncGenerator[AsyncAnswer, None]:
        """Ask for a WebSocket; the caller looks for the status 101 and then reads and writes."""
        from gradlink._shell.websocket import handshake_headers

        account = self._account("streams", scoped=False)
        async with self._opened(
            Asked("streams", "GET", url, {**headers, **handshake_headers()}), account
        ) as answer:
            if answer.status_code == 101:
                account.release()
            yield answer

    @asynccontextmanager
    async def open_file(self, url: str, headers: Mapping[str, str]) -> AsyncGenerator[AsyncAnswer, None]:
        """Ask for a file of the app's own origin; the caller reads it as it comes, packed as it is sent."""
        asked = Asked("streams", "GET", url, {"accept-encoding": "identity", **headers})
        async with self._opened(asked, self._account("streams", scoped=False)) as answer:
            yield answer

    @asynccontextmanager
    async def _opened(self, asked: Asked, account: Account) -> AsyncGenerator[AsyncAnswer, None]:
        try:
            async with self._door.ask(asked, account, Attempt()) as answer:
                yield answer
        except NetworkError as exc:
            raise self._error(exc, asked.url) from exc

    async def refusal(self, answer: AsyncAnswer) -> HttpReply:
        """Return the answer to a request for a stream that is none."""
        return await self._reply(answer, "answer")

    async def close(self) -> None:
        """Close all connections."""
        self._closed = True
        self._stores.close()
        await self._door.close()

    async def _perform(self, intent: Intent) -> Any:
        if (scope := current_scope()) is not None:
            scope.check()
        match intent:
            case HttpRequest():
                return await self._request(intent)
            case HttpDownload():
                return await self._download(intent)
            case Pause(shortest=shortest, longest=longest):
                return await self._pause(jitter(shortest, longest))
            case UseBaseUrl(base=base):
                return self._use_base_url(base)
            case RunCallback(callback=callback, event=event):
                return await self._run_callback(callback, event)
            case ReadAsDataUri(source=source):
                return data_uri(source)
            case StoreDataUri():
                return self._stores.take_data_uri(intent, self._options.max_download)
            case Gather():
                return await self._gather(intent)
            case Scoped(flow=flow, scope=bound):
                return await self.run(flow, bound if isinstance(bound, Scope) else None)
            case Within(flow=flow):
                return await self._within_connecting(flow)
            case _:
                assert_never(intent)

    async def _request(self, intent: HttpRequest) -> HttpReply:
        # A function's answer may take as long as it likes to begin; it has to go on as any other.
        waits = not intent.no_read_timeout
        usual: Use = "requests" if waits else "streams"
        use: Use = "streams" if intent.warms_stream else usual
        asked = Asked(
            use if intent.same_origin else "foreign",
            intent.method,
            intent.url,
            request_headers(intent),
            intent.content,
            intent if intent.files else None,
        )
        for last in (False, True):
            attempt = Attempt()
            account = self._account(usual, waits=waits)
            try:
                with anyio.CancelScope() as cancelling:
                    account.stopper = cancelling.cancel
                    async with self._door.ask(asked, account, attempt) as answer:
                        return await self._reply(answer, intent.holds)
                raise self._stopped(intent.url)
            except NetworkError as exc:
                if last or not attempt.may_repeat(exc, idempotent=intent.idempotent):
                    raise self._error(exc, intent.url, attempt) from exc
            except GradlinkError:
                raise  # some are OSErrors, too
            except OSError as exc:
                raise self._error(failure_of(exc), intent.url, attempt) from exc
        raise AssertionError("the loop above returns or raises")

    async def _download(self, intent: HttpDownload) -> Downloaded:
        # A compressed body could not be resumed, nor its length be compared.
        headers = {"accept-encoding": "identity"}
        partial = intent.partial if isinstance(intent.partial, PartialDownload) else None
        if partial is not None:
            headers |= partial.range_headers()
        asked = Asked(self._use_of(intent), "GET", intent.url, headers)
        for last in (False, True):
            attempt = Attempt()
            account = self._account(asked.use)
            try:
                with anyio.CancelScope() as cancelling:
                    account.stopper = cancelling.cancel
                    async with self._door.ask(asked, account, attempt) as answer:
                        return await self._save(intent, answer)
                raise self._stopped(intent.url)
            except NetworkError as exc:
                if last or not attempt.may_repeat(exc, idempotent=True):
                    raise self._error(exc, intent.url) from exc
            except GradlinkError:
                raise  # some are OSErrors, too
            except OSError as exc:
                raise self._error(failure_of(exc), intent.url) from exc
        raise AssertionError("the loop above returns or raises")

    async def _save(self, intent: HttpDownload, answer: AsyncAnswer) -> Downloaded:
        url = str(answer.url)
        if answer.status_code not in {200, 206}:
            reply = await self._reply(answer, "answer")
            return Downloaded(reply.status, reply.headers, reply.body, reply.url, None)
        partial = intent.partial
        if not isinstance(partial, PartialDownload):
            partial = self._stores.begin(intent)
        partial.begin(answer.status_code, answer.headers)
        # A body that is compressed all the same is taken apart: it could not be resumed anyway.
        # Read as it comes: a larger chunk would be lost when the download breaks.
        read = answer.read if "content-encoding" in answer.headers else answer.read_raw
        from gradlink._shell.transfers import download_of

        transfer = download_of(partial, intent.file_name)
        kept = False
        try:
            check_download(partial.total or 0, self._options.max_download, url)
            while chunk := await read():
                partial.write(chunk)
                check_download(partial.size, self._options.max_download, url)
                transfer.at(partial.size)
            transfer.end(partial.size)
            return partial.downloaded(answer.headers, url)
        except NetworkError as exc:
            if self._closed:
                raise
            _check_scope(url)
            kept = True
            raise interrupted(exc, url, partial) from exc
        finally:
            transfer.stop()
            if not kept:
                partial.discard()

    def _account(self, use: Use, *, waits: bool = True, scoped: bool = True) -> Account:
        limit = self._door.read_seconds(use)
        return Account(current_scope() if scoped else None, limit if waits else None, limit)

    async def _reply(self, answer: AsyncAnswer, holds: str) -> HttpReply:
        body = AnswerBody(self._options, answer, holds)
        while body.comes and (chunk := await answer.read()) and body.add(chunk):
            pass
        return HttpReply(answer.status_code, answer.headers, body.content(), str(answer.url))

    def _use_of(self, intent: HttpDownload) -> Use:
        """Tell how a file is fetched: one that an app has named, and keeps elsewhere, not from a private address."""
        if intent.same_origin:
            return "requests"
        is_checked = not intent.trusted and (intent.temporary or not self._private)
        return "checked" if is_checked else "foreign"

    async def _within_connecting(self, flow: Flow[T]) -> T:
        scope = Scope("connect", self._options.timeout.connect, parent=current_scope())
        result = await self.run(flow, scope)
        # The flow may have succeeded without something that came too late.
        scope.check()
        return result

    def _use_base_url(self, base: str) -> None:
        self._door.use_base(base)
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

    def _error(self, failure: NetworkError, url: str, attempt: Attempt | None = None) -> GradlinkError:
        if self._closed:
            return ClientClosedError("the client was closed")
        scope = current_scope()
        error = transport_error(failure, url, attempt, time_left=scope is None or not scope.ran_out)
        if not isinstance(error, ConnectTimeoutError):
            _check_scope(url)
        return error


def _check_scope(url: str) -> None:
    """Raise the error of the procedure's own limit if that has run out while ``url`` was asked."""
    if (scope := current_scope()) is not None:
        scope.check(without_credentials(url))
