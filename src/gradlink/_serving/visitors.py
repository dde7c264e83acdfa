"""Who asks a server of this machine: under which name, and from which page of the browser."""

from __future__ import annotations

import ipaddress
import socket
from collections.abc import Iterable, Mapping, Sequence
from typing import Final, TypeAlias
from urllib.parse import urlsplit

from gradlink._serving.listening import ANY_HOST, is_loopback

# By their names in lower case.
Headers: TypeAlias = Mapping[str, Sequence[str]]

_LOOPBACK: Final = frozenset({"localhost", "127.0.0.1", "::1"})
# "none" is the address bar.
_OWN: Final = (["none"], ["same-origin"])


def headers_of(raw: Iterable[tuple[bytes, bytes]]) -> Headers:
    """Return the headers of a request as ASGI has them."""
    headers: dict[str, list[str]] = {}
    for name, value in raw:
        headers.setdefault(name.decode("latin-1").lower(), []).append(value.decode("latin-1"))
    return headers


def is_named(headers: Headers, listening: str) -> bool:
    """Tell whether a request names the server that listens at the host ``listening``: DNS can have any name mean this machine."""
    host = headers.get("host", ())
    if len(host) != 1:
        return False
    try:
        name = (urlsplit(f"//{host[0]}").hostname or "").lower()
    except ValueError:
        return False
    if name == listening.lower():
        return True
    if is_loopback(listening):
        return name in _LOOPBACK
    if listening in ANY_HOST:
        return name in _LOOPBACK or _is_address(name) or name == socket.gethostname().lower()
    return False


def is_foreign(headers: Headers) -> bool:
    """Tell whether a request comes from another page of the browser.

    Browsers say where all requests come from, to a server that is on the same machine; to others, who sends something.
    """
    if headers.get("sec-fetch-site", ["none"]) not in _OWN:
        return True
    origin = headers.get("origin", ())
    return any(urlsplit(one).netloc.lower() != headers["host"][0].lower() for one in origin)


def is_followed(method: str, headers: Headers) -> bool:
    """Tell whether a request is for a link that was followed, so that the other page does not see the answer."""
    mode, destination = headers.get("sec-fetch-mode"), headers.get("sec-fetch-dest")
    return method == "GET" and mode == ["navigate"] and destination == ["document"]


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
