"""Jobs are watched by those who were there when they were made: their own threads and tasks send and read them."""

from __future__ import annotations

import itertools
import logging
import threading
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Protocol
from weakref import WeakSet

from gradlink._protocol.events import StatusEvent
from gradlink._protocol.job import Step, Update
from gradlink._protocol.status import Status
from gradlink._protocol.updates import event_of
from gradlink._shell.watched import WatchedEvent, WatchedJob, Watcher
from gradlink._text import one_line

_log = logging.getLogger("gradlink.progress")
_numbers = itertools.count(1)


class Holdable(Protocol):
    """What is there for one call alone, and is over when nobody needs it any more."""

    def hold(self) -> None: ...

    def release(self) -> None: ...


class Block:
    """A part of a program whose jobs are watched.

    Attributes:
        shows: the watcher is a display, of which one is enough.
    """

    def __init__(self, watcher: Watcher, *, shows: bool = False) -> None:
        self._watcher = watcher
        self._left = False
        self._lock = threading.Lock()
        self._watches: WeakSet[JobWatch] = WeakSet()
        self.shows = shows

    def __call__(self, job: WatchedJob, event: WatchedEvent) -> None:
        if not self._left:
            self._watcher(job, event)

    def enter(self) -> None:
        """Watch the jobs that are made in this thread or task, and in tasks that it starts, from now on."""
        _blocks.set((*_blocks.get(), self))

    def leave(self) -> None:
        """Pass on what has happened to its jobs, and nothing more."""
        # No token of the ContextVar: who leaves may be in another context than who has entered.
        _blocks.set(tuple(block for block in _blocks.get() if block is not self))
        with self._lock:
            watches = list(self._watches)
        for watch in watches:
            watch.pass_on()
        self._left = True

    def add(self, watch: JobWatch) -> None:
        """Note that a job is watched."""
        with self._lock:
            self._watches.add(watch)


_blocks: ContextVar[tuple[Block, ...]] = ContextVar("gradlink_watchers", default=())
current_blocks = _blocks.get


class JobWatch:
    """One job, and those who watch it. They hear of it in order, one event at a time; what they raise is logged.

    Args:
        soon: has a function called, at once or in a thread that may wait for a while.
    """

    def __init__(self, api_name: str, soon: Callable[[Callable[[], None]], object]) -> None:
        self.api_name = api_name
        self.event_id: str | None = None
        self._number = next(_numbers)
        self._soon = soon
        self._watchers: tuple[Watcher, ...] = ()
        self._own: Holdable | None = None
        self._events: deque[tuple[WatchedJob, WatchedEvent]] = deque()
        self._called = False
        # Held while watchers are called: whoever waits for it knows afterwards that they have heard all.
        self._passing = threading.RLock()
        self._is_passing = False
        # How far the job's updates were passed on, and whether it was seen to stream.
        self._position = 0
        self._streams = False
        self._counting = threading.Lock()
        self._files: dict[int, tuple[int, object]] = {}

    def add(self, watcher: Watcher) -> None:
        """Let one more hear of the job from now on."""
        self._watchers = (*self._watchers, watcher)
        if isinstance(watcher, Block):
            watcher.add(self)

    def add_own(self, watcher: Watcher, own: Holdable) -> None:
        """Let one more hear of it that is there for this job alone."""
        self.add(watcher)
        self._own = own

    def begin(self) -> None:
        """Say that the job was made."""
        self.say(StatusEvent(Status.STARTING))

    def take(self, updates: Sequence[Update], event_id: str | None) -> None:
        """Pass on what is new in the updates of the job. Caller lets nobody else do it at the same time."""
        self.event_id = event_id
        new = updates[self._position :]
        self._position += len(new)
        for update in new:
            if isinstance(update, Step):
                if not self._streams:
                    self._streams = True
                    self.say(StatusEvent(Status.ITERATING))
            # Only an OutputEvent is none of these, and no update is one.
            elif (event := event_of(update)) is not None and event.type != "output":
                self.say(event)

    def say(self, event: WatchedEvent) -> None:
        """Pass on an event, after those before it."""
        self._events.append((WatchedJob(self._number, self.api_name, self.event_id), event))
        if not self._called:
            self._called = True
            try:
                self._soon(self.pass_on)
            except RuntimeError:  # no thread can be started: whoever waits for the job passes it on
                self._called = False

    def pass_on(self) -> None:
        """Call the watchers with what they have not heard yet; when this returns, they have."""
        with self._passing:
            if self._is_passing:
                self._called = False
                return  # called by a watcher, whose caller goes on
            self._is_passing = True
            try:
                self._called = False
                while self._events:
                    self._call(*self._events.popleft())
            finally:
                self._is_passing = False

    def number_of(self, file: object) -> int:
        """Return the number of a file of the job, the same one for the same object."""
        # The object is kept, so that no other one gets its id.
        with self._counting:
            return self._files.setdefault(id(file), (len(self._files), file))[0]

    @contextmanager
    def held(self) -> Generator[None]:
        """Keep what is there for this job alone as long as this lasts; at its end they have heard all."""
        if self._own is not None:
            self._own.hold()
        try:
            yield
        finally:
            self.pass_on()
            if self._own is not None:
                self._own.release()

    def _call(self, job: WatchedJob, event: WatchedEvent) -> None:
        for watcher in self._watchers:
            try:
                watcher(job, event)
            except Exception:  # it is the caller's, and the job has nothing to do with it
                _log.exception("a progress callback failed for %s", one_line(job.api_name))
