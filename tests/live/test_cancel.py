"""Cancelling: the job ends, the server stops, and no other job of the client is touched by it."""

from __future__ import annotations

import signal
import threading
from collections.abc import Iterator
from concurrent.futures import CancelledError
from contextlib import contextmanager
from typing import Any

import anyio
import pytest

from gradlink import AsyncClient, DoneEvent, JobCancelledError, OutputEvent, Status
from tests.live.asked import Asked
from tests.live.programs import ended, start
from tests.live.servers import Server, Servers
from tests.live.shells import Shell
from tests.live.waits import END_SECONDS, follow, in_thread, new_key, output_is, progress_is, status_is

STOPPED = {"started": 1, "ended": 1}
"""What the ledger has of a function that was stopped where it waited."""


def assert_cancelled(job: Any) -> None:
    """Hold if the job is cancelled in every way that one can ask."""
    assert job.cancelled()
    assert job.done()
    assert not job.running()
    assert (job.status().code, job.status().success) == (Status.CANCELLED, False)
    for ask in (job.result, job.exception):
        with pytest.raises(JobCancelledError) as caught:
            ask()
        assert isinstance(caught.value, CancelledError)
        assert caught.value.endpoint is not None
    (*_, done) = job.events()
    assert (done.type, done.success, done.cancelled) == ("done", False, True)
    assert isinstance(done.error, JobCancelledError)


def assert_untouched(server: Server, key: str, ticks: int = 0) -> None:
    """Hold if the function that was called with this key ran once, and to its end."""
    ticked = {"ticked": ticks} if ticks else {}
    assert server.counts(key) == {"started": 1, **ticked, "finished": 1, "ended": 1}


# When


def test_a_job_can_be_cancelled_before_it_is_sent(server: Servers, connect: Shell) -> None:
    base, first_key, key = server(), new_key(), new_key()
    asked = Asked(base)
    with connect(base.url, max_workers=1, headers=asked.headers) as client:
        first = client.submit(first_key, api_name="/gate_parallel")
        base.reach(first_key, "started")
        job = client.submit(key, api_name="/gate_parallel")
        after = client.submit("after", api_name="/echo")
        assert job.cancel() is True
        assert_cancelled(job)
        assert first.running()
        base.open_gate(first_key)
        assert first.result() == f"passed {first_key}"
        assert after.result() == "after"
        assert [join.json["data"] for join in asked.requests("/queue/join")] == [[first_key], ["after"]]
    assert base.counts(key) == {}
    assert asked.requests("/cancel") == []


