"""What the head of a request has beside its address."""

from __future__ import annotations

from collections.abc import Mapping

from gradlink._io import HttpRequest
from gradlink._shell.options import TransportOptions

USER_AGENT = "gradlink"

# Gradio's own Python client marks its calls so; apps that tell people from programs look at it.
USER_HEADER = {"x-gradio-user": "api"}


def request_headers(request: HttpRequest) -> dict[str, str]:
    """Return the headers of ``request``; a multipart body brings its own content type."""
    if request.content is None:
        return dict(request.headers)
    return {**request.headers, "content-type": request.content_type}


def app_headers(options: TransportOptions) -> dict[str, str]:
    """Return what every request to the app's origin is sent with, each name once, in lower case."""
    further: Mapping[str, str] = options.httpx_kwargs.get("headers") or {}
    headers: dict[str, str] = {}
    for given in ({"user-agent": USER_AGENT}, USER_HEADER, dict(further), options.headers):
        headers.update({name.lower(): value for name, value in given.items()})
    return headers


def given_cookies(options: TransportOptions) -> dict[str, str]:
    """Return the cookies that the caller gave, by their names."""
    return {**dict(options.httpx_kwargs.get("cookies") or {}), **options.cookies}
