"""How the stream of one session is read."""

from __future__ import annotations

import logging
from collections.abc import Sequence
from functools import partial
from typing import Generic, TypeGuard

from gradlink._engine.effects import Effect, OpenStream
from gradlink._engine.streams import LoginOnce, StreamPolicy
from gradlink._flows.exchange import login
from gradlink._flows.retry import tell_again
from gradlink._flows.sending import JobT, Port
from gradlink._io import Flow, HttpReply, pause
from gradlink._protocol.messages import Message
from gradlink._protocol.repeats import RepeatDecoder
from gradlink._protocol.replies import reply_error
from gradlink._protocol.router import SessionRouter
from gradlink._text import one_line
from gradlink.errors import ClientClosedError, GradlinkError, TransportError

_log = logging.getLogger("gradlink.connection")


class SessionStream(Generic[JobT]):
    """The streams of a session, one after the other, for the one who reads them."""

    def __init__(self, port: Port[JobT], session: SessionRouter[JobT]) -> None:
        self.session = session
        self._port = port
        self._policy = StreamPolicy(port.engine.schema.dialect, port.access.retries)
        self.begin()

    def begin(self) -> None:
        """Begin with the next one."""
        self._policy.begin()
        self._decoder = RepeatDecoder()
        self._login = LoginOnce({401}, available=self._port.access.auth is not None)

    def ask(self) -> str:
        """Return where the stream is, and note that it is asked for now."""
        self._port.ask(partial(self._port.engine.opening_stream, self.session))
        return self._port.access.routes.stream(self.session.session_hash)

    def answered(self, status: int) -> bool:
        """Return whether an answer with ``status`` is the stream. Raises ClientClosedError if nobody wants it any more."""
        if self._port.engine.closed:
            raise ClientClosedError("the client was closed")
        self._policy.opened = status == 200
        return self._policy.opened

    @property
    def opened(self) -> bool:
        """The stream was there."""
        return self._policy.opened

    @property
    def closed(self) -> bool:
        """The server has said that it closes the stream."""
        return self._policy.closed

    def refused(self, reply: HttpReply) -> Flow[None]:
        """Log in, after which the stream is asked for again; raises what ``reply`` means if that does not help."""
        if not self._login.helps(reply.status):
            raise reply_error(reply, "the stream of messages")
        yield from login(self._port.access)

    def take(self, texts: Sequence[str]) -> bool:
        """Hand messages to their jobs; return whether the stream is to be read on."""
        messages: list[Message] = []
        unread: GradlinkError | None = None
        for text in texts:
            try:
                message = self._decoder.take(text)
            except GradlinkError as exc:
                unread = exc  # those before it are for their jobs all the same
                break
            if self._policy.concerns_jobs(message):
                messages.append(message)
            elif self._policy.abandoned:
                break
        if messages and not self._port.deliver(self.session, messages):
            self._policy.leave()
        elif unread is not None:
            raise unread
        return not self._policy.abandoned

    def end(self, error: GradlinkError | None) -> Flow[bool]:
        """Take the end of what was read, clean or with ``error``; return whether another stream is to be read."""
        policy, port = self._policy, self._port
        # What breaks after the server has closed the stream breaks nothing.
        if error is None or (policy.closed and isinstance(error, (TransportError, ClientClosedError))):
            error = policy.end()
        if error is not None and (yield from self._reopens(error)):
            return True
        verdict = policy.verdict(error)
        ended = partial(port.engine.stream_ended, self.session, verdict, carried=policy.carried)
        _log.debug("a stream of messages ended: %s", one_line(verdict or "the app closed it"))
        return bool(port.apply_rest(ended, self._opens))

    def _reopens(self, error: GradlinkError) -> Flow[bool]:
        """Wait before a stream that could not be opened is asked for again; False if that is not to be done."""
        bounds = self._policy.pause_to_reopen(error)
        if bounds is None:
            return False
        tell_again(bounds[1], error.attempts or 1, error)
        try:
            yield from pause(*bounds)
        except GradlinkError:
            return False  # the client was closed
        return not self._port.engine.closed

    def _opens(self, effect: Effect[JobT]) -> TypeGuard[OpenStream[JobT]]:
        return isinstance(effect, OpenStream) and effect.session is self.session
