"""Reads the stream of one session in a task, for as long as a job of it is pending."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from gradlink._async.driver import AsyncDriver
from gradlink._async.jobcore import AsyncJobCore
from gradlink._flows.reading import SessionStream
from gradlink._shell.failures import unread
from gradlink.errors import GradlinkError


class AsyncStreamReader:
    """The one reader of a session's stream: a second one would steal its messages.

    Args:
        hold: waits a moment where more is about to be sent whose messages would come over the same stream.
    """

    def __init__(
        self,
        driver: AsyncDriver,
        stream: SessionStream[AsyncJobCore],
        hold: Callable[[], Awaitable[None]],
    ) -> None:
        self._driver = driver
        self._stream = stream
        self._hold = hold

    async def run(self) -> None:
        """Read streams until no job needs one."""
        more = True
        while more:
            await self._hold()
            more = await self._driver.run(self._stream.end(await self._read()))

    async def _read(self) -> GradlinkError | None:
        """Read one stream; return what has ended it, None for its own end."""
        driver, stream = self._driver, self._stream
        stream.begin()
        try:
            while True:
                async with driver.open_stream(stream.ask()) as source:
                    if stream.answered(source.response.status_code):
                        async for texts in source:
                            if not stream.take(texts):
                                break
                        return None
                    reply = await driver.refusal(source.response)
                await driver.run(stream.refused(reply))
        except Exception as exc:  # whatever it is, the jobs must not wait for a reader that is gone
            return unread(exc, opened=stream.opened)
