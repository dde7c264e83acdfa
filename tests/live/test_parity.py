"""Where the clients decide something themselves they decide the same: each case is played by all of them."""

from __future__ import annotations

import logging
import queue
from collections.abc import Callable
from logging.handlers import QueueHandler
from pathlib import Path
from typing import Any

import anyio
import pytest
from PIL import Image

from gradlink import (
    ArgumentError,
    AsyncClient,
    ClientClosedError,
    ConnectError,
    DoneEvent,
    EndpointError,
    JobCancelledError,
    NotFoundError,
    Status,
)
from tests.interleaved.app import URL, App, options
from tests.live.servers import Servers
from tests.live.shells import Shell
from tests.live.waits import new_key

# How jobs travel: one stream for all, without the queue, a stream for each.
APPS: dict[str, dict[str, Any]] = {
    "queue": {},
    "direct": {"queue": False},
    "own stream": {"protocol": "sse"},
}
GUARD_SECONDS = 30.0
NO_INPUT = r"^/f takes no further input; only endpoints of \.stream\(\) events do$"
CLOSED = r"^the client is closed; make a new one$"


# Further input


@pytest.mark.parametrize("kind", APPS)
def test_an_endpoint_that_takes_no_input_says_so_at_once(connect: Shell, kind: str) -> None:
    app = App(holds=True, **APPS[kind])
    with connect(URL, **options(app)) as client:
        job = client.submit("x", api_name="/f")
        for send in (lambda: job.send_chunk("y"), job.close_stream):
            with pytest.raises(EndpointError, match=NO_INPUT):
                send()
        # So it does when the job has ended.
        job.cancel()
        for send in (lambda: job.send_chunk("y"), job.close_stream):
            with pytest.raises(EndpointError, match=NO_INPUT):
                send()


def test_input_is_refused_before_the_join_is_answered(server: Servers, connect: Shell) -> None:
    base, key = server(), new_key()
    with connect(base.url) as client:
        job = client.submit(key, api_name="/heldgate")
        base.reach(key, "joining")
        with pytest.raises(EndpointError, match=r"^/heldgate takes no further input; only endpoints of"):
            job.send_chunk("y")
        job.cancel()


def test_a_live_endpoint_that_has_ended_says_so(server: Servers, connect: Shell, tmp_path: Path) -> None:
    frame = tmp_path / "red.png"
    Image.new("RGB", (16, 8), "red").save(frame)
    with connect(server().url) as client:
        job = client.submit(frame, api_name="/cam")
        job.close_stream()
        job.result()
        for send in (lambda: job.send_chunk(frame), job.close_stream):
            with pytest.raises(EndpointError, match=r"^/cam: the job has ended, it takes no further input$"):
                send()


# A client that was closed

ACTS: dict[str, Callable[[Any], object]] = {
    "predict": lambda client: client.predict("x", api_name="/f"),
    "submit": lambda client: client.submit("x", api_name="/f"),
    "endpoint": lambda client: client.api.f("x"),
    "view": lambda client: client.with_options(timeout=60).predict("x", api_name="/f"),
    "reset_session": lambda client: client.reset_session(),
    "session_hash": lambda client: setattr(client, "session_hash", "other"),
    "quota": lambda client: client.quota(),
    "queue_size": lambda client: client.queue_size(),
}
KNOWN: dict[str, Callable[[Any], object]] = {
    "src": lambda client: client.src,
    "space_id": lambda client: client.space_id,
    "config": lambda client: client.config,
    "endpoints": lambda client: list(client.endpoints),
    "app_version": lambda client: client.app_version,
    "protocol": lambda client: client.protocol,
    "session_hash": lambda client: client.session_hash,
    "view_api": lambda client: client.view_api(print_info=False, return_format="str"),
    "api": lambda client: dir(client.api),
}


@pytest.mark.parametrize("kind", APPS)
@pytest.mark.parametrize("act", ACTS)
def test_a_closed_client_refuses_what_it_would_have_to_act_for(connect: Shell, act: str, kind: str) -> None:
    app = App(**APPS[kind])
    with connect(URL, **options(app)) as client:
        client.close()
        session = client.session_hash
        with pytest.raises(ClientClosedError, match=CLOSED):
            ACTS[act](client)
        assert client.session_hash == session
    assert app.joins == []


