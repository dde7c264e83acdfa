"""How large an answer may be."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Protocol

from gradlink._protocol.routes import without_credentials
from gradlink._shell.options import TransportOptions
from gradlink.errors import AnswerTooLargeError, FileTooLargeError

# The largest /config seen has 5 MB; it may have as many times more than other answers.
DESCRIPTION_FACTOR = 4

# Of the page of an error: its first characters become part of the error.
ERROR_PAGE_BYTES = 1 << 16


class Answered(Protocol):
    """The head of an answer.

    Attributes:
        headers: by names in lower case.
        url: what was asked, which ``str()`` shows.
    """

    @property
    def status_code(self) -> int: ...

    @property
    def headers(self) -> Mapping[str, str]: ...

    @property
    def url(self) -> object: ...


class Answer(Answered, Protocol):
    """An answer, whose body is read by a thread; an ``httpx2.Response`` is one.

    Attributes:
        is_stream_consumed: the body was read before.
    """

    @property
    def is_stream_consumed(self) -> bool: ...

    def iter_raw(self) -> Iterator[bytes]:
        """Yield the body as it is sent."""
        ...

    def iter_bytes(self) -> Iterator[bytes]:
        """Yield the body, unpacked if it is compressed."""
        ...


class AnswerBody:
    """The body of an answer while it is read, up to what it may have after decoding.

    Of an answer that is not a good one only the beginning is kept, and no more is wanted then; nor is what only fills
    up an answer that is complete.
    """

    def __init__(self, options: TransportOptions, response: Answered, holds: str) -> None:
        self._chunks: list[bytes] = []
        # The last one that is not blank.
        self._last = b""
        self._size = 0
        self._response = response
        self._holds = holds
        self._good = 200 <= response.status_code < 300
        self._limit = options.max_message if holds == "result" else options.max_answer
        if holds == "description" and self._limit is not None:
            self._limit *= DESCRIPTION_FACTOR

    @property
    def comes(self) -> bool:
        """There is one: what switches to another protocol has none, and nobody who reads an answer has asked for that."""
        return self._response.status_code != 101

    def add(self, chunk: bytes) -> bool:
        """Keep a piece of it; return whether more is wanted. Raises AnswerTooLargeError if it is too large."""
        self._size += len(chunk)
        if not self._good:
            self._chunks.append(chunk)
            return self._size < ERROR_PAGE_BYTES
        blank = chunk.isspace()
        if self._limit is not None and self._size > self._limit:
            if blank and self._last.rstrip().endswith((b"}", b"]")):
                return False
            raise self._too_large(self._limit)
        # A blank one, too: it may lie within a text.
        self._chunks.append(chunk)
        if not blank:
            self._last = chunk
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


def check_download(size: int, limit: int | None, url: str) -> None:
    """Raise FileTooLargeError if ``size`` bytes are more than ``limit``."""
    if limit is not None and size > limit:
        shown = without_credentials(url)
        raise FileTooLargeError(f"the file {shown} has more than max_download={limit:,} bytes", url=shown)
