"""How a client makes its requests: the options that it was made with."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal, TypedDict

from gradlink._dataclass import dataclass
from gradlink._flows.delivery import FilesAs, FramesOf
from gradlink._flows.exchange import Access
from gradlink._hub.stages import SpaceStatus
from gradlink._local.options import for_pickle, from_pickle
from gradlink._protocol.headers import check_cookies, check_headers
from gradlink._protocol.policy import DEFAULT_TIMEOUT, Retries, Timeout, as_timeout
from gradlink.errors import ArgumentError

if TYPE_CHECKING:
    import ssl
else:  # what is read while a program runs finds it, and loads it then
    from gradlink._shell.trust import late_ssl as ssl

# A message, or the answer of the direct route, may hold a whole result: images and audio of 3.x are in it.
MAX_MESSAGE_BYTES = 256 << 20

# Any other answer: event ids, paths of uploaded files.
MAX_ANSWER_BYTES = 16 << 20


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
    files: FilesAs | None
    frames: FramesOf | None


@dataclass(frozen=True, slots=True)
class ConnectionSettings:
    """What a connection is made from; it can be made again from the same in a forked child."""

    access: Access
    transport: TransportOptions
    downloads: Path | Literal["session"] | None
    max_jobs: int
    one_session: bool
    oauth_token: str | None = field(repr=False)

    def pickled(self, token: object) -> ConnectionSettings:
        """Return what is pickled; ``token`` is the one that the program gave, None for the saved one."""
        access, headers = for_pickle(self.access, self.transport.headers, token)
        return replace(self, access=access, transport=replace(self.transport, headers=headers))

    def unpickled(self, token: object) -> ConnectionSettings:
        """Return what was pickled, for this machine."""
        access, headers = from_pickle(self.access, self.transport.headers, token)
        return replace(self, access=access, transport=replace(self.transport, headers=headers))


def hub_transport(options: Mapping[str, Any]) -> TransportOptions:
    """Return how the Hub is asked by a client with these options; it has no part in what is meant for the app."""
    return TransportOptions(
        ssl_verify=options.get("ssl_verify", True),
        timeout=as_timeout(options.get("timeout"), DEFAULT_TIMEOUT),
        httpx_kwargs=taken_options(options.get("httpx_kwargs")),
    )


def taken_options(httpx_kwargs: Mapping[str, Any] | None) -> Mapping[str, Any]:
    """Return what a client is given as ``httpx_kwargs``, as httpx2 takes it; raises ArgumentError for what it cannot take."""
    if not httpx_kwargs:
        return {}
    from gradlink._shell.httpxobjects import translated

    return translated(httpx_kwargs)


def _check_bound(name: str, value: object) -> None:
    if value is not None and (isinstance(value, bool) or not isinstance(value, int) or value < 1):
        raise ArgumentError(f"{name} is a number of bytes from 1 or None, not {value!r}")
