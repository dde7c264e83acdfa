"""Answers as they come over a connection: their heads, and what of their bodies is in what has come.

Wire: RFC 9112. A head that is written as all servers write it is taken apart here, in an eighth of the time that ``http.client`` needs; any other
one is left to that. Property tests: tests/shell/test_plainanswer.py.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from gradlink._protocol.chunks import ChunkDecoder, body_of
from gradlink._shell.networkerror import cut_short, misread, no_answer
from gradlink._shell.timing import SERVER_ERROR

if TYPE_CHECKING:
    from email.message import Message

# No server has such a head.
LONGEST_HEAD = 1 << 16

_STATUS = re.compile(rb"HTTP/1\.1 ([2-5][0-9]{2}) [\t\x20-\x7e]{0,255}+")
_NAME = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(rb"[\t\x20-\x7e]*")
_LENGTH = re.compile(r"[0-9]{1,18}")
# http.client takes a hundred fields.
_MOST_LINES = 100
# Cookies are read from what http.client makes of a head.
_LEFT_TO_HTTP_CLIENT = frozenset({"set-cookie"})
_NO_BODY = (204, 304)
_SWITCHING_PROTOCOLS = 101


class Head:
    """The head of an answer.

    Args:
        data: all of it, with the informational ones before it.
        method: what was asked.

    Attributes:
        status_code: its status.
        fields: its headers as they were sent, one after the other.
        headers: by their names in lower case; of one that is there several times the values are joined.
        message: the same as ``http.client`` has it, None if it was not asked.
        chunked: the body comes in chunks.
        length: how many bytes the body has, None if that is not said.
        closes: the server closes the connection after it.

    Raises NetworkError for what is no answer.
    """

    def __init__(self, data: bytes, method: str) -> None:
        self.status_code = 0
        self.fields: list[tuple[str, str]] = []
        self.headers: dict[str, str] = {}
        self.message: Message | None = None
        self.chunked = False
        self.length: int | None = None
        self.closes = False
        if not self._read(data, method):
            self._leave_to_http_client(data, method)
        self._apply_status(method)

    @property
    def is_all(self) -> bool:
        """No body follows, and no other protocol."""
        return self.length == 0 and self.status_code != _SWITCHING_PROTOCOLS

    def _apply_status(self, method: str) -> None:
        """Let the status say more of the body and of the connection than the headers do."""
        self.closes = self.closes or self.status_code >= SERVER_ERROR
        if method == "HEAD" or self.status_code in _NO_BODY:
            self.chunked, self.length = False, 0

    def _read(self, data: bytes, method: str) -> bool:
        """Take apart what is written as usual; False for anything else."""
        first, *lines = data.split(b"\r\n")
        status = _STATUS.fullmatch(first)
        if status is None or lines[-2:] != [b"", b""] or len(lines) > _MOST_LINES:
            return False
        fields: list[tuple[str, str]] = []
        headers: dict[str, str] = {}
        for line in lines[:-2]:
            name, colon, value = line.partition(b":")
            if _NAME.fullmatch(name) is None or _VALUE.fullmatch(value) is None or not colon:
                return False
            field = name.decode("ascii"), value.decode("ascii").strip(" \t")
            fields.append(field)
            headers[field[0].lower()] = field[1]
        if len(headers) < len(fields):
            return False
        coding, length = headers.get("transfer-encoding"), headers.get("content-length")
        if (
            coding not in {None, "chunked"}
            or (length is not None and (coding is not None or _LENGTH.fullmatch(length) is None))
            or not _LEFT_TO_HTTP_CLIENT.isdisjoint(headers)
        ):
            return False
        self.status_code, self.fields, self.headers = int(status[1]), fields, headers
        self.chunked = coding is not None
        self.length = None if length is None else int(length)
        self.closes = "close" in headers.get("connection", "").lower() or (
            coding is None and length is None and method != "HEAD" and self.status_code not in _NO_BODY
        )
        return True

    def _leave_to_http_client(self, data: bytes, method: str) -> None:
        from gradlink._shell.oddhead import read_odd_head

        response = read_odd_head(data, method)
        self.status_code, self.message = response.status, response.msg
        self.fields = [(name, " ".join(value.split("\r\n"))) for name, value in response.msg.items()]
        for name, value in response.msg.items():
            key, text = name.lower(), _text(value)
            self.headers[key] = f"{self.headers[key]}, {text}" if key in self.headers else text
        self.chunked = bool(response.chunked)
        self.length = None if self.chunked else response.length
        self.closes = bool(response.will_close)


class Heading:
    """The head of an answer while it comes.

    Attributes:
        head: the head, once it is there.
        rest: what has come of the body with the end of the head.
    """

    def __init__(self, method: str) -> None:
        self._method = method
        self._read = b""
        self.head: Head | None = None
        self.rest = b""

    def push(self, data: bytes) -> Head | None:
        """Take what has come, nothing for the end of the connection; return the head once it is there.

        Raises NetworkError for what is no answer.
        """
        if not data:
            raise cut_short() if self._read else no_answer()
        self._read += data
        body = body_of(self._read)
        if body is None:
            if len(self._read) > LONGEST_HEAD:
                raise misread(ValueError(f"its head has more than {LONGEST_HEAD:,} bytes"))
            return None
        self.rest = body
        self.head = Head(self._read[: len(self._read) - len(body)], self._method)
        return self.head


class Body:
    """The body of an answer, out of what comes over its connection.

    Attributes:
        whole: it was read to its end.
        surplus: what came after it, which is no part of it.
    """

    def __init__(self, head: Head) -> None:
        self._left = head.length
        self._chunks = ChunkDecoder() if head.chunked else None
        self.whole = head.is_all
        self.surplus = b""

    def push(self, data: bytes) -> bytes:
        """Return what of the body is in ``data``, which is nothing for the end of the connection.

        Raises NetworkError for a body that ends too early, or is none.
        """
        if self._chunks is None:
            return self._counted(data)
        if not data:
            raise cut_short()
        try:
            content = self._chunks.push(data)
        except ValueError as exc:
            raise misread(exc) from exc
        if self._chunks.ended:
            self.whole = True
            self.surplus = self._chunks.surplus
        return content

    def _counted(self, data: bytes) -> bytes:
        left = self._left
        if left is None:
            self.whole = not data
            return data
        if not data:
            raise cut_short(left)
        piece, self.surplus = (data, b"") if len(data) <= left else (data[:left], data[left:])
        self._left = left - len(piece)
        self.whole = not self._left
        return piece


def _text(value: str) -> str:
    if value.isascii() and "\n" not in value:
        return value.strip()
    line = " ".join(value.split()).encode("latin-1", "replace")
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode("latin-1")
