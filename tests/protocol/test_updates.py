"""A job's state in the words of the public status, and what a job says on its own connection."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import pytest

from gradlink import DoneEvent, GradlinkError, JobCancelledError, LogEvent, ProgressUnit, Status, StatusUpdate
from gradlink._protocol.channel import answer_to
from gradlink._protocol.job import Failed, JobTracker, Step
from gradlink._protocol.messages import Message, read_message
from gradlink._protocol.updates import cancelled_error, early_status, event_of, not_yet, status_update

WHEN = datetime.fromisoformat("2026-11-24T16:00:00")
UNIT = ProgressUnit(1, 3, "steps", None, "Working")
STARTS = {"msg": "process_starts", "eta": 2.0}
PROGRESS = {
    "msg": "progress",
    "progress_data": [{"index": 1, "length": 3, "unit": "steps", "progress": None, "desc": "Working"}],
}
LOG = {"msg": "log", "log": "hi", "level": "warning"}
DONE = {"msg": "process_completed", "output": {"data": ["x"]}, "success": True}
FAILED = {"msg": "process_completed", "output": {"error": "bad"}, "success": False}
CANCELLED = {"msg": "process_completed", "output": {}, "success": True}


def tracker(*messages: dict[str, Any]) -> JobTracker:
    job = JobTracker(api_name="/f", generator=False)
    for message in messages:
        job.receive(read_message(message))
    return job


def status(code: Status, **fields: Any) -> StatusUpdate:
    known: dict[str, Any] = {
        "rank": None,
        "queue_size": None,
        "eta": None,
        "success": None,
        "time": WHEN,
        "progress_data": None,
        "log": None,
    }
    return StatusUpdate(code, **{**known, **fields})


@pytest.mark.parametrize(
    ("messages", "expected"),
    [
        ([], status(Status.STARTING)),
        (
            [{"msg": "estimation", "rank": 1, "queue_size": 2, "rank_eta": 4.0}],
            status(Status.IN_QUEUE, rank=1, queue_size=2, eta=4.0),
        ),
        ([STARTS], status(Status.PROCESSING, eta=2.0)),
        ([STARTS, PROGRESS], status(Status.PROGRESS, eta=2.0, progress_data=[UNIT])),
        ([STARTS, LOG], status(Status.LOG, eta=2.0, log=("hi", "warning"))),
        (
            [STARTS, PROGRESS, LOG],
            status(Status.LOG, eta=2.0, progress_data=[UNIT], log=("hi", "warning")),
        ),
        ([STARTS, PROGRESS, LOG, DONE], status(Status.FINISHED, rank=0, success=True)),
        ([STARTS, PROGRESS, LOG, FAILED], status(Status.FINISHED, rank=0, success=False)),
        ([STARTS, CANCELLED], status(Status.CANCELLED, rank=0, success=False)),
    ],
)
def test_a_status_tells_where_a_job_stands(messages: list[dict[str, Any]], expected: StatusUpdate) -> None:
    assert status_update(tracker(*messages), WHEN) == expected


@pytest.mark.parametrize(
    ("code", "rank", "timeout", "text"),
    [
        (Status.STARTING, None, 0, "/f: no result after 0 s; it is being sent, and goes on until"),
        (Status.IN_QUEUE, None, None, "/f: no result after 0 s; it is in the queue, and goes on until"),
        (
            Status.IN_QUEUE,
            2,
            0.1,
            "/f: no result after 0.1 s; it is in the queue, behind 2 others, and goes on",
        ),
        (Status.PROGRESS, None, 5, "/f: no result after 5 s; it is running, and goes on until cancel() or"),
    ],
)
def test_who_has_waited_in_vain_hears_where_the_job_stands(
    code: Status, rank: int | None, timeout: float | None, text: str
) -> None:
    status = StatusUpdate(code, rank, None, None, None, WHEN, None)
    assert not_yet("/f", timeout, status).startswith(text)


def test_the_last_event_tells_how_a_job_ended() -> None:
    done, failed, cancelled = (tracker(message).outcome for message in (DONE, FAILED, CANCELLED))
    assert done is not None
    assert failed is not None
    assert cancelled is not None
    assert event_of(done) == DoneEvent(success=True)
    event = event_of(failed)
    assert isinstance(event, DoneEvent)
    assert (event.success, str(event.error), event.cancelled) == (False, "/f: bad", False)
    event = event_of(cancelled)
    assert isinstance(event, DoneEvent)
    assert (event.success, event.cancelled) == (False, True)
    assert isinstance(event.error, JobCancelledError)


def test_what_happens_is_an_event_unless_it_only_brings_a_value() -> None:
    assert event_of(Step([], None)) is None
    log = LogEvent("hi", "warning")
    assert event_of(log) is log


@pytest.mark.parametrize(
    ("outcome", "expected"),
    [
        (None, status(Status.STARTING)),
        (Failed(GradlinkError("no server")), status(Status.FINISHED, rank=0, success=False)),
        (Failed(cancelled_error("/f")), status(Status.CANCELLED, rank=0, success=False)),
    ],
)
def test_a_call_has_a_status_before_it_is_a_job(outcome: Failed | None, expected: StatusUpdate) -> None:
    assert early_status(outcome, WHEN) == expected


def test_stages_are_in_order() -> None:
    assert Status.STARTING < Status.IN_QUEUE < Status.PROCESSING < Status.FINISHED
    assert sorted([Status.FINISHED, Status.STARTING]) == [Status.STARTING, Status.FINISHED]
    assert Status.ordering(Status.STARTING) == 0


BODY: Any = {"data": ["x"], "fn_index": 3, "session_hash": "s", "event_data": None, "trigger_id": None}


@pytest.mark.parametrize(
    ("message", "answer"),
    [
        ({"msg": "send_hash"}, {"fn_index": 3, "session_hash": "s"}),
        ({"msg": "send_data"}, BODY),
        ({"msg": "send_data", "event_id": "e"}, {**BODY, "event_id": "e"}),
        ({"msg": "estimation"}, None),
        ({"msg": "process_completed"}, None),
    ],
)
def test_a_server_is_given_what_it_asks_for(message: dict[str, Any], answer: Any) -> None:
    asked: Message = read_message(message)
    assert answer_to(asked, BODY) == answer
