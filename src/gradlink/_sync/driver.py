"""Performs what flows ask for, with blocking sockets."""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Generator, Mapping
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar, assert_never

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
from gradlink._shell.answers import Answer, AnswerBody, check_download
from gradlink._shell.asking import Asked, Use
from gradlink._shell.attempts import Attempt
from gradlink._shell.eventstream import HEADERS, EventStream
from gradlink._shell.failures import interrupted, transport_error
from gradlink._shell.headers import app_headers, request_headers
from gradlink._shell.limits import MAX_PARALLEL_FLOWS
from gradlink._shell.networkerror import NetworkError, failure_of
from gradlink._shell.options import TransportOptions
from gradlink._shell.timing import Account, Scope, current_scope, jitter, within
from gradlink._sync.changes import Changes
from gradlink._sync.doors import open_door
from gradlink._sync.interrupts import waiting
from gradlink._sync.livestream import LiveStream
from gradlink._sync.plaindoor import PlainDoor
from gradlink._sync.sockets import Sockets
from gradlink._sync.threads import Threads
from gradlink._sync.workers import Workers
from gradlink.errors import ClientClosedError, ConnectTimeoutError, GradlinkError

if TYPE_CHECKING:
    from gradlink._sync.door import LiveAnswer
    from gradlink._sync.posting import Posted, Reserved
    from gradlink._sync.steps import Steps

T = TypeVar("T")

# Flows of one Gather that run beside the one in the caller's own thread.
MAX_HELPERS = MAX_PARALLEL_FLOWS - 1


