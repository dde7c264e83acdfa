"""When an app is asked to start its queue: once, and only if nothing shows that it runs."""

from __future__ import annotations

import pytest

from gradlink._protocol.messages import Message, read_message
from gradlink._protocol.queuewatch import QueueWatch

FIRST = read_message({"msg": "estimation", "event_id": "a", "rank": 0, "queue_size": 1, "rank_eta": None})
LATER = read_message({"msg": "estimation", "event_id": "b", "rank": 1, "queue_size": 2, "rank_eta": None})
TIMED = read_message({"msg": "estimation", "event_id": "a", "rank": 0, "queue_size": 1, "rank_eta": 0.5})
RUNNING = [
    TIMED,
    read_message({"msg": "process_starts", "event_id": "x"}),
    read_message({"msg": "progress", "event_id": "x", "progress_data": []}),
    read_message({"msg": "log", "event_id": "x", "log": "hi", "level": "info"}),
    read_message({"msg": "process_generating", "event_id": "x", "output": {"data": [1]}, "success": True}),
    read_message({"msg": "process_completed", "event_id": "x", "output": {"data": [1]}, "success": True}),
]
SILENT = [
    read_message({"msg": "heartbeat"}),
    read_message({"msg": "send_data", "event_id": "a"}),
    read_message({"msg": "send_hash", "event_id": "a"}),
    read_message({"msg": "news", "event_id": "a"}),
    LATER,
]


def waits(job: str) -> bool:
    return job != "ended"


def test_a_queue_that_starts_nothing_is_asked_once() -> None:
    watch: QueueWatch[str] = QueueWatch()
    assert watch.take("a", FIRST)
    assert not watch.take("b", LATER)
    assert not watch.take("c", FIRST), "the time runs already"
    assert watch.expired(waits)
    assert watch.settled
    assert not watch.take("d", FIRST)
    assert not watch.expired(waits)


@pytest.mark.parametrize("message", RUNNING, ids=lambda message: type(message).__name__)
def test_a_queue_that_runs_is_not_asked(message: Message) -> None:
    watch: QueueWatch[str] = QueueWatch()
    assert watch.take("a", FIRST)
    assert not watch.take("b", message)
    assert watch.settled
    assert not watch.expired(waits)


@pytest.mark.parametrize("message", SILENT, ids=lambda message: type(message).__name__)
def test_what_a_queue_says_that_stands_settles_nothing(message: Message) -> None:
    watch: QueueWatch[str] = QueueWatch()
    assert watch.take("a", FIRST)
    assert not watch.take("a", message)
    assert watch.expired(waits)


def test_a_job_that_has_ended_needs_no_queue_and_the_next_is_watched() -> None:
    watch: QueueWatch[str] = QueueWatch()
    assert watch.take("ended", FIRST)
    assert not watch.expired(waits)
    assert not watch.settled
    assert watch.take("a", FIRST)
    assert watch.expired(waits)


def test_a_job_that_came_later_is_waited_for_as_well() -> None:
    watch: QueueWatch[str] = QueueWatch()
    assert watch.take("ended", FIRST)
    assert not watch.take("a", FIRST)
    assert watch.expired(waits)
