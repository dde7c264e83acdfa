"""Iterators over a job.

They are classes and no async generators: leaving a loop over a generator early leaves it suspended, which
trio complains about, and its cleanup would run at an unpredictable time.
"""

from __future__ import annotations

import weakref
from collections.abc import AsyncIterator, Awaitable, Callable, Sequence
from contextlib import suppress
from typing import Any, Generic, Protocol, Self, TypeVar

import anyio

from gradlink._dataclass import dataclass
from gradlink._protocol.events import Event, OutputEvent
from gradlink._protocol.job import Failed, Succeeded, Update
from gradlink._protocol.outputs import Output, OutputWalk
from gradlink._protocol.text import TextWalk
from gradlink._protocol.updates import event_of
from gradlink._shell.raised import public_async

T = TypeVar("T")


class Cancellable(Protocol):
    """A job, as far as the iterators have to do with it."""

    def cancel(self) -> object: ...


class Happenings(Protocol):
    """What happens to a job, as far as the iterators have to do with it."""

    @property
    def updates(self) -> Sequence[Update]:
        """Everything that has happened, in order."""
        ...

    async def update_at(self, position: int) -> Update:
        """Wait for what happens next after ``position`` things, and return it."""
        ...


@dataclass(frozen=True, slots=True)
class Source:
    """Where an iterator has its values from.

    Attributes:
        job: what happens to it.
        collect: makes what the caller gets of an output.
        leaving: what is cancelled if the loop is left early, None for nothing.
    """

    job: Happenings
    collect: Callable[[Output], Awaitable[Any]]
    leaving: Cancellable | None = None


class _Walk(AsyncIterator[T], Generic[T]):
    """Walks through a job's updates, from its beginning."""

    def __init__(self, source: Source) -> None:
        self._job = source.job
        self._collect = source.collect
        self._position = 0
        self._ended = False
        self._outputs = OutputWalk()
        # Who leaves the loop early drops the iterator. A job that has ended stays as it is.
        leaving = source.leaving
        self._end = None if leaving is None else weakref.finalize(self, _cancel, leaving)
        if self._end is not None:
            self._end.atexit = False

    def __aiter__(self) -> Self:
        return self

    async def _next(self) -> Update:
        updates = self._job.updates
        if len(updates) > self._position:
            update = updates[self._position]
        else:
            try:
                update = await self._job.update_at(self._position)
            except anyio.get_cancelled_exc_class():
                if self._end is not None:
                    self._end()
                raise
        self._position += 1
        self._ended = isinstance(update, (Succeeded, Failed))
        if self._ended and self._end is not None:
            self._end.detach()
        return update


class Values(_Walk[Any]):
    """The values of a job; raises the job's error where it ends with one."""

    @public_async
    async def __anext__(self) -> Any:
        while not self._ended:
            update = await self._next()
            output = self._outputs.advance(update)
            if output is not None:
                return await self._collect(output)
            if isinstance(update, Failed):
                raise update.error
        raise StopAsyncIteration


class Deltas(_Walk[str]):
    """The text that each value of a job adds; raises the job's error where it ends with one."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._text = TextWalk()

    @public_async
    async def __anext__(self) -> str:
        while not self._ended:
            update = await self._next()
            output = self._outputs.advance(update)
            added = self._text.advance(output) if output is not None else ""
            if added:
                return added
            if isinstance(update, Failed):
                raise update.error
        raise StopAsyncIteration


class Events(_Walk[Event]):
    """What happens to a job, ended by a DoneEvent; leaving early leaves the job alone."""

    def __init__(self, source: Source) -> None:
        super().__init__(source)
        self._following: Event | None = None

    @public_async
    async def __anext__(self) -> Event:
        if self._following is not None:
            following, self._following = self._following, None
            return following
        while not self._ended:
            update = await self._next()
            event = event_of(update)
            output = self._outputs.advance(update)
            if output is not None:
                self._following = event
                return OutputEvent(await self._collect(output), self._outputs.count - 1)
            if event is not None:
                return event
        raise StopAsyncIteration


def _cancel(job: Cancellable) -> None:
    # The iterator may be collected when its event loop has ended, and with it the client.
    with suppress(RuntimeError):
        job.cancel()
