"""Classes of errors that are those of gradlink and of httpx, or of the standard library, at the same time."""

from __future__ import annotations

import importlib
from functools import cache
from typing import Any, ClassVar, cast

from gradlink._shell.networkerror import NetworkError
from gradlink._text import lines
from gradlink.errors import (
    AppError,
    AuthenticationError,
    ConnectError,
    ConnectTimeoutError,
    DownloadInterruptedError,
    GradlinkError,
    HubError,
    JobTimeoutError,
    ResponseError,
    StreamLostError,
    StreamSilentError,
    TransportError,
)

# The first that fits counts, so what is special comes first. A time-out of connecting may be either of the two.
_NAMES: list[tuple[type[GradlinkError], tuple[str, ...]]] = [
    (ConnectTimeoutError, ("ConnectTimeout", "ReadTimeout")),
    (ConnectError, ("ConnectError",)),
    (StreamSilentError, ("ReadTimeout",)),
    (JobTimeoutError, ("ReadTimeout",)),
    (DownloadInterruptedError, ("ReadError",)),
    (StreamLostError, ("RemoteProtocolError",)),
    (HubError, ()),
    (AuthenticationError, ()),
    (ResponseError, ("HTTPStatusError",)),
    (TransportError, ("ReadError",)),
]


def httpx_classes(error: GradlinkError) -> tuple[type[BaseException], ...]:
    """Return the errors of httpx that an error of the network is; none if httpx is not installed, or for others."""
    names = next((names for kind, names in _NAMES if isinstance(error, kind)), ())
    if not names:
        return ()
    try:
        httpx: Any = importlib.import_module("httpx")
    except ImportError:
        return ()
    # What has broken says more than its translation: it has the name that httpx has for it.
    cause = error.__cause__
    if isinstance(cause, NetworkError):
        same = getattr(httpx, cause.kind, None)
        if isinstance(same, type) and issubclass(same, BaseException) and issubclass(same, httpx.HTTPError):
            return (same,)
    return tuple(getattr(httpx, name) for name in names)


def as_both(kind: type[GradlinkError], others: tuple[type[BaseException], ...]) -> type[GradlinkError]:
    """Return a class that is ``kind`` and ``others``, of which there may be none; asked again, it is the same class."""
    made: type[GradlinkError] = _as_both(cast("Any", kind), others)
    return made


def is_translated(error: GradlinkError) -> bool:
    """Tell whether the class of ``error`` was made here."""
    return isinstance(error, _Translated)


@cache
def _as_both(kind: Any, others: tuple[Any, ...]) -> Any:
    facts: tuple[type, ...] = (_HttpxFacts,) if any(_is_of_httpx(other) for other in others) else ()
    if issubclass(kind, AppError):
        facts = (_AppText, *facts)
    body = {
        "made_of": (kind, others),
        "__module__": kind.__module__,
        "__qualname__": kind.__qualname__,
        "__doc__": kind.__doc__,
    }
    return type(kind.__name__, (_Translated, *facts, kind, *others), body)


def _is_of_httpx(kind: type[BaseException]) -> bool:
    return kind.__module__.partition(".")[0] == "httpx"


class _Translated:
    """What all classes have that are made here: they can be pickled, by what they were made of."""

    made_of: ClassVar[tuple[Any, tuple[Any, ...]]]
    args: tuple[Any, ...]

    def __reduce__(self) -> Any:
        return _rebuilt, (*self.made_of, self.args), self.__dict__


def _rebuilt(kind: Any, others: tuple[Any, ...], args: tuple[Any, ...]) -> Any:
    return _as_both(kind, others)(*args)


class _AppText:
    """What the app says, and nothing else, as the text of its error."""

    args: tuple[Any, ...]

    def __str__(self) -> str:
        return lines(self.args[0]) if self.args else ""


class _HttpxFacts:
    """What errors of httpx have, made of the facts of the error."""

    url: str | None
    status: int | None
    server_text: str | None

    @property
    def request(self) -> Any:
        """The request as far as it is known: its address. Raises RuntimeError, as in httpx, if that is not known."""
        if self.url is None:
            raise RuntimeError("the error does not belong to one request")
        return importlib.import_module("httpx").Request("GET", self.url)

    @property
    def response(self) -> Any:
        """The answer as far as it is known: its status and the beginning of its text."""
        httpx = importlib.import_module("httpx")
        request = None if self.url is None else self.request
        return httpx.Response(self.status or 500, text=self.server_text or "", request=request)
