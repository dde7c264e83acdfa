"""Where a request may go."""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from typing import Any

import httpx2

from gradlink._protocol.filedata import is_private_address
from gradlink.errors import FileError, ProtocolError


@lru_cache(maxsize=256)
def parsed_url(url: str) -> httpx2.URL:
    """Return ``url`` parsed: an app's few addresses are asked for again and again.

    Raises ProtocolError if it is none: an app names some of its addresses, or a part of them, itself.
    """
    try:
        return httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError) as exc:
        raise ProtocolError(f"the app gave an invalid address: {url[:200]!r}") from exc


def check_addresses(found: Iterable[Any], host: str) -> list[str]:
    """Return the addresses that were found for ``host``, which are to be connected to.

    Looking them up once more could give others. Raises FileError if one is private: an app must not reach into its
    callers' network.
    """
    addresses: list[str] = list(dict.fromkeys(place[0] for *_, place in found))
    for address in addresses:
        if is_private_address(f"//{address}" if ":" not in address else f"//[{address}]"):
            raise FileError(
                f"a file is to be fetched from {host}, which has the private address {address}: not fetched"
            )
    return addresses
