"""What is logged of a call."""

from __future__ import annotations

import logging
from typing import Any

import pytest

from gradlink import AppError, QueueError, StreamLostError
from gradlink._engine.state import JobState
from gradlink._protocol.job import JobTracker
from gradlink._protocol.messages import read_message
from gradlink._protocol.policy import Retries, Timeout
from gradlink._protocol.schema import Endpoint
from gradlink._shell.calllog import CallLog
from gradlink._shell.logs import call_log

EVIL = "/f\nINFO gradlink.calls: /g: succeeded"


def job(title: str = "/f") -> JobState:
    return JobState(Endpoint(3, title), JobTracker(api_name=title), Timeout(), Retries())


@pytest.fixture
def story(caplog: pytest.LogCaptureFixture) -> list[str]:
    """Play the life of a generator that is lost once, and return what is logged of it."""
    caplog.set_level(logging.DEBUG, "gradlink.calls")
    called = job()
    log = call_log("/f", 100.0)
    assert log is not None
    log.take(called, 100.0)

    def happens(now: float, **message: Any) -> None:
        called.tracker.receive(read_message(message))
        log.take(called, now)

    called.tracker.joined("e1")
    log.take(called, 100.5)
    called.tracker.restart()
    called.resent = 1
    log.take(called, 101.0)
    called.tracker.joined("e2")
    log.take(called, 102.0)
    happens(102.5, msg="estimation", rank=2, queue_size=3, rank_eta=5)
    happens(104.0, msg="process_starts")
    happens(104.5, msg="process_generating", output={"data": ["SECRET"]}, success=True)
    happens(104.6, msg="log", log="SECRET", level="info")
    happens(106.0, msg="process_completed", output={"data": ["SECRET"]}, success=True)
    log.take(called, 107.0)
    return [f"{record.levelname} {record.getMessage()}" for record in caplog.records]


def test_the_story_of_a_call_is_told_once(story: list[str]) -> None:
    assert story == [
        "DEBUG /f: called",
        "DEBUG /f: accepted as event e1, 0.50 s after the call",
        "DEBUG /f: lost; it is sent again, 1.00 s after the call",
        "DEBUG /f: accepted as event e2, 2.00 s after the call",
        "DEBUG /f: in the queue, 2 before it, 3 in all, 2.50 s after the call",
        "DEBUG /f: running, 4.00 s after the call",
        "DEBUG /f: its first value has come, 4.50 s after the call",
        "INFO /f: succeeded after 6.00 s (2.00 s in the queue, 2.00 s running, 1 value, 2 attempts, event e2)",
    ]


@pytest.mark.parametrize(
    ("end", "line"),
    [
        (lambda tracker: tracker.cancel(), "/f: cancelled after 2.00 s"),
        (lambda tracker: tracker.succeed(["x"]), "/f: succeeded after 2.00 s"),
        (
            lambda tracker: tracker.fail(QueueError("full", attempts=3)),
            "/f: failed with QueueError after 2.00 s (3 attempts): full",
        ),
        (
            lambda tracker: tracker.fail(AppError("no\nflour for hf_abcDEF123")),
            r"/f: failed with AppError after 2.00 s: no\nflour for hf_***",
        ),
        (
            lambda tracker: tracker.fail(QueueError("Authorization: Bearer a.b-c= is wrong")),
            "/f: failed with QueueError after 2.00 s: Authorization: Bearer *** is wrong",
        ),
        (
            lambda tracker: tracker.begin_sending() and tracker.lose(StreamLostError("gone")),
            "/f: failed with StreamLostError after 2.00 s: gone; the call may have run",
        ),
    ],
)
def test_the_end_of_a_call_is_one_line(caplog: pytest.LogCaptureFixture, end: Any, line: str) -> None:
    caplog.set_level(logging.INFO, "gradlink.calls")
    called = job()
    end(called.tracker)
    CallLog("/f", 100.0).take(called, 102.0)
    assert [record.getMessage() for record in caplog.records] == [line]


def test_an_endpoint_cannot_begin_another_line(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.DEBUG, "gradlink.calls")
    log = call_log(EVIL, 0.0)
    assert log is not None
    called = job(EVIL)
    called.tracker.joined("e\n1")
    called.tracker.succeed(["x"])
    log.take(called, 1.0)
    assert [record.getMessage() for record in caplog.records if "\n" in record.getMessage()] == []
    assert len(caplog.records) == 3


def test_nothing_is_made_where_nothing_is_logged(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.WARNING, "gradlink.calls")
    assert call_log("/f", 0.0) is None
