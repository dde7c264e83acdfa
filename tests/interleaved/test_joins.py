"""Whatever happens between two lines of the thread that sends many jobs, each ends once, and says the truth."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from concurrent.futures import CancelledError
from pathlib import Path
from types import FrameType
from typing import Any

import pytest

import gradlink
from gradlink import Client, GradlinkError, Job, Timeout
from gradlink._protocol.job import Failed, Succeeded
from gradlink._sync.joins import Joins, Lane
from tests.interleaved.app import App
from tests.interleaved.listening import Listening, listening

FOLDER = str(Path(gradlink.__file__).parent)
WATCHED = {
    f"{FOLDER}/{name}.py"
    for name in ("_sync/joins", "_sync/held", "_sync/posting", "_sync/steps", "_flows/sending")
}
GUARD_SECONDS = 30.0
JOBS = 3


class Stop:
    """Lets something happen when the lanes come to a line for the first time while they hold no lock.

    Attributes:
        lines: those that they have come to, in order.
    """

    def __init__(self, line: str, monkeypatch: pytest.MonkeyPatch) -> None:
        self.line = line
        self.lines: dict[str, None] = {}
        self.client: Client | None = None
        self.act: Callable[[], object] = lambda: None
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        for name in ("wait_on", "read_now"):
            monkeypatch.setattr(Lane, name, self._traced(getattr(Lane, name)))

    def join(self) -> None:
        """Wait until all was sent, and what happened is over; nothing happens after that."""
        while self._joins()._lanes or self._joins()._watch._running:
            threading.Event().wait(0.0005)
        # A call with a limit of time is sent by a lane, too.
        self.line = ""
        if self._thread is not None:
            self._thread.join(GUARD_SECONDS)
            assert not self._thread.is_alive(), self.line

    def _traced(self, function: Callable[..., Any]) -> Callable[..., Any]:
        def run(lane: Lane, **kwargs: Any) -> Any:
            sys.settrace(self._trace)
            try:
                return function(lane, **kwargs)
            finally:
                sys.settrace(None)

        return run

    def _trace(self, frame: FrameType, event: str, _: object) -> Any:
        if frame.f_code.co_filename not in WATCHED:
            return None
        if event == "line" and not self._is_locked():
            line = f"{Path(frame.f_code.co_filename).stem}:{frame.f_lineno}"
            with self._lock:
                is_new = line not in self.lines
                self.lines[line] = None
            if is_new and line == self.line:
                self._happen()
        return self._trace

    def _is_locked(self) -> bool:
        assert self.client is not None
        joins = self._joins()
        locks: tuple[Any, ...] = (self.client._connection.lock, joins._lock, joins._hold._lock)
        return any(lock._is_owned() for lock in locks)

    def _joins(self) -> Joins:
        assert self.client is not None
        return self.client._connection._performer._joins

    def _happen(self) -> None:
        done = threading.Event()

        def act() -> None:
            try:
                self.act()
            finally:
                done.set()

        thread = threading.Thread(target=act)
        thread.start()
        self._thread = thread
        # It may wait for the thread that is stopped here.
        done.wait(0.05)


ACTS: dict[str, Callable[[App, Client, list[Job]], object]] = {
    "cancel": lambda _, __, jobs: jobs[0].cancel(),
    "cancel the last": lambda _, __, jobs: jobs[-1].cancel(),
    "close": lambda _, client, __: client.close(),
    "loss": lambda app, __, ___: app.break_streams(),
    "another": lambda _, client, jobs: jobs.append(client.submit("another")),
    "predict": lambda _, client, __: client.predict("between"),
}


def play(server: Listening, line: str, act: str) -> list[str]:
    """Submit jobs and let ``act`` happen at a line of what sends them; return the lines that were come to."""
    server.app = app = App()
    with pytest.MonkeyPatch.context() as patched:
        with Client(server.url, verbose=False, retries=0, timeout=Timeout(total=GUARD_SECONDS)) as client:
            stop = Stop(line, patched)
            stop.client = client
            jobs: list[Job] = []
            ready = threading.Event()
            stop.act = lambda: (ready.wait(GUARD_SECONDS), ACTS[act](app, client, jobs))
            for number in range(JOBS):
                try:
                    jobs.append(client.submit(str(number)))
                except GradlinkError:
                    assert act == "close"
            ready.set()
            for job in [*jobs]:
                check(job, f"{act} at {line}")
            stop.join()
            for job in jobs:
                check(job, where := f"{act} at {line}")
            if act != "close":
                assert client.predict("next") == "value", where
                known = client._connection.engine._known
                assert not client._connection.ask(lambda: list(known.jobs)), where
        app.break_streams()
        return list(stop.lines)


def check(job: Job, where: str) -> None:
    """It has ended once."""
    error: BaseException | None
    try:
        error = job.exception(GUARD_SECONDS)
    except CancelledError as exc:
        error = exc
    except TimeoutError:
        pytest.fail(f"a job did not end: {where}")
    assert error is None or isinstance(error, (GradlinkError, CancelledError)), where
    ends = [update for update in job._core.tracker.updates if isinstance(update, (Succeeded, Failed))]
    assert len(ends) == 1, where


@pytest.mark.parametrize("act", ACTS)
def test_each_job_ends_once_whatever_happens_while_many_are_sent(act: str) -> None:
    with listening() as server:
        played: set[str] = set()
        wanted = play(server, "", act)
        while wanted:
            line = wanted.pop()
            played.add(line)
            wanted += [new for new in play(server, line, act) if new not in played and new not in wanted]
    assert len(played) > 60
