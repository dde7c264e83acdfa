"""One job on its own connection, in a task: the sockets of 3.x and the streams of 4.0 - 4.8."""

from __future__ import annotations

import json
from functools import partial
from typing import Any, Protocol

import anyio

from gradlink._async.driver import AsyncDriver
from gradlink._async.jobcore import AsyncJobCore
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
from gradlink.errors import GradlinkError


class AsyncChannelPort(Port[AsyncJobCore], Protocol):
    """What a channel needs of its connection."""

    @property
    def settings(self) -> ConnectionSettings: ...

    @property
    def driver(self) -> AsyncDriver: ...


class AsyncJobChannel:
    """Sends one job and reads its messages."""

    def __init__(self, port: AsyncChannelPort, job: AsyncJobCore, session_hash: str) -> None:
        self._port = port
        self._job = job
        self._session_hash = session_hash
        self._scope = anyio.CancelScope()

    async def run(self) -> tuple[GradlinkError | None, bool]:
        """Send the job and read until it has ended.

        Returns what its connection ended with, None for a clean end, and whether the job may have been accepted.
        """
        call = self._job.call
        try:
            with self._scope:
                data = await self._port.driver.run(prepare(self._port, self._job))
                if self._port.may_send(partial(self._port.engine.joining_alone, self._job)):
                    await self._converse(call.payload.body(data, self._session_hash, call.oauth_token))
        except GradlinkError as exc:
            return ended_alone(exc)
        except Exception as exc:  # the job must end, whatever went wrong
            return unsendable(call.payload.endpoint.title, exc), False
        return None, False

    def stop(self) -> None:
        """Give the job up: closing its connection is what cancels it."""
        self._scope.cancel()

    async def _converse(self, body: JSONObject) -> None:
        access = self._port.access
        once = LoginOnce({401, 403}, available=access.auth is not None)
        converse = (
            self._converse_on_socket
            if self._port.engine.schema.dialect.websocket
            else self._converse_on_stream
        )
        while (refusal := await converse(body)) is not None:
            if not once.helps(refusal.status):
                raise reply_error(refusal, "the join")
            await self._port.driver.run(login(access))

    async def _converse_on_stream(self, body: JSONObject) -> HttpReply | None:
        """Read the job's stream and send its data when asked; return the answer if it is a refusal."""
        port, job = self._port, self._job
        url = port.access.routes.stream_of_job(job.endpoint.fn_index, self._session_hash)
        async with port.driver.open_stream(url, job.call.headers) as source:
            if source.response.status_code != 200:
                return await port.driver.refusal(source.response)
            async for text in source:
                message = self._take(text)
                if job.ended:
                    continue  # the server ends the stream now; read to its end, it can be used again
                answer = answer_to(message, body)
                if answer is not None:
                    port.apply(partial(port.engine.joined_alone, job, str(answer["event_id"])))
                    await port.driver.run(submit_flows.send_data(job.call, answer))
        return None

    async def _converse_on_socket(self, body: JSONObject) -> HttpReply | None:
        """Read the job's socket and answer it; return the answer to the handshake if it is a refusal."""
        port, job = self._port, self._job
        frames = Frames(port.settings.transport.max_message)
        async with port.driver.open_socket(port.access.routes.join, job.call.headers) as response:
            if response.status_code != 101:
                return await port.driver.refusal(response)
            stream: Any = response.extensions["network_stream"]
            while not frames.closed and not job.ended:
                # 3.x has no heartbeat: a job that waits long hears nothing, so there is no limit.
                messages, answer = frames.receive(await stream.read(READ_BYTES))
                if answer:
                    await stream.write(answer, WRITE_SECONDS)
                for text in messages:
                    reply = answer_to(self._take(text), body)
                    if reply is not None:
                        await stream.write(frames.text(json.dumps(reply)), WRITE_SECONDS)
            if frames.closed and not frames.clean and not job.ended:
                raise dropped_socket()
            await stream.write(frames.close(), WRITE_SECONDS)
        return None

    def _take(self, text: str) -> Message:
        message = message_of_job(text)
        self._port.apply(partial(self._port.engine.received_alone, self._job, message))
        return message
