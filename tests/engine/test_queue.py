"""An app whose queue never started is asked once to start it."""

from __future__ import annotations

from gradlink._engine.effects import LeaveQueue, Notify, StartQueue, WatchQueue
from gradlink._protocol.queuewatch import STARTUP_SECONDS
from tests.engine.engines import accepted, engine, job, schema, starts, waits


def test_a_queue_that_runs_nothing_is_asked_to_start_once() -> None:
    made, sent = engine(), job()
    session = accepted(made, sent, "E1")
    assert made.received(session, [waits("E1")]) == [Notify(sent), WatchQueue(STARTUP_SECONDS)]
    assert made.received(session, [waits("E1")]) == [Notify(sent)]
    assert made.queue_stands() == [StartQueue()]
    assert made.queue_stands() == []


def test_a_queue_that_runs_is_not_watched() -> None:
    made, sent = engine(), job()
    session = accepted(made, sent, "E1")
    made.received(session, [waits("E1")])
    assert made.received(session, [starts("E1")]) == [Notify(sent), LeaveQueue()]
    assert made.queue_stands() == []


def test_nobody_asks_for_a_job_that_waits_no_more() -> None:
    made, sent = engine(), job()
    session = accepted(made, sent, "E1")
    made.received(session, [waits("E1")])
    made.cancel(sent)
    assert made.queue_stands() == []


def test_that_of_a_restarted_app_is_watched_anew() -> None:
    made, sent = engine(), job()
    session = accepted(made, sent, "E1")
    made.received(session, [starts("E1")])
    made.restarted(schema())
    later = job(1)
    assert accepted(made, later, "E2") is session
    assert made.received(session, [waits("E2")]) == [Notify(later), WatchQueue(STARTUP_SECONDS)]
