"""What the head of a request has beside its address."""

from __future__ import annotations

from collections.abc import Mapping
from http.cookiejar import CookieJar

import httpx2

from gradlink._io import HttpRequest
from gradlink._protocol.headers import check_cookies
from gradlink._shell.options import TransportOptions


def request_headers(request: HttpRequest) -> httpx2.Headers:
    """Return the headers of ``request``; a multipart body brings its own content type."""
    if request.content is None:
        return wire_headers(request.headers)
    return wire_headers({**request.headers, "content-type": request.content_type})


def wire_headers(headers: Mapping[str, str] | None) -> httpx2.Headers:
    """Return ``headers`` as they are sent; by itself httpx2 refuses all letters but those of ASCII."""
    return httpx2.Headers(headers, encoding="latin-1")


def shared_cookies(options: TransportOptions, base: str) -> CookieJar:
    """Return the jar of a connection; what the caller gave is bound to the app's host."""
    return bound_cookies({**dict(options.httpx_kwargs.get("cookies") or {}), **options.cookies}, base)


def bound_cookies(given: Mapping[str, str], base: str) -> CookieJar:
    """Return ``given`` as cookies of the host of ``base``. Raises ArgumentError for what cannot be sent."""
    cookies = httpx2.Cookies()
    check_cookies("httpx_kwargs: cookies", given)
    host = httpx2.URL(base).host
    domain = f"[{host}]" if ":" in host else host
    # The cookie module only matches hosts with a dot; it adds ".local" to those without one.
    domain = domain if "." in domain else f"{domain}.local"
    for name, value in given.items():
        cookies.set(name, value, domain=domain)
    return cookies.jar
