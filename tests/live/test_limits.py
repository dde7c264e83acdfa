"""Time limits of calls: which phase ran out is told, and the server is told to stop."""

from __future__ import annotations

from typing import Any

import pytest

from gradlink import ArgumentError, JobTimeoutError, Retries, Status, Timeout
from tests.live.asked import Asked
from tests.live.proxy import cut, faults
from tests.live.servers import Server, Servers
from tests.live.shells import Shell
from tests.live.waits import END_SECONDS, follow, new_key, status_is

SHORT = 0.3
LONG = 300.0


@pytest.fixture
def base(server: Servers) -> Server:
    return server()


def run_out(job: Any, phase: str, seconds: float, name: str) -> JobTimeoutError:
    """Wait for a job to run out of the limit of that phase, and check what its error tells."""
    with pytest.raises(JobTimeoutError) as e:
        job.result(timeout=END_SECONDS)
    assert isinstance(e.value, TimeoutError)
    assert (e.value.phase, e.value.seconds, e.value.endpoint) == (phase, seconds, name)
    assert job.done()
    return e.value


# Of the whole call: a machine that is busy may take a second until it runs.
WHOLE = 2.0
LIMITS: list[tuple[Any, str, float]] = [
    (WHOLE, "total", WHOLE),
    (Timeout(total=WHOLE), "total", WHOLE),
    (Timeout(run=SHORT), "run", SHORT),
    (Timeout(run=SHORT, queue=LONG, total=LONG), "run", SHORT),
    (Timeout(run=LONG, total=WHOLE), "total", WHOLE),
]


@pytest.mark.parametrize(("timeout", "phase", "seconds"), LIMITS, ids=[str(limit) for limit, *_ in LIMITS])
@pytest.mark.parametrize("where", ["client", "call"])
def test_a_function_that_runs_too_long_is_stopped(
    base: Server, connect: Shell, timeout: Any, phase: str, seconds: float, where: str
) -> None:
    key = new_key()
    of_client = {"timeout": timeout} if where == "client" else {"timeout": LONG}
    of_call = {"timeout": timeout} if where == "call" else {}
    with connect(base.url, **of_client) as client:
        job = client.submit(key, 3, api_name="/gategen", **of_call)
        error = run_out(job, phase, seconds, "/gategen")
        assert error.execution == "unknown"
        # It is not opened: that it ends is the server's doing.
        base.reach(key, "ended")
        base.open_gate(key, 3)
        assert client.predict("x", api_name="/echo", timeout=LONG) == "x"
    assert base.counts(key) == {"started": 1, "ended": 1}


def test_predict_runs_out_as_well(base: Server, connect: Shell) -> None:
    key = new_key()
    with connect(base.url) as client:
        with pytest.raises(JobTimeoutError, match=r"^/gategen: .*run") as e:
            client.predict(key, 3, api_name="/gategen", timeout=Timeout(run=SHORT))
        assert e.value.phase == "run"
        base.reach(key, "ended")
        with pytest.raises(JobTimeoutError) as e:
            client.api.gategen(key, 3, timeout=SHORT)
        assert e.value.phase == "total"


def test_time_in_the_queue_is_not_time_of_the_run(base: Server, connect: Shell) -> None:
    first, second = new_key(), new_key()
    with connect(base.url) as client:
        holder = client.submit(first, api_name="/gate")
        base.reach(first, "started")
        waiting = client.submit(second, api_name="/gate", timeout=Timeout(queue=SHORT, run=LONG))
        error = run_out(waiting, "queue", SHORT, "/gate")
        assert error.execution in {"not started", "unknown"}
        patient = client.submit(second, api_name="/gate", timeout=Timeout(run=END_SECONDS, queue=LONG))
        follow(patient.events(), status_is(Status.IN_QUEUE))
        base.open_gate(first)
        assert holder.result(timeout=END_SECONDS) == f"passed {first}"
        base.open_gate(second)
        assert patient.result(timeout=END_SECONDS) == f"passed {second}"
    # The one that gave up was taken out of the queue and never ran.
    assert base.counts(second) == {"started": 1, "finished": 1, "ended": 1}


