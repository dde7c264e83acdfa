"""Where a request may go."""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from gradlink._dataclass import dataclass
from gradlink._protocol.filedata import is_private_address
from gradlink.errors import FileError, ProtocolError

if TYPE_CHECKING:
    import httpx2

# Addresses that are sent as they are written, as nearly all are; of any other httpx2 knows what is to become of it.
_ORIGIN = re.compile(r"(https?)://([a-z0-9.-]{1,253}+)(?::([1-9][0-9]{0,4}+))?")
_TARGET = re.compile(r"[A-Za-z0-9._~!$&()*+,;=:@/?-]*+")
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True, slots=True)
class Address:
    """An address as a request needs it.

    Attributes:
        host: a name or an address of a machine, without brackets.
        authority: host and port as the header Host has them.
        target: path and query.
        userinfo: user and password, none in nearly all.
    """

    scheme: str
    host: str
    port: int
    authority: str
    target: str
    userinfo: bytes = b""


@lru_cache(maxsize=256)
def address_of(url: str) -> Address:
    """Return ``url`` parsed: an app's few addresses are asked for again and again.

    Raises ProtocolError if it is none: an app names some of its addresses, or a part of them, itself.
    """
    plain = _ORIGIN.match(url)
    rest = "" if plain is None else url[plain.end() :]
    if (
        plain is None
        or _TARGET.fullmatch(rest) is None
        or not rest.startswith(("/", "?") if rest else "")
        or "/." in rest  # which may be a way up
    ):
        return _as_httpx_has_it(parsed_url(url))
    scheme, host, port = plain.groups()
    usual = _PORTS[scheme]
    number = int(port) if port else usual
    authority = host if number == usual else f"{host}:{number}"
    return Address(scheme, host, number, authority, rest if rest.startswith("/") else f"/{rest}")


def _as_httpx_has_it(url: httpx2.URL) -> Address:
    return Address(
        url.scheme,
        url.raw_host.decode("ascii"),
        url.port or _PORTS.get(url.scheme, 0),
        url.netloc.decode("ascii"),
        url.raw_path.decode("ascii"),
        url.userinfo,
    )


@lru_cache(maxsize=256)
def parsed_url(url: str) -> httpx2.URL:
    """Return ``url`` as httpx2 has it. Raises ProtocolError if it is none."""
    import httpx2

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
