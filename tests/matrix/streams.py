"""Streams: generators, progress, logs, and the place in the queue."""

from __future__ import annotations

import uuid
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from PIL import Image

from gradlink import AppError, EndpointError, ProgressEvent, QueueError, ResponseError, Status, handle_file
from gradlink._protocol.ticket import read_ticket
from gradlink.errors import DetachError, LostTicketError
from tests.matrix.scenarios import END_SECONDS, Topic, await_mark

topic = Topic("Streams")


@topic()
def text_generator(client: Any, folder: Path) -> None:
    job = client.submit("w", 3, api_name="/count")
    assert list(job) == ["w0 ", "w0 w1 ", "w0 w1 w2 "]
    assert job.result() == "w0 w1 w2 "
    assert list(client.submit("w", 3, api_name="/count").deltas()) == ["w0 ", "w1 ", "w2 "]


@topic(needs="plain_chat")
def chat_generator(client: Any, folder: Path) -> None:
    assert list(client.submit("hey", [], api_name="/chat").deltas()) == ["You", " said", ": ", "hey"]
    _, history = client.predict("hey", [], api_name="/chat")
    turn = history[-1]
    answer = turn["content"] if isinstance(turn, dict) else turn[1]
    # Since 6.0 the content of a message is a list of parts.
    assert (answer if isinstance(answer, str) else answer[0]["text"]) == "You said: hey"


@chat_generator.without
def chat_as_html(client: Any, folder: Path) -> None:
    _, history = client.predict("hey", [], api_name="/chat")
    assert history == [["<p>hey</p>\n", "<p>You said: hey</p>\n"]]


@topic(needs="chat_with_gaps")
def chat_that_grows_and_shrinks(client: Any, folder: Path) -> None:
    assert [len(history) for history in client.submit(api_name="/chatlist")] == [1, 3, 4, 1, 2]


@chat_that_grows_and_shrinks.without
def chat_that_breaks(client: Any, folder: Path) -> None:
    job = client.submit(api_name="/chatlist")
    assert len(next(job)) == 1
    with pytest.raises(AppError, match="NoneType"):
        next(job)


@topic()
def json_generator(client: Any, folder: Path) -> None:
    values = list(client.submit(api_name="/jsongen"))
    assert values == [
        {"a": 1, "s": "x", "list": [1, 2, 3], "gone": True},
        {"a": 2, "s": "x+y", "list": [1, 2, 3, 4], "gone": True, "new": None},
        {"a": 2, "s": "x+yz", "list": [1, 4], "new": {"k": "v"}},
        {"a": 2, "s": "other", "list": [], "new": {"k": "vv", "k2": [{"t": "u"}]}},
    ]


@topic()
def table_generator(client: Any, folder: Path) -> None:
    tables = list(client.submit(api_name="/framegen"))
    assert [table["headers"] for table in tables] == [["a", "b"], ["a", "b", "c"], ["a"]]
    assert [table["data"] for table in tables] == [
        [[0, 1], [10, 11]],
        [[0, 1, 2], [10, 11, 12], [20, 21, 22]],
        [[0]],
    ]


@topic()
def same_value_thrice(client: Any, folder: Path) -> None:
    assert list(client.submit(api_name="/samegen")) == ["same"] * 3


@topic()
def error_in_a_generator(client: Any, folder: Path) -> None:
    job = client.submit(2, api_name="/generr")
    assert [next(job), next(job)] == ["step 0", "step 1"]
    with pytest.raises(AppError, match="failed in the middle"):
        next(job)
    # Gradio 4.17 to 6.26 takes some of those that follow for one that has failed.
    for _ in range(5):
        assert list(client.submit("w", 2, api_name="/count")) == ["w0 ", "w0 w1 "]
        with suppress(AppError):
            client.predict(2, api_name="/generr")


@topic()
def progress(client: Any, folder: Path) -> None:
    events = list(client.submit(2, api_name="/progress").events())
    steps = [event.units[0] for event in events if isinstance(event, ProgressEvent)]
    assert (steps[0].length, steps[0].desc) == (2, "Working")


def logs_of(client: Any) -> list[tuple[str, str]]:
    events = client.submit("x", api_name="/logs").events()
    return [(event.message, event.level) for event in events if event.type == "log"]


