"""The door to the network of a synchronous client: what its driver asks, whatever is behind it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import AbstractContextManager
from typing import TYPE_CHECKING, Any, Protocol, TypeAlias

from gradlink._shell.answers import Answer
from gradlink._shell.asking import Asked, Use
from gradlink._shell.attempts import Attempt
from gradlink._shell.timing import Account

if TYPE_CHECKING:
    from http.cookiejar import CookieJar


class LiveAnswer(Answer, Protocol):
    """An answer that comes over a connection."""

    def stop(self) -> None:
        """Wake the thread that reads it, by shutting its connection down."""
        ...

    def receive(self, most: int, seconds: float | None = None) -> bytes:
        """Read what has come after a status 101; nothing at the end."""
        ...

    def send(self, data: bytes, seconds: float | None) -> None:
        """Write after a status 101."""
        ...


class Door(Protocol):
    """What sends requests. All that breaks an exchange, its body included, is a NetworkError."""

    def read_seconds(self, use: Use) -> float | None:
        """Return how long the answer may take to begin, and to go on; None for no limit."""
        ...

    def ask(self, asked: Asked, account: Account, attempt: Attempt) -> AbstractContextManager[LiveAnswer]:
        """Send a request; its connection is kept afterwards if its answer was read to the end."""
        ...

    def use_headers(self, headers: Mapping[str, str]) -> None:
        """Send these with every request to the app from now on."""
        ...

    @property
    def jar(self) -> CookieJar:
        """The cookies."""
        ...

    def use_base(self, base: str) -> None:
        """Take the app to be at ``base``: the cookies that the caller gave are for this host."""
        ...

    def close(self) -> None:
        """Close what is not in use; what is, is closed by its user."""
        ...


Opened: TypeAlias = Callable[[Any], None]
"""Is told of each socket as soon as it is there."""
