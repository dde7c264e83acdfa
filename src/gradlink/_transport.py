"""What both shells need of httpx2: options, limits and multipart bodies."""

from __future__ import annotations

import os
import secrets
import ssl
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field, replace
from functools import lru_cache
from http.cookiejar import CookieJar
from pathlib import Path
from typing import Any, Literal, TypedDict

import httpcore2
import httpx2

from gradlink._engine.app import KEEPALIVE_SECONDS
from gradlink._facts import with_facts
from gradlink._flows.exchange import Access
from gradlink._flows.submit import Call
from gradlink._hub.stages import SpaceStatus
from gradlink._io import HttpRequest
from gradlink._local.options import found_here, left_behind
from gradlink._local.sources import check_uploads
from gradlink._protocol.filedata import is_private_address
from gradlink._protocol.headers import check_cookies, check_headers
from gradlink._protocol.payload import bind, with_event
from gradlink._protocol.policy import (
    DEFAULT_RETRIES,
    DEFAULT_TIMEOUT,
    Retries,
    Timeout,
    as_retries,
    as_timeout,
)
from gradlink._protocol.routes import without_credentials
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink.errors import (
    AnswerTooLargeError,
    ArgumentError,
    FileError,
    FileTooLargeError,
    GradlinkError,
    ProtocolError,
)