@pytest.mark.parametrize("what", KNOWN)
def test_a_closed_client_says_what_it_knows(connect: Shell, what: str) -> None:
    with connect(URL, **options(App())) as client:
        before = KNOWN[what](client)
        client.close()
        assert KNOWN[what](client) == before


@pytest.mark.parametrize("kind", APPS)
def test_a_job_that_ran_when_its_client_was_closed_says_so(connect: Shell, kind: str) -> None:
    # What runs without the queue has no name that it could be held by.
    app = App(holds=kind != "direct", **APPS[kind])
    with connect(URL, **options(app)) as client:
        job = client.submit("x", api_name="/f")
        if kind == "direct":
            assert job.result() == "value"
        client.close()
        assert job.done()
        assert job.running() is False
        if kind != "direct":
            error = job.exception()
            assert isinstance(error, ClientClosedError)
            assert str(error) == "/f: the client was closed"
            assert error.endpoint == "/f"
        assert job.cancel() is False
        assert job.status().code is Status.FINISHED


def test_a_file_of_a_closed_client_says_so(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        job = client.submit("a.txt", "text", api_name="/make_file")
        assert job.exception() is None  # which fetches no file
        client.close()
        with pytest.raises(ClientClosedError, match=r"^the client was closed$"):
            job.result()


# What a job says of itself


@pytest.mark.parametrize("kind", APPS)
def test_the_jobs_have_the_same_attributes(connect: Shell, kind: str) -> None:
    app = App(**APPS[kind])
    with connect(URL, **options(app)) as client:
        job = client.submit("x", api_name="/f")
        assert job.result() == "value"
        assert (job.api_name, job.succeeded, job.cancelled(), job.done()) == ("/f", True, False, True)
        assert job.event_id == (None if kind == "direct" else app.joins[0])
        assert job.outputs() == ["value"]
    with connect(URL, **options(App(holds=True))) as client:
        job = client.submit("x", api_name="/f")
        assert job.cancel() is True
        assert (job.succeeded, job.cancelled(), job.outputs()) == (False, True, [])
        with pytest.raises(JobCancelledError, match=r"^/f: the job was cancelled$"):
            job.exception()


def test_a_callback_that_fails_is_logged(connect: Shell) -> None:
    records: queue.Queue[logging.LogRecord] = queue.Queue()
    handler = QueueHandler(records)
    logging.getLogger().addHandler(handler)

    def fail(_: object) -> None:
        raise ValueError("the caller's own")

    try:
        with connect(URL, **options(App(holds=True))) as client:
            job = client.submit("x", api_name="/f")
            job.add_done_callback(fail)
            job.cancel()
            assert "ValueError: the caller's own" in records.get(timeout=GUARD_SECONDS).getMessage()
            job.add_done_callback(fail)  # which is called at once
            assert "ValueError: the caller's own" in records.get_nowait().getMessage()
    finally:
        logging.getLogger().removeHandler(handler)


@pytest.mark.parametrize("wrong", [3, [3], "print"])
def test_callbacks_that_are_none_are_refused_before_anything_is_sent(connect: Shell, wrong: Any) -> None:
    app = App()
    with connect(URL, **options(app)) as client:
        with pytest.raises(
            ArgumentError, match=r"^result_callbacks is a function or a list of functions, not "
        ):
            client.submit("x", api_name="/f", result_callbacks=wrong)
        assert client.predict("x", api_name="/f") == "value"
    assert len(app.joins) == 1


def test_a_client_as_text_is_its_app(connect: Shell) -> None:
    with connect(URL, **options(App())) as client:
        inner = getattr(client, "_inner", client)
        assert str(inner) == f"{inner!r}: /f; client.view_api() describes them"
    assert str(AsyncClient(URL)) == "<AsyncClient http://app.test/ (not connected)>"


# An AsyncClient that has yet to connect: a job of it says what any job says


async def test_a_job_that_is_cancelled_before_its_client_connects() -> None:
    app = App()
    client = AsyncClient(URL, **options(app))
    job = client.submit("x", api_name="/f")
    called: list[Any] = []
    job.add_done_callback(called.append)
    assert (job.api_name, job.event_id, job.done(), job.succeeded) == ("/f", None, False, False)
    assert (job.status().code, job.status().success) == (Status.STARTING, None)
    assert await job.outputs() == []
    cancelled = job.cancel()
    assert cancelled
    assert await cancelled
    assert called == [job]
    assert (job.status().code, job.status().rank, job.status().success) == (Status.CANCELLED, 0, False)
    assert repr(job) == "<AsyncJob /f CANCELLED>"
    with pytest.raises(JobCancelledError, match=r"^/f: the job was cancelled$") as e:
        await job
    assert (e.value.execution, e.value.endpoint) == ("not started", "/f")
    with pytest.raises(JobCancelledError):
        await job.send_chunk("y")
    with pytest.raises(JobCancelledError):
        await job.close_stream()
    assert [event async for event in job.events()] == [DoneEvent(False, e.value, True)]
    with pytest.raises(JobCancelledError):
        [value async for value in job]
    # The client connects nevertheless, and nothing is sent.
    assert await client.predict("y", api_name="/f") == "value"
    assert len(app.joins) == 1
    await client.close()


async def test_a_job_whose_client_cannot_connect_or_is_closed() -> None:
    client = AsyncClient("http://127.0.0.1:9/", verbose=False, retries=0)
    job = client.submit("x", api_name="/f")
    with pytest.raises(ConnectError) as e:
        await job
    assert (e.value.execution, e.value.endpoint, job.status().code) == ("not started", "/f", Status.FINISHED)
    assert (bool(job.cancel()), job.cancelled(), await job.exception()) == (False, False, e.value)
    await client.close()
    client = AsyncClient(URL, **options(App()))
    job = client.submit("x", fn_index=0)
    await client.close()
    with pytest.raises(ClientClosedError, match=r"^fn_index=0: the client was closed$"):
        await job
    client = AsyncClient(URL, **options(App()))
    unknown = client.submit("x", api_name="/nonsense")
    with pytest.raises(EndpointError, match="/nonsense"):
        await unknown
    await client.close()


async def test_calls_that_connect_at_the_same_time_all_say_why_they_cannot() -> None:
    client = AsyncClient("http://127.0.0.1:9/", verbose=False, retries=0)
    errors: list[Any] = []

    async def predict() -> None:
        with pytest.raises(ConnectError) as e:
            await client.predict("x", api_name="/f")
        errors.append(e.value)

    job = client.submit("x", api_name="/f")
    async with anyio.create_task_group() as tasks:
        for _ in range(3):
            tasks.start_soon(predict)
    errors.append(await job.exception())
    assert [type(error) for error in errors] == [ConnectError] * 4
    await client.close()


# The session


def test_the_session_of_an_async_client_needs_no_event_loop() -> None:
    client = AsyncClient(URL, **options(App()))
    session = client.session_hash
    assert client.session_hash == session

    async def use() -> str:
        assert client.session_hash == session
        assert await client.predict("x", api_name="/f") == "value"
        return client.session_hash

    assert anyio.run(use) == session
    # It is that of the last loop until there is another one.
    assert client.session_hash == session
    client.session_hash = "mine"
    assert client.session_hash == "mine"
    client.reset_session()
    reset = client.session_hash
    assert reset not in (session, "mine")

    async def use_again() -> list[str]:
        hashes = [client.session_hash]
        await client.connect()
        hashes.append(client.session_hash)
        client.reset_session()
        hashes.append(client.session_hash)
        await client.reset_session()
        hashes.append(client.session_hash)
        await client.close()
        return hashes

    first, second, third, fourth = anyio.run(use_again)
    assert first == second == reset
    assert len({second, third, fourth}) == 3


def test_the_session_stays_when_connecting_fails_at_first() -> None:
    async def main() -> None:
        client = AsyncClient(URL, **options(App()))
        client.session_hash = "mine"
        wire = client._shared.settings.transport.httpx_kwargs["transport"]
        app, wire._app = wire._app, Missing()
        with pytest.raises(NotFoundError):
            await client.connect()
        wire._app = app
        await client.connect()
        assert client.session_hash == "mine"
        await client.close()

    anyio.run(main)


class Missing(App):
    """There is nothing here."""

    def answer(self, request: Any, body: bytes) -> tuple[int, Any]:
        return 404, {"detail": "Not Found"}
