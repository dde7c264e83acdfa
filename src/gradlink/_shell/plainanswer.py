"""Heads of answers, which ``http.client`` takes apart.

Wire: RFC 9112. Only heads: how the bytes of a body come, the doors know.
"""

from __future__ import annotations

import http.client
from typing import Any

from gradlink._shell.networkerror import NetworkError
from gradlink._shell.timing import SERVER_ERROR


class Response(http.client.HTTPResponse):
    """An answer whose informational ones before it are skipped, whatever they are, but a change of protocol."""

    def _read_status(self) -> tuple[str, int, str]:
        while True:
            read: Any = super()
            found: tuple[str, int, str] = read._read_status()  # noqa: SLF001  # it has no other place for this
            if not 100 <= found[1] < 200 or found[1] == http.client.SWITCHING_PROTOCOLS:
                return found
            http.client.parse_headers(self.fp)


class _Socket:
    """What ``http.client`` asks of a socket."""

    def __init__(self, file: Any) -> None:
        self._file = file

    def makefile(self, mode: str) -> Any:  # noqa: ARG002
        return self._file


class Head:
    """The head of an answer.

    Args:
        file: reads what comes over the connection.

    Attributes:
        status_code: its status.
        headers: by their names in lower case; of one that is there several times the values are joined.
        message: the same as they were sent.
        chunked: the body comes in chunks.
        length: how many bytes the body has, None if that is not said.
        closes: the server closes the connection after it.
        response: what read it, and has the file.

    Raises NetworkError for what is no answer.
    """

    def __init__(self, file: Any, method: str) -> None:
        inner: Any = _Socket(file)
        self.response = response = Response(inner, method=method)
        try:
            response.begin()
        except (http.client.HTTPException, ValueError) as exc:
            response.close()
            raise misread(exc) from exc
        self.status_code = response.status
        self.message = response.msg
        self.headers = _headers(response.msg)
        self.chunked = bool(response.chunked)
        self.length: int | None = None if self.chunked else response.length
        self.closes = bool(response.will_close) or self.status_code >= SERVER_ERROR

    @property
    def is_all(self) -> bool:
        """No body follows, and no other protocol."""
        return self.length == 0 and self.status_code != http.client.SWITCHING_PROTOCOLS


def cut_short(left: int | None = None) -> NetworkError:
    """Return the failure of an answer that ends before it is complete; ``left`` bytes of it are missing."""
    missing = "" if left is None else f", {left:,} bytes of it are missing"
    return NetworkError(
        "RemoteProtocolError",
        f"the server closed the connection before the answer was complete{missing}",
    )


def misread(exc: Exception) -> NetworkError:
    """Return the failure of an answer that cannot be read."""
    if isinstance(exc, http.client.RemoteDisconnected):
        return NetworkError("RemoteProtocolError", "the server closed the connection without an answer")
    text = str(exc) or type(exc).__name__
    return NetworkError("RemoteProtocolError", f"the answer is not HTTP: {text[:200]}")


def _headers(message: Any) -> dict[str, str]:
    headers: dict[str, str] = {}
    for name, value in message.items():
        key, text = name.lower(), _text(value)
        headers[key] = f"{headers[key]}, {text}" if key in headers else text
    return headers


def _text(value: str) -> str:
    if value.isascii() and "\n" not in value:
        return value.strip()
    line = " ".join(value.split()).encode("latin-1", "replace")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
