"""Requests that are sent over a kept connection, and whose answers are read as they come: no step of them waits."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import TYPE_CHECKING

from gradlink._io import HttpReply
from gradlink._shell.addresses import Address
from gradlink._shell.answers import AnswerBody, Answered
from gradlink._shell.attempts import Attempt
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.plainanswer import Heading
from gradlink._shell.timing import Account
from gradlink._sync.exchange import Exchange
from gradlink._sync.plain import PlainAnswer
from gradlink._sync.wire import Wire
from gradlink.errors import GradlinkError

if TYPE_CHECKING:
    from gradlink._shell.unpacking import Unpacking

# A larger request is sent by a thread that may wait: the connection might not take it whole.
POSTED_BYTES = 1 << 14


class Reserved:
    """A kept connection for one request after the other, the next one as soon as the last is answered.

    Args:
        ended: takes the connection when it is not needed any more, None if it could not be kept.

    Attributes:
        wire: the connection, None while a request is under way, and when it could not be kept.
    """

    def __init__(self, address: Address, wire: Wire, ended: Callable[[Address, Wire | None], None]) -> None:
        self.wire: Wire | None = wire
        self._address = address
        self._ended = ended

    def leads_to(self, address: Address) -> bool:
        """Tell whether a request to ``address`` can be sent over it."""
        own = self._address
        return (own.scheme, own.host, own.port) == (address.scheme, address.host, address.port)

    def take(self) -> Wire:
        """Return the connection for a request. Raises NetworkError if it was not kept."""
        wire, self.wire = self.wire, None
        if wire is None:
            raise NetworkError("ReadError", "the connection was not kept")
        return wire

    def keep(self, address: Address, wire: Wire) -> None:
        """Take the connection back after an answer."""
        del address
        self.wire = wire

    def end(self) -> None:
        """Let others have the connection."""
        wire, self.wire = self.wire, None
        self._ended(self._address, wire)


class Posted:
    """One request that was sent, until its answer was read.

    Args:
        body: begins the body of an answer.
        told: makes the error of what breaks it.
        ended: lets go of what the request holds, beside its connection.

    Attributes:
        repeats: it has failed, and can be sent again at once on a new connection.
    """

    def __init__(
        self,
        exchange: Exchange,
        account: Account,
        attempt: Attempt,
        body: Callable[[Answered], AnswerBody],
        told: Callable[[NetworkError, Attempt], GradlinkError],
        ended: ExitStack,
    ) -> None:
        self._exchange = exchange
        self._account = account
        self._attempt = attempt
        self._body_of = body
        self._told = told
        self._ended = ended
        self._heading = Heading("POST")
        self._answer: PlainAnswer | None = None
        self._body: AnswerBody | None = None
        self._unpacking: Unpacking | None = None
        self.repeats = False

    def fileno(self) -> int:
        """Return the file descriptor of its socket."""
        return self._exchange.wire.fileno()

    def patience(self) -> float | None:
        """Return how many seconds may pass until it is read, None for any number: none where something is there or is overdue."""
        if self._exchange.wire.holds:
            return 0.0
        try:
            return self._account.before_read(None)
        except NetworkError:
            return 0.0

    def read(self, *, ready: bool) -> HttpReply | None:
        """Read what has come; return the answer once it is there.

        Args:
            ready: the socket has told that there is something; else the answer may be overdue.

        Raises TransportError if the answer does not come, or breaks, AnswerTooLargeError if it is too large.
        """
        try:
            return self._read(ready=ready or self._exchange.wire.holds)
        except NetworkError as exc:
            self.repeats = self._attempt.may_repeat(exc, idempotent=False)
            raise self._told(exc, self._attempt) from exc

    def close(self) -> None:
        """Have the connection kept for the next request, or close it."""
        self._exchange.close()
        self._ended.close()

    def _read(self, *, ready: bool) -> HttpReply | None:
        if not ready:
            self._account.before_read(None)
            return None
        data = self._exchange.wire.receive_now()
        if data is None:
            return None
        answer, body = self._answer, self._body
        if answer is None or body is None:
            if self._heading.push(data) is None:
                return None
            self._answer = answer = self._exchange.answered(self._heading)
            self._body = body = self._body_of(answer)
            if packing := answer.headers.get("content-encoding"):
                from gradlink._shell.unpacking import Unpacking

                self._unpacking = Unpacking(packing)
            data = answer.read_ahead()
            if body.comes and not (data or answer.whole):
                return None
        wanted = body.comes and self._take(answer, body, data)
        if wanted and not answer.whole:
            return None
        return HttpReply(answer.status_code, answer.headers, body.content(), answer.url)

    def _take(self, answer: PlainAnswer, body: AnswerBody, data: bytes) -> bool:
        """Take what has come of the body; return whether more of it is wanted."""
        piece = b"" if answer.whole else answer.take(data)
        if self._unpacking is None:
            return not piece or body.add(piece)
        if piece and not all(body.add(chunk) for chunk in self._unpacking.push(piece)):
            return False
        return not answer.whole or all(body.add(chunk) for chunk in self._unpacking.push(b""))