class Driver:
    """The one door to the network of a synchronous client.

    Attributes:
        threads: those of the client.
    """

    def __init__(self, options: TransportOptions, base: str, stores: Stores) -> None:
        self._options = options
        self._sockets = Sockets()
        self._door = open_door(options, base, self._sockets.add)
        self._stores = stores
        self._private = is_private_address(base)
        self.threads = Threads()
        self._helpers = Workers(2 * MAX_HELPERS, "helper", self.threads)
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
    ) -> Generator[EventStream[LiveAnswer], None, None]:
        """Open a stream of server-sent events; the caller looks at the status first."""
        account = self._account("streams", scoped=False)
        account.joiner = AnswerJoiner()
        with self._opened(Asked("streams", "GET", url, {**HEADERS, **(headers or {})}), account) as answer:
            yield EventStream(answer, self._options.max_message, account.progress)

    def begin_stream(self, url: str, *, kept: bool = False) -> LiveStream | None:
        """Ask for a stream that any thread can read, one after the other; None if the door has none.

        With ``kept`` it is asked for over a connection that is there; None if there is none.
        """
        door = self._door
        if not isinstance(door, PlainDoor):
            return None
        account = self._account("streams", scoped=False)
        asked = Asked("streams", "GET", url, HEADERS)
        try:
            with ExitStack() as stack:
                stack.enter_context(self._use())
                exchange = door.begin(asked, account, Attempt(), stack, kept=kept)
                if exchange is None:
                    return None
                told = partial(self._error, url=url)
                return LiveStream(exchange, account, self._options.max_message, stack.pop_all(), told)
        except NetworkError as exc:
            raise self._error(exc, url) from exc

    @property
    def posts(self) -> bool:
        """Requests can be sent whose answers are read as they come, see :meth:`post`."""
        return isinstance(self._door, PlainDoor)

    def reserve(self, url: str) -> Reserved | None:
        """Take a kept connection to where ``url`` is, for :meth:`post`; None if there is none."""
        return self._door.reserve(url) if isinstance(self._door, PlainDoor) else None

    def post(self, request: HttpRequest, scope: Scope | None, reserved: Reserved) -> Posted | None:
        """Send a join over a connection that was reserved, without waiting for its answer.

        Returns None if the request is another one, or may have to be waited for, and is to be performed as any other.
        """
        from gradlink._sync.posting import POSTED_BYTES, Posted

        door = self._door
        if not isinstance(door, PlainDoor) or not request.begins_job:
            return None
        if len(request.content or b"") > POSTED_BYTES:
            return None
        if scope is not None:
            scope.check()
        limit = door.read_seconds("requests")
        account, attempt = Account(scope, limit, limit), Attempt()
        asked = Asked("requests", request.method, request.url, request_headers(request), request.content)
        told = partial(self._posted_error, request.url, scope)
        body = partial(AnswerBody, self._options, holds=request.holds)
        try:
            with ExitStack() as stack:
                stack.enter_context(self._use())
                stack.enter_context(account.counted())
                exchange = door.post(asked, account, attempt, stack, reserved)
                if exchange is None:
                    return None
                return Posted(exchange, account, attempt, body, told, stack.pop_all())
        except NetworkError as exc:
            raise told(exc, attempt) from exc

    def finish(self, steps: Steps, intent: Intent | None) -> None:
        """Perform what a flow asks for, from ``intent`` to its end, in this thread."""
        while intent is not None:
            try:
                with within(steps.scope):
                    answer = self._perform(intent)
            except GradlinkError as exc:
                intent = steps.throw(exc)
            else:
                intent = steps.next(answer)

    @contextmanager
    def open_socket(self, url: str, headers: Mapping[str, str]) -> Generator[LiveAnswer, None, None]:
        """Ask for a WebSocket; the caller looks for the status 101 and then reads and writes."""
        from gradlink._shell.websocket import handshake_headers

        account = self._account("streams", scoped=False)
        with self._opened(
            Asked("streams", "GET", url, {**headers, **handshake_headers()}), account
        ) as answer:
            if answer.status_code == 101:
                account.release()
            yield answer

    @contextmanager
    def _opened(self, asked: Asked, account: Account) -> Generator[LiveAnswer, None, None]:
        try:
            with self._use(), self._door.ask(asked, account, Attempt()) as answer:
                yield answer
        except NetworkError as exc:
            raise self._error(exc, asked.url) from exc

    def refusal(self, answer: Answer) -> HttpReply:
        """Return the answer to a request for a stream that is none."""
        return self._reply(answer, "answer")

    def use_headers(self, headers: Mapping[str, str]) -> None:
        """Send these headers to the app from now on, in place of those of the options."""
        self._options = replace(self._options, headers=headers)
        self._door.use_headers(app_headers(self._options))

    def cookies(self) -> dict[str, str]:
        """Return what the app's cookies are now, by their names."""
        from gradlink._shell.cookies import values_of

        return values_of(self._door.jar)

    def use_cookies(self, changes: Mapping[str, str | None], base: str) -> None:
        """Set cookies of the app at ``base``; those that are None are dropped. Raises ArgumentError for wrong ones."""
        from gradlink._shell.cookies import change_cookies

        change_cookies(self._door.jar, changes, base)

    def close(self) -> None:
        """Close all connections; threads that wait on one go on."""
        with self._lock:
            self._closed = True
        self._sockets.close()
        self._closing.set()
        self._stores.close()
        self._helpers.close()
        self.threads.close()
        if self._users == 0:
            self._door.close()

    @contextmanager
    def _use(self) -> Generator[None]:
        """Keep the door open while a thread waits on a socket of its; the last one closes it.

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
                self._door.close()

    def _perform(self, intent: Intent) -> Any:
        if (scope := current_scope()) is not None:
            scope.check()
        match intent:
            case HttpRequest(begins_job=True):
                return self._request(intent)
            case Gather():
                return self._gather(intent)
            case Scoped(flow=flow, scope=bound):
                return self.run(flow, bound if isinstance(bound, Scope) else None)
            case Within(flow=flow):
                return self._within_connecting(flow)
            case _:
                with waiting():
                    return self._perform_step(intent)

    def _perform_step(
        self,
        intent: HttpRequest | HttpDownload | Pause | UseBaseUrl | RunCallback | ReadAsDataUri | StoreDataUri,
    ) -> Any:
        match intent:
            case HttpRequest():
                return self._request(intent)
            case HttpDownload():
                return self._download(intent)
            case Pause(shortest=shortest, longest=longest):
                return self._pause(jitter(shortest, longest))
            case UseBaseUrl(base=base):
                return self._use_base_url(base)
            case RunCallback(callback=callback, event=event):
                return callback(event)
            case ReadAsDataUri(source=source):
                return data_uri(source)
            case StoreDataUri():
                return self._stores.take_data_uri(intent, self._options.max_download)
            case _:
                assert_never(intent)

    def _request(self, intent: HttpRequest) -> HttpReply:
        # A function's answer may take as long as it likes to begin; it has to go on as any other.
        waits = not intent.no_read_timeout
        usual: Use = "requests" if waits else "streams"
        use: Use = "streams" if intent.warms_stream else usual
        headers = request_headers(intent)
        asked = Asked(
            use if intent.same_origin else "foreign",
            intent.method,
            intent.url,
            headers,
            intent.content,
            intent if intent.files else None,
        )
        for last in (False, True):
            attempt = Attempt()
            account = self._account(usual, waits=waits)
            try:
                with self._use(), self._door.ask(asked, account, attempt) as answer:
                    return self._reply(answer, intent.holds)
            except NetworkError as exc:
                if last or not attempt.may_repeat(exc, idempotent=intent.idempotent):
                    raise self._error(exc, intent.url, attempt) from exc
            except GradlinkError:
                raise  # some are OSErrors, too
            except OSError as exc:
                raise self._error(failure_of(exc), intent.url, attempt) from exc
        raise AssertionError("the loop above returns or raises")

    def _download(self, intent: HttpDownload) -> Downloaded:
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
                with self._use(), self._door.ask(asked, account, attempt) as answer:
                    return self._save(intent, answer)
            except NetworkError as exc:
                if last or not attempt.may_repeat(exc, idempotent=True):
                    raise self._error(exc, intent.url) from exc
            except GradlinkError:
                raise  # some are OSErrors, too
            except OSError as exc:
                raise self._error(failure_of(exc), intent.url) from exc
        raise AssertionError("the loop above returns or raises")

    def _save(self, intent: HttpDownload, response: Answer) -> Downloaded:
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
        from gradlink._shell.transfers import download_of

        transfer = download_of(partial, intent.file_name)
        kept = False
        try:
            check_download(partial.total or 0, self._options.max_download, url)
            for chunk in chunks:
                partial.write(chunk)
                check_download(partial.size, self._options.max_download, url)
                transfer.at(partial.size)
            transfer.end(partial.size)
            return partial.downloaded(response.headers, url)
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

    def _reply(self, answer: Answer, holds: str) -> HttpReply:
        body = AnswerBody(self._options, answer, holds)
        for chunk in answer.iter_bytes() if body.comes else ():
            if not body.add(chunk):
                break
        return HttpReply(answer.status_code, answer.headers, body.content(), str(answer.url))

    def _use_of(self, intent: HttpDownload) -> Use:
        """Tell how a file is fetched: one that an app has named, and keeps elsewhere, not from a private address."""
        if intent.same_origin:
            return "requests"
        is_checked = not intent.trusted and (intent.temporary or not self._private)
        return "checked" if is_checked else "foreign"

    def _within_connecting(self, flow: Flow[T]) -> T:
        scope = Scope("connect", self._options.timeout.connect, parent=current_scope())
        result = self.run(flow, scope)
        # The flow may have succeeded without something that came too late.
        scope.check()
        return result

    def _use_base_url(self, base: str) -> None:
        self._door.use_base(base)
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

    def _posted_error(
        self, url: str, scope: Scope | None, failure: NetworkError, attempt: Attempt
    ) -> GradlinkError:
        with within(scope):
            try:
                return self._error(failure, url, attempt)
            except GradlinkError as exc:  # that of the limit of time
                return exc

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
        self._changed = Changes()
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