def test_a_call_that_waits_in_the_client_runs_out_as_well(base: Server, connect: Shell) -> None:
    first, second = new_key(), new_key()
    with connect(base.url, max_workers=1) as client:
        holder = client.submit(first, api_name="/gate_parallel")
        base.reach(first, "started")
        job = client.submit(second, api_name="/gate_parallel", timeout=Timeout(queue=SHORT))
        assert run_out(job, "queue", SHORT, "/gate_parallel").execution == "not started"
        base.open_gate(first)
        assert holder.result(timeout=END_SECONDS) == f"passed {first}"
    assert base.counts(second) == {}


def test_an_upload_runs_out(base: Server, connect: Shell) -> None:
    with faults(base.url) as proxy, connect(proxy.url) as client:
        proxy.inject("/gradio_api/upload", cut(-1, "stall"))
        job = client.submit(b"text", api_name="/file_digest", timeout=Timeout(upload=SHORT))
        assert run_out(job, "upload", SHORT, "/file_digest").execution == "not started"
        assert client.predict(b"text", api_name="/file_digest")["size"] == 4


def test_pauses_before_repetitions_count(base: Server, connect: Shell) -> None:
    asked = Asked(base)
    slow = Retries(count=3, base_seconds=END_SECONDS, cap_seconds=END_SECONDS, budget_seconds=LONG)
    with connect(base.url, headers=asked.headers) as client:
        base.answer("/gradio_api/queue/join", 429, headers={"retry-after": "20"})
        job = client.submit("x", api_name="/echo", timeout=SHORT, retries=slow)
        run_out(job, "total", SHORT, "/echo")


def test_what_ends_in_time_is_left_alone(base: Server, connect: Shell) -> None:
    limits = Timeout(upload=LONG, queue=LONG, run=LONG, total=LONG)
    with connect(base.url, timeout=limits) as client:
        assert client.predict(b"text", api_name="/file_digest")["size"] == 4
        assert list(client.submit("w", 2, api_name="/count")) == ["w0 ", "w0 w1 "]
        assert client.predict("x", api_name="/fast") == "x"


def test_a_direct_call_runs_out(base: Server, connect: Shell) -> None:
    key = new_key()
    with connect(base.url) as client:
        job = client.submit(key, api_name="/fast_gate", timeout=Timeout(run=SHORT))
        assert run_out(job, "run", SHORT, "/fast_gate").execution == "unknown"
        base.open_gate(key)


def test_waiting_alone_ends_nothing(base: Server, connect: Shell) -> None:
    key = new_key()
    with connect(base.url) as client:
        job = client.submit(key, api_name="/gate_parallel")
        base.reach(key, "started")
        with pytest.raises(TimeoutError, match=r"^/gate_parallel: no result after 0\.01 s; it is ") as e:
            job.result(timeout=0.01)
        assert not isinstance(e.value, JobTimeoutError)
        with pytest.raises(TimeoutError, match=r"^/gate_parallel: no result after 0\.01 s; it is "):
            job.exception(timeout=0.01)
        assert not job.done()
        base.open_gate(key)
        assert job.result(timeout=END_SECONDS) == f"passed {key}"
    assert base.counts(key) == {"started": 1, "finished": 1, "ended": 1}


@pytest.mark.parametrize("wrong", [0, -1, True, "soon"])
def test_a_limit_that_is_none_is_refused(base: Server, connect: Shell, wrong: Any) -> None:
    with connect(base.url) as client, pytest.raises(ArgumentError, match="timeout"):
        client.submit("x", api_name="/echo", timeout=wrong)
    with pytest.raises(ArgumentError, match="timeout"), connect(base.url, timeout=wrong):
        pass


@pytest.mark.parametrize("wrong", [-1, True])
def test_retries_that_are_none_are_refused(base: Server, connect: Shell, wrong: Any) -> None:
    with connect(base.url) as client, pytest.raises(ArgumentError, match="retries"):
        client.submit("x", api_name="/echo", retries=wrong)
    with pytest.raises(ArgumentError, match="retries"), connect(base.url, retries=wrong):
        pass
