"""A bot for a chat service such as Discord: it edits its message while the app writes, and says how long the queue is.

``Bot.answer`` is what a handler of new messages calls; a ``Channel`` is what it needs of the service, which with discord.py is
``message.channel.send`` and ``message.edit``. ``python examples/bot.py URL`` plays it with the demo app (``python demo/app.py``), where the
terminal is the channel.
"""

from __future__ import annotations

import asyncio
import sys
from typing import Protocol

from gradlink import AppError, AsyncClient, GradlinkError, JobTimeoutError, OutputEvent, StatusEvent, Timeout

# Such services allow a few edits in a few seconds.
EDIT_SECONDS = 1.0


class Message(Protocol):
    """A message of the bot."""

    async def edit(self, text: str) -> None:
        """Replace its text."""
        ...


class Channel(Protocol):
    """Where it is asked."""

    async def send(self, text: str) -> Message:
        """Send a new message."""
        ...


class Bot:
    """Answers with what an app says; one client serves all channels."""

    def __init__(self, client: AsyncClient, edit_seconds: float = EDIT_SECONDS) -> None:
        # Nobody looks at a chat for longer.
        self._client = client.with_options(timeout=Timeout(queue=120, run=120))
        self._edit_seconds = edit_seconds

    async def answer(self, channel: Channel, question: str) -> None:
        """Answer one message. Cancelling the task that does it stops the app as well."""
        message = await channel.send("…")
        try:
            async with self._client.submit(question, api_name="/chat") as job:
                edited = asyncio.get_running_loop().time()
                async for event in job.events():
                    now = asyncio.get_running_loop().time()
                    if isinstance(event, StatusEvent) and event.rank:
                        await message.edit(f"({event.rank} before you)")
                    elif isinstance(event, OutputEvent) and now - edited >= self._edit_seconds:
                        edited = now
                        await message.edit(f"{event.value} …")
                await message.edit(str(await job))
        except AppError as error:
            await message.edit(f"The app says: {error.message}")
        except JobTimeoutError:
            await message.edit("That takes too long at the moment. Try again later.")
        except GradlinkError as error:
            print(error, file=sys.stderr)  # for whoever runs the bot
            await message.edit("Something is broken here. It has been noted.")


class Terminal:
    """A channel, and its messages."""

    async def send(self, text: str) -> Terminal:
        """Write it."""
        await self.edit(text)
        return self

    async def edit(self, text: str) -> None:
        """Write it again."""
        print(text, flush=True)


async def main(url: str) -> None:
    """Answer two people at the same time."""
    async with AsyncClient(url, verbose=False) as client:
        bot = Bot(client)
        await asyncio.gather(
            *(bot.answer(Terminal(), question) for question in ("Tell me a story", "And me"))
        )


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
