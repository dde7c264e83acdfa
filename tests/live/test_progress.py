"""Progress of calls: who watches hears what happens, in order, with the bytes of files."""

from __future__ import annotations

import io
import logging
import subprocess
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import pytest

import gradlink
from gradlink import (
    AppError,
    ArgumentError,
    AsyncClient,
    Client,
    ConnectError,
    DoneEvent,
    LogEvent,
    MissingPackageError,
    ProgressEvent,
    Status,
    StatusEvent,
    TransferEvent,
    WatchedEvent,
    WatchedJob,
)
from tests.interleaved.app import URL, App, options
from tests.live.servers import Servers
from tests.live.shells import Shell
from tests.live.waits import END_SECONDS, gradlink_threads, new_key, threads_left


class Heard:
    """A callback that keeps what it hears, by job."""

    def __init__(self) -> None:
        self.jobs: dict[int, list[Any]] = {}
        self.last: WatchedJob | None = None
        self.ended = threading.Semaphore(0)

    def __call__(self, job: WatchedJob, event: WatchedEvent) -> None:
        self.last = job
        self.jobs.setdefault(job.number, []).append(event)
        if event.type == "done":
            self.ended.release()

    @property
    def events(self) -> list[Any]:
        (events,) = self.jobs.values()
        return events

    def codes(self) -> list[Status]:
        return [event.code for event in self.events if event.type == "status"]

    def wait(self, count: int = 1) -> None:
        """Wait until so many jobs have ended."""
        for _ in range(count):
            assert self.ended.acquire(timeout=END_SECONDS)


QUEUED = [Status.STARTING, Status.JOINING_QUEUE, Status.IN_QUEUE, Status.PROCESSING]
WAYS: dict[str, Callable[[Any, Any], object]] = {
    "predict": lambda client, heard: client.predict(2, api_name="/progress", progress=heard),
    "submit": lambda client, heard: client.submit(2, api_name="/progress", progress=heard).result(),
    "endpoint": lambda client, heard: client.api.progress(2, progress=heard),
    "view": lambda client, heard: client.with_options(progress=heard).predict(2, api_name="/progress"),
    "endpoint of a view": lambda client, heard: client.with_options(progress=heard).api.progress(2),
}


@pytest.mark.parametrize("way", WAYS)
def test_a_callback_hears_all_of_a_call(server: Servers, connect: Shell, way: str) -> None:
    heard = Heard()
    with connect(server().url) as client:
        assert WAYS[way](client, heard) == "done"
        heard.wait()
    assert heard.codes() == QUEUED
    bars = [event.units[0].index for event in heard.events if isinstance(event, ProgressEvent)]
    assert bars == [0, 1]
    assert heard.events[-1] == DoneEvent(True)
    assert heard.last is not None
    assert heard.last.api_name == "/progress"
    assert heard.last.event_id


def test_a_block_hears_of_all_its_jobs_and_of_no_other(server: Servers, connect: Shell) -> None:
    heard = Heard()
    with connect(server().url) as client:
        client.predict("before", api_name="/echo")
        with gradlink.progress(heard):
            jobs = [client.submit(2, api_name="/progress") for _ in range(3)]
            assert [job.result() for job in jobs] == ["done"] * 3
            with pytest.raises(AppError):
                client.predict("x", api_name="/err")
            client.predict("hidden", api_name="/echo", progress=False)
        client.predict("after", api_name="/echo")
    assert len(heard.jobs) == 4
    ends = [events[-1] for events in heard.jobs.values()]
    assert [end.success for end in ends] == [True, True, True, False]
    assert isinstance(ends[3].error, AppError)


def test_predict_and_a_block_return_when_all_was_heard(connect: Shell) -> None:
    heard = Heard()
    with connect(URL, **options(App())) as client:
        for _ in range(50):
            client.predict("x", api_name="/f", progress=heard)
            assert list(heard.jobs.values())[-1][-1] == DoneEvent(True)
        block = Heard()
        with gradlink.progress(block):
            for job in [client.submit("x", api_name="/f") for _ in range(50)]:
                job.result()
        assert [events[-1] for events in block.jobs.values()] == [DoneEvent(True)] * 50


@pytest.mark.parametrize("kind", [{"queue": False}, {"protocol": "sse"}], ids=["direct", "own stream"])
def test_jobs_that_travel_otherwise_are_heard_of(connect: Shell, kind: dict[str, Any]) -> None:
    heard = Heard()
    with connect(URL, **options(App(**kind))) as client:
        assert client.predict("x", api_name="/f", progress=heard) == "value"
    assert heard.events[0] == StatusEvent(Status.STARTING)
    assert heard.events[-1] == DoneEvent(True)


