"""The door to apps that are reached without a proxy: ``http.client`` over pooled connections."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from http.cookiejar import CookieJar
from typing import Any

from gradlink._engine.app import KEEPALIVE_SECONDS
from gradlink._io import HttpRequest
from gradlink._shell.addresses import Address, address_of
from gradlink._shell.attempts import Attempt
from gradlink._shell.headers import USER_AGENT, app_headers, given_cookies
from gradlink._shell.limits import MAX_CONNECTIONS, STREAM_KEEPALIVE_SECONDS, wait_limits
from gradlink._shell.logs import log_answer
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.options import TransportOptions
from gradlink._shell.timing import Account
from gradlink._shell.tls import late_tls_context
from gradlink._sync.door import Asked, LiveAnswer, Opened, Use
from gradlink._sync.plain import ACCEPT_ENCODING, PlainAnswer, write
from gradlink._sync.pool import Pool
from gradlink._sync.wire import Wire, connect

_COMMON = {"accept": "*/*", "accept-encoding": ACCEPT_ENCODING, "connection": "keep-alive"}


class PlainDoor:
    """Sends requests over connections of its own; cookies are looked at once there are any.

    Args:
        opened: told of each socket as soon as it is there.
    """

    def __init__(self, options: TransportOptions, base: str, opened: Opened) -> None:
        given = options.httpx_kwargs
        self._context = late_tls_context(
            given.get("verify", options.ssl_verify), None, given.get("trust_env", True)
        )
        self._limits = wait_limits(given.get("timeout"), options.timeout)
        self._opened = opened
        self._own = {**_COMMON, **app_headers(options)}
        self._foreign = {**_COMMON, "user-agent": USER_AGENT}
        self._given = given_cookies(options)
        self._base = base
        self._jar: CookieJar | None = None
        if self._given:
            self.use_base(base)
        self._pools: dict[Use, Pool] = {
            "requests": Pool(KEEPALIVE_SECONDS),
            "streams": Pool(STREAM_KEEPALIVE_SECONDS),
            "foreign": Pool(KEEPALIVE_SECONDS),
            "checked": Pool(KEEPALIVE_SECONDS),
        }
        self._places = threading.BoundedSemaphore(MAX_CONNECTIONS)

    def read_seconds(self, use: Use) -> float | None:
        return self._limits.idle if use == "streams" else self._limits.read

    @contextmanager
    def ask(self, asked: Asked, account: Account, attempt: Attempt) -> Generator[LiveAnswer, None, None]:
        address = address_of(asked.url)
        if address.scheme not in {"http", "https"}:
            raise NetworkError(
                "UnsupportedProtocol", f"{asked.url[:200]!r} is not an address of http or https"
            )
        with ExitStack() as stack:
            if asked.use == "requests":
                stack.enter_context(self._places)
            headers, body = self._headers(asked, address, stack)
            wire = self._wire(asked.use, address, account, attempt)
            answer: PlainAnswer | None = None
            try:
                wire.account = account
                account.stopper = wire.stop
                write(wire, (asked.method, address), headers, body, attempt, self._limits.write)
                answer = PlainAnswer(wire, asked.method, asked.url)
                attempt.answered = True
                if "set-cookie" in answer.headers and asked.use in {"requests", "streams"}:
                    self._take_cookies(asked.url, answer.message)
                log_answer(asked.method, asked.url, answer.status_code)
                account.answered(answer.headers)
                yield answer
            finally:
                if answer is not None:
                    answer.close()
                if answer is not None and answer.can_be_kept:
                    self._pools[asked.use].keep(address, wire)
                else:
                    wire.close()

    @property
    def jar(self) -> CookieJar:
        if self._jar is None:
            self._jar = CookieJar()
        return self._jar

    def use_headers(self, headers: Mapping[str, str]) -> None:
        self._own = {**_COMMON, **headers}

    def use_base(self, base: str) -> None:
        self._base = base
        if self._given or self._jar is not None:
            from gradlink._shell.cookies import jar_of

            self._jar = jar_of(self._given, base)

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

    def _wire(self, use: Use, address: Address, account: Account, attempt: Attempt) -> Wire:
        """Return a connection for one exchange: a kept one, or a new one."""
        kept = self._pools[use].take(address)
        if kept is not None:
            return kept
        attempt.fresh = True
        checked = use == "checked"
        return connect(address, account, self._limits.connect, self._context, self._opened, checked=checked)

    def _headers(
        self, asked: Asked, address: Address, stack: ExitStack
    ) -> tuple[dict[str, str], bytes | Iterable[bytes] | None]:
        """Return all that the request says beside its address, and its body."""
        to_app = asked.use in {"requests", "streams"}
        headers = {**(self._own if to_app else self._foreign)}
        if to_app and self._jar is not None:
            from gradlink._shell.cookies import cookie_header

            if cookies := cookie_header(self._jar, asked.url):
                headers["cookie"] = cookies
        if address.userinfo and "authorization" not in headers:
            headers["authorization"] = _basic(address.userinfo)
        body: bytes | Iterable[bytes] | None = asked.content
        if asked.upload is not None:
            own, body = _multipart(asked.upload, stack)
            headers.update(own)
        for name, value in asked.headers.items():
            headers[name.lower()] = value
        return headers, body

    def _take_cookies(self, url: str, message: Any) -> None:
        from gradlink._shell.cookies import take_cookies

        take_cookies(self.jar, url, message)


def _basic(userinfo: bytes) -> str:
    import base64
    from urllib.parse import unquote_to_bytes

    return "Basic " + base64.b64encode(unquote_to_bytes(userinfo)).decode("ascii")


def _multipart(upload: HttpRequest, stack: ExitStack) -> tuple[dict[str, str], Iterator[bytes]]:
    """Return the headers and the body of files, which httpx2 writes: it knows how their names are quoted."""
    import httpx2

    from gradlink._shell.multipart import multipart

    request: Any = httpx2.Request("POST", upload.url, files=multipart(upload, stack))
    names = ("content-type", "content-length", "transfer-encoding")
    return {name: request.headers[name] for name in names if name in request.headers}, iter(request.stream)
