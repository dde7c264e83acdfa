"""Performs what flows ask for, with blocking sockets."""

from __future__ import annotations

import random
import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from typing import Any, TypeVar, assert_never

import httpx2

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
from gradlink._shell.clients import MAX_PARALLEL_FLOWS, app_headers, client_settings, without_read_timeout
from gradlink._shell.eventstream import HEADERS, EventStream
from gradlink._shell.failures import SOCKET_ERRORS, interrupted, transport_error
from gradlink._shell.headers import bound_cookies, request_headers, shared_cookies, wire_headers
from gradlink._shell.multipart import multipart
from gradlink._shell.options import TransportOptions
from gradlink._shell.timing import Account, Scope, current_scope, within
from gradlink._shell.transfers import download_of
from gradlink._sync.network import watch_network
from gradlink._sync.sockets import Sockets
from gradlink._sync.workers import Workers
from gradlink.errors import ClientClosedError, ConnectTimeoutError, GradlinkError

T = TypeVar("T")

# Flows of one Gather that run beside the one in the caller's own thread.
MAX_HELPERS = MAX_PARALLEL_FLOWS - 1


class Driver:
    """The one door to the network of a synchronous client."""

    def __init__(self, options: TransportOptions, base: str, stores: Stores) -> None:
        settings = client_settings(options)
        self._options = options
        self._jar = shared_cookies(options, base)
        self._requests = _client(settings.requests, self._jar)
        self._streams = _client(settings.streams, self._jar)
        self._connect_seconds = settings.connect
        self._cross_origin_settings = settings.cross_origin
        self._cross_origin: dict[bool, httpx2.Client] = {}
        self._stores = stores
        self._max_download = options.max_download
        self._private = is_private_address(base)
        self._helpers = Workers(2 * MAX_HELPERS, "helper")
        self._sockets = Sockets()
        self._lock = threading.Lock()
        self._closed = False
        self._users = 0
        self._closing = threading.Event()

    def run(self, flow: Flow[T], scope: Scope | None = None) -> T:
        """Return the result of ``flow``, whose intents are performed in this thread, as long as ``scope`` allows."""
        if scope is not None:
            with within(scope):
                return self.run(flow)
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
                argument = self._perform(intent)
                step = flow.send
            except GradlinkError as exc:
                step, argument = flow.throw, exc
            except BaseException:
                flow.close()
                raise

    @contextmanager
    def open_stream(
        self, url: str, headers: Mapping[str, str] | None = None
    ) -> Generator[EventStream, None, None]:
        """Open a stream of server-sent events; the caller looks at the status first."""
        account = self._account(self._streams, scoped=False)
        account.joiner = AnswerJoiner()
        try:
            with (
                self._use(),
                account,
                self._streams.stream(
                    "GET",
                    parsed_url(url),
                    headers=HEADERS | wire_headers(headers),
                    extensions={"trace": self._sockets.trace},
                ) as response,
            ):
                account.answered(response)
                yield EventStream(response, self._options.max_message, account.progress)
        except (httpx2.TransportError, httpx2.StreamError, RuntimeError) as exc:
            raise self._error(exc, url) from exc

    @contextmanager
    def open_socket(self, url: str, headers: Mapping[str, str]) -> Generator[httpx2.Response, None, None]:
        """Ask for a WebSocket; the caller looks for the status 101 and then uses the network stream."""
        from gradlink._shell.websocket import handshake_headers

        account = self._account(self._streams, scoped=False)
        try:
            with (
                self._use(),
                account,
                self._streams.stream(
                    "GET",
                    url,
                    headers=wire_headers({**headers, **handshake_headers()}),
                    extensions={"trace": self._sockets.trace},
                ) as response,
            ):
                account.answered(response)
                if response.status_code == 101:
                    account.release()
                yield response
        except (httpx2.TransportError, *SOCKET_ERRORS) as exc:
            raise self._error(exc, url) from exc

    def refusal(self, response: httpx2.Response) -> HttpReply:
        """Return the answer to a request for a stream that is none."""
        return self._reply(response, "answer")

    def use_headers(self, headers: Mapping[str, str]) -> None:
        """Send these headers to the app from now on, in place of those of the options."""
        self._options = replace(self._options, headers=headers)
        for client in (self._requests, self._streams):
            client.headers = app_headers(self._options)

    def cookies(self) -> dict[str, str]:
        """Return what the app's cookies are now, by their names."""
        return {cookie.name: cookie.value or "" for cookie in self._jar}

    def use_cookies(self, changes: Mapping[str, str | None], base: str) -> None:
        """Set cookies of the app at ``base``; those that are None are dropped. Raises ArgumentError for wrong ones."""
        for cookie in [cookie for cookie in self._jar if cookie.name in changes]:
            self._jar.clear(cookie.domain, cookie.path, cookie.name)
        given = {name: value for name, value in changes.items() if value is not None}
        for cookie in bound_cookies(given, base):
            self._jar.set_cookie(cookie)

    def close(self) -> None:
        """Close all connections; threads that wait on one go on."""
        with self._lock:
            self._closed = True
        self._sockets.close()
        self._closing.set()
        self._stores.close()
        self._helpers.close()
        if self._users == 0:
            self._close_clients()

    def _close_clients(self) -> None:
        for client in (self._requests, self._streams, *self._cross_origin.values()):
            client.close()

    @contextmanager
    def _use(self) -> Generator[None]:
        """Keep the HTTP clients open while a thread waits on a socket of theirs; the last one closes them.

        The number of a socket that is closed is free for the next one that is opened, perhaps of another client: a
        thread that was about to wait on it would wait on that one.
        """
        with self._lock:
            if self._closed:
                raise ClientClosedError("the client was closed")
            self._users += 1
        try:
            yield
        finally:
            with self._lock:
                self._users -= 1
                is_last = self._users == 0
            if is_last and self._closing.is_set():
                self._close_clients()

    def _perform(self, intent: Intent) -> Any:
        if (scope := current_scope()) is not None:
            scope.check()
        match intent:
            case HttpRequest():
                return self._request(intent)
            case HttpDownload():
                return self._download(intent)
            case Pause(shortest=shortest, longest=longest):
                return self._pause(random.uniform(shortest, longest))  # noqa: S311  # jitter
            case UseBaseUrl(base=base):
                return self._use_base_url(base)
            case RunCallback(callback=callback, event=event):
                return callback(event)
            case ReadAsDataUri(source=source):
                return data_uri(source)
            case StoreDataUri():
                return self._stores.take_data_uri(intent, self._max_download)
            case Gather():
                return self._gather(intent)
            case Scoped(flow=flow, scope=bound):
                return self.run(flow, bound if isinstance(bound, Scope) else None)
            case Within(flow=flow):
                return self._within_connecting(flow)
            case _:
                assert_never(intent)

    def _request(self, intent: HttpRequest) -> HttpReply:
        client = self._streams if intent.no_read_timeout or intent.warms_stream else self._requests
        if not intent.same_origin:
            client = self._cross_origin_client()
        usual = self._streams if intent.no_read_timeout else self._requests
        limits = without_read_timeout(usual.timeout) if intent.no_read_timeout else usual.timeout
        for last in (False, True):
            attempt = Attempt(self._sockets.trace)
            account = self._account(usual, waits=not intent.no_read_timeout)
            try:
                with (
                    self._use(),
                    account,
                    ExitStack() as stack,
                    client.stream(
                        intent.method,
                        parsed_url(intent.url),
                        content=intent.content,
                        files=multipart(intent, stack) or None,
                        headers=request_headers(intent),
                        timeout=limits,
                        extensions={"trace": attempt.trace},
                    ) as response,
                ):
                    account.answered(response)
                    return self._reply(response, intent.holds)
            except GradlinkError:
                raise
            except httpx2.TransportError as exc:
                if last or not attempt.may_repeat(exc, idempotent=intent.idempotent):
                    raise self._error(exc, intent.url, attempt) from exc
            except (httpx2.HTTPError, httpx2.InvalidURL, httpx2.StreamError, RuntimeError, OSError) as exc:
                raise self._error(exc, intent.url, attempt) from exc
        raise AssertionError("the loop above returns or raises")

    def _download(self, intent: HttpDownload) -> Downloaded:
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
            attempt = Attempt(self._sockets.trace)
            account = self._account(client)
            try:
                with (
                    self._use(),
                    account,
                    client.stream(
                        "GET", parsed_url(intent.url), headers=headers, extensions={"trace": attempt.trace}
                    ) as response,
                ):
                    account.answered(response)
                    return self._save(intent, response)
            except GradlinkError:
                raise
            except httpx2.TransportError as exc:
                if last or not attempt.may_repeat(exc, idempotent=True):
                    raise self._error(exc, intent.url) from exc
            except (httpx2.HTTPError, httpx2.InvalidURL, RuntimeError, OSError) as exc:
                raise self._error(exc, intent.url) from exc
        raise AssertionError("the loop above returns or raises")

    def _save(self, intent: HttpDownload, response: httpx2.Response) -> Downloaded:
        url = str(response.url)
        if response.status_code not in {200, 206}:
            reply = self._reply(response, "answer")
            return Downloaded(reply.status, reply.headers, reply.body, reply.url, None)
        partial = intent.partial
        if not isinstance(partial, PartialDownload):
            partial = self._stores.begin(intent)
        partial.begin(response.status_code, response.headers)
        # A body that is compressed all the same is taken apart: it could not be resumed anyway.
        # Read as it comes: a larger chunk would be lost when the download breaks.
        packed = "content-encoding" in response.headers
        chunks = response.iter_bytes() if packed else response.iter_raw()
        transfer = download_of(partial, intent.file_name)
        kept = False
        try:
            check_download(partial.total or 0, self._max_download, url)
            for chunk in chunks:
                partial.write(chunk)
                check_download(partial.size, self._max_download, url)
                transfer.at(partial.size)
            transfer.end(partial.size)
            return partial.downloaded(response.headers, url)
        except httpx2.TransportError as exc:
            if self._closed:
                raise
            _check_scope(url)
            kept = True
            raise interrupted(exc, url, partial) from exc
        finally:
            transfer.stop()
            if not kept:
                partial.discard()

    def _account(self, client: httpx2.Client, *, waits: bool = True, scoped: bool = True) -> Account:
        limit = client.timeout.read
        return Account(current_scope() if scoped else None, limit if waits else None, limit)

    def _reply(self, response: httpx2.Response, holds: str) -> HttpReply:
        body = AnswerBody(self._options, response, holds)
        for chunk in response.iter_bytes():
            if not body.add(chunk):
                break
        return HttpReply(response.status_code, response.headers, body.content(), str(response.url))

    def _is_checked(self, intent: HttpDownload) -> bool:
        """Tell whether a file may not be fetched from a private address."""
        return not intent.trusted and (intent.temporary or not self._private)

    def _cross_origin_client(self, *, checked: bool = False) -> httpx2.Client:
        with self._lock:
            client = self._cross_origin.get(checked)
            if client is None:
                client = self._cross_origin[checked] = _client(self._cross_origin_settings, checked=checked)
            return client

    def _within_connecting(self, flow: Flow[T]) -> T:
        scope = Scope("connect", self._connect_seconds, parent=current_scope())
        result = self.run(flow, scope)
        # The flow may have succeeded without something that came too late.
        scope.check()
        return result

    def _use_base_url(self, base: str) -> None:
        self._jar.clear()
        for cookie in shared_cookies(self._options, base):
            self._jar.set_cookie(cookie)
        self._private = is_private_address(base)

    def _pause(self, seconds: float) -> float:
        scope, began = current_scope(), time.monotonic()
        if self._closing.wait(seconds if scope is None else scope.allow(seconds)):
            raise ClientClosedError("the client was closed")
        if scope is not None:
            scope.paused(time.monotonic() - began)
        return seconds

    def _gather(self, intent: Gather) -> list[Any]:
        return _Gather(self, intent.flows).run(self._helpers)

    def _error(self, exc: Exception, url: str, attempt: Attempt | None = None) -> GradlinkError:
        if self._closed:
            return ClientClosedError("the client was closed")
        if isinstance(exc, RuntimeError) and not isinstance(exc, httpx2.StreamError):
            raise exc
        scope = current_scope()
        error = transport_error(exc, url, attempt, time_left=scope is None or not scope.ran_out)
        if not isinstance(error, ConnectTimeoutError):
            _check_scope(url)
        return error


