"""One job on its own connection, in a thread: the sockets of 3.x and the streams of 4.0 - 4.8."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from gradlink._failures import dropped_socket, lost_stream, unsendable
from gradlink._flows import submit as submit_flows
from gradlink._flows.exchange import login
from gradlink._io import HttpReply
from gradlink._protocol.channel import answer_to
from gradlink._protocol.job import stream_error
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._protocol.messages import Message, UnexpectedError, take_message
from gradlink._protocol.replies import reply_error
from gradlink._protocol.version import Protocol
from gradlink._sync.sockets import shut_down
from gradlink._transport import READ_BYTES, STREAM_READ_SECONDS
from gradlink._websocket import Frames
from gradlink.errors import ClientClosedError, GradlinkError, StreamLostError, TransportError

if TYPE_CHECKING:
    import httpx2

    from gradlink._sync.connection import Connection
    from gradlink._sync.job import Job


class JobChannel:
    """Sends one job and reads its messages."""

    def __init__(self, connection: Connection, job: Job, session_hash: str) -> None:
        self._connection = connection
        self._job = job
        self._session_hash = session_hash
        self._response: httpx2.Response | None = None

    def run(self) -> None:
        """Send the job and read until it has ended, in this thread."""
        job = self._job
        try:
            if job.call.payload.uploads:
                job.enter("upload")
            data = self._connection.driver.run(submit_flows.prepare(job.call), job.scope)
            body = job.call.payload.body(data, self._session_hash, job.call.oauth_token)
            if job.begin_sending("queue"):
                self._converse(body)
                # A server that ends the connection of a job in good order has cancelled it.
                job.end_cancelled()
        except StreamLostError as exc:
            job.lose(exc)
        except TransportError as exc:
            job.fail(exc) if exc.execution == "not started" else job.lose(lost_stream(exc))
        except GradlinkError as exc:
            job.fail(exc)
        except Exception as exc:  # the job must end, whatever went wrong
            job.stop(unsendable(job.call.payload.endpoint.title, exc))

    def stop(self) -> None:
        """Give the job up: closing its connection is what cancels it."""
        response = self._response
        if response is not None:
            shut_down(response)

    def _converse(self, body: JSONObject) -> None:
        connection = self._connection
        for attempt in ("first", "after login"):
            if connection.schema.protocol is Protocol.WS:
                refusal = self._converse_on_socket(body)
            else:
                refusal = self._converse_on_stream(body)
            if refusal is None:
                return
            if refusal.status not in {401, 403} or attempt == "after login" or connection.access.auth is None:
                raise reply_error(refusal, "the join")
            connection.driver.run(login(connection.access))

    def _converse_on_stream(self, body: JSONObject) -> HttpReply | None:
        """Read the job's stream and send its data when asked; return the answer if it is a refusal."""
        connection, job = self._connection, self._job
        url = connection.access.routes.stream_of_job(job.fn_index, self._session_hash)
        with connection.driver.open_stream(url, job.call.headers) as source:
            if (refusal := self._begin(source.response, 200)) is not None:
                return refusal
            for text in source:
                message = self._take(text)
                if job.has_ended():
                    continue  # the server ends the stream now; read to its end, it can be used again
                answer = answer_to(message, body)
                if answer is not None:
                    job.joined(str(answer["event_id"]))
                    connection.driver.run(submit_flows.send_data(job.call, answer))
        return None

    def _converse_on_socket(self, body: JSONObject) -> HttpReply | None:
        """Read the job's socket and answer it; return the answer to the handshake if it is a refusal."""
        connection, job = self._connection, self._job
        frames = Frames(connection.settings.transport.max_message)
        with connection.driver.open_socket(connection.access.routes.join, job.call.headers) as response:
            if (refusal := self._begin(response, 101)) is not None:
                return refusal
            stream: Any = response.extensions["network_stream"]
            while not frames.closed and not job.has_ended():
                # 3.x has no heartbeat: a job that waits long hears nothing, so there is no limit.
                messages, answer = frames.receive(stream.read(READ_BYTES))
                if answer:
                    stream.write(answer, STREAM_READ_SECONDS)
                for text in messages:
                    reply = answer_to(self._take(text), body)
                    if reply is not None:
                        stream.write(frames.text(json.dumps(reply)), STREAM_READ_SECONDS)
            if frames.closed and not frames.clean and not job.has_ended():
                raise dropped_socket()
            stream.write(frames.close(), STREAM_READ_SECONDS)
        return None

    def _begin(self, response: httpx2.Response, wanted: int) -> HttpReply | None:
        self._response = response
        if self._connection.closed:
            raise ClientClosedError("the client was closed")
        if self._job.has_ended():
            self.stop()
        if response.status_code == wanted:
            return None
        return self._connection.driver.refusal(response)

    def _take(self, text: str) -> Message:
        message = take_message(text)
        if isinstance(message, UnexpectedError):
            raise stream_error(message)
        self._job.receive(message)
        return message
