"""Heads of answers that are not written as usual, which ``http.client`` takes apart."""

from __future__ import annotations

import http.client
import io
from typing import Any

from gradlink._shell.networkerror import misread


class _Response(http.client.HTTPResponse):
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

    def __init__(self, data: bytes) -> None:
        self._data = data

    def makefile(self, mode: str) -> io.BytesIO:  # noqa: ARG002
        return io.BytesIO(self._data)


def read_odd_head(data: bytes, method: str) -> http.client.HTTPResponse:
    """Return the answer to ``method`` whose head ``data`` is. Raises NetworkError for what is no answer."""
    inner: Any = _Socket(data)
    response = _Response(inner, method=method)
    try:
        response.begin()
    except (http.client.HTTPException, ValueError) as exc:
        raise misread(exc) from exc
    finally:
        response.close()
    return response