def _client(settings: dict[str, Any], cookies: Any = None, *, checked: bool = False) -> httpx2.Client:
    client = httpx2.Client(**settings, cookies=cookies)
    watch_network(client, checked=checked)
    return client


def _check_scope(url: str) -> None:
    """Raise the error of the procedure's own limit if that has run out while ``url`` was asked."""
    if (scope := current_scope()) is not None:
        scope.check(without_credentials(url))


class _Gather:
    """Flows that are run side by side, by the calling thread and by those helpers that are free.

    The caller takes part until nothing is left to begin, so it never waits for a helper that never comes.
    """

    def __init__(self, driver: Driver, flows: tuple[Flow[Any], ...]) -> None:
        self._driver = driver
        self._todo = deque(enumerate(flows))
        self._results: list[Any] = [None] * len(flows)
        self._errors: list[BaseException] = []
        self._open = len(flows)
        self._changed = threading.Condition()
        self._scope = current_scope()

    def run(self, helpers: Workers) -> list[Any]:
        for _ in range(min(len(self._todo) - 1, MAX_HELPERS)):
            helpers.run(self._work)
        self._work()
        with self._changed:
            self._changed.wait_for(lambda: self._open == 0)
        if self._errors:
            raise self._errors[0]
        return self._results

    def _work(self) -> None:
        while True:
            with self._changed:
                if not self._todo:
                    return
                index, flow = self._todo.popleft()
            try:
                self._results[index] = self._driver.run(flow, self._scope)
            except BaseException as exc:  # raised again by the thread that waits
                self._errors.append(exc)
            finally:
                with self._changed:
                    self._open -= 1
                    self._changed.notify_all()
