"""What both shells need of httpx2: options, limits, multipart bodies, and whose fault an error is."""

from __future__ import annotations

import secrets
import ssl
from collections.abc import Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any

import httpcore2
import httpx2

from gradlink._flows.exchange import Access
from gradlink._io import HttpRequest
from gradlink._protocol.routes import without_credentials
from gradlink.errors import ConnectError, GradlinkError, StreamLostError, TransportError

# uvicorn closes a connection that was used and then idle for 5 s; a request on it would be lost.
KEEPALIVE_SECONDS = 4.0
# The pool's bookkeeping costs time for each of its connections, at every request.
MAX_CONNECTIONS = 32
CONNECT_SECONDS = 15.0
# For answers that come at once on a healthy server, however slow its functions are.
READ_SECONDS = 60.0
# Gradio sends a heartbeat every 15 s; four missed ones are a dead peer.
STREAM_READ_SECONDS = 60.0
# One message may hold a whole result. httpx2 would allow 1 MiB.
MAX_EVENT_BYTES = 1 << 30

# A server that ends one stream after the other without a word would be asked for ever.
MAX_EMPTY_STREAMS = 3
# Before a heartbeat that broke is opened again.
FIRST_PAUSE_SECONDS = 1.0
LONGEST_PAUSE_SECONDS = 60.0
DOWNLOAD_CHUNK_BYTES = 1 << 20
READ_BYTES = 1 << 16
MAX_PARALLEL_FLOWS = 4

# What the network stream of a WebSocket raises, which httpx2 has handed over with its own names.
SOCKET_ERRORS = (httpcore2.NetworkError, httpcore2.TimeoutException)

USER_AGENT = "gradlink"
# Gradio's own Python client marks its calls so; apps that tell people from programs look at it.
USER_HEADER = {"x-gradio-user": "api"}


@dataclass(frozen=True, slots=True)
class TransportOptions:
    """How requests are made.

    Attributes:
        headers: sent with every request to the app's origin.
        cookies: sent to the app's origin, until the app replaces them.
        ssl_verify: False checks nothing; True checks as the system does; a path names a CA file.
        httpx_kwargs: further options of ``httpx2.Client``.
    """

    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    ssl_verify: bool | str | ssl.SSLContext = True
    httpx_kwargs: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """What a connection is made from; it can be made again from the same in a forked child."""

    access: Access
    transport: TransportOptions
    downloads: Path | None
    max_jobs: int
    one_session: bool
    oauth_token: str | None


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Keyword arguments for the three HTTP clients that a connection has.

    Attributes:
        requests: for requests that are answered at once; a bounded pool.
        streams: for streams and endless requests, which each hold a connection as long as they last.
        foreign: for files of other hosts: no credentials of the app.
    """

    requests: dict[str, Any]
    streams: dict[str, Any]
    foreign: dict[str, Any]


def client_settings(options: TransportOptions) -> ClientSettings:
    """Return the arguments for ``httpx2.Client`` and ``httpx2.AsyncClient``.

    Raises TypeError or ValueError for options that httpx2 does not know.
    """
    given = dict(options.httpx_kwargs)
    for name in ("cookies", "base_url", "follow_redirects"):
        given.pop(name, None)
    verify = tls_context(given.pop("verify", options.ssl_verify))
    read, others = _timeouts(given.pop("timeout", None))
    headers = {"user-agent": USER_AGENT, **USER_HEADER, **given.pop("headers", {}), **options.headers}
    limits = given.pop(
        "limits", httpx2.Limits(max_connections=MAX_CONNECTIONS, keepalive_expiry=KEEPALIVE_SECONDS)
    )
    common = {**given, "verify": verify, "follow_redirects": False}
    foreign = {
        key: value for key, value in common.items() if key not in {"auth", "cert", "params", "event_hooks"}
    }
    stream_read = None if read is None else max(read, STREAM_READ_SECONDS)
    own = {**common, "headers": headers}
    unlimited = httpx2.Limits(max_connections=None, keepalive_expiry=KEEPALIVE_SECONDS)
    return ClientSettings(
        requests={**own, "limits": limits, "timeout": httpx2.Timeout(read=read, **others)},
        streams={**own, "limits": unlimited, "timeout": httpx2.Timeout(read=stream_read, **others)},
        foreign={
            **foreign,
            "headers": {"user-agent": USER_AGENT},
            "limits": limits,
            "timeout": httpx2.Timeout(read=read, **others),
        },
    )


def endless(timeout: httpx2.Timeout) -> httpx2.Timeout:
    """Return ``timeout`` without a limit on waiting for the answer."""
    return httpx2.Timeout(connect=timeout.connect, read=None, write=timeout.write, pool=timeout.pool)


def tls_context(verify: object) -> bool | ssl.SSLContext:
    """Return what httpx2 takes for ``verify``: True, False, or a context that knows the given CA file."""
    if isinstance(verify, (bool, ssl.SSLContext)):
        return verify
    try:
        return ssl.create_default_context(cafile=str(verify))
    except (OSError, ssl.SSLError) as exc:
        raise ValueError(f"ssl_verify: the CA file {str(verify)!r} cannot be read: {exc}") from exc


def shared_cookies(options: TransportOptions, base: str) -> CookieJar:
    """Return the jar of a connection; what the caller gave is bound to the app's host."""
    cookies = httpx2.Cookies()
    given = {**dict(options.httpx_kwargs.get("cookies") or {}), **options.cookies}
    host = httpx2.URL(base).host
    # The cookie module only matches hosts with a dot; it adds ".local" to those without one.
    domain = host if "." in host or ":" in host else f"{host}.local"
    for name, value in given.items():
        cookies.set(name, value, domain=domain)
    return cookies.jar