def test_a_job_can_be_cancelled_while_its_join_is_on_its_way(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    asked = Asked(base)
    with connect(base.url, headers=asked.headers) as client:
        job = client.submit(key, api_name="/heldgate")
        base.reach(key, "joining")
        answers: list[bool] = []
        cancelling = threading.Thread(target=lambda: answers.append(job.cancel()))
        cancelling.start()
        with pytest.raises(JobCancelledError):
            job.result()  # at once: the join is answered when the gate below is opened
        base.open_gate(f"{key} join")
        cancelling.join(END_SECONDS)
        assert answers == [True]
        assert_cancelled(job)
        *_, request = asked.requests("/cancel")
        assert (request.json["session_hash"], request.status) == (client.session_hash, 200)
        # If it had begun by then, it is stopped.
        if base.counts(key).get("started"):
            base.reach(key, "ended")
        assert client.predict("x", api_name="/echo") == "x"
    assert "finished" not in base.counts(key)


def test_a_job_can_be_cancelled_while_it_is_queued(server: Servers, connect: Shell) -> None:
    base, keys = server(), [new_key() for _ in range(3)]
    with connect(base.url) as elsewhere, connect(base.url) as client:
        first = elsewhere.submit(keys[0], api_name="/gate")
        base.reach(keys[0], "started")
        job = client.submit(keys[1], api_name="/gate")
        follow(job.events(), status_is(Status.IN_QUEUE))
        assert job.cancel() is True
        assert_cancelled(job)
        assert first.running()
        base.open_gate(keys[0])
        assert first.result() == f"passed {keys[0]}"
        # One that waited behind it comes before it now, so it is not in the queue any more.
        base.open_gate(keys[2])
        assert client.predict(keys[2], api_name="/gate") == f"passed {keys[2]}"
    assert base.counts(keys[1]) == {}


def test_a_job_can_be_cancelled_while_it_runs(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(key, api_name="/gate_parallel")
        base.reach(key, "started")
        assert job.cancel() is True
        assert_cancelled(job)
        assert job.outputs() == []
        base.reach(key, "ended")
        assert base.counts(key) == STOPPED


def test_a_job_can_be_cancelled_while_it_generates(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(key, 5, api_name="/gategen")
        events = job.events()
        base.open_gate(key, 2)
        follow(events, output_is(1))
        assert job.cancel() is True
        assert_cancelled(job)
        base.reach(key, "ended")
        assert base.counts(key) == {**STOPPED, "ticked": 2}

        assert job.outputs() == ["tick 0", "tick 1"]
        assert [next(job), next(job)] == ["tick 0", "tick 1"]
        with pytest.raises(JobCancelledError):
            next(job)
        (done,) = events
        assert (done.type, done.success, done.cancelled) == ("done", False, True)


def test_a_job_without_an_end_can_be_cancelled_while_it_generates(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(1_000_000, 0.001, key, api_name="/slowgen")
        assert next(job) == "tick 0"
        assert job.cancel() is True
        base.reach(key, "ended")
        assert "finished" not in base.counts(key)
        assert_cancelled(job)
        outputs = job.outputs()
        assert outputs == [f"tick {index}" for index in range(len(outputs))]
        assert len(outputs) > 0


def test_the_texts_of_a_cancelled_job_end_with_the_cancel(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(key, 5, api_name="/gategen")
        deltas = job.deltas()
        base.open_gate(key)
        assert next(deltas) == "tick 0"
        assert job.cancel() is True
        with pytest.raises(JobCancelledError):
            next(deltas)
        base.reach(key, "ended")
        assert base.counts(key) == {**STOPPED, "ticked": 1}


def test_a_job_can_be_cancelled_while_it_reports_progress(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(key, 3, api_name="/progressgate")
        events = job.events()
        base.open_gate(key)
        follow(events, progress_is(1))
        assert job.cancel() is True
        assert_cancelled(job)
        assert job.status().progress_data is None
        base.reach(key, "ended")
        base.open_gate(key, 2)
        # Whatever still came for it would come on the session's next stream.
        second = new_key()
        base.open_gate(second)
        following = client.submit(second, 1, api_name="/progressgate")
        assert following.result() == "done"
        indexes = [event.units[0].index for event in following.events() if event.type == "progress"]
        assert set(indexes) <= {0}
        assert base.counts(key) == {**STOPPED, "ticked": 2}
        assert [event.type for event in events] == ["done"]


def test_a_waiting_thread_learns_of_the_cancel(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(key, api_name="/gate_parallel")
        caught: list[BaseException] = []

        def wait() -> None:
            try:
                job.result()
            except BaseException as exc:
                caught.append(exc)

        waiting = threading.Thread(target=wait)
        waiting.start()
        base.reach(key, "started")
        assert job.cancel() is True
        waiting.join(END_SECONDS)
        assert [type(exc) for exc in caught] == [JobCancelledError]
        base.reach(key, "ended")


def test_a_job_without_a_queue_can_be_cancelled(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(key, api_name="/fast_gate")
        base.reach(key, "started")
        assert job.cancel() is True
        assert_cancelled(job)
        base.open_gate(key)
        base.reach(key, "ended")
        assert client.predict("x", api_name="/fast") == "x"
        assert_cancelled(job)


# What follows


@pytest.mark.parametrize("api_name", ["/gategen", "/gategen_one", "/count", "/echo"])
def test_the_next_job_of_the_session_starts_clean(server: Servers, connect: Shell, api_name: str) -> None:
    base, key, next_key = server(), new_key(), new_key()
    asked = Asked(base)
    with connect(base.url, headers=asked.headers) as client:
        job = client.submit(key, 5, api_name="/gategen")
        base.open_gate(key)
        follow(job.events(), output_is(0))
        assert job.cancel() is True
        base.open_gate(next_key, 2)
        args: tuple[Any, ...] = {"/count": ("w", 2), "/echo": ("x",)}.get(api_name, (next_key, 2))
        following = client.submit(*args, api_name=api_name)
        codes = [Status.JOINING_QUEUE, Status.IN_QUEUE, Status.PROCESSING]
        expected = {"/count": ["w0 ", "w0 w1 "], "/echo": ["x"]}.get(api_name, ["tick 0", "tick 1"])
        events = list(following.events())
        assert [event.code for event in events[:3]] == codes
        assert events[3:] == [
            *(OutputEvent(value=value, index=index) for index, value in enumerate(expected)),
            DoneEvent(success=True),
        ]
        joins = asked.requests("/queue/join")
        assert [join.json["session_hash"] for join in joins] == [client.session_hash] * 2
    base.reach(key, "ended")
    assert "finished" not in base.counts(key)


def test_the_session_keeps_its_state(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        assert client.predict(2, api_name="/counter") == 2
        job = client.submit(key, api_name="/gate_parallel")
        base.reach(key, "started")
        assert job.cancel() is True
        assert client.predict(3, api_name="/counter") == 5


def test_a_slot_is_free_after_the_cancel(server: Servers, connect: Shell) -> None:
    base, keys = server(), [new_key() for _ in range(5)]
    with connect(base.url) as client:
        for key in keys:
            job = client.submit(key, api_name="/gate")
            base.reach(key, "started")
            assert job.cancel() is True
        base.reach(keys[-1], "ended")
    assert [base.counts(key) for key in keys] == [STOPPED] * 5


def test_a_finished_job_cannot_be_cancelled(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(server().url, headers=asked.headers) as client:
        job = client.submit("w", 2, api_name="/count")
        assert job.result() == "w0 w1 "
        failed = client.submit("x", api_name="/err")
        assert failed.exception() is not None
        assert job.cancel() is False
        assert failed.cancel() is False
        assert not job.cancelled()
        assert not failed.cancelled()
        assert (job.status().code, job.status().success) == (Status.FINISHED, True)
        assert job.result() == "w0 w1 "
        assert job.outputs() == ["w0 ", "w0 w1 "]
        assert asked.requests("/cancel") == []


def test_a_job_may_be_cancelled_twice(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    asked = Asked(base)
    with connect(base.url, headers=asked.headers) as client:
        job = client.submit(key, api_name="/gate_parallel")
        base.reach(key, "started")
        assert job.cancel() is True
        assert job.cancel() is True
        assert_cancelled(job)
        base.reach(key, "ended")
        assert client.predict("x", api_name="/echo") == "x"
        assert job.cancel() is True
        *_, request = asked.requests("/cancel")
        assert request.json["session_hash"] == client.session_hash
        assert request.status == 200


def test_callbacks_are_run_once_for_a_cancel(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    cancelled: list[bool] = []
    results: list[Any] = []
    heard = threading.Event()

    def note(job: Any) -> None:
        cancelled.append(job.cancelled())
        heard.set()

    with connect(base.url) as client:
        job = client.submit(key, api_name="/gate_parallel", result_callbacks=results.append)
        job.add_done_callback(note)
        base.reach(key, "started")
        job.cancel()
        assert heard.wait(END_SECONDS)
        job.cancel()
        assert client.predict("x", api_name="/echo") == "x"
    assert cancelled == [True]
    assert results == []


def test_a_cancel_that_failed_is_sent_again(server: Servers, connect: Shell) -> None:
    base, key = server("closed"), new_key()
    asked = Asked(base)
    with connect(base.url, headers=asked.headers) as client:
        job = client.submit(key, 2, api_name="/gategen")
        base.open_gate(key)
        follow(job.events(), output_is(0))
        base.answer("/gradio_api/cancel", 500, "broken")
        assert job.cancel() is True
        assert_cancelled(job)
        assert client.predict("x", api_name="/echo") == "x"
        base.reach(key, "ended")
        assert base.counts(key) == {**STOPPED, "ticked": 1}
        assert job.outputs() == ["tick 0"]
        assert client.predict("y", api_name="/echo") == "y"
        assert [request.status for request in asked.requests("/cancel")] == [500, 200]


# Others


@contextmanager
def running(
    server: Server, client: Any, keys: list[str], api_name: str, *args: Any
) -> Iterator[list[tuple[str, Any]]]:
    """Run a job for each key, all at the same time."""
    jobs = [(key, client.submit(key, *args, api_name=api_name)) for key in keys]
    for key in keys:
        server.reach(key, "started")
    yield jobs


@pytest.mark.parametrize("cancelled", [0, 1], ids=["the older", "the younger"])
@pytest.mark.parametrize("api_name", ["/gategen", "/gate_parallel"])
def test_the_other_running_job_of_the_function_goes_on(
    server: Servers, connect: Shell, api_name: str, cancelled: int
) -> None:
    base, keys = server(), [new_key(), new_key()]
    key, other = keys[cancelled], keys[1 - cancelled]
    generates = api_name == "/gategen"
    args = (2,) if generates else ()
    with connect(base.url) as client, running(base, client, keys, api_name, *args) as jobs:
        job, goes_on = jobs[cancelled][1], jobs[1 - cancelled][1]
        if generates:
            base.open_gate(other)
            follow(goes_on.events(), output_is(0))
        assert job.cancel() is True
        assert_cancelled(job)
        base.reach(key, "ended")  # at once, not only when the other has ended
        assert goes_on.running()
        assert "ended" not in base.counts(other)
        base.open_gate(other)
        assert goes_on.result() == ("tick 1" if generates else f"passed {other}")
        assert goes_on.outputs() == (["tick 0", "tick 1"] if generates else [f"passed {other}"])
        assert base.counts(key) == STOPPED
        assert_untouched(base, other, ticks=2 if generates else 0)


@pytest.mark.parametrize(("api_name", "args"), [("/gate", ()), ("/gategen_one", (1,))])
def test_the_running_job_goes_on_when_a_queued_one_of_its_function_is_cancelled(
    server: Servers, connect: Shell, api_name: str, args: tuple[Any, ...]
) -> None:
    base, keys = server(), [new_key() for _ in range(3)]
    with connect(base.url) as client:
        runs, waits, last = (client.submit(key, *args, api_name=api_name) for key in in_turn(base, keys))
        follow(waits.events(), status_is(Status.IN_QUEUE))
        assert waits.cancel() is True
        assert_cancelled(waits)
        assert runs.running()
        base.open_gate(keys[0])
        base.open_gate(keys[2])
        expected = [f"passed {key}" for key in keys] if api_name == "/gate" else ["tick 0"] * 3
        assert runs.result() == expected[0]
        assert last.result() == expected[2]
    assert base.counts(keys[1]) == {}
    for key in (keys[0], keys[2]):
        assert_untouched(base, key, ticks=len(args))


def in_turn(server: Server, keys: list[str]) -> Iterator[str]:
    """Give the keys, the others once the job of the first has started."""
    yield keys[0]
    server.reach(keys[0], "started")
    yield from keys[1:]


@pytest.mark.parametrize(("api_name", "args"), [("/gate", ()), ("/gategen_one", (1,))])
def test_the_queued_job_runs_when_the_running_one_of_its_function_is_cancelled(
    server: Servers, connect: Shell, api_name: str, args: tuple[Any, ...]
) -> None:
    base, keys = server(), [new_key() for _ in range(2)]
    with connect(base.url) as client:
        runs, waits = (client.submit(key, *args, api_name=api_name) for key in in_turn(base, keys))
        events = waits.events()
        follow(events, status_is(Status.IN_QUEUE))
        assert runs.cancel() is True
        assert_cancelled(runs)
        base.reach(keys[0], "ended")
        base.reach(keys[1], "started")
        base.open_gate(keys[1])
        assert waits.result() == (f"passed {keys[1]}" if api_name == "/gate" else "tick 0")
        assert len(waits.outputs()) == 1
        assert list(events)[-1] == DoneEvent(success=True)
    assert base.counts(keys[0]) == STOPPED
    assert_untouched(base, keys[1], ticks=len(args))


@pytest.mark.parametrize("cancelled", [0, 1], ids=["the older", "the younger"])
@pytest.mark.parametrize("where", ["state", "one_session"])
def test_a_job_that_shares_the_session_goes_on(
    server: Servers, connect: Shell, where: str, cancelled: int
) -> None:
    base, keys = server(), [new_key(), new_key()]
    key, other = keys[cancelled], keys[1 - cancelled]
    api_name = "/stategategen" if where == "state" else "/gategen"
    values = (
        [f"{other} 1", f"{other} 2", f"{other} 3"] if where == "state" else ["tick 0", "tick 1", "tick 2"]
    )
    asked = Asked(base)
    with (
        connect(base.url, headers=asked.headers, one_session=where == "one_session") as client,
        running(base, client, keys, api_name, 3) as jobs,
    ):
        job, goes_on = jobs[cancelled][1], jobs[1 - cancelled][1]
        joins = asked.requests("/queue/join")
        assert [join.json["session_hash"] for join in joins] == [client.session_hash] * 2
        base.open_gate(other)
        assert next(goes_on) == values[0]
        assert job.cancel() is True
        assert_cancelled(job)
        for value in values[1:]:
            base.open_gate(other)
            assert next(goes_on) == value
        assert goes_on.result() == values[2]
        assert goes_on.outputs() == values
        # The server cannot stop the one without the other, so the cancel is sent now.
        base.reach(key, "ended")
        assert base.counts(key) == STOPPED
        assert_untouched(base, other, ticks=3)
        assert_cancelled(job)

        base.open_gate(key, 3)
        following = client.submit(key, 1, api_name=api_name)
        assert len(list(following)) == 1
        assert client.predict("x", api_name="/echo") == "x"


def test_both_jobs_that_share_the_session_can_be_cancelled(server: Servers, connect: Shell) -> None:
    base, keys = server(), [new_key(), new_key()]
    with connect(base.url) as client, running(base, client, keys, "/stategategen", 2) as jobs:
        for _, job in jobs:
            assert job.cancel() is True
        for key, job in jobs:
            base.reach(key, "ended")
            assert base.counts(key) == STOPPED
            assert_cancelled(job)
        last = new_key()
        base.open_gate(last)
        assert client.predict(last, 1, api_name="/stategategen") == f"{last} 1"


def test_the_stateful_job_that_waits_runs_when_the_running_one_is_cancelled(
    server: Servers, connect: Shell
) -> None:
    base, keys = server(), [new_key(), new_key()]
    with connect(base.url) as client:
        runs, waits = (client.submit(key, 2, api_name="/stategategen_one") for key in in_turn(base, keys))
        base.open_gate(keys[0])
        follow(runs.events(), output_is(0))
        assert runs.cancel() is True
        assert_cancelled(runs)
        base.open_gate(keys[1], 2)
        assert waits.result(END_SECONDS).startswith(keys[1])
        assert len(waits.outputs()) == 2
        base.reach(keys[0], "ended")
    assert base.counts(keys[0]) == {**STOPPED, "ticked": 1}
    assert_untouched(base, keys[1], ticks=2)


def test_the_stateful_job_that_runs_goes_on_when_the_waiting_one_is_cancelled(
    server: Servers, connect: Shell
) -> None:
    base, keys = server(), [new_key() for _ in range(3)]
    with connect(base.url) as client:
        runs, waits, last = (
            client.submit(key, 1, api_name="/stategategen_one") for key in in_turn(base, keys)
        )
        assert waits.cancel() is True
        assert_cancelled(waits)
        base.open_gate(keys[0])
        base.open_gate(keys[2])
        assert runs.result() == f"{keys[0]} 1"
        assert last.result() == f"{keys[2]} 2"
    assert base.counts(keys[1]) == {}
    assert_untouched(base, keys[0], ticks=1)
    assert_untouched(base, keys[2], ticks=1)


def test_jobs_of_other_functions_in_the_session_go_on(server: Servers, connect: Shell) -> None:
    base, keys = server(), [new_key() for _ in range(4)]
    with connect(base.url) as client:
        generates = client.submit(keys[0], 2, api_name="/gategen")
        runs = client.submit(keys[1], api_name="/gate_parallel")
        counts = client.submit(keys[2], 1, api_name="/stategategen")
        job = client.submit(keys[3], 3, api_name="/progressgate")
        for key in keys:
            base.reach(key, "started")
        base.open_gate(keys[0])
        assert next(generates) == "tick 0"
        assert job.cancel() is True
        base.reach(keys[3], "ended")
        for key in keys[:3]:
            base.open_gate(key)
        assert next(generates) == "tick 1"
        assert runs.result() == f"passed {keys[1]}"
        assert counts.result() == f"{keys[2]} 1"
        assert generates.result() == "tick 1"
    assert_untouched(base, keys[0], ticks=2)
    assert_untouched(base, keys[1])
    assert_untouched(base, keys[2], ticks=1)
    assert base.counts(keys[3]) == {**STOPPED, "ticked": 1}


@pytest.mark.parametrize(("jobs", "cancelled"), [(12, 0), (12, 8), (12, 11), (36, 20)])
def test_one_of_many_jobs_of_a_function_can_be_cancelled(
    server: Servers, connect: Shell, jobs: int, cancelled: int
) -> None:
    base, keys = server(), [new_key() for _ in range(jobs)]
    with connect(base.url) as client, running(base, client, keys, "/gategen", 2) as started:
        assert started[cancelled][1].cancel() is True
        assert_cancelled(started[cancelled][1])
        others = [pair for index, pair in enumerate(started) if index != cancelled]
        for key, _ in others:
            base.open_gate(key, 2)
        assert [list(job) for _, job in others] == [["tick 0", "tick 1"]] * (jobs - 1)
        assert [job.result() for _, job in others] == ["tick 1"] * (jobs - 1)
        base.reach(keys[cancelled], "ended")
    assert base.counts(keys[cancelled]) == STOPPED
    for key, _ in others:
        assert_untouched(base, key, ticks=2)


def test_all_jobs_of_a_function_can_be_cancelled(server: Servers, connect: Shell) -> None:
    base, keys = server(), [new_key() for _ in range(20)]
    with connect(base.url) as client, running(base, client, keys, "/gategen", 2) as started:
        for key in keys:
            base.open_gate(key)
        for _, job in started:
            assert next(job) == "tick 0"
        for _, job in started:
            assert job.cancel() is True
        for key, job in started:
            assert_cancelled(job)
            assert job.outputs() == ["tick 0"]
            base.reach(key, "ended")
            assert base.counts(key) == {**STOPPED, "ticked": 1}
        base.open_gate(keys[0], 2)
        assert list(client.submit(keys[0], 2, api_name="/gategen")) == ["tick 0", "tick 1"]


def test_a_job_that_is_sent_during_the_cancel_of_another_is_safe(server: Servers, connect: Shell) -> None:
    base = server()
    with connect(base.url) as client:
        for _ in range(10):
            key, next_key = new_key(), new_key()
            job = client.submit(key, api_name="/gate_parallel")
            base.reach(key, "started")
            cancelling = threading.Thread(target=job.cancel)
            cancelling.start()
            following = client.submit(next_key, api_name="/gate_parallel")
            base.open_gate(next_key)
            assert following.result() == f"passed {next_key}"
            cancelling.join(END_SECONDS)
            assert not cancelling.is_alive()
            base.reach(key, "ended")
            assert base.counts(key) == STOPPED
            assert_untouched(base, next_key)


def test_jobs_of_another_client_go_on(server: Servers, connect: Shell) -> None:
    base, key, other = server(), new_key(), new_key()
    with connect(base.url) as client, connect(base.url) as elsewhere:
        goes_on = elsewhere.submit(other, 1, api_name="/gategen")
        job = client.submit(key, 1, api_name="/gategen")
        base.reach(other, "started")
        base.reach(key, "started")
        assert job.cancel() is True
        base.reach(key, "ended")
        base.open_gate(other)
        assert goes_on.result() == "tick 0"
    assert base.counts(key) == STOPPED
    assert_untouched(base, other, ticks=1)


# Leaving: on an event loop


async def test_leaving_a_loop_over_the_values_cancels(server: Servers) -> None:
    base, key = server(), new_key()
    async with AsyncClient(base.url, verbose=False) as client:
        job = client.submit(key, 5, api_name="/gategen")
        base.open_gate(key)
        async for value in job:
            assert value == "tick 0"
            break
        assert job.cancelled()
        assert await job.outputs() == ["tick 0"]
        await in_thread(base.reach, key, "ended")
        assert base.counts(key) == {**STOPPED, "ticked": 1}
        base.open_gate(key, 2)
        assert [value async for value in client.submit(key, 2, api_name="/gategen")] == ["tick 0", "tick 1"]


async def test_leaving_a_loop_over_the_texts_cancels(server: Servers) -> None:
    base, key = server(), new_key()
    async with AsyncClient(base.url, verbose=False) as client:
        job = client.submit(key, 5, api_name="/gategen")
        base.open_gate(key)
        async for text in job.deltas():
            assert text == "tick 0"
            break
        assert job.cancelled()
        await in_thread(base.reach, key, "ended")
        assert base.counts(key) == {**STOPPED, "ticked": 1}


async def test_an_error_in_a_loop_over_the_values_cancels(server: Servers) -> None:
    base, key = server(), new_key()
    async with AsyncClient(base.url, verbose=False) as client:
        job = client.submit(key, 5, api_name="/gategen")

        async def fail() -> None:
            async for value in job:
                raise LookupError(value)

        base.open_gate(key)
        with pytest.raises(LookupError, match="tick 0"):
            await fail()
        assert job.cancelled()
        await in_thread(base.reach, key, "ended")
        assert base.counts(key) == {**STOPPED, "ticked": 1}


async def test_leaving_a_loop_over_the_events_cancels_nothing(server: Servers) -> None:
    base, key = server(), new_key()
    async with AsyncClient(base.url, verbose=False) as client:
        job = client.submit(key, 1, api_name="/gategen")
        async for _ in job.events():
            break
        assert not job.done()
        base.open_gate(key)
        assert await job == "tick 0"


async def test_a_loop_to_the_end_cancels_nothing(server: Servers) -> None:
    asked = Asked(server())
    async with AsyncClient(server().url, verbose=False, headers=asked.headers) as client:
        job = client.submit("w", 2, api_name="/count")
        assert [value async for value in job] == ["w0 ", "w0 w1 "]
        assert not job.cancelled()
        assert await job == "w0 w1 "
    assert asked.requests("/cancel") == []


@pytest.mark.parametrize("waits_in", ["predict", "await job", "job.result()", "async for", "deltas"])
async def test_cancelling_the_task_cancels_the_job(server: Servers, waits_in: str) -> None:
    base, key = server(), new_key()

    async def wait(client: AsyncClient) -> Any:
        if waits_in == "predict":
            return await client.predict(key, 3, api_name="/gategen")
        job = client.submit(key, 3, api_name="/gategen")
        match waits_in:
            case "await job":
                return await job
            case "job.result()":
                return await job.result()
            case "async for":
                return [value async for value in job]
            case _:
                return [text async for text in job.deltas()]

    async with AsyncClient(base.url, verbose=False) as client:
        returned: list[Any] = []

        async def task() -> None:
            returned.append(await wait(client))

        async with anyio.create_task_group() as tasks:
            tasks.start_soon(task)
            # At the second value the server knows the generator well enough to close it.
            base.open_gate(key, 2)
            await in_thread(base.reach, key, "ticked", 2)
            tasks.cancel_scope.cancel()
        await in_thread(base.reach, key, "ended")
        assert base.counts(key) == {**STOPPED, "ticked": 2}
        assert returned == []
        assert await client.predict("x", api_name="/echo") == "x"


async def test_cancelling_one_task_leaves_the_jobs_of_others_alone(server: Servers) -> None:
    base, key, other = server(), new_key(), new_key()
    results: list[str] = []
    async with AsyncClient(base.url, verbose=False) as client, anyio.create_task_group() as tasks:

        async def call(key: str, scope: anyio.CancelScope) -> None:
            with scope:
                results.append(await client.predict(key, api_name="/gate_parallel"))

        scope = anyio.CancelScope()
        tasks.start_soon(call, key, scope)
        tasks.start_soon(call, other, anyio.CancelScope())
        await in_thread(base.reach, key, "started")
        await in_thread(base.reach, other, "started")
        scope.cancel()
        await in_thread(base.reach, key, "ended")
        base.open_gate(other)
    assert results == [f"passed {other}"]
    assert base.counts(key) == STOPPED
    assert_untouched(base, other)


async def test_a_time_limit_around_a_call_cancels_it(server: Servers) -> None:
    base, key = server(), new_key()
    async with AsyncClient(base.url, verbose=False) as client, anyio.create_task_group() as tasks:
        limit = anyio.CancelScope()

        async def call() -> None:
            with limit:
                await client.predict(key, api_name="/gate_parallel")

        tasks.start_soon(call)
        await in_thread(base.reach, key, "started")
        limit.deadline = anyio.current_time()
        await in_thread(base.reach, key, "ended")
        assert base.counts(key) == STOPPED
        assert await client.predict("x", api_name="/echo") == "x"
    assert limit.cancelled_caught


async def test_a_cancel_is_sent_before_the_client_closes(server: Servers) -> None:
    base, key = server(), new_key()
    asked = Asked(base)
    async with AsyncClient(base.url, verbose=False, headers=asked.headers) as client:
        job = client.submit(key, api_name="/gate_parallel")
        await in_thread(base.reach, key, "started")
        job.cancel()
    await in_thread(base.reach, key, "ended")
    *_, request = asked.requests("/cancel")
    assert request.status == 200


# Leaving: by Ctrl-C


INTERRUPTED = """
import signal, sys
from gradlink import Client

signal.signal(signal.SIGINT, signal.default_int_handler)
url, key = sys.argv[1:]
with Client(url, verbose=False) as client:
    try:
        client.predict(key, api_name="/gate_parallel")
    except KeyboardInterrupt:
        print("interrupted", flush=True)
    sys.stdin.readline()
    print(client.predict("x", api_name="/echo"))
"""

INTERRUPTED_LOOP = """
import asyncio, signal, sys
from gradlink import AsyncClient

signal.signal(signal.SIGINT, signal.default_int_handler)
url, key = sys.argv[1:]

async def main():
    async with AsyncClient(url, verbose=False) as client:
        await client.predict(key, api_name="/gate_parallel")

try:
    asyncio.run(main())
except KeyboardInterrupt:
    print("interrupted", flush=True)
"""


def test_ctrl_c_cancels_the_call(server: Servers) -> None:
    base, key = server(), new_key()
    with start(INTERRUPTED, base.url, key) as process:
        base.reach(key, "started")
        process.send_signal(signal.SIGINT)
        base.reach(key, "ended")  # while the client is still there
        assert base.counts(key) == STOPPED
        assert ended(process, "go on\n") == ["interrupted", "x"]


def test_ctrl_c_cancels_the_call_of_an_event_loop(server: Servers) -> None:
    base, key = server(), new_key()
    with start(INTERRUPTED_LOOP, base.url, key) as process:
        base.reach(key, "started")
        process.send_signal(signal.SIGINT)
        base.reach(key, "ended")
        assert ended(process) == ["interrupted"]
    assert base.counts(key) == STOPPED
