"""The settings of the HTTP clients that a connection has."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import httpx2

from gradlink._engine.app import KEEPALIVE_SECONDS
from gradlink._protocol.policy import Timeout
from gradlink._shell.headers import wire_headers
from gradlink._shell.options import TransportOptions
from gradlink._shell.tls import late_tls_context

# The pool's bookkeeping costs time for each of its connections, at every request.
MAX_CONNECTIONS = 32

# For answers that come at once on a healthy server, however slow its functions are.
READ_SECONDS = 60.0

MAX_PARALLEL_FLOWS = 4

# A server that is too busy to look closes what was idle for 5 s, whatever has come meanwhile. A request that changes nothing is
# sent again then; a stream is lost with its jobs, since somebody may have begun to read it. So little is risked with one.
STREAM_KEEPALIVE_SECONDS = 1.0

USER_AGENT = "gradlink"

# Gradio's own Python client marks its calls so; apps that tell people from programs look at it.
USER_HEADER = {"x-gradio-user": "api"}


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
    read, others = _timeouts(given.pop("timeout", None), options.timeout)
    given.pop("headers", None)
    limits = given.pop(
        "limits", httpx2.Limits(max_connections=MAX_CONNECTIONS, keepalive_expiry=KEEPALIVE_SECONDS)
    )
    common = {**given, "verify": verify, "follow_redirects": False}
    cross_origin = {
        key: value for key, value in common.items() if key not in {"auth", "cert", "params", "event_hooks"}
    }
    stream_read = options.timeout.idle
    own = {**common, "headers": app_headers(options)}
    unlimited = httpx2.Limits(max_connections=None, keepalive_expiry=STREAM_KEEPALIVE_SECONDS)
    return ClientSettings(
        requests={**own, "limits": limits, "timeout": httpx2.Timeout(read=read, **others)},
        streams={**own, "limits": unlimited, "timeout": httpx2.Timeout(read=stream_read, **others)},
        cross_origin={
            **cross_origin,
            "headers": {"user-agent": USER_AGENT},
            "limits": limits,
            "timeout": httpx2.Timeout(read=read, **others),
        },
        connect=options.timeout.connect,
    )


def app_headers(options: TransportOptions) -> httpx2.Headers:
    """Return what every request to the app's origin is sent with."""
    further: Mapping[str, str] | None = options.httpx_kwargs.get("headers")
    return wire_headers({"user-agent": USER_AGENT, **USER_HEADER, **(further or {}), **options.headers})


def without_read_timeout(timeout: httpx2.Timeout) -> httpx2.Timeout:
    """Return ``timeout`` without a limit on waiting for the answer."""
    return httpx2.Timeout(connect=timeout.connect, read=None, write=timeout.write, pool=timeout.pool)


def _timeouts(given: object, default: Timeout) -> tuple[float | None, dict[str, float | None]]:
    """Return the read timeout, and connect, write and pool, from a number or a Timeout of httpx or httpx2."""
    if given is None:
        return READ_SECONDS, {"connect": default.connect, "write": READ_SECONDS, "pool": None}
    if isinstance(given, (int, float)):
        seconds = float(given)
        return seconds, {"connect": seconds, "write": seconds, "pool": None}
    if all(hasattr(given, name) for name in ("connect", "read", "write", "pool")):
        return getattr(given, "read"), {name: getattr(given, name) for name in ("connect", "write", "pool")}  # noqa: B009
    raise TypeError(f"httpx_kwargs: timeout is a number of seconds or an httpx2.Timeout, not {given!r}")
