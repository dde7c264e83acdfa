"""The door to apps that are reached without a proxy: ``http.client`` over pooled connections."""

from __future__ import annotations

import threading
from collections.abc import Generator, Iterable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import TYPE_CHECKING, Any, overload

from gradlink._engine.app import KEEPALIVE_SECONDS
from gradlink._io import HttpRequest
from gradlink._shell.addresses import Address, address_of
from gradlink._shell.attempts import Attempt
from gradlink._shell.headers import USER_AGENT, app_headers, given_cookies
from gradlink._shell.limits import MAX_CONNECTIONS, STREAM_KEEPALIVE_SECONDS, wait_limits
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.options import TransportOptions
from gradlink._shell.timing import Account
from gradlink._shell.tls import late_tls_context
from gradlink._sync.door import Asked, LiveAnswer, Opened, Use
from gradlink._sync.exchange import Exchange
from gradlink._sync.plain import ACCEPT_ENCODING, PlainAnswer, write
from gradlink._sync.pool import Pool
from gradlink._sync.wire import connect

if TYPE_CHECKING:
    from http.cookiejar import CookieJar

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
        with account.counted(), ExitStack() as stack:
            if asked.use == "requests":
                stack.enter_context(self._places)
            exchange = self.begin(asked, account, attempt, stack)
            try:
                yield exchange.answered()
            finally:
                exchange.close()

    @overload
    def begin(self, asked: Asked, account: Account, attempt: Attempt, stack: ExitStack) -> Exchange: ...

    @overload
    def begin(
        self, asked: Asked, account: Account, attempt: Attempt, stack: ExitStack, *, kept: bool
    ) -> Exchange | None: ...

    def begin(
        self, asked: Asked, account: Account, attempt: Attempt, stack: ExitStack, *, kept: bool = False
    ) -> Exchange | None:
        """Send a request, whose answer is read later; ``stack`` is closed when that was done.

        With ``kept`` only over a connection that is there; None if there is none.
        """
        address = address_of(asked.url)
        if address.scheme not in {"http", "https"}:
            raise NetworkError(
                "UnsupportedProtocol", f"{asked.url[:200]!r} is not an address of http or https"
            )
        headers, body = self._headers(asked, address, stack)
        pool = self._pools[asked.use]
        wire = pool.take(address)
        if wire is None:
            if kept:
                return None
            attempt.fresh = True
            checked = asked.use == "checked"
            wire = connect(
                address, account, self._limits.connect, self._context, self._opened, checked=checked
            )
        wire.account = account
        account.stopper = wire.stop
        try:
            write(wire, (asked.method, address), headers, body, attempt, self._limits.write)
        except BaseException:
            wire.close()
            raise
        heard = self._take_cookies if asked.use in {"requests", "streams"} else None
        return Exchange(wire, asked, address, attempt, pool, heard)

    @property
    def jar(self) -> CookieJar:
        if self._jar is None:
            from http.cookiejar import CookieJar

            self._jar = CookieJar()
        return self._jar

    def use_headers(self, headers: Mapping[str, str]) -> None:
        self._own = {**_COMMON, **headers}

    def use_base(self, base: str) -> None:
        if self._given or self._jar is not None:
            from gradlink._shell.cookies import jar_of

            self._jar = jar_of(self._given, base)

    def close(self) -> None:
        for pool in self._pools.values():
            pool.close()

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

    def _take_cookies(self, answer: PlainAnswer) -> None:
        if "set-cookie" in answer.headers:
            from gradlink._shell.cookies import take_cookies

            take_cookies(self.jar, answer.url, answer.message)


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
