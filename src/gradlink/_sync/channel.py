"""One job on its own connection, in a thread, for servers before 4.9."""

from __future__ import annotations

from itertools import chain
from typing import TYPE_CHECKING

from gradlink._flows.alone import Conversation
from gradlink._io import HttpReply
from gradlink._shell.failures import ended_alone
from gradlink._shell.jobsocket import JobSocket
from gradlink._shell.websocket import READ_BYTES, WRITE_SECONDS
from gradlink._sync.driver import Driver
from gradlink._sync.jobcore import JobCore
from gradlink.errors import GradlinkError

if TYPE_CHECKING:
    from gradlink._sync.door import LiveAnswer


class JobChannel:
    """Sends one job and reads its messages."""

    def __init__(self, driver: Driver, talk: Conversation[JobCore], max_message: int | None) -> None:
        self._driver = driver
        self._talk = talk
        self._max_message = max_message
        self._response: LiveAnswer | None = None

    def run(self) -> tuple[GradlinkError | None, bool]:
        """Send the job and read until it has ended, in this thread.

        Returns what its connection ended with, None for a clean end, and whether the job may have been accepted.
        """
        try:
            if self._driver.run(self._talk.prepare()):
                converse = self._on_socket if self._talk.on_socket else self._on_stream
                while (refusal := converse()) is not None:
                    self._driver.run(self._talk.refused(refusal))
        except Exception as exc:  # the job must end, whatever went wrong
            return ended_alone(exc, self._talk.job.endpoint.title)
        return None, False

    def stop(self) -> None:
        """Give the job up: closing its connection is what cancels it."""
        response = self._response
        if response is not None:
            response.stop()

    def _on_stream(self) -> HttpReply | None:
        """Read the job's stream and send its data when asked; return the answer if it is a refusal."""
        talk = self._talk
        with self._driver.open_stream(talk.url, talk.headers) as source:
            if not self._begins(source.response):
                return self._driver.refusal(source.response)
            for text in chain.from_iterable(source):
                if (answer := talk.take(text)) is not None:
                    self._driver.run(talk.send(answer))
        return None

    def _on_socket(self) -> HttpReply | None:
        """Read the job's socket and answer it; return the answer to the handshake if it is a refusal."""
        talk = self._talk
        with self._driver.open_socket(talk.url, talk.headers) as response:
            if not self._begins(response):
                return self._driver.refusal(response)
            socket = JobSocket(self._max_message, talk.take)
            while not socket.closed and not talk.job.ended:
                # 3.x has no heartbeat: a job that waits long hears nothing, so there is no limit.
                for data in socket.receive(response.receive(READ_BYTES)):
                    response.send(data, WRITE_SECONDS)
            response.send(socket.close(ended=talk.job.ended), WRITE_SECONDS)
        return None

    def _begins(self, response: LiveAnswer) -> bool:
        self._response = response
        begins = self._talk.answered(response.status_code)
        if self._talk.job.ended:
            self.stop()  # whoever ended it found nothing to stop
        return begins
