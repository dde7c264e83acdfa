"""Requests as they are written where no httpx2 sends them.

Wire: RFC 9112. Writing one is a matter of joining; its answer is what has to be understood, see ``plainanswer.py``.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from gradlink._io import HttpRequest
from gradlink._shell.addresses import Address
from gradlink._shell.asking import Asked
from gradlink._shell.headers import USER_AGENT, app_headers, given_cookies
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.options import TransportOptions

if TYPE_CHECKING:
    from email.message import Message
    from http.cookiejar import CookieJar

# What is read of a connection in one step, at least, and what of a request is sent in one.
BUFFER_BYTES = 1 << 16

# What needs no httpx2; whatever else is asked for, it does itself.
_PLAIN_OPTIONS = frozenset(
    {"headers", "cookies", "timeout", "verify", "trust_env", "base_url", "follow_redirects"}
)
_COMMON = {"accept": "*/*", "accept-encoding": "gzip, deflate", "connection": "keep-alive"}


def is_plain(options: TransportOptions) -> bool:
    """Tell whether requests with these options can be sent without httpx2: through no proxy, and nothing of its own is asked for."""
    given = options.httpx_kwargs
    return given.keys() <= _PLAIN_OPTIONS and not (given.get("trust_env", True) and _has_proxies())


class PlainRequests:
    """What the requests of one client have in common; cookies are looked at once there are any.

    Args:
        base: where the app is: the cookies that the caller gave are for this host.
    """

    def __init__(self, options: TransportOptions, base: str) -> None:
        self._own = {**_COMMON, **app_headers(options)}
        self._foreign = {**_COMMON, "user-agent": USER_AGENT}
        self._given = given_cookies(options)
        self._jar: CookieJar | None = None
        if self._given:
            self.use_base(base)

    @property
    def jar(self) -> CookieJar:
        """The cookies."""
        if self._jar is None:
            from http.cookiejar import CookieJar

            self._jar = CookieJar()
        return self._jar

    def use_headers(self, headers: Mapping[str, str]) -> None:
        """Send these with every request to the app from now on."""
        self._own = {**_COMMON, **headers}

    def use_base(self, base: str) -> None:
        """Take the app to be at ``base``."""
        if self._given or self._jar is not None:
            from gradlink._shell.cookies import jar_of

            self._jar = jar_of(self._given, base)

    def take_cookies(self, url: str, headers: Message | None) -> None:
        """Keep the cookies that an answer sets; None has none."""
        if headers is not None and "set-cookie" in headers:
            from gradlink._shell.cookies import take_cookies

            take_cookies(self.jar, url, headers)

    def pieces(self, asked: Asked, address: Address, stack: ExitStack) -> Iterator[bytes]:
        """Yield what is sent for a request, in the pieces in which it is sent.

        Args:
            stack: closes what was opened for the body.

        Raises NetworkError for an address that is not one of HTTP.
        """
        if address.scheme not in {"http", "https"}:
            raise NetworkError(
                "UnsupportedProtocol", f"{asked.url[:200]!r} is not an address of http or https"
            )
        headers, body = self._headers(asked, address, stack)
        return written((asked.method, address), headers, body)

    def _headers(
        self, asked: Asked, address: Address, stack: ExitStack
    ) -> tuple[dict[str, str], bytes | Iterable[bytes] | None]:
        """Return all that the request says beside its address, and its body."""
        headers = {**(self._own if asked.to_app else self._foreign)}
        if asked.to_app and self._jar is not None:
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


def written(
    asked: tuple[str, Address], headers: Mapping[str, str], body: bytes | Iterable[bytes] | None
) -> Iterator[bytes]:
    """Yield a request; ``headers`` are all that it has, in lower case, but the host and the length of a body of bytes."""
    method, address = asked
    lines = [f"{method} {address.target} HTTP/1.1", f"Host: {address.authority}"]
    lines += [f"{name}: {value}" for name, value in headers.items()]
    if isinstance(body, bytes):
        lines.append(f"content-length: {len(body)}")
    head = "\r\n".join([*lines, "\r\n"]).encode("latin-1")
    if body is None:
        yield head
    elif isinstance(body, bytes):
        if len(body) <= BUFFER_BYTES:
            yield head + body  # in one packet, by one call of the system
        else:
            yield head
            yield body
    else:
        yield head
        in_chunks = "transfer-encoding" in headers
        for piece in body:
            if piece:
                yield b"%x\r\n%b\r\n" % (len(piece), piece) if in_chunks else piece
        if in_chunks:
            yield b"0\r\n\r\n"


def _has_proxies() -> bool:
    """Tell whether the machine names a proxy, whichever addresses it is for."""
    if sys.platform in {"darwin", "win32"}:  # they have it elsewhere, too
        from urllib.request import getproxies

        return any(name != "no" for name in getproxies())
    names = (name.lower() for name, value in os.environ.items() if value)
    return any(name.endswith("_proxy") and name != "no_proxy" for name in names)


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
