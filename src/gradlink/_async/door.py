"""The door to the network of an asynchronous client: what its driver asks, whatever is behind it."""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractAsyncContextManager
from typing import Protocol

from gradlink._shell.answers import Answered
from gradlink._shell.asking import Asked, Use
from gradlink._shell.attempts import Attempt
from gradlink._shell.timing import Account


class AsyncAnswer(Answered, Protocol):
    """An answer, whose body is read on an event loop."""

    def fields(self) -> Iterable[tuple[str, str]]:
        """Return the headers as they were sent, one after the other."""
        ...

    async def read_raw(self) -> bytes:
        """Return the next piece of the body as it is sent, nothing at its end."""
        ...

    async def read(self) -> bytes:
        """Return the next piece of the body, unpacked if it is compressed; nothing at its end."""
        ...

    async def receive(self, most: int) -> bytes:
        """Return what has come after a status 101; nothing at the end."""
        ...

    async def send(self, data: bytes, seconds: float | None) -> None:
        """Write after a status 101."""
        ...


class AsyncDoor(Protocol):
    """What sends requests. All that breaks an exchange, its body included, is a NetworkError."""

    def read_seconds(self, use: Use) -> float | None:
        """Return how long the answer may take to begin, and to go on; None for no limit."""
        ...

    def ask(
        self, asked: Asked, account: Account, attempt: Attempt
    ) -> AbstractAsyncContextManager[AsyncAnswer]:
        """Send a request; its connection is kept afterwards if its answer was read to the end."""
        ...

    def use_base(self, base: str) -> None:
        """Take the app to be at ``base``: the cookies that the caller gave are for this host."""
        ...

    async def close(self) -> None:
        """Close all connections; what is read of them breaks."""
        ...
