"""Reads the stream of one session in a task, for as long as a job of it is pending."""

from __future__ import annotations

import logging
from typing import Generic, Protocol, TypeVar

import httpx2

from gradlink._async.driver import AsyncDriver
from gradlink._engine.streams import LoginOnce, StreamPolicy
from gradlink._flows.exchange import Access, login
from gradlink._io import pause
from gradlink._protocol.messages import Message, take_message
from gradlink._protocol.replies import reply_error
from gradlink._shell.eventstream import EventStream
from gradlink._shell.failures import lost_stream, was_silent
from gradlink.errors import GradlinkError, TransportError

_log = logging.getLogger("gradlink.reader")

SessionT_contra = TypeVar("SessionT_contra", contravariant=True)


class StreamOwner(Protocol[SessionT_contra]):
    """What a reader needs of its connection."""

    @property
    def driver(self) -> AsyncDriver: ...

    @property
    def access(self) -> Access: ...

    @property
    def closed(self) -> bool: ...

    def opening_stream(self, session: SessionT_contra) -> str: ...

    def deliver(self, session: SessionT_contra, message: Message) -> bool: ...

    def stream_ended(
        self, session: SessionT_contra, error: GradlinkError | None, *, carried: bool
    ) -> bool: ...


class AsyncStreamReader(Generic[SessionT_contra]):
    """The one reader of a session's stream: a second one would steal its messages."""

    def __init__(
        self, owner: StreamOwner[SessionT_contra], session: SessionT_contra, policy: StreamPolicy
    ) -> None:
        self._owner = owner
        self._session = session
        self._policy = policy

    async def run(self) -> None:
        """Read streams until no job needs one."""
        more = True
        while more:
            self._policy.begin()
            error = await self._read_one()
            if error is not None and await self._wait_to_reopen(error):
                continue
            verdict = self._policy.verdict(error)
            more = self._owner.stream_ended(self._session, verdict, carried=self._policy.carried)

    async def _wait_to_reopen(self, error: GradlinkError) -> bool:
        """Wait before a stream that could not be opened is asked for again; False if that is not to be done."""
        bounds = self._policy.pause_to_reopen(error)
        if bounds is None:
            return False
        try:
            await self._owner.driver.run(pause(*bounds))
        except GradlinkError:
            return False  # the client was closed
        return not self._owner.closed

    async def _read_one(self) -> GradlinkError | None:
        """Read one stream to its end; return None for a clean one."""
        driver, access = self._owner.driver, self._owner.access
        once = LoginOnce({401}, available=access.auth is not None)
        try:
            while True:
                async with driver.open_stream(self._owner.opening_stream(self._session)) as source:
                    if source.response.status_code == 200:
                        return await self._read_messages(source)
                    reply = await driver.refusal(source.response)
                    if not once.helps(reply.status):
                        return reply_error(reply, "the stream of messages")
                await driver.run(login(access))
        except TransportError as exc:
            return lost_stream(exc) if self._policy.opened or was_silent(exc) else exc
        except GradlinkError as exc:
            return exc
        except Exception as exc:  # logged, and given to the jobs
            # Whatever it is, the jobs on this stream must not wait for a reader that is gone.
            _log.exception("the reader of a stream failed")
            return GradlinkError(f"gradlink failed while it read the stream of messages: {exc!r}")

    async def _read_messages(self, source: EventStream) -> GradlinkError | None:
        policy = self._policy
        policy.opened = True
        try:
            async for text in source:
                message = take_message(text)
                if policy.concerns_jobs(message):
                    if not self._owner.deliver(self._session, message):
                        return None
                elif policy.left:
                    break
        except httpx2.TransportError:
            if not policy.closed:
                raise
        return policy.end()
