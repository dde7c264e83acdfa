"""Reads the stream of one session in a thread, for as long as a job of it is pending."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import httpx2

from gradlink._eventstream import EventStream
from gradlink._failures import MAX_EMPTY_STREAMS, lost_stream, silent_streams, was_silent
from gradlink._flows.exchange import login
from gradlink._io import pause
from gradlink._protocol.job import stream_error
from gradlink._protocol.messages import (
    CloseStream,
    Heartbeat,
    Message,
    UnexpectedError,
    Unknown,
    take_message,
)
from gradlink._protocol.policy import may_reopen
from gradlink._protocol.replies import reply_error
from gradlink._protocol.router import SessionRouter
from gradlink._sync.sockets import shut_down
from gradlink.errors import ClientClosedError, GradlinkError, StreamLostError, TransportError

if TYPE_CHECKING:
    from gradlink._sync.connection import Connection
    from gradlink._sync.job import Job

_log = logging.getLogger("gradlink.reader")


class StreamReader:
    """The one reader of a session's stream: a second one would steal its messages."""

    def __init__(self, connection: Connection, session: SessionRouter[Job]) -> None:
        self._connection = connection
        self._session = session
        self._response: httpx2.Response | None = None
        self._heard = False
        self._opened = False
        self._carried = False

    def run(self) -> None:
        """Read streams until no job needs one."""
        empty = failures = 0
        more = True
        while more:
            self._heard = self._opened = self._carried = False
            error = self._read_one()
            if error is not None and not self._opened and self._wait_to_reopen(error, failures + 1):
                failures += 1
                continue
            failures = 0
            empty = 0 if self._heard else empty + 1
            if error is None and empty >= MAX_EMPTY_STREAMS:
                error = silent_streams()
            more = self._connection.stream_ended(self, self._session, error, carried=self._carried)

    def _wait_to_reopen(self, error: GradlinkError, attempt: int) -> bool:
        """Wait before a stream that could not be opened is asked for again; False if that would do harm or is over."""
        retries = self._connection.access.retries
        error.attempts = attempt
        bounds = retries.pause(attempt, error) if may_reopen(error) else None
        if bounds is None or bounds[0] > retries.budget_seconds:
            return False
        try:
            self._connection.driver.run(pause(*bounds))
        except GradlinkError:
            return False  # the client was closed
        return not self._connection.closed

    def stop(self) -> None:
        """Wake the thread that reads, by closing its socket."""
        response = self._response
        if response is not None:
            shut_down(response)

    def _read_one(self) -> GradlinkError | None:
        """Read one stream to its end; return None for a clean one."""
        connection = self._connection
        try:
            for attempt in ("first", "after login"):
                with connection.driver.open_stream(connection.open_stream_url(self._session)) as source:
                    self._response = source.response
                    if connection.closed:
                        return ClientClosedError("the client was closed")
                    if source.response.status_code == 200:
                        return self._read_messages(source)
                    reply = connection.driver.refusal(source.response)
                    if reply.status != 401 or attempt == "after login" or not connection.access.auth:
                        return reply_error(reply, "the stream of messages")
                connection.driver.run(login(connection.access))
        except TransportError as exc:
            return lost_stream(exc) if self._opened or was_silent(exc) else exc
        except GradlinkError as exc:
            return exc
        except Exception as exc:  # logged, and given to the jobs
            # Whatever it is, the jobs on this stream must not wait for a reader that is gone.
            _log.exception("the reader of a stream failed")
            return GradlinkError(f"gradlink failed while it read the stream of messages: {exc!r}")
        finally:
            self._response = None
        return None

    def _read_messages(self, source: EventStream) -> GradlinkError | None:
        self._opened = True
        closed = False
        try:
            for text in source:
                message = take_message(text)
                self._heard = True
                match message:
                    case CloseStream():
                        # The end follows at once. A connection that is read to its end can be used again.
                        closed = True
                    case UnexpectedError(is_second_end=True):
                        return None  # the next stream goes on where this one broke
                    case UnexpectedError(event_id=None):
                        return stream_error(message)
                    case _:
                        if not self._take(message):
                            return None
        except httpx2.TransportError:
            if not closed:
                raise
        return self._end(closed=closed)

    def _take(self, message: Message) -> bool:
        """Hand ``message`` to its job; return whether the stream is to be read on."""
        match message:
            case Heartbeat():
                return self._connection.heard_heartbeat(self._session)
            case Unknown(msg=msg):
                _log.debug("ignored the unknown message %r", msg)
                return True
            case _:
                self._carried = True
                return self._connection.deliver(self._session, message)

    def _end(self, *, closed: bool) -> GradlinkError | None:
        if closed or not self._connection.schema.protocol.closes_explicitly:
            return None
        return StreamLostError("the stream of messages ended without the server closing it")
