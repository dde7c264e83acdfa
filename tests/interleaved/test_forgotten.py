"""Clients that nobody has any more: what runs for them ends, unless somebody waits for it."""

from __future__ import annotations

import gc
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from gradlink import AsyncClient, Client
from tests.hostile.playing import Hostile
from tests.interleaved.app import URL, App, options

GUARD_SECONDS = 20.0
SILENT = "silence@stream"
VALUE = '{"msg": "process_generating", "event_id": "%s", "success": true, "output": {"data": ["x"]}}'


def descriptors() -> int:
    return sum(1 for _ in Path("/proc/self/fd").iterdir())


def gradlink_threads() -> set[threading.Thread]:
    return {thread for thread in threading.enumerate() if thread.name.startswith("gradlink")}


def eventually(condition: Callable[[], bool]) -> bool:
    """Wait until the condition holds, or the guard's time is over."""
    end = time.monotonic() + GUARD_SECONDS
    while not condition() and time.monotonic() < end:
        threading.Event().wait(0.005)
    return condition()


@pytest.fixture
def no_collector() -> Any:
    """Show that nothing waits for the garbage collector."""
    gc.collect()
    gc.disable()
    yield
    gc.enable()


def is_heard(hostile: Hostile, app: str) -> bool:
    """Tell whether the server has seen that somebody listens to a stream yet."""
    streams = [asked["ended"] for asked in hostile.asked(app) if asked["path"].endswith("/queue/data")]
    assert streams
    return None in streams


@pytest.mark.usefixtures("no_collector")
def test_forgotten_clients_leave_nothing_behind(hostile: Hostile) -> None:
    url = hostile.app(SILENT)
    files, threads = descriptors(), gradlink_threads()
    for _ in range(25):
        client = Client(url, verbose=False)
        job = client.submit("x", api_name="/echo")
        job._core.wait_joined()
        next(job.events())
    del client, job
    assert eventually(lambda: not is_heard(hostile, url))  # so the server knows, too
    assert eventually(lambda: gradlink_threads() <= threads)
    assert eventually(lambda: descriptors() <= files)


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("closed", [True, False])
def test_only_what_was_not_closed_needs_a_thread_to_close_it(
    closed: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    started: list[str] = []
    monkeypatch.setattr("gradlink._sync.connection.run_apart", lambda _, name: started.append(name))
    client = Client(URL, **options(App()))
    assert client.predict("x") == "value"
    connection = client._connection
    if closed:
        client.close()
    del client
    assert started == ([] if closed else ["closer"])
    connection.close()


@pytest.mark.usefixtures("no_collector")
def test_a_job_that_somebody_has_goes_on_without_its_client() -> None:
    app = App(holds=True)
    threads = gradlink_threads()
    job = Client(URL, **options(app)).submit("x", api_name="/f")
    job._core.wait_joined()
    app.finish(app.joins[0])
    assert job.result(GUARD_SECONDS) == "value"
    del job
    assert eventually(lambda: gradlink_threads() <= threads)


@pytest.mark.usefixtures("no_collector")
def test_a_job_that_somebody_is_called_back_for_goes_on_without_anybody() -> None:
    app = App(holds=True)
    threads = gradlink_threads()
    called: list[Any] = []
    Client(URL, **options(app)).submit("x", api_name="/f", result_callbacks=called.append)._core.wait_joined()
    app.finish(app.joins[0])
    assert eventually(lambda: called == ["value"])
    assert eventually(lambda: gradlink_threads() <= threads)


@pytest.mark.usefixtures("no_collector")
def test_a_loop_that_is_left_early_does_not_hold_its_client() -> None:
    app = App(holds=True)
    threads = gradlink_threads()
    client = Client(URL, **options(app))
    job = client.submit("x", api_name="/f")
    job._core.wait_joined()
    app.say(VALUE % job.event_id)
    for _ in job:
        break
    del client, job
    assert eventually(lambda: gradlink_threads() <= threads)


async def eventually_there(condition: Callable[[], bool]) -> bool:
    with anyio.move_on_after(GUARD_SECONDS):
        while not condition():  # noqa: ASYNC110  # it is another process, or a thread, that is waited for
            await anyio.sleep(0.005)
    return condition()


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_forgotten_clients_of_event_loops_leave_nothing_behind(hostile: Hostile, backend: str) -> None:
    url = hostile.app(SILENT)

    async def main() -> None:
        files = descriptors()
        for _ in range(25):
            client = AsyncClient(url, verbose=False)
            await client.connect()
            job = client.submit("x", api_name="/echo")
            await job._core.wait_joined()
        await anyio.lowlevel.checkpoint()
        del client, job
        assert await eventually_there(lambda: not is_heard(hostile, url))
        assert await eventually_there(lambda: descriptors() <= files)

    anyio.run(main, backend=backend)


@pytest.mark.usefixtures("no_collector")
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_job_of_an_event_loop_goes_on_without_its_client(backend: str) -> None:
    async def main() -> None:
        app = App(holds=True)
        job = AsyncClient(URL, **options(app)).submit("x", api_name="/f")
        called: list[Any] = []
        AsyncClient(URL, **options(app)).submit("x", api_name="/f", result_callbacks=called.append)
        assert await eventually_there(lambda: len(app.joins) == 2)
        for event_id in list(app.joins):
            app.finish(event_id)
        assert await job.result(GUARD_SECONDS) == "value"
        assert await eventually_there(lambda: called == ["value"])

    anyio.run(main, backend=backend)
