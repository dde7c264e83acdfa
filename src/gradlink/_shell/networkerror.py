"""An exchange that broke, whichever library it was made with."""

from __future__ import annotations

from typing import Any


class NetworkError(Exception):
    """What broke an exchange with a server.

    Attributes:
        kind: the name that httpx has for it, such as "ConnectError", "ReadTimeout", "RemoteProtocolError".
        seconds: the limit that ran out, 0 if it was none or is not known.
        proxy: the address of the proxy that it was to go through, "" if that is none or is not known.
    """

    proxy: str = ""

    def __init__(
        self, kind: str, text: str, seconds: float = 0.0, cause: BaseException | None = None
    ) -> None:
        super().__init__(text)
        self.__cause__ = cause
        self.kind = kind
        self.seconds = seconds

    @property
    def timed_out(self) -> bool:
        """A limit of time ran out."""
        return self.kind.endswith("Timeout")

    @property
    def connecting(self) -> bool:
        """There was no connection yet."""
        return self.kind in {"ConnectError", "ConnectTimeout"}

    @property
    def at_proxy(self) -> bool:
        """It may have happened before anything was beyond a proxy."""
        return self.connecting or self.kind == "ProxyError"

    @property
    def broken(self) -> bool:
        """A connection that was there broke."""
        return self.kind in {"RemoteProtocolError", "ReadError", "WriteError"}


def cut_short(left: int | None = None) -> NetworkError:
    """Return the failure of an answer that ends before it is complete; ``left`` bytes of it are missing."""
    missing = "" if left is None else f", {left:,} bytes of it are missing"
    return NetworkError(
        "RemoteProtocolError", f"the server closed the connection before the answer was complete{missing}"
    )


def misread(exc: Exception) -> NetworkError:
    """Return the failure of an answer that cannot be read."""
    text = str(exc) or type(exc).__name__
    return NetworkError("RemoteProtocolError", f"the answer is not HTTP: {text[:200]}")


def no_answer() -> NetworkError:
    """Return the failure of a connection that ends where an answer should be."""
    return NetworkError("RemoteProtocolError", "the server closed the connection without an answer")


def failure_of(exc: BaseException) -> NetworkError:
    """Return the failure that ``exc`` is, which is its cause."""
    if isinstance(exc, NetworkError):
        return exc
    kind = type(exc).__name__
    seconds = _limit_of(exc, "connect" if kind == "ConnectTimeout" else "read")
    return NetworkError(kind, _reason(exc), seconds, exc)


def _reason(exc: BaseException) -> str:
    """Return the first text among ``exc`` and its causes: trio wraps what OpenSSL says in errors without one."""
    cause: BaseException | None = exc
    while cause is not None and not str(cause):
        cause = cause.__cause__ or cause.__context__
    return type(exc).__name__ if cause is None else str(cause)


def _limit_of(exc: Any, what: str) -> float:
    """Return the seconds of the limit of httpx2 that ran out, 0 if they are not known."""
    try:
        seconds = exc.request.extensions["timeout"][what]
    except (AttributeError, RuntimeError, KeyError):
        return 0.0
    return float(seconds or 0)