@topic(needs="logs")
def logs(client: Any, folder: Path) -> None:
    assert logs_of(client)[:2] == [("info:x", "info"), ("warn:x", "warning")]


@logs.without
def no_logs(client: Any, folder: Path) -> None:
    assert logs_of(client) == []


@topic(needs="success_log")
def log_of_success(client: Any, folder: Path) -> None:
    assert logs_of(client)[2:] == [("good:x", "success")]


@log_of_success.without
def no_log_of_success(client: Any, folder: Path) -> None:
    assert logs_of(client)[2:] == []


@topic("single")
def queue_position(client: Any, folder: Path) -> None:
    keys = [uuid.uuid4().hex for _ in range(3)]
    first = client.submit(keys[0], api_name="/gate")
    await_mark(client, keys[0], "started")
    others = []
    for rank, key in enumerate(keys[1:]):
        others.append(client.submit(key, api_name="/gate"))
        assert next(event.rank for event in others[-1].events() if _is_queued(event)) == rank
    for key in keys:
        client.predict(key, 1, api_name="/open_gate")
    assert [job.result(END_SECONDS) for job in (first, *others)] == keys


def _is_queued(event: Any) -> bool:
    return bool(event.type == "status" and event.code is Status.IN_QUEUE)


def fill(client: Any) -> tuple[str, list[Any]]:
    """Let one function run at its gate and another one wait: the queue of the tiny app is full."""
    key = uuid.uuid4().hex
    jobs = [client.submit(key, api_name="/gate")]
    await_mark(client, key, "started")
    jobs.append(client.submit(key, api_name="/gate"))
    assert any(_is_queued(event) for event in jobs[-1].events())
    return key, jobs


@topic("tiny", needs="queue_full")
def full_queue(client: Any, folder: Path) -> None:
    key, jobs = fill(client)
    with pytest.raises(QueueError, match="full") as caught:
        client.predict(key, api_name="/gate", retries=0)
    assert caught.value.execution == "not started"
    client.predict(key, 2, api_name="/open_gate")
    assert [job.result(END_SECONDS) for job in jobs] == [key, key]


@full_queue.without
def full_queue_is_not_told(client: Any, folder: Path) -> None:
    key, jobs = fill(client)
    with pytest.raises(ResponseError, match="answered 500: Internal Server Error") as caught:
        client.predict(key, api_name="/gate", retries=0)
    assert caught.value.execution == "not started"
    client.predict(key, 2, api_name="/open_gate")
    assert [job.result(END_SECONDS) for job in jobs] == [key, key]


@topic(needs="streaming_input")
def live_input(client: Any, folder: Path) -> None:
    Image.new("RGB", (4, 2)).save(folder / "frame.png")
    job = client.submit(handle_file(folder / "frame.png"), api_name="/cam")
    assert Path(next(job)).exists()
    job.send_chunk(handle_file(folder / "frame.png"))
    assert Path(next(job)).exists()
    job.close_stream()
    assert Path(job.result(END_SECONDS)).exists()


@live_input.without
def no_live_input(client: Any, folder: Path) -> None:
    with pytest.raises(EndpointError, match="no endpoint '/cam'"):
        client.submit("x", api_name="/cam")


@topic(needs="detach", visits=True)
def job_that_outlives_its_client(connect: Any, folder: Path, name: str) -> None:
    with connect() as client:
        ticket = client.detach("w", 3, api_name="/count")
    with connect() as other:
        job = other.attach(ticket)
        assert list(job) == ["w0 ", "w0 w1 ", "w0 w1 w2 "]
        assert job.result() == "w0 w1 w2 "
        unknown = replace(read_ticket(ticket), session_hash=uuid.uuid4().hex).write()
        with pytest.raises(LostTicketError, match="the server has nothing for this ticket"):
            other.attach(unknown).result(END_SECONDS)


@job_that_outlives_its_client.without
def job_that_ends_with_its_client(connect: Any, folder: Path, name: str) -> None:
    with connect() as client, pytest.raises(DetachError, match="drops a job when its client leaves"):
        client.detach("w", 3, api_name="/count")
