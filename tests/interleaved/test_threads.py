"""Whatever happens between two lines of the thread that sends a job, the job ends once, and says the truth."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from functools import partial
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import gradlink
from gradlink import Client, ClientClosedError, GradlinkError, Job, Timeout
from gradlink._engine.effects import SetLimit
from gradlink._protocol.job import Failed, Succeeded
from gradlink._sync.connection import Connection
from gradlink._sync.jobcore import JobCore
from tests.interleaved.app import URL, App, options

FOLDER = str(Path(gradlink.__file__).parent)
# Where the states of jobs and sessions are looked at and changed.
WATCHED = {
    f"{FOLDER}/{name}.py"
    for name in (
        "_sync/connection",
        "_sync/performer",
        "_sync/calls",
        "_sync/job",
        "_sync/channel",
        "_flows/sending",
        "_flows/alone",
    )
} | {str(path) for path in Path(FOLDER, "_engine").glob("*.py")}
GUARD_SECONDS = 30.0


class Stop:
    """Lets something happen at the nth line that a thread comes to, while it holds no lock.

    Attributes:
        line: where that was; None if there are fewer lines.
    """

    def __init__(self, nth: int, connection: Connection, core: JobCore, act: Callable[[], object]) -> None:
        self.line: str | None = None
        self._left = nth
        self._lock = connection.lock
        self._changed = core.changed.lock
        self._act = act
        self._done = threading.Event()
        self._thread: threading.Thread | None = None
        wait_cancelled = core.wait_cancelled

        def wait() -> None:
            # Who cancels waits now for who sends, which is stopped.
            self._done.set()
            wait_cancelled()

        core.wait_cancelled = wait  # type: ignore[method-assign]

    def run(self, function: Callable[[], object]) -> None:
        """Call ``function`` in this thread, stopped once."""
        sys.settrace(self._trace)
        try:
            function()
        finally:
            sys.settrace(None)
        if self._thread is not None:
            self._thread.join(GUARD_SECONDS)
            assert not self._thread.is_alive()

    def _trace(self, frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename not in WATCHED or frame.f_code.co_name == "close_soon":
            # The garbage collector closes forgotten clients in any thread, perhaps while that one holds a lock.
            return None
        if event == "line" and not self._is_locked():
            self._left -= 1
            if self._left == 0:
                self.line = f"{Path(frame.f_code.co_filename).stem}:{frame.f_lineno}"
                self._happen()
        return self._trace

    def _is_locked(self) -> bool:
        locks: tuple[Any, ...] = (self._lock, self._changed)
        return any(lock._is_owned() for lock in locks)

    def _happen(self) -> None:
        def act() -> None:
            try:
                self._act()
            finally:
                self._done.set()

        self._thread = threading.Thread(target=act)
        self._thread.start()
        # It may also have come to where it waits for the thread that is stopped here.
        assert self._done.wait(GUARD_SECONDS)


def wait_until_lost(app: App, connection: Connection) -> None:
    """Break the streams, and wait until their readers have applied that."""
    readers = connection._performer.readers._readers.values()
    reading = [(reader, reader._answer) for reader in readers]
    if not app.break_streams():
        return
    for reader, response in reading:
        while response is not None and reader._answer is response:
            threading.Event().wait(0.0005)


def reach_limit(connection: Connection, core: JobCore) -> None:
    """Let the whole call's time run out."""
    connection.apply(partial(connection.engine.limit_reached, SetLimit(core, "total", 0, 1.0)))


ACTS: dict[str, Callable[[App, Client, Job], object]] = {
    "cancel": lambda _, __, job: job.cancel(),
    "limit": lambda _, client, job: reach_limit(client._connection, job._core),
    "close": lambda _, client, __: client.close(),
    "loss": lambda app, client, _: wait_until_lost(app, client._connection),
    "new session": lambda _, client, __: client.reset_session(),
}
APPS: dict[str, dict[str, Any]] = {
    "queue": {},
    "queue, cancelled": {"holds": True},
    "direct": {"queue": False},
    "own stream": {"protocol": "sse"},
}


