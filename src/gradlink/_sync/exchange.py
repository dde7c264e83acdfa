"""A request that was sent over a connection, whose answer is read when somebody wants it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Protocol

from gradlink._shell.addresses import Address
from gradlink._shell.asking import Asked
from gradlink._shell.attempts import Attempt
from gradlink._shell.logs import log_answer
from gradlink._shell.plainanswer import Heading
from gradlink._sync.plain import PlainAnswer
from gradlink._sync.wire import Wire


class Keeps(Protocol):
    """What has a connection after an exchange."""

    def keep(self, address: Address, wire: Wire) -> None: ...


class Exchange:
    """One request on its connection, and its answer.

    Args:
        heard: is told of the head of the answer.

    Attributes:
        keeps: the connection can be used again, although its answer was not read to the end here.
    """

    def __init__(
        self,
        wire: Wire,
        asked: Asked,
        address: Address,
        attempt: Attempt,
        pool: Keeps,
        heard: Callable[[PlainAnswer], None] | None,
    ) -> None:
        self.wire = wire
        self._asked = asked
        self._address = address
        self._attempt = attempt
        self._pool = pool
        self._heard = heard
        self._answer: PlainAnswer | None = None
        self.keeps = False

    def answered(self, heading: Heading | None = None) -> PlainAnswer:
        """Read the head of the answer, which may be there already."""
        self._answer = answer = PlainAnswer(self.wire, self._asked.method, self._asked.url, heading)
        self._attempt.answered = True
        if self._heard is not None:
            self._heard(answer)
        log_answer(self._asked.method, self._asked.url, answer.status_code)
        if self.wire.account is not None:
            self.wire.account.answered(answer.headers)
        return answer

    @property
    def lasts(self) -> bool:
        """The server keeps the connection after its answer."""
        return self._answer is not None and not self._answer.closes

    def close(self) -> None:
        """Give the connection back, or close it if it cannot be used again."""
        answer = self._answer
        if self.keeps or (answer is not None and answer.can_be_kept):
            self.wire.account = None
            self._pool.keep(self._address, self.wire)
        else:
            self.wire.close()