class Attempt:
    """One try of a request: whether it went out on a connection that was used before, and was answered."""

    __slots__ = ("answered", "fresh")

    def __init__(self) -> None:
        self.fresh = False
        self.answered = False

    def trace(self, event: str, _info: object) -> None:
        """Take a trace event of httpcore2."""
        if event == "connection.connect_tcp.started":
            self.fresh = True
        elif event == "http11.receive_response_headers.complete":
            self.answered = True

    async def atrace(self, event: str, info: object) -> None:
        """Take a trace event of httpcore2."""
        self.trace(event, info)

    def may_repeat(self, exc: httpx2.TransportError) -> bool:
        """Tell whether the request can be sent again without harm.

        A server may close a kept connection at any moment, uvicorn does so after each plain-text 500. The
        request that meets such a connection was not read by anybody.
        """
        broken = isinstance(exc, (httpx2.RemoteProtocolError, httpx2.ReadError, httpx2.WriteError))
        return broken and not self.fresh and not self.answered


def multipart(request: HttpRequest, stack: ExitStack) -> list[tuple[str, tuple[str, Any]]]:
    """Return the files of ``request`` for httpx2, opened; ``stack`` closes those that were opened here."""
    return [
        (
            "files",
            (
                part.name,
                stack.enter_context(Path(part.source).open("rb"))
                if isinstance(part.source, str)
                else part.source,
            ),
        )
        for part in request.files
    ]


def request_headers(request: HttpRequest) -> dict[str, str]:
    """Return the headers of ``request``; a multipart body brings its own content type."""
    if request.content is None:
        return dict(request.headers)
    return {**request.headers, "content-type": request.content_type}


def lost_stream(cause: TransportError) -> StreamLostError:
    """Return what a broken connection means for the jobs on a stream."""
    error = StreamLostError(f"the stream of messages broke: {cause}")
    error.url, error.__cause__ = cause.url, cause
    return error


def lost_with(error: GradlinkError | None) -> GradlinkError:
    """Return an error like ``error`` for one of the jobs of a stream: each has facts of its own."""
    if error is None:
        return StreamLostError("the stream of messages ended")
    copy = type(error)(*error.args)
    copy.url, copy.status, copy.server_text = error.url, error.status, error.server_text
    copy.__cause__ = error.__cause__
    return copy


def unsendable(title: str, cause: Exception) -> GradlinkError:
    """Return the error for a call that failed before it left, for a reason that gradlink has no class for."""
    error = GradlinkError(f"{title}: the call could not be sent: {cause!r}")
    error.execution = "not started"
    error.__cause__ = cause
    return error


def new_session_hash() -> str:
    """Return a session hash that nobody can guess: it is all that protects a session's State."""
    return secrets.token_hex(16)


def dropped_socket() -> StreamLostError:
    """Return what it means that a server drops a job's socket without a word."""
    return StreamLostError(
        "the server dropped the job's socket without closing it: it was stopped, a proxy cut the connection, "
        "or it does not know the function"
    )


def silent_streams() -> StreamLostError:
    """Return what a server means that ends streams without a message."""
    return StreamLostError(
        f"the server ended the session's stream {MAX_EMPTY_STREAMS} times without a message"
    )


def transport_error(exc: Exception, url: str) -> TransportError:
    """Return the gradlink error for an error of httpx2."""
    shown = without_credentials(url)
    reason = str(exc) or type(exc).__name__
    if isinstance(exc, (httpx2.ConnectError, httpx2.ConnectTimeout)):
        error: TransportError = ConnectError(f"no connection to {shown}: {reason}")
        error.execution = "not started"
    elif isinstance(exc, httpx2.TimeoutException):
        error = TransportError(f"{shown} did not answer in time: {reason}")
    else:
        error = TransportError(f"the exchange with {shown} broke: {reason}")
    error.url = shown
    return error


def _timeouts(given: object) -> tuple[float | None, dict[str, float | None]]:
    """Return the read timeout, and connect, write and pool, from a number or a Timeout of httpx or httpx2."""
    if given is None:
        return READ_SECONDS, {"connect": CONNECT_SECONDS, "write": READ_SECONDS, "pool": None}
    if isinstance(given, (int, float)):
        seconds = float(given)
        return seconds, {"connect": seconds, "write": seconds, "pool": None}
    if all(hasattr(given, name) for name in ("connect", "read", "write", "pool")):
        return getattr(given, "read"), {name: getattr(given, name) for name in ("connect", "write", "pool")}  # noqa: B009
    raise TypeError(f"httpx_kwargs: timeout is a number of seconds or an httpx2.Timeout, not {given!r}")
