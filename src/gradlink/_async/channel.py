"""One job on its own connection, in a task, for servers before 4.9."""

from __future__ import annotations

import anyio

from gradlink._async.driver import AsyncDriver
from gradlink._async.jobcore import AsyncJobCore
from gradlink._flows.alone import Conversation
from gradlink._io import HttpReply
from gradlink._shell.failures import ended_alone
from gradlink._shell.jobsocket import JobSocket
from gradlink._shell.websocket import READ_BYTES, WRITE_SECONDS
from gradlink.errors import GradlinkError


class AsyncJobChannel:
    """Sends one job and reads its messages."""

    def __init__(
        self, driver: AsyncDriver, talk: Conversation[AsyncJobCore], max_message: int | None
    ) -> None:
        self._driver = driver
        self._talk = talk
        self._max_message = max_message
        self._scope = anyio.CancelScope()

    async def run(self) -> tuple[GradlinkError | None, bool]:
        """Send the job and read until it has ended.

        Returns what its connection ended with, None for a clean end, and whether the job may have been accepted.
        """
        try:
            with self._scope:
                if await self._driver.run(self._talk.prepare()):
                    converse = self._on_socket if self._talk.on_socket else self._on_stream
                    while (refusal := await converse()) is not None:
                        await self._driver.run(self._talk.refused(refusal))
        except Exception as exc:  # the job must end, whatever went wrong
            return ended_alone(exc, self._talk.job.endpoint.title)
        return None, False

    def stop(self) -> None:
        """Give the job up: closing its connection is what cancels it."""
        self._scope.cancel()

    async def _on_stream(self) -> HttpReply | None:
        """Read the job's stream and send its data when asked; return the answer if it is a refusal."""
        talk = self._talk
        async with self._driver.open_stream(talk.url, talk.headers) as source:
            if not talk.answered(source.response.status_code):
                return await self._driver.refusal(source.response)
            async for texts in source:
                for text in texts:
                    if (answer := talk.take(text)) is not None:
                        await self._driver.run(talk.send(answer))
        return None

    async def _on_socket(self) -> HttpReply | None:
        """Read the job's socket and answer it; return the answer to the handshake if it is a refusal."""
        talk = self._talk
        async with self._driver.open_socket(talk.url, talk.headers) as answer:
            if not talk.answered(answer.status_code):
                return await self._driver.refusal(answer)
            socket = JobSocket(self._max_message, talk.take)
            while not socket.closed and not talk.job.ended:
                # 3.x has no heartbeat: a job that waits long hears nothing, so there is no limit.
                for data in socket.receive(await answer.receive(READ_BYTES)):
                    await answer.send(data, WRITE_SECONDS)
            await answer.send(socket.close(ended=talk.job.ended), WRITE_SECONDS)
        return None
