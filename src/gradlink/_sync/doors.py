"""Which door to the network a client has."""

from __future__ import annotations

import os
import sys

from gradlink._shell.options import TransportOptions
from gradlink._sync.door import Door, Opened
from gradlink._sync.plaindoor import PlainDoor

# What the standard library does as httpx2 does it; whatever else is asked for, httpx2 does itself.
_PLAIN_OPTIONS = frozenset(
    {"headers", "cookies", "timeout", "verify", "trust_env", "base_url", "follow_redirects"}
)


def open_door(options: TransportOptions, base: str, opened: Opened) -> Door:
    """Return the leanest door that does what ``options`` ask for."""
    given = options.httpx_kwargs
    if given.keys() <= _PLAIN_OPTIONS and not (given.get("trust_env", True) and _has_proxies()):
        return PlainDoor(options, base, opened)
    from gradlink._sync.httpxdoor import HttpxDoor

    return HttpxDoor(options, base, opened)


def _has_proxies() -> bool:
    """Tell whether the machine names a proxy, whichever addresses it is for."""
    if sys.platform in {"darwin", "win32"}:  # they have it elsewhere, too
        from urllib.request import getproxies

        return any(name != "no" for name in getproxies())
    names = (name.lower() for name, value in os.environ.items() if value)
    return any(name.endswith("_proxy") and name != "no_proxy" for name in names)
