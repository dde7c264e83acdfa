"""One try of a request."""

from __future__ import annotations

from collections.abc import Callable

from gradlink._shell.networkerror import NetworkError


class Attempt:
    """One try of a request.

    Attributes:
        connecting: called with what happens to a connection that is made for it.
        fresh: it went out on a connection that was made for it.
        sent: it was sent whole, so the server may have acted on it.
        answered: an answer has begun.
    """

    __slots__ = ("answered", "connecting", "fresh", "sent")

    def __init__(self, connecting: Callable[[str, object], None] | None = None) -> None:
        self.connecting = connecting
        self.fresh = False
        self.sent = False
        self.answered = False

    def trace(self, event: str, info: object) -> None:
        """Take a trace event of httpcore2."""
        if event.startswith("connection."):
            self.fresh = self.fresh or event == "connection.connect_tcp.started"
            if self.connecting is not None:
                self.connecting(event, info)
        elif event in {"http11.send_request_body.complete", "http2.send_request_body.complete"}:
            self.sent = True
        elif event == "http11.receive_response_headers.complete":
            self.answered = True

    async def atrace(self, event: str, info: object) -> None:
        """Take a trace event of httpcore2."""
        self.trace(event, info)

    def may_repeat(self, failure: NetworkError, *, idempotent: bool) -> bool:
        """Tell whether the request can be sent again at once, on a new connection.

        A server may close a kept connection at any moment. The request that meets such a connection was not
        read at all, but this cannot be distinguished from one that was read whole and never answered.
        """
        return failure.broken and not self.fresh and not self.answered and (idempotent or not self.sent)
