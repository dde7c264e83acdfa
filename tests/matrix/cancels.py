"""Cancelling, with the honest answer where the server cannot."""

from __future__ import annotations

import json
import threading
import uuid
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from gradlink import JobCancelledError, Status
from tests.matrix.scenarios import END_SECONDS, Topic, await_mark

topic = Topic("Cancelling")


def marks(client: Any, key: str) -> Any:
    return json.loads(client.predict(key, api_name="/observe"))


@contextmanager
def opening(client: Any, job: Any, key: str, times: int = 1) -> Iterator[None]:
    """Open the gate of a job once the job has ended here.

    Since 5.0 a server answers a cancel when the function has stopped, for which a client waits up to five seconds.
    """

    def open_gate() -> None:
        with suppress(JobCancelledError):
            job.result(END_SECONDS)
        client.predict(key, times, api_name="/open_gate")

    opener = threading.Thread(target=open_gate)
    opener.start()
    try:
        yield
    finally:
        opener.join(END_SECONDS)
    assert not opener.is_alive()


@topic()
def cancel_a_generator(client: Any, folder: Path) -> None:
    key = uuid.uuid4().hex
    job = client.submit(key, 3, api_name="/gategen")
    client.predict(key, 1, api_name="/open_gate")
    assert next(job) == f"{key} 0"
    assert job.cancel() is True
    assert job.cancelled()
    assert job.outputs() == [f"{key} 0"]
    client.predict(key, 1, api_name="/open_gate")
    assert client.predict("after", api_name="/echo") == "after"
    # Gradio 4.17 to 6.26 may send the first value as an edit to the last one of what was cancelled.
    assert list(client.submit("w", 1, api_name="/count")) == ["w0 "]


LONG = 5_000


def cancel_on_its_way(client: Any) -> str:
    """Cancel a generator of very many values after the first one, and return its key."""
    key = uuid.uuid4().hex
    job = client.submit(key, LONG, api_name="/gategen")
    client.predict(key, 1, api_name="/open_gate")
    assert next(job) == f"{key} 0"
    with opening(client, job, key, LONG):
        assert job.cancel() is True
    return key


@topic(needs="generator_closed")
def cancelled_generator_is_closed(client: Any, folder: Path) -> None:
    key = cancel_on_its_way(client)
    await_mark(client, key, "ended")
    assert marks(client, key)["ended"] == "stopped"


@cancelled_generator_is_closed.without
def cancelled_generator_only_stops(client: Any, folder: Path) -> None:
    key = cancel_on_its_way(client)
    before, now = None, marks(client, key)
    while now != before:
        assert client.predict("between two looks", api_name="/echo") == "between two looks"
        before, now = now, marks(client, key)
    assert now["ticks"] < LONG
    assert now["ended"] is None


@topic()
def cancel_one_of_two(client: Any, folder: Path) -> None:
    keys = [uuid.uuid4().hex for _ in range(2)]
    jobs = [client.submit(key, 2, api_name="/gategen") for key in keys]
    for key, job in zip(keys, jobs, strict=True):
        client.predict(key, 1, api_name="/open_gate")
        assert next(job) == f"{key} 0"
    with opening(client, jobs[0], keys[0]):
        assert jobs[0].cancel() is True
    client.predict(keys[1], 1, api_name="/open_gate")
    assert jobs[1].result(END_SECONDS) == f"{keys[1]} 1"


def cancel_while_blocked(client: Any, key: str) -> None:
    """Cancel a function that gives no values, while it runs."""
    job = client.submit(key, api_name="/turn")
    await_mark(client, key, "started")
    assert job.cancel() is True
    assert job.cancelled()


@topic(needs="cancel_blocking")
def cancel_a_blocking_function(client: Any, folder: Path) -> None:
    keys = [uuid.uuid4().hex for _ in range(2)]
    cancel_while_blocked(client, keys[0])
    # Its place, the only one, is free at once.
    second = client.submit(keys[1], api_name="/turn")
    client.predict(keys[1], 1, api_name="/open_gate")
    assert second.result(END_SECONDS) == keys[1]
    client.predict(keys[0], 1, api_name="/open_gate")


@cancel_a_blocking_function.without
def blocking_function_runs_on(client: Any, folder: Path) -> None:
    key = uuid.uuid4().hex
    cancel_while_blocked(client, key)
    client.predict(key, 1, api_name="/open_gate")
    await_mark(client, key, "ended")
    assert marks(client, key)["ended"] == "finished"
    assert client.predict("after", api_name="/echo") == "after"


def cancel_in_the_queue(client: Any) -> tuple[str, str]:
    """Cancel a job that waits behind one at its gate; return the keys of both when the first has ended."""
    keys = uuid.uuid4().hex, uuid.uuid4().hex
    first = client.submit(keys[0], api_name="/gate")
    await_mark(client, keys[0], "started")
    second = client.submit(keys[1], api_name="/gate")
    for event in second.events():
        if event.type == "status" and event.code is Status.IN_QUEUE:
            break
    assert second.cancel() is True
    assert second.cancelled()
    client.predict(keys[0], 1, api_name="/open_gate")
    assert first.result(END_SECONDS) == keys[0]
    return keys


@topic("single", needs="cancel_queued")
def cancel_a_job_in_the_queue(client: Any, folder: Path) -> None:
    _, cancelled = cancel_in_the_queue(client)
    third = uuid.uuid4().hex
    client.predict(third, 1, api_name="/open_gate")
    assert client.predict(third, api_name="/gate") == third
    assert marks(client, cancelled)["started"] == 0


@cancel_a_job_in_the_queue.without
def job_in_the_queue_starts_later(client: Any, folder: Path) -> None:
    # The stop that follows its start may come before the first line of its function: nothing waits for that line.
    _, cancelled = cancel_in_the_queue(client)
    client.predict(cancelled, 1, api_name="/open_gate")
    third = uuid.uuid4().hex
    client.predict(third, 1, api_name="/open_gate")
    assert client.predict(third, api_name="/gate") == third
    assert marks(client, cancelled)["started"] <= 1


@topic()
def cancel_after_the_end(client: Any, folder: Path) -> None:
    # From 4.31 to 4.34 a server that is told of it breaks the session's next stream.
    job = client.submit("w", 2, api_name="/count")
    assert job.result(END_SECONDS) == "w0 w1 "
    assert job.cancel() is False
    assert list(client.submit("w", 1, api_name="/count")) == ["w0 "]
