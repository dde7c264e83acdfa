"""Whose requests the proxy hands on: it adds logins and tokens, which are not for other pages of the browser."""

from __future__ import annotations

from gradlink._serving.visitors import Headers, is_followed, is_foreign, is_named


def refusal(method: str, headers: Headers, listening: str) -> str | None:
    """Return why a request is not handed on to the app, None if it is; ``listening`` is the host of the proxy."""
    if not is_named(headers, listening):
        return "gradlink record: this host name is not this proxy's"
    if is_foreign(headers) and not is_followed(method, headers):
        return "gradlink record: this is only for the app's own page"
    return None