# The pool's bookkeeping costs time for each of its connections, at every request.
MAX_CONNECTIONS = 32
# For answers that come at once on a healthy server, however slow its functions are.
READ_SECONDS = 60.0
# Gradio sends a heartbeat every 15 s; four missed ones are a dead peer.
STREAM_READ_SECONDS = 60.0
# A message, or the answer of the direct route, may hold a whole result: images and audio of 3.x are in it.
MAX_MESSAGE_BYTES = 256 << 20
# Any other answer: event ids, paths of uploaded files.
MAX_ANSWER_BYTES = 16 << 20
# The largest /config seen has 5 MB; it may have as many times more than other answers.
DESCRIPTION_FACTOR = 4
# Of the page of an error: its first characters become part of the error.
ERROR_PAGE_BYTES = 1 << 16

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
        timeout: limits of connecting and of silence; those of ``httpx_kwargs`` win.
        max_download: bytes that a file of a result may have, None for no limit.
        httpx_kwargs: further options of ``httpx2.Client``.
        max_message: bytes that a message, or a result that is answered at once, may have; None for no limit.
        max_answer: bytes that any other answer may have, /config and /info four times as many.
    """

    headers: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    cookies: Mapping[str, str] = field(default_factory=dict[str, str], repr=False)
    ssl_verify: bool | str | ssl.SSLContext = True
    timeout: Timeout = DEFAULT_TIMEOUT
    max_download: int | None = None
    httpx_kwargs: Mapping[str, Any] = field(default_factory=dict[str, Any], repr=False)
    max_message: int | None = MAX_MESSAGE_BYTES
    max_answer: int | None = MAX_ANSWER_BYTES

    def __post_init__(self) -> None:
        """Raise ArgumentError for headers and cookies that cannot be sent, and for bounds that are none."""
        check_headers("httpx_kwargs: headers", self.httpx_kwargs.get("headers"))
        cookies: object = self.httpx_kwargs.get("cookies")
        if hasattr(cookies, "items"):  # pairs are checked when they are bound to the app's host
            check_cookies("httpx_kwargs: cookies", cookies)
        check_cookies("cookies", self.cookies)
        for name in ("max_download", "max_message", "max_answer"):
            _check_bound(name, getattr(self, name))


class ClientOptions(TypedDict, total=False):
    """The options of a client that ``duplicate()`` hands on to it; :class:`gradlink.Client` says what they are."""

    auth: tuple[str, str] | None
    httpx_kwargs: Mapping[str, Any] | None
    headers: Mapping[str, str] | None
    download_files: str | os.PathLike[str] | Literal[False] | None
    ssl_verify: bool | str | ssl.SSLContext
    analytics_enabled: bool
    oauth_token: str | None
    one_session: bool
    timeout: float | Timeout | None
    retries: int | Retries | None
    max_download: int | None
    max_message: int | None
    max_answer: int | None
    wait: float | None
    on_status: Callable[[SpaceStatus], object] | None


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """What a connection is made from; it can be made again from the same in a forked child."""

    access: Access
    transport: TransportOptions
    downloads: Path | None
    max_jobs: int
    one_session: bool
    oauth_token: str | None = field(repr=False)

    def pickled(self, token: object) -> ConnectionSettings:
        """Return what is pickled; ``token`` is the one that the program gave, None for the saved one."""
        access, headers = left_behind(self.access, self.transport.headers, token)
        return replace(self, access=access, transport=replace(self.transport, headers=headers))

    def unpickled(self, token: object) -> ConnectionSettings:
        """Return what was pickled, for this machine."""
        access, headers = found_here(self.access, self.transport.headers, token)
        return replace(self, access=access, transport=replace(self.transport, headers=headers))


@dataclass(frozen=True, slots=True)
class CallOptions:
    """What a single call asks for beside its arguments; None is what the client was made with."""

    headers: Mapping[str, str] | None = field(default=None, repr=False)
    timeout: float | Timeout | None = None
    retries: int | Retries | None = None
    resubmit: bool | None = None
    event_data: Any = None

    def further(
        self,
        headers: Mapping[str, str] | None,
        timeout: float | Timeout | None,
        retries: int | Retries | None,
        resubmit: bool | None,
    ) -> CallOptions:
        """Return these options with others over them, of which None leaves the one that is here.

        Raises ArgumentError for options that are none.
        """
        check_headers("headers", headers)
        as_timeout(timeout, DEFAULT_TIMEOUT)
        as_retries(retries, DEFAULT_RETRIES)
        _check_resubmit(resubmit)
        return CallOptions(
            merged_headers(self.headers, headers),
            self.timeout if timeout is None else timeout,
            self.retries if retries is None else retries,
            self.resubmit if resubmit is None else resubmit,
        )

    def apply(self, access: Access, timeout: Timeout) -> tuple[Access, Timeout]:
        """Return the access and the limits of the call. Raises ArgumentError for options that are none."""
        _check_resubmit(self.resubmit)
        retries = as_retries(self.retries, access.retries)
        return replace(access, retries=retries), as_timeout(self.timeout, timeout)


def hub_transport(options: Mapping[str, Any]) -> TransportOptions:
    """Return how the Hub is asked by a client with these options; it has no part in what is meant for the app."""
    return TransportOptions(
        ssl_verify=options.get("ssl_verify", True),
        timeout=as_timeout(options.get("timeout"), DEFAULT_TIMEOUT),
        httpx_kwargs=dict(options.get("httpx_kwargs") or {}),
    )


def _check_resubmit(value: object) -> None:
    if value is not None and not isinstance(value, bool):
        raise ArgumentError(f"resubmit is True or False, not {value!r}")


def merged_headers(
    own: Mapping[str, str] | None, further: Mapping[str, str] | None
) -> Mapping[str, str] | None:
    """Return the headers of both; ``further`` wins, whatever the case of the letters."""
    if not own or not further:
        return further or own
    replaced = {name.lower() for name in further}
    return {**{name: value for name, value in own.items() if name.lower() not in replaced}, **further}


def split_options(
    endpoint: Endpoint,
    headers: Mapping[str, str] | None,
    kwargs: Mapping[str, Any],
    defaults: CallOptions,
) -> tuple[CallOptions, dict[str, Any]]:
    """Return the options of a call and its arguments.

    ``timeout``, ``retries``, ``resubmit`` and ``event_data`` are options unless the endpoint itself has a parameter of
    that name. What is left out, or None, is that of ``defaults``; ``headers`` are those of both already.
    """
    names = {parameter.name for parameter in endpoint.parameters}
    options = {
        name: kwargs[name]
        for name in ("timeout", "retries", "resubmit", "event_data")
        if name in kwargs and name not in names
    }
    arguments = {name: value for name, value in kwargs.items() if name not in options}
    given = {name: value for name, value in options.items() if value is not None}
    return replace(defaults, headers=headers, **given), arguments


@dataclass(frozen=True, slots=True)
class ClientSettings:
    """Keyword arguments for the three HTTP clients that a connection has.

    Attributes:
        requests: for requests that are answered at once; a bounded pool.
        streams: for streams and endless requests, which each hold a connection as long as they last.
        foreign: for files of other hosts: no credentials of the app.
        connect: seconds for connecting as a whole, None for no limit.
    """

    requests: dict[str, Any]
    streams: dict[str, Any]
    foreign: dict[str, Any]
    connect: float | None


def client_settings(options: TransportOptions) -> ClientSettings:
    """Return the arguments for ``httpx2.Client`` and ``httpx2.AsyncClient``.

    Raises TypeError or ValueError for options that httpx2 does not know.
    """
    given = dict(options.httpx_kwargs)
    for name in ("cookies", "base_url", "follow_redirects"):
        given.pop(name, None)
    verify = tls_context(
        given.pop("verify", options.ssl_verify), given.pop("cert", None), given.get("trust_env", True)
    )
    read, others = _timeouts(given.pop("timeout", None), options.timeout)
    further: Mapping[str, str] | None = given.pop("headers", None)
    headers: dict[str, str] = {
        "user-agent": USER_AGENT,
        **USER_HEADER,
        **(further or {}),
        **options.headers,
    }
    limits = given.pop(
        "limits", httpx2.Limits(max_connections=MAX_CONNECTIONS, keepalive_expiry=KEEPALIVE_SECONDS)
    )
    common = {**given, "verify": verify, "follow_redirects": False}
    foreign = {
        key: value for key, value in common.items() if key not in {"auth", "cert", "params", "event_hooks"}
    }
    stream_read = options.timeout.idle
    own = {**common, "headers": wire_headers(headers)}
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
        connect=options.timeout.connect,
    )


def endless(timeout: httpx2.Timeout) -> httpx2.Timeout:
    """Return ``timeout`` without a limit on waiting for the answer."""
    return httpx2.Timeout(connect=timeout.connect, read=None, write=timeout.write, pool=timeout.pool)


def tls_context(verify: object, cert: Any = None, trust_env: bool = True) -> ssl.SSLContext:
    """Return the one TLS context of a client, for True, False, a context, or the path of a CA file."""
    if isinstance(verify, ssl.SSLContext):
        return verify
    if isinstance(verify, bool):
        return httpx2.create_ssl_context(verify=verify, cert=cert, trust_env=trust_env)
    try:
        return ssl.create_default_context(cafile=str(verify))
    except (OSError, ssl.SSLError) as exc:
        raise ValueError(f"ssl_verify: the CA file {str(verify)!r} cannot be read: {exc}") from exc


@lru_cache(maxsize=256)
def parsed_url(url: str) -> httpx2.URL:
    """Return ``url`` parsed: an app's few addresses are asked for again and again.

    Raises ProtocolError if it is none: an app names some of its addresses, or a part of them, itself.
    """
    try:
        return httpx2.URL(url)
    except (httpx2.InvalidURL, ValueError) as exc:
        raise ProtocolError(f"the app names an address that is none: {url[:200]!r}") from exc


def shared_cookies(options: TransportOptions, base: str) -> CookieJar:
    """Return the jar of a connection; what the caller gave is bound to the app's host."""
    cookies = httpx2.Cookies()
    given: dict[str, str] = {**dict(options.httpx_kwargs.get("cookies") or {}), **options.cookies}
    check_cookies("httpx_kwargs: cookies", given)
    host = httpx2.URL(base).host
    domain = f"[{host}]" if ":" in host else host
    # The cookie module only matches hosts with a dot; it adds ".local" to those without one.
    domain = domain if "." in domain else f"{domain}.local"
    for name, value in given.items():
        cookies.set(name, value, domain=domain)
    return cookies.jar