def test_values_and_messages(server: Servers, connect: Shell) -> None:
    streams, says = Heard(), Heard()
    with connect(server().url) as client:
        assert list(client.submit("x", api_name="/count", progress=streams))[-1] == "x0 x1 x2 x3 "
        client.predict("x", api_name="/logs", progress=says)
        streams.wait()
    assert streams.codes() == [*QUEUED, Status.ITERATING]
    assert [event.message for event in says.events if isinstance(event, LogEvent)] == [
        "info:x",
        "warn:x",
        "good:x",
    ]


def test_a_job_that_waits_says_where(server: Servers, connect: Shell) -> None:
    base, key = server("limits"), new_key()
    heard = Heard()
    with connect(base.url) as client:
        first = client.submit(1000, 0.05, key, api_name="/count_1")
        base.reach(key, "ticked")
        waiting = client.submit(1, 0, new_key(), api_name="/count_1", progress=heard)
        for event in waiting.events():
            if event.type == "status" and event.code is Status.IN_QUEUE:
                break
        waiting.cancel()
        heard.wait()
        first.cancel()
    places = [
        (event.rank, event.queue_size)
        for event in heard.events
        if event.type == "status" and event.code is Status.IN_QUEUE
    ]
    assert places[0] == (0, 1)
    assert heard.events[-1].cancelled


# Files


def test_bytes_of_uploads(server: Servers, connect: Shell, tmp_path: Path) -> None:
    path = tmp_path / "a.bin"
    path.write_bytes(bytes(1_000_000))
    heard = Heard()
    with connect(server().url) as client:
        client.predict([path, b"12345", io.BytesIO(b"123")], api_name="/files_info", progress=heard)
    uploads = [event for event in heard.events if isinstance(event, TransferEvent)]
    assert {event.direction for event in uploads} == {"upload"}
    by_file = {number: [event for event in uploads if event.number == number] for number in range(3)}
    assert sorted(events[-1].done for events in by_file.values()) == [3, 5, 1_000_000]
    for events in by_file.values():
        assert [event.done for event in events] == sorted(event.done for event in events)
        assert events[0].done == 0
        assert events[-1].done == events[-1].total
    # They are sent before the job is.
    assert heard.events.index(uploads[-1]) < heard.events.index(StatusEvent(Status.JOINING_QUEUE))


def test_bytes_of_downloads(server: Servers, connect: Shell) -> None:
    heard = Heard()
    with connect(server().url) as client:
        job = client.submit(1, api_name="/big_file", progress=heard)
        assert Path(job.result()).stat().st_size == 1 << 20
        several = Heard()
        client.predict(8, api_name="/make_files", progress=several)
    downloads = [event for event in heard.events if isinstance(event, TransferEvent)]
    assert {(event.direction, event.name, event.total, event.failed) for event in downloads} == {
        ("download", "big.bin", 1 << 20, False)
    }
    assert (downloads[0].done, downloads[-1].done) == (0, 1 << 20)
    assert heard.events.index(DoneEvent(True)) < heard.events.index(downloads[0])
    ends = [e for e in several.events if isinstance(e, TransferEvent) and e.done == e.total]
    assert sorted(event.name for event in ends) == [f"file {number}.txt" for number in range(8)]
    assert sorted(event.number for event in ends) == list(range(8))


def test_bytes_of_downloads_that_stay_in_memory(server: Servers, connect: Shell) -> None:
    heard = Heard()
    with connect(server().url) as client:
        file = client.predict(1, api_name="/big_file", files="memory", progress=heard)
    assert len(file) == 1 << 20
    assert heard.events[-1] == TransferEvent("download", "big.bin", 1 << 20, 1 << 20)


def test_a_download_that_fails_says_so(server: Servers, connect: Shell) -> None:
    heard = Heard()
    with connect(server().url, max_download=1000) as client, pytest.raises(gradlink.FileTooLargeError):
        client.predict(1, api_name="/big_file", progress=heard)
    assert heard.events[-1] == TransferEvent("download", "big.bin", 0, 1 << 20, failed=True)


# What a callback may do


def test_a_callback_that_fails_harms_nothing(
    server: Servers, connect: Shell, caplog: pytest.LogCaptureFixture
) -> None:
    def fail(job: WatchedJob, event: WatchedEvent) -> None:
        raise ValueError("the caller's own")

    with connect(server().url) as client, caplog.at_level(logging.ERROR, "gradlink.progress"):
        assert client.predict("x", api_name="/echo", progress=fail) == "x"
    assert "ValueError: the caller's own" in caplog.text


def test_a_callback_may_call_the_app(server: Servers) -> None:
    answers: list[Any] = []
    with Client(server().url, verbose=False) as client:

        def ask(job: WatchedJob, event: WatchedEvent) -> None:
            if event.type == "done":
                answers.append(client.predict("inner", api_name="/echo"))

        assert client.predict("outer", api_name="/echo", progress=ask) == "outer"
    assert answers == ["inner"]


