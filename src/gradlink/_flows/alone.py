"""What is said of one job on a connection of its own, as all have before Gradio 4.9.

Wire: docs/protocol.md, "Join and stream".
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from typing import Generic

from gradlink._engine.streams import LoginOnce
from gradlink._flows import submit as submit_flows
from gradlink._flows.exchange import login
from gradlink._flows.sending import JobT, Port, prepare
from gradlink._io import Flow, HttpReply
from gradlink._protocol.channel import answer_to, message_of_job
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._protocol.replies import reply_error
from gradlink.errors import ClientClosedError


class Conversation(Generic[JobT]):
    """What is said about one job, from its files to its end."""

    def __init__(self, port: Port[JobT], job: JobT, session_hash: str) -> None:
        self.job = job
        self._port = port
        self._session_hash = session_hash
        self._login = LoginOnce({401, 403}, available=port.access.auth is not None)
        self._body: JSONObject = {}

    def prepare(self) -> Flow[bool]:
        """Upload the job's files; return whether its connection is to be made now."""
        data = yield from prepare(self._port, self.job)
        call = self.job.call
        self._body = call.payload.body(data, self._session_hash, call.oauth_token)
        return self._port.may_send(partial(self._port.engine.joining_alone, self.job))

    @property
    def on_socket(self) -> bool:
        """It is held on a WebSocket, not on a stream."""
        return self._port.engine.schema.dialect.websocket

    @property
    def url(self) -> str:
        """Where the job's socket or stream is."""
        routes = self._port.access.routes
        if self.on_socket:
            return routes.join
        return routes.stream_of_job(self.job.endpoint.fn_index, self._session_hash)

    @property
    def headers(self) -> Mapping[str, str]:
        """What is sent along when it is asked for."""
        return self.job.call.headers

    def answered(self, status: int) -> bool:
        """Return whether an answer with ``status`` is the connection. Raises ClientClosedError if nobody wants it any more."""
        if self._port.engine.closed:
            raise ClientClosedError("the client was closed")
        return status == (101 if self.on_socket else 200)

    def refused(self, reply: HttpReply) -> Flow[None]:
        """Log in, after which the connection is asked for again; raises what ``reply`` means if that does not help."""
        if not self._login.helps(reply.status):
            raise reply_error(reply, "the join")
        yield from login(self._port.access)

    def take(self, text: str) -> JSONObject | None:
        """Take a message; return what the server is to be sent after it, None if nothing."""
        message = message_of_job(text)
        self._port.apply(partial(self._port.engine.received_alone, self.job, message))
        # The server ends the connection of a job that has ended; read to its end, it can be used again.
        return None if self.job.ended else answer_to(message, self._body)

    def send(self, answer: JSONObject) -> Flow[None]:
        """Send what the server has asked for on a stream."""
        self._port.apply(partial(self._port.engine.joined_alone, self.job, str(answer["event_id"])))
        yield from submit_flows.send_data(self.job.call, answer)