def _check_bound(name: str, value: object) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise ArgumentError(f"{name} is a number of bytes from 1 or None, not {value!r}")


class AnswerBody:
    """The body of an answer while it is read, up to what it may have after decoding.

    Of an answer that is no good one only the beginning is kept, and no more is wanted then; nor is what only fills
    up an answer that is complete.
    """

    def __init__(self, options: TransportOptions, response: httpx2.Response, holds: str) -> None:
        self._chunks: list[bytes] = []
        self._size = 0
        self._response = response
        self._holds = holds
        self._good = response.is_success
        self._limit = options.max_message if holds == "result" else options.max_answer
        if holds == "description" and self._limit is not None:
            self._limit *= DESCRIPTION_FACTOR

    def add(self, chunk: bytes) -> bool:
        """Keep a piece of it; return whether more is wanted. Raises AnswerTooLargeError if it is too large."""
        self._size += len(chunk)
        if not self._good:
            self._chunks.append(chunk)
            return self._size < ERROR_PAGE_BYTES
        blank = chunk.isspace()
        if self._limit is not None and self._size > self._limit:
            if blank and self._chunks and self._chunks[-1].rstrip().endswith((b"}", b"]")):
                return False
            raise self._too_large(self._limit)
        if not blank:
            self._chunks.append(chunk)
        return True

    def content(self) -> bytes:
        """Return what was kept."""
        content = b"".join(self._chunks)
        return content if self._good else content[:ERROR_PAGE_BYTES]

    def _too_large(self, limit: int) -> AnswerTooLargeError:
        url = without_credentials(str(self._response.url))
        factor = DESCRIPTION_FACTOR if self._holds == "description" else 1
        option = "max_message" if self._holds == "result" else "max_answer"
        times = f"{factor} x " if factor > 1 else ""
        text = f"{url} answers with more than {times}{option}={limit // factor:,} bytes"
        return AnswerTooLargeError(text, limit=limit, option=option, url=url)


