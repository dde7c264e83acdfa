"""One job on its own connection, in a thread: the sockets of 3.x and the streams of 4.0 - 4.8."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, Protocol

import httpx2

from gradlink._engine.failures import dropped_socket, unsendable
from gradlink._engine.streams import LoginOnce
from gradlink._flows import submit as submit_flows
from gradlink._flows.exchange import login
from gradlink._flows.sending import Port, prepare
from gradlink._io import HttpReply
from gradlink._protocol.channel import answer_to, message_of_job
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._protocol.messages import Message
from gradlink._protocol.replies import reply_error
from gradlink._shell.failures import ended_alone
from gradlink._shell.options import ConnectionSettings
from gradlink._shell.websocket import READ_BYTES, WRITE_SECONDS, Frames
from gradlink._sync.driver import Driver
from gradlink._sync.jobcore import JobCore
from gradlink._sync.sockets import shut_down
from gradlink.errors import ClientClosedError, GradlinkError


class ChannelPort(Port[JobCore], Protocol):
    """What a channel needs of its connection."""

    @property
    def settings(self) -> ConnectionSettings: ...

    @property
    def driver(self) -> Driver: ...


class JobChannel:
    """Sends one job and reads its messages."""

    def __init__(self, port: ChannelPort, job: JobCore, session_hash: str) -> None:
        self._port = port
        self._job = job
        self._session_hash = session_hash
        self._response: httpx2.Response | None = None

    def run(self) -> tuple[GradlinkError | None, bool]:
        """Send the job and read until it has ended, in this thread.

        Returns what its connection ended with, None for a clean end, and whether the job may have been accepted.
        """
        call = self._job.call
        try:
            data = self._port.driver.run(prepare(self._port, self._job))
            if self._port.may_send(partial(self._port.engine.joining_alone, self._job)):
                self._converse(call.payload.body(data, self._session_hash, call.oauth_token))
        except GradlinkError as exc:
            return ended_alone(exc)
        except Exception as exc:  # the job must end, whatever went wrong
            return unsendable(call.payload.endpoint.title, exc), False
        return None, False

    def stop(self) -> None:
        """Give the job up: closing its connection is what cancels it."""
        response = self._response
        if response is not None:
            shut_down(response)

    def _converse(self, body: JSONObject) -> None:
        access = self._port.access
        once = LoginOnce({401, 403}, available=access.auth is not None)
        converse = (
            self._converse_on_socket
            if self._port.engine.schema.dialect.websocket
            else self._converse_on_stream
        )
        while (refusal := converse(body)) is not None:
            if not once.helps(refusal.status):
                raise reply_error(refusal, "the join")
            self._port.driver.run(login(access))

    def _converse_on_stream(self, body: JSONObject) -> HttpReply | None:
        """Read the job's stream and send its data when asked; return the answer if it is a refusal."""
        port, job = self._port, self._job
        url = port.access.routes.stream_of_job(job.endpoint.fn_index, self._session_hash)
        with port.driver.open_stream(url, job.call.headers) as source:
            if (refusal := self._begin(source.response, 200)) is not None:
                return refusal
            for text in source:
                message = self._take(text)
                if job.ended:
                    continue  # the server ends the stream now; read to its end, it can be used again
                answer = answer_to(message, body)
                if answer is not None:
                    port.apply(partial(port.engine.joined_alone, job, str(answer["event_id"])))
                    port.driver.run(submit_flows.send_data(job.call, answer))
        return None

    def _converse_on_socket(self, body: JSONObject) -> HttpReply | None:
        """Read the job's socket and answer it; return the answer to the handshake if it is a refusal."""
        port, job = self._port, self._job
        frames = Frames(port.settings.transport.max_message)
        with port.driver.open_socket(port.access.routes.join, job.call.headers) as response:
            if (refusal := self._begin(response, 101)) is not None:
                return refusal
            stream: Any = response.extensions["network_stream"]
            while not frames.closed and not job.ended:
                # 3.x has no heartbeat: a job that waits long hears nothing, so there is no limit.
                messages, answer = frames.receive(stream.read(READ_BYTES))
                if answer:
                    stream.write(answer, WRITE_SECONDS)
                for text in messages:
                    reply = answer_to(self._take(text), body)
                    if reply is not None:
                        stream.write(frames.text(json.dumps(reply)), WRITE_SECONDS)
            if frames.closed and not frames.clean and not job.ended:
                raise dropped_socket()
            stream.write(frames.close(), WRITE_SECONDS)
        return None

    def _begin(self, response: httpx2.Response, wanted: int) -> HttpReply | None:
        self._response = response
        if self._port.engine.closed:
            raise ClientClosedError("the client was closed")
        if self._job.ended:
            self.stop()
        if response.status_code == wanted:
            return None
        return self._port.driver.refusal(response)

    def _take(self, text: str) -> Message:
        message = message_of_job(text)
        self._port.apply(partial(self._port.engine.received_alone, self._job, message))
        return message
