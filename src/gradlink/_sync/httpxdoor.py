"""The door for proxies, and for whatever ``httpx_kwargs`` ask httpx2 for."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.cookiejar import CookieJar
from typing import TYPE_CHECKING, Any

import httpx2

from gradlink._shell.addresses import parsed_url
from gradlink._shell.asking import Asked, Use
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
from gradlink._shell.headers import given_cookies
from gradlink._shell.logs import log_answer
from gradlink._shell.multipart import multipart
from gradlink._shell.networkerror import NetworkError, failure_of
from gradlink._shell.options import TransportOptions
from gradlink._shell.timing import Account
from gradlink._sync.network import watch_network
from gradlink._sync.sockets import shut_socket

if TYPE_CHECKING:
    from gradlink._sync.door import LiveAnswer, Opened

_CONNECTED = frozenset({"connection.connect_tcp.complete", "connection.start_tls.complete"})


class HttpxDoor:
    """Sends requests with httpx2.

    Args:
        opened: told of each socket as soon as it is there.

    Raises TypeError or ValueError for options that httpx2 does not know.
    """

    def __init__(self, options: TransportOptions, base: str, opened: Opened) -> None:
        settings = client_settings(options)
        self._options = options
        self._opened = opened
        self._cookies = jar_of(given_cookies(options), base)
        self._requests = _client(settings.requests, self._cookies)
        self._streams = _client(settings.streams, self._cookies)
        self._foreign_settings = settings.cross_origin
        self._foreign: dict[bool, httpx2.Client] = {}
        self._lock = threading.Lock()
        self._closed = False

    def read_seconds(self, use: Use) -> float | None:
        return (self._streams if use == "streams" else self._requests).timeout.read

    @contextmanager
    def ask(self, asked: Asked, account: Account, attempt: Attempt) -> Generator[LiveAnswer, None, None]:
        client = self._client_for(asked.use)
        attempt.connecting = self._connecting
        # Its own limits are those of each single read; the account has those of the answer.
        limits = client.timeout if account.waits else without_read_timeout(client.timeout)
        files: Any = None
        try:
            with (
                account,
                ExitStack() as stack,
                client.stream(
                    asked.method,
                    parsed_url(asked.url),
                    content=asked.content,
                    files=(multipart(asked.upload, stack) or None) if asked.upload is not None else files,
                    headers=wire_headers(asked.headers),
                    timeout=limits,
                    extensions={"trace": attempt.trace},
                ) as response,
            ):
                account.answered(response.headers, response.status_code)
                log_answer(asked.method, asked.url, response.status_code)
                yield HttpxAnswer(response)
        except HTTPX_ERRORS as exc:
            failure = failure_of(exc)
            if failure.at_proxy:
                failure.proxy = proxy_of(client, asked.url)
            raise failure from exc
        except RuntimeError as exc:
            if not self._closed:
                raise
            raise NetworkError("CloseError", "the client was closed") from exc

    @property
    def jar(self) -> CookieJar:
        return self._cookies

    def use_headers(self, headers: Mapping[str, str]) -> None:
        for client in (self._requests, self._streams):
            client.headers = wire_headers(headers)

    def use_base(self, base: str) -> None:
        self._cookies.clear()
        for cookie in bound_cookies(given_cookies(self._options), base):
            self._cookies.set_cookie(cookie)

    def close(self) -> None:
        self._closed = True
        for client in (self._requests, self._streams, *self._foreign.values()):
            client.close()

    def _client_for(self, use: Use) -> httpx2.Client:
        if use == "requests":
            return self._requests
        if use == "streams":
            return self._streams
        checked = use == "checked"
        with self._lock:
            client = self._foreign.get(checked)
            if client is None:
                client = self._foreign[checked] = _client(self._foreign_settings, checked=checked)
            return client

    def _connecting(self, event: str, info: Any) -> None:
        """Take a trace event of httpcore2: those that bring a connection say which socket it has."""
        if event in _CONNECTED:
            self._opened(info["return_value"].get_extra_info("socket"))


class HttpxAnswer:
    """An ``httpx2.Response`` whose failures are those of the network."""

    def __init__(self, response: httpx2.Response) -> None:
        self._response = response
        self.status_code = response.status_code
        self.headers = response.headers
        self.url = response.url

    @property
    def is_stream_consumed(self) -> bool:
        return self._response.is_stream_consumed

    def iter_raw(self) -> Iterator[bytes]:
        """Yield the body as it is sent."""
        return _translated(self._response.iter_raw())

    def iter_bytes(self) -> Iterator[bytes]:
        """Yield the body, unpacked if it is compressed."""
        return _translated(self._response.iter_bytes())

    def receive(self, most: int, seconds: float | None = None) -> bytes:
        """Read what has come after a status 101; nothing at the end."""
        data: bytes = self._network.read(most, seconds)
        return data

    def send(self, data: bytes, seconds: float | None) -> None:
        """Write after a status 101."""
        self._network.write(data, seconds)

    def stop(self) -> None:
        """Wake the thread that reads it, by shutting its socket down."""
        opened = self._network.get_extra_info("socket") if self._network is not None else None
        if opened is not None:
            shut_socket(opened)

    @property
    def _network(self) -> Any:
        return self._response.extensions.get("network_stream")


def _translated(pieces: Iterator[bytes]) -> Iterator[bytes]:
    try:
        yield from pieces
    except HTTPX_ERRORS as exc:
        raise failure_of(exc) from exc


def _client(settings: dict[str, Any], cookies: Any = None, *, checked: bool = False) -> httpx2.Client:
    with naming_extras():
        client = httpx2.Client(**settings, cookies=cookies)
    watch_network(client, checked=checked)
    return client