class _Unsized:
    """A file whose length cannot be known: the system says 0 of a pipe, which httpx2 would believe."""

    def __init__(self, source: Any) -> None:
        self._source = source

    def read(self, size: int = -1) -> bytes:
        data: bytes = self._source.read(size)
        return data


def _readable(source: Any) -> Any:
    seekable = getattr(source, "seekable", None)
    if not (callable(seekable) and seekable()):
        return _Unsized(source)
    if _has_its_size(source):
        return source
    source.seek(0)  # as httpx2 does with those that it is given as they are
    return _Unsized(source)


def _has_its_size(source: Any) -> bool:
    """Tell whether a file is as long as the system says: not one of /proc, nor one that is unpacked while it is read."""
    try:
        size = os.fstat(source.fileno()).st_size
    except (AttributeError, OSError):
        return True  # there is none, and httpx2 looks for the end itself
    try:
        place = source.tell()
        end = source.seek(0, os.SEEK_END)
    except OSError:
        return False
    source.seek(place)
    return bool(end == size)


def multipart(request: HttpRequest, stack: ExitStack) -> list[tuple[str, tuple[str, Any]]]:
    """Return the files of ``request`` for httpx2, opened; ``stack`` closes those that were opened here."""
    return [("files", (part.name, _content(part.source, stack))) for part in request.files]


def _content(source: Any, stack: ExitStack) -> Any:
    if isinstance(source, bytes):
        return source
    if isinstance(source, str):
        return _readable(stack.enter_context(Path(source).open("rb")))
    return _readable(source)


def request_headers(request: HttpRequest) -> httpx2.Headers:
    """Return the headers of ``request``; a multipart body brings its own content type."""
    if request.content is None:
        return wire_headers(request.headers)
    return wire_headers({**request.headers, "content-type": request.content_type})


def wire_headers(headers: Mapping[str, str] | None) -> httpx2.Headers:
    """Return ``headers`` as they are sent; by itself httpx2 refuses all letters but those of ASCII."""
    return httpx2.Headers(headers, encoding="latin-1")


def bind_call(
    access: Access,
    schema: AppSchema,
    settings: ConnectionSettings,
    endpoint: Endpoint,
    arguments: tuple[Sequence[Any], Mapping[str, Any]],
    options: CallOptions,
) -> Call:
    """Return the call of ``endpoint`` with these arguments by position and by name.

    Raises ArgumentError, FileError or FileTooLargeError for wrong ones; nothing is sent.
    """
    args, kwargs = arguments
    try:
        payload = bind(endpoint, args, kwargs, access.routes, schema.dialect)
        payload = with_event(payload, options.event_data)
        check_uploads(payload.uploads, schema.max_file_size, endpoint.title)
        access, timeout = options.apply(access, settings.transport.timeout)
    except GradlinkError as exc:
        with_facts(exc, endpoint=endpoint.title, execution="not started")
        raise
    headers = dict(options.headers or {})
    return Call(
        access, schema.dialect, payload, headers, settings.oauth_token, timeout, bool(options.resubmit)
    )


def new_session_hash() -> str:
    """Return a session hash that nobody can guess: it is all that protects a session's State."""
    return secrets.token_hex(16)


def check_download(size: int, limit: int | None, url: str) -> None:
    """Raise FileTooLargeError if ``size`` bytes are more than ``limit``."""
    if limit is not None and size > limit:
        shown = without_credentials(url)
        raise FileTooLargeError(f"the file {shown} has more than max_download={limit:,} bytes", url=shown)


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
