"""The cookies of one client: those that its caller gave, for the app's host alone, and those that the app sets."""

from __future__ import annotations

from collections.abc import Mapping
from email.message import Message
from http.cookiejar import Cookie, CookieJar
from typing import Any
from urllib.parse import urlsplit

from gradlink._protocol.headers import check_cookies


class Asked:
    """A request, as a cookie jar looks at it."""

    unverifiable = False

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._url = url
        self.type = parts.scheme
        self.host = parts.netloc.rpartition("@")[2]
        self.origin_req_host = parts.hostname or ""
        self.cookies: str | None = None

    def get_full_url(self) -> str:
        return self._url

    def has_header(self, name: str) -> bool:  # noqa: ARG002  # a caller's own cookie header is not looked at here
        return False

    def add_unredirected_header(self, name: str, value: str) -> None:
        if name == "Cookie":
            self.cookies = value


class Answered:
    """An answer, as a cookie jar looks at it."""

    def __init__(self, headers: Message) -> None:
        self._headers = headers

    def info(self) -> Message:
        return self._headers


def cookie_header(jar: CookieJar, url: str) -> str | None:
    """Return what a request of ``url`` says of the cookies in ``jar``, None for nothing."""
    asked: Any = Asked(url)
    jar.add_cookie_header(asked)
    cookies: str | None = asked.cookies
    return cookies


def take_cookies(jar: CookieJar, url: str, headers: Message) -> None:
    """Keep the cookies that an answer sets."""
    asked: Any = Asked(url)
    answered: Any = Answered(headers)
    jar.extract_cookies(answered, asked)


def bound_cookies(given: Mapping[str, str], base: str) -> list[Cookie]:
    """Return ``given`` as cookies of the host of ``base``. Raises ArgumentError for what cannot be sent."""
    check_cookies("httpx_kwargs: cookies", given)
    host = urlsplit(base).hostname or ""
    domain = f"[{host}]" if ":" in host else host
    # The cookie module only matches hosts with a dot; it adds ".local" to those without one.
    domain = domain if "." in domain else f"{domain}.local"
    return [_cookie(name, value, domain) for name, value in given.items()]


def jar_of(given: Mapping[str, str], base: str) -> CookieJar:
    """Return a jar with ``given`` as cookies of the host of ``base``. Raises ArgumentError for what cannot be sent."""
    jar = CookieJar()
    for cookie in bound_cookies(given, base):
        jar.set_cookie(cookie)
    return jar


def values_of(jar: CookieJar) -> dict[str, str]:
    """Return what the cookies are, by their names."""
    return {cookie.name: cookie.value or "" for cookie in jar}


def change_cookies(jar: CookieJar, changes: Mapping[str, str | None], base: str) -> None:
    """Set cookies of the app at ``base``; those that are None are dropped. Raises ArgumentError for wrong ones."""
    for cookie in [cookie for cookie in jar if cookie.name in changes]:
        jar.clear(cookie.domain, cookie.path, cookie.name)
    for cookie in bound_cookies({name: value for name, value in changes.items() if value is not None}, base):
        jar.set_cookie(cookie)


def _cookie(name: str, value: str, domain: str) -> Cookie:
    return Cookie(
        version=0,
        name=name,
        value=value,
        port=None,
        port_specified=False,
        domain=domain,
        domain_specified=True,
        domain_initial_dot=False,
        path="/",
        path_specified=True,
        secure=False,
        expires=None,
        discard=True,
        comment=None,
        comment_url=None,
        rest={},
        rfc2109=False,
    )
