"""A stream of server-sent events that is read as it comes, by one thread after the other."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import ExitStack, contextmanager

from gradlink._protocol.chunks import ChunkDecoder
from gradlink._protocol.sse import EventDecoder
from gradlink._shell.eventstream import EventStream
from gradlink._shell.networkerror import NetworkError, cut_short, misread
from gradlink._shell.plainanswer import Heading
from gradlink._shell.timing import Account
from gradlink._sync.exchange import Exchange
from gradlink._sync.plain import PlainAnswer
from gradlink._sync.wire import Waker
from gradlink.errors import GradlinkError


class LiveStream:
    """One stream, from when it was asked for; no reading of it waits.

    Args:
        max_bytes: what a message may have, None for no limit.
        ended: lets go of what the stream holds, beside its connection.
        told: makes the error of what breaks it.

    Attributes:
        odd: the answer, if it is none that can be read here: a refusal, or a body of another form.
    """

    def __init__(
        self,
        exchange: Exchange,
        account: Account,
        max_bytes: int | None,
        ended: ExitStack,
        told: Callable[[NetworkError], GradlinkError],
    ) -> None:
        self._exchange = exchange
        self._account = account
        self._max_bytes = max_bytes
        self._events = EventDecoder(max_bytes)
        self._told = told
        self._chunks = ChunkDecoder()
        self._answered = False
        self._heading = Heading("GET")
        self._over = False
        self._ended = ended
        self.odd: PlainAnswer | None = None

    def fileno(self) -> int:
        """Return the file descriptor of its socket, to wait for many at once."""
        return self._exchange.wire.fileno()

    def patience(self) -> float | None:
        """Return how many seconds may pass until it is read, None for any number: none where something is there or is overdue."""
        if self._over or self._exchange.wire.holds:
            return 0.0
        try:
            return self._account.before_read(None)
        except NetworkError:
            return 0.0

    def wait(self, seconds: float | None, waker: Waker | None) -> bool:
        """Wait for more, as long as the stream may be silent, for ``seconds`` at most or until ``waker`` calls.

        Returns whether something has come. Raises TransportError when the stream was silent for too long.
        """
        if self._over:
            return True
        try:
            limit = self._account.before_read(None)
        except NetworkError as exc:
            raise self._told(exc) from exc
        if seconds is not None:
            limit = seconds if limit is None else min(limit, seconds)
        return self._exchange.wire.wait(limit, waker)

    def read(self) -> list[str] | None:
        """Return the messages that have come, as few as none; None at the end of the stream.

        Raises TransportError if it breaks, AnswerTooLargeError if a message is too large.
        """
        try:
            return self._read()
        except NetworkError as exc:
            raise self._told(exc) from exc

    @contextmanager
    def blocking(self) -> Generator[EventStream[PlainAnswer], None, None]:
        """Give an odd answer to be read as any other."""
        if self.odd is None:
            raise AssertionError("the answer is a stream, which is read as it comes")
        try:
            yield EventStream(self.odd, self._max_bytes, self._account.progress)
        except NetworkError as exc:
            raise self._told(exc) from exc

    def _read(self) -> list[str] | None:
        if self._over:
            return None
        data = self._exchange.wire.receive_now()
        if data is None:
            return []
        if not self._answered:
            return self._begin(data)
        if not data:
            raise cut_short()
        return self._messages(data)

    @property
    def answered(self) -> bool:
        """The stream is there."""
        return self._answered

    def stop(self) -> None:
        """Wake the thread that reads it; whoever reads it next finds it broken."""
        self._exchange.wire.stop()

    def close(self) -> None:
        """Give its connection back, or close it."""
        self._exchange.close()
        self._ended.close()

    def _begin(self, data: bytes) -> list[str]:
        """Take a piece of the head."""
        if self._heading.push(data) is None:
            return []
        answer = self._exchange.answered(self._heading)
        headers = answer.headers
        kind = headers.get("content-type", "").partition(";")[0].strip().lower()
        plain = (
            "content-encoding" not in headers and headers.get("transfer-encoding", "").lower() == "chunked"
        )
        if answer.status_code != 200 or kind != "text/event-stream" or not plain:
            self.odd = answer
            return []
        self._answered = True
        body = answer.read_ahead()
        return self._messages(body) if body else []

    def _messages(self, data: bytes) -> list[str]:
        try:
            content = self._chunks.push(data)
        except ValueError as exc:
            raise misread(exc) from exc
        if self._chunks.ended:
            self._over = True
            self._exchange.keeps = self._exchange.lasts and not self._chunks.surplus
        texts = self._events.push(content)
        if texts:
            self._account.progress()
        return texts
