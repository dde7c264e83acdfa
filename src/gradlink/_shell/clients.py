"""The settings of the HTTP clients that a connection has."""

from __future__ import annotations

from collections.abc import Generator, Mapping
from contextlib import contextmanager
from typing import Any

import httpcore2
import httpx2

from gradlink._dataclass import dataclass
from gradlink._engine.app import KEEPALIVE_SECONDS
from gradlink._shell.headers import USER_AGENT, app_headers
from gradlink._shell.limits import MAX_CONNECTIONS, STREAM_KEEPALIVE_SECONDS, wait_limits
from gradlink._shell.options import TransportOptions
from gradlink._shell.tls import late_tls_context
from gradlink.errors import MissingPackageError

# What an exchange with httpx2 can end with. The network stream of a WebSocket raises what httpcore2 calls them.
HTTPX_ERRORS = (
    httpx2.HTTPError,
    httpx2.InvalidURL,
    httpx2.StreamError,
    httpcore2.NetworkError,
    httpcore2.TimeoutException,
    httpcore2.ProtocolError,
)


@contextmanager
def naming_extras() -> Generator[None]:
    """Raise MissingPackageError where httpx2 lacks a package, as for a SOCKS proxy."""
    try:
        yield
    except ImportError as exc:
        extra = "socks" if "socks" in str(exc).lower() else "http2"
        what = "a SOCKS proxy" if extra == "socks" else "http2=True"
        raise MissingPackageError(
            f'{what} needs a package that is not installed: pip install "httpx2[{extra}]"'
        ) from exc


def proxy_of(client: Any, url: str) -> str:
    """Return the address of the proxy that ``client`` of httpx2 uses for ``url``, without credentials; "" if it uses none."""
    # httpx2 has no other way to tell.
    pool = getattr(client._transport_for_url(httpx2.URL(url)), "_pool", None)  # noqa: SLF001
    proxy = getattr(pool, "_proxy_url", None)
    if proxy is None:
        return ""
    return f"{proxy.scheme.decode('ascii')}://{proxy.host.decode('ascii')}:{proxy.port}"


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Keyword arguments for the three HTTP clients that a connection has.

    Attributes:
        requests: for requests that are answered at once; a bounded pool.
        streams: for streams and requests without a read timeout, which each hold a connection as long as they last.
        cross_origin: for files of other hosts: no credentials of the app.
        connect: seconds for connecting as a whole, None for no limit.
    """

    requests: dict[str, Any]
    streams: dict[str, Any]
    cross_origin: dict[str, Any]
    connect: float | None


def client_settings(options: TransportOptions) -> ClientSettings:
    """Return the arguments for ``httpx2.Client`` and ``httpx2.AsyncClient``.

    Raises TypeError or ValueError for options that httpx2 does not know.
    """
    given = dict(options.httpx_kwargs)
    for name in ("cookies", "base_url", "follow_redirects"):
        given.pop(name, None)
    verify = late_tls_context(
        given.pop("verify", options.ssl_verify), given.pop("cert", None), given.get("trust_env", True)
    )
    waits = wait_limits(given.pop("timeout", None), options.timeout)
    given.pop("headers", None)
    limits = given.pop(
        "limits", httpx2.Limits(max_connections=MAX_CONNECTIONS, keepalive_expiry=KEEPALIVE_SECONDS)
    )
    common = {**given, "verify": verify, "follow_redirects": False}
    cross_origin = {
        key: value for key, value in common.items() if key not in {"auth", "cert", "params", "event_hooks"}
    }
    timeout = httpx2.Timeout(connect=waits.connect, read=waits.read, write=waits.write, pool=waits.pool)
    idle = httpx2.Timeout(connect=waits.connect, read=waits.idle, write=waits.write, pool=waits.pool)
    own = {**common, "headers": wire_headers(app_headers(options))}
    unlimited = httpx2.Limits(max_connections=None, keepalive_expiry=STREAM_KEEPALIVE_SECONDS)
    return ClientSettings(
        requests={**own, "limits": limits, "timeout": timeout},
        streams={**own, "limits": unlimited, "timeout": idle},
        cross_origin={
            **cross_origin,
            "headers": {"user-agent": USER_AGENT},
            "limits": limits,
            "timeout": timeout,
        },
        connect=options.timeout.connect,
    )


def wire_headers(headers: Mapping[str, str] | None) -> httpx2.Headers:
    """Return ``headers`` as they are sent; by itself httpx2 refuses all letters but those of ASCII."""
    return httpx2.Headers(headers, encoding="latin-1")


def without_read_timeout(timeout: httpx2.Timeout) -> httpx2.Timeout:
    """Return ``timeout`` without a limit on waiting for the answer."""
    return httpx2.Timeout(connect=timeout.connect, read=None, write=timeout.write, pool=timeout.pool)