def play(app: App, nth: int, act: str) -> str | None:
    """Send a job and let ``act`` happen at the nth line; return that line."""
    client = Client(URL, max_workers=1, timeout=Timeout(total=GUARD_SECONDS), **options(app))
    try:
        connection = client._connection
        core, job = client._new_job(("x",), {}, None, None, None)
        calls: list[object] = []
        job.add_done_callback(calls.append)
        stop = Stop(nth, connection, core, lambda: ACTS[act](app, client, job))
        try:
            stop.run(lambda: connection.calls.send_here(core))
        except ClientClosedError:
            assert not app.joins
            assert connection.closed
            return stop.line
        if app.holds:
            job.cancel()
        check(app, job, where := f"{act} at {stop.line}")
        if not connection.closed:
            app.holds = False
            # Nothing is left behind that holds the client's only place.
            assert client.predict("next") == "value", where
            # Under the lock: who ended the job may not have left it when the caller hears of it.
            assert not connection.ask(lambda: list(connection.engine._known.jobs)), where
        return stop.line
    finally:
        client.close()
        app.break_streams()


def check(app: App, job: Job, where: str, *, others: int = 0) -> None:
    """The job has ended once, and was not sent if it says so; there were ``others``."""
    error: BaseException | None
    try:
        error = job.exception(GUARD_SECONDS)
    except CancelledError as exc:
        error = exc
    assert job.done(), where
    assert error is None or isinstance(error, GradlinkError), where
    ends = [update for update in job._core.tracker.updates if isinstance(update, (Succeeded, Failed))]
    assert len(ends) == 1, where
    assert len(app.joins) <= 1 + others, where
    if isinstance(error, GradlinkError) and error.execution == "not started":
        assert len(app.joins) == others, where


def lines(make: Callable[[], App], act: str) -> Iterator[str]:
    """Play with ``act`` at each line; yield where it was."""
    for nth in range(1, 1000):
        line = play(make(), nth, act)
        if line is None:
            return
        yield line


@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("kind", APPS)
def test_a_job_ends_once_whatever_happens_while_it_is_sent(kind: str, act: str) -> None:
    stopped = list(lines(lambda: App(**APPS[kind]), act))
    assert len(set(stopped)) > 10


def play_for_a_place(app: App, nth: int, leave: str) -> str | None:
    """Let a job that waits for its place leave, and get it at the nth line of that; return that line."""
    client = Client(URL, max_workers=1, timeout=Timeout(total=GUARD_SECONDS), **options(app))
    try:
        connection = client._connection
        first = client.submit("first")
        assert first._core.wait_joined()
        core, job = client._new_job(("x",), {}, None, None, None)
        sender = threading.Thread(target=connection.calls.send_here, args=(core,))

        def free() -> None:
            app.finish(app.joins[0])
            first.result(GUARD_SECONDS)
            with connection.lock:
                pass  # the place was given away in the same breath

        stop = Stop(nth, connection, core, free)
        sender.start()
        while core not in connection.engine._known.pool.waiting:
            threading.Event().wait(0.0005)
        app.holds = False
        stop.run(lambda: ACTS[leave](app, client, job))
        if stop.line is None:
            free()
        sender.join(GUARD_SECONDS)
        assert not sender.is_alive()
        check(app, job, where := f"place at {stop.line}", others=1)
        assert connection.closed or client.predict("next") == "value", where
        return stop.line
    finally:
        client.close()
        app.break_streams()


@pytest.mark.parametrize("leave", ["cancel", "limit"])
def test_a_place_is_not_lost_whenever_its_job_leaves(leave: str) -> None:
    for nth in range(1, 1000):
        if play_for_a_place(App(holds=True), nth, leave) is None:
            break
    assert nth > 3
