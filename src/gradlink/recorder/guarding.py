"""Whose requests the proxy hands on: it adds logins and tokens, which are not for other pages of the browser."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final
from urllib.parse import urlsplit

_OWN: Final = frozenset({"none", "same-origin"})
Refusal = tuple[int, str]


def refusal(method: str, headers: Mapping[str, str], hosts: frozenset[str]) -> Refusal | None:
    """Return status and text for a request that is not the app's page's, None for one that is.

    Args:
        headers: of the request, by their names in lower case.
        hosts: the Host headers that mean this proxy.
    """
    host = headers.get("host", "").lower()
    if host not in hosts:
        # Another name that leads here is a page of somebody else's, which could read all that the app says.
        return 421, "gradlink record: this host name is not this proxy's"
    # A link from anywhere may be followed.
    followed = (
        method == "GET"
        and headers.get("sec-fetch-mode") == "navigate"
        and headers.get("sec-fetch-dest") == "document"
    )
    foreign = headers.get("sec-fetch-site", "none") not in _OWN and not followed
    # Browsers say less where the proxy is not on this machine; all of them say who sends something.
    origin = headers.get("origin")
    if foreign or (origin is not None and urlsplit(origin).netloc.lower() not in hosts):
        return 403, "gradlink record: this is only for the app's own page"
    return None