@pytest.mark.parametrize("wrong", [3, "yes", [print]])
def test_what_is_no_callback_is_refused(connect: Shell, wrong: Any) -> None:
    app = App()
    with connect(URL, **options(app)) as client:
        for act in (
            lambda: client.predict("x", api_name="/f", progress=wrong),
            lambda: client.with_options(progress=wrong),
            lambda: gradlink.progress(wrong),
        ):
            with pytest.raises(
                ArgumentError, match=r"^progress is True, False or a function of a job and an event, not "
            ):
                act()
    assert app.joins == []


def test_a_coroutine_function_is_refused() -> None:
    async def callback(job: WatchedJob, event: WatchedEvent) -> None: ...

    with pytest.raises(
        ArgumentError, match=r"^a progress callback is a plain function, not a coroutine function$"
    ):
        gradlink.progress(callback)


# On an event loop


async def test_jobs_of_tasks_are_in_the_block_that_starts_them(server: Servers) -> None:
    heard = Heard()
    async with (
        AsyncClient(server().url, verbose=False) as client,
        gradlink.progress(heard),
        anyio.create_task_group() as tasks,
    ):

        async def call() -> None:
            assert await client.predict("x", api_name="/echo") == "x"

        for _ in range(5):
            tasks.start_soon(call)
    assert [events[-1] for events in heard.jobs.values()] == [DoneEvent(True)] * 5


async def test_a_call_that_has_to_connect_first_is_heard_of() -> None:
    heard, own = Heard(), Heard()
    client = AsyncClient(URL, **options(App()))
    with gradlink.progress(heard):
        job = client.submit("x", api_name="/f", progress=own)
        assert heard.events == [StatusEvent(Status.STARTING)]
        assert await job == "value"
    assert heard.events[-1] == own.events[-1] == DoneEvent(True)
    await client.close()
    heard = Heard()
    with gradlink.progress(heard), pytest.raises(ConnectError):
        await AsyncClient("http://127.0.0.1:9/", verbose=False, retries=0).submit("x", api_name="/f")
    assert [event.type for event in heard.events] == ["status", "done"]
    assert isinstance(heard.events[-1].error, ConnectError)


async def test_a_call_that_ends_before_it_has_connected_is_not_begun() -> None:
    heard, own = Heard(), Heard()
    client = AsyncClient(URL, **options(App()))
    with gradlink.progress(heard):
        assert client.submit("x", api_name="/f", progress=own).cancel()
        await client.connect()
        assert await client.predict("y", api_name="/f") == "value"
    assert [events[-1].cancelled for events in heard.jobs.values()] == [True, False]
    assert own.jobs == {}
    await client.close()


# The end


def test_no_thread_is_left(server: Servers) -> None:
    with Client(server().url, verbose=False) as client:
        with gradlink.progress(Heard()):
            client.predict("x", api_name="/echo")
        started = gradlink_threads()
    assert threads_left(started) == []


def test_a_job_that_outlives_its_block_goes_on(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    heard = Heard()
    with connect(base.url) as client:
        with gradlink.progress(heard):
            job = client.submit(key, api_name="/gate")
            base.reach(key, "started")
        count = len(heard.events)
        base.open_gate(key)
        assert job.result() == f"passed {key}"
        assert len(heard.events) == count


def test_an_endpoint_may_have_a_parameter_of_that_name() -> None:
    from gradlink._flows.options import CallOptions, split_options
    from gradlink._protocol.schema import Endpoint, Parameter

    parameter = Parameter("progress", "progress", "slider", "float", "", False, None, 0)
    found, arguments = split_options(Endpoint(0, "/f", (parameter,)), None, {"progress": 3}, CallOptions())
    assert (found.progress, arguments) == (None, {"progress": 3})
    found, arguments = split_options(Endpoint(0, "/f"), None, {"progress": True}, CallOptions())
    assert (found.progress, arguments) == (True, {})


# Without rich

WITHOUT_RICH = """
import sys
sys.modules["rich"] = None
import gradlink
for ask in (gradlink.progress, lambda: gradlink.Client(sys.argv[1], verbose=False).predict("x", api_name="/echo", progress=True)):
    try:
        ask()
    except ImportError as exc:
        print(type(exc).__name__, exc)
with gradlink.progress(lambda job, event: None), gradlink.Client(sys.argv[1], verbose=False) as client:
    print(client.predict("x", api_name="/echo"))
"""


def test_without_rich_it_says_how_to_install_it(server: Servers) -> None:
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_RICH, server().url],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
    )
    said = (
        "MissingPackageError showing progress needs rich; install it with: pip install 'gradlink[progress]' "
        "(a callback needs nothing: gradlink.progress(callback))"
    )
    assert done.stdout.splitlines() == [said, said, "x"]
    assert done.stderr == ""
    assert issubclass(MissingPackageError, ImportError)
