"""Those who watch a job hear of it in order, and cannot harm it."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable
from typing import Any

import pytest

from gradlink import AppError, DoneEvent, LogEvent, ProgressEvent, ProgressUnit, Status, StatusEvent
from gradlink._progress.calls import at_once, early_watch, watch_of
from gradlink._protocol.job import Failed, Step, Succeeded
from gradlink._shell.watched import WatchedEvent, WatchedJob
from gradlink._shell.watching import Block, JobWatch, current_blocks

STARTING = StatusEvent(Status.STARTING)
JOINING = StatusEvent(Status.JOINING_QUEUE)


class Heard:
    """A watcher that keeps what it hears."""

    def __init__(self) -> None:
        self.events: list[WatchedEvent] = []
        self.jobs: list[WatchedJob] = []

    def __call__(self, job: WatchedJob, event: WatchedEvent) -> None:
        self.jobs.append(job)
        self.events.append(event)


def watched(*watchers: Any, soon: Callable[[Callable[[], None]], object] = at_once) -> JobWatch:
    watch = JobWatch("/f", soon)
    for watcher in watchers:
        watch.add(watcher)
    return watch


def test_updates_are_passed_on_once_and_in_order() -> None:
    heard = Heard()
    watch = watched(heard)
    progress = ProgressEvent((ProgressUnit(1, 2, None, None, None),))
    log = LogEvent("x", "info")
    error = AppError("no")
    watch.begin()
    watch.take([JOINING], "e1")
    watch.take([JOINING, progress, log], "e1")
    watch.take([JOINING, progress, log], "e1")
    watch.take([JOINING, progress, log, Failed(error)], "e2")
    assert heard.events == [STARTING, JOINING, progress, log, DoneEvent(False, error)]
    assert [job.event_id for job in heard.jobs] == [None, "e1", "e1", "e1", "e2"]
    assert {job.api_name for job in heard.jobs} == {"/f"}
    assert len({job.number for job in heard.jobs}) == 1


def test_values_are_no_events_but_the_first_says_that_the_job_streams() -> None:
    heard = Heard()
    watch = watched(heard)
    watch.take([Step(["a"]), Step(["b"]), Succeeded(["b"], is_output=False)], None)
    assert heard.events == [StatusEvent(Status.ITERATING), DoneEvent(True)]


def test_jobs_have_numbers_of_their_own() -> None:
    first, second = Heard(), Heard()
    watched(first).begin()
    watched(second).begin()
    assert second.jobs[0].number > first.jobs[0].number


def test_a_watcher_that_fails_is_logged_and_the_others_hear(caplog: pytest.LogCaptureFixture) -> None:
    def fail(job: WatchedJob, event: WatchedEvent) -> None:
        raise ValueError("the caller's own")

    heard = Heard()
    with caplog.at_level(logging.ERROR, "gradlink.progress"):
        watched(fail, heard).begin()
    assert heard.events == [STARTING]
    assert "a progress callback failed for /f" in caplog.text
    assert "ValueError: the caller's own" in caplog.text


def test_what_happens_while_a_watcher_is_called_comes_afterwards() -> None:
    heard = Heard()
    watch = watched()

    def cause(job: WatchedJob, event: WatchedEvent) -> None:
        if event == STARTING:
            watch.take([JOINING], None)

    watch.add(cause)
    watch.add(heard)
    watch.begin()
    assert heard.events == [STARTING, JOINING]
    watch.take([JOINING, Succeeded([], is_output=True)], None)
    assert heard.events == [STARTING, JOINING, DoneEvent(True)]


def test_a_job_goes_on_where_no_thread_can_be_started() -> None:
    def refuse(task: Callable[[], None]) -> None:
        raise RuntimeError("can't start new thread")

    heard = Heard()
    watch = watched(heard, soon=refuse)
    watch.begin()
    watch.take([JOINING], None)
    assert heard.events == []
    watch.pass_on()
    assert heard.events == [STARTING, JOINING]


def test_who_waits_knows_that_all_was_passed_on() -> None:
    tasks: list[Callable[[], None]] = []
    heard = Heard()
    watch = watched(heard, soon=tasks.append)
    watch.begin()
    watch.take([JOINING], None)
    assert (len(tasks), heard.events) == (1, [])
    with watch.held():
        pass
    assert heard.events == [STARTING, JOINING]
    tasks[0]()  # which comes too late to find anything
    watch.take([JOINING, Succeeded([], is_output=True)], None)
    assert len(tasks) == 2


def test_who_waits_waits_for_a_watcher_that_is_being_called() -> None:
    called, goes_on = threading.Event(), threading.Event()
    heard = Heard()

    def slow(job: WatchedJob, event: WatchedEvent) -> None:
        called.set()
        goes_on.wait(30)
        heard(job, event)

    threads: list[threading.Thread] = []

    def soon(task: Callable[[], None]) -> None:
        threads.append(threading.Thread(target=task))
        threads[-1].start()

    watch = watched(slow, soon=soon)
    watch.begin()
    assert called.wait(30)
    waiting = threading.Thread(target=watch.pass_on)
    waiting.start()
    assert heard.events == []
    goes_on.set()
    waiting.join(30)
    assert heard.events == [STARTING]
    threads[0].join(30)


def test_a_block_hears_until_it_is_left() -> None:
    heard = Heard()
    block = Block(heard)
    block.enter()
    tasks: list[Callable[[], None]] = []
    watch = watch_of("/f", current_blocks(), None, tasks.append)
    assert watch is not None
    block.leave()
    # What had happened is passed on, what happens later is not.
    assert heard.events == [STARTING]
    watch.take([JOINING], None)
    watch.pass_on()
    assert heard.events == [STARTING]
    assert current_blocks() == ()


def test_blocks_are_of_their_thread() -> None:
    block = Block(Heard())
    block.enter()
    try:
        seen: list[Any] = []
        thread = threading.Thread(target=lambda: seen.append(current_blocks()))
        thread.start()
        thread.join()
        assert current_blocks() == (block,)
        # From 3.14 on, threads may inherit it.
        assert seen in ([()], [(block,)])
    finally:
        block.leave()


def test_who_watches_a_call() -> None:
    around, own = Heard(), Heard()
    blocks = (Block(around),)
    assert watch_of("/f", (), None, at_once) is None
    assert watch_of("/f", blocks, False, at_once) is None
    watch_of("/f", blocks, own, at_once)
    assert (around.events, own.events) == ([STARTING], [STARTING])
    # What is around it shows it already.
    shows = Block(around, shows=True)
    watch = watch_of("/f", (shows,), True, at_once)
    assert watch is not None
    assert len(around.events) == 2


def test_a_call_that_has_to_wait_for_its_options_is_begun_once() -> None:
    around, own = Heard(), Heard()
    blocks = (Block(around),)
    assert early_watch("/f", (), at_once, wanted=None) is None
    assert early_watch("/f", blocks, at_once, wanted=False) is None
    early = early_watch("the only endpoint", blocks, at_once, wanted=None)
    assert early is not None
    assert watch_of("/f", blocks, own, at_once, early) is early
    early.take([JOINING], "e")
    assert around.events == [STARTING, JOINING]
    assert [job.api_name for job in around.jobs] == ["the only endpoint", "/f"]
    assert own.events == [JOINING]
