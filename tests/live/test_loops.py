"""The clients among the event loops and frameworks in which programs use them."""

from __future__ import annotations

import asyncio
import gc
import threading
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager, suppress
from pathlib import Path
from typing import Any

import anyio
import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from fastapi.responses import StreamingResponse

from gradlink import AppError, AsyncClient, Client, Job
from tests.live.programs import run
from tests.live.servers import Servers
from tests.live.waits import END_SECONDS, in_thread, new_key


async def use(client: AsyncClient, text: str) -> list[Any]:
    """Call, stream, and fail."""
    return [
        await client.predict(text, api_name="/echo"),
        [value async for value in client.submit(text, 2, api_name="/count")],
        str(await client.submit(text, api_name="/err").exception()),
    ]


def used(text: str) -> list[Any]:
    """Return what :func:`use` returns."""
    return [text, [f"{text}0 ", f"{text}0 {text}1 "], f"/err: Oops: user error: {text}"]


# Loops


def test_uvloop(server: Servers) -> None:
    uvloop = pytest.importorskip("uvloop")
    base, key = server(), new_key()

    async def main() -> list[Any]:
        assert type(asyncio.get_running_loop()).__module__.startswith("uvloop")
        async with AsyncClient(base.url, verbose=False) as client:
            results = await use(client, "u")
            task = asyncio.create_task(client.predict(key, api_name="/gate_parallel"))
            await in_thread(base.reach, key, "started")
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task
            await in_thread(base.reach, key, "ended")
            return results

    assert uvloop.run(main()) == used("u")
    assert base.counts(key) == {"started": 1, "ended": 1}


# The connections of a loop that is gone cannot be closed on it any more.
@pytest.mark.filterwarnings("ignore:unclosed:ResourceWarning")
def test_one_client_on_several_loops_one_after_the_other(server: Servers) -> None:
    client = AsyncClient(server().url, verbose=False)
    for backend in ("asyncio", "asyncio", "trio", "asyncio"):
        assert anyio.run(use, client, backend, backend=backend) == used(backend)

    async def end() -> None:
        assert await client.predict("last", api_name="/echo") == "last"
        await client.close()

    anyio.run(end, backend="trio")
    gc.collect()


def test_a_client_made_outside_of_any_loop(server: Servers) -> None:
    client = AsyncClient(server().url, verbose=False)

    async def main() -> list[Any]:
        async with client:
            return await use(client, "late")

    assert asyncio.run(main()) == used("late")


async def test_a_client_connects_at_its_first_call_or_when_awaited(server: Servers) -> None:
    client = AsyncClient(server().url, verbose=False)
    assert await client.predict("x", api_name="/echo") == "x"
    await client.close()
    other = await AsyncClient(server().url, verbose=False)
    assert other.config["version"] == "6.31.0"
    assert await other.submit("y", api_name="/echo") == "y"
    await other.close()


async def test_jobs_may_be_submitted_before_the_client_has_connected(server: Servers) -> None:
    client = AsyncClient(server().url, verbose=False)
    jobs = [client.submit(str(index), api_name="/echo") for index in range(5)]
    assert [await job for job in jobs] == ["0", "1", "2", "3", "4"]
    await client.close()


# The synchronous client inside a running loop, as in Jupyter


def test_the_synchronous_client_inside_a_running_loop(server: Servers) -> None:
    async def main() -> list[Any]:
        with Client(server().url, verbose=False) as client:
            return [
                client.predict("x", api_name="/echo"),
                list(client.submit("w", 2, api_name="/count")),
                await asyncio.to_thread(client.predict, "y", api_name="/echo"),
            ]

    assert asyncio.run(main()) == ["x", ["w0 ", "w0 w1 "], "y"]


def test_asyncio_of_any_python_is_told_what_a_job_has(server: Servers) -> None:
    """From 3.15 on wrap_future() asks for all at once."""
    base, key = server(), new_key()
    with Client(base.url, verbose=False) as client:
        jobs = [client.submit(key, api_name="/gate_parallel"), client.submit("x", api_name="/echo")]
        jobs.append(client.submit("x", api_name="/err"))
        assert jobs[0]._get_snapshot() == (False, False, None, None)
        assert jobs[0].cancel()
        assert jobs[0]._get_snapshot() == (True, True, None, None)
        assert jobs[1].result() == "x"
        assert jobs[1]._get_snapshot() == (True, False, "x", None)
        error = jobs[2].exception()
        assert isinstance(error, AppError)
        assert jobs[2]._get_snapshot() == (True, False, None, error)


def test_a_job_can_be_awaited_as_a_wrapped_future(server: Servers, tmp_path: Path) -> None:
    base, key = server(), new_key()

    async def main() -> None:
        with Client(base.url, verbose=False, download_files=tmp_path) as client:
            wrapped = asyncio.wrap_future(client.submit(key, api_name="/gate_parallel"))
            await asyncio.to_thread(base.reach, key, "started")
            assert not wrapped.done()
            base.open_gate(key)
            assert await wrapped == f"passed {key}"

            assert await asyncio.wrap_future(client.submit("x", api_name="/echo")) == "x"
            assert await asyncio.wrap_future(client.submit(api_name="/twogen")) == ("abc", "xyz")
            with pytest.raises(AppError, match="user error: x"):
                await asyncio.wrap_future(client.submit("x", api_name="/err"))
            paths.append(await asyncio.wrap_future(client.submit("a.txt", "text", api_name="/make_file")))

    paths: list[str] = []
    asyncio.run(main())
    assert [Path(path).read_text("utf-8") for path in paths] == ["text"]


def test_cancelling_a_wrapped_future_cancels_the_job(server: Servers) -> None:
    base, key = server(), new_key()

    async def main() -> Job:
        with Client(base.url, verbose=False) as client:
            job = client.submit(key, api_name="/gate_parallel")
            wrapped = asyncio.wrap_future(job)
            await asyncio.to_thread(base.reach, key, "started")
            wrapped.cancel()
            with pytest.raises(asyncio.CancelledError):
                await wrapped
            await asyncio.to_thread(base.reach, key, "ended")
            return job

    assert asyncio.run(main()).cancelled()
    assert base.counts(key) == {"started": 1, "ended": 1}


def test_a_cancelled_job_cancels_its_wrapped_future(server: Servers) -> None:
    base, key = server(), new_key()

    async def main() -> None:
        with Client(base.url, verbose=False) as client:
            job = client.submit(key, api_name="/gate_parallel")
            wrapped = asyncio.wrap_future(job)
            await asyncio.to_thread(base.reach, key, "started")
            assert await asyncio.to_thread(job.cancel)
            with pytest.raises(asyncio.CancelledError):
                await wrapped
            assert wrapped.cancelled()

    asyncio.run(main())


# FastAPI


def web_app(url: str) -> FastAPI:
    """Build an app whose routes share a client that is made with the module, as programs do."""
    client = AsyncClient(url, verbose=False)

    @asynccontextmanager
    async def lifespan(_: FastAPI) -> AsyncIterator[None]:
        yield
        await client.close()

    app = FastAPI(lifespan=lifespan)

    @app.get("/echo/{text}")
    async def echo(text: str) -> dict[str, Any]:
        return {"result": await client.predict(text, api_name="/echo")}

    @app.get("/stream/{key}/{steps}")
    async def stream(key: str, steps: int) -> StreamingResponse:
        return StreamingResponse(client.submit(key, steps, api_name="/gategen").deltas())

    return app


@contextmanager
def served(app: FastAPI) -> Iterator[str]:
    """Serve the app in a thread, at a free port."""
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=0, log_level="error", ws="none"))
    started = threading.Event()
    startup = server.startup

    async def start(*args: Any, **kwargs: Any) -> None:
        await startup(*args, **kwargs)
        started.set()

    server.startup = start  # type: ignore[method-assign]  # uvicorn has no event for "it listens now"
    thread = threading.Thread(target=server.run)
    thread.start()
    assert started.wait(END_SECONDS)
    try:
        host, port = server.servers[0].sockets[0].getsockname()[:2]
        yield f"http://{host}:{port}"
    finally:
        server.should_exit = True
        thread.join(END_SECONDS)
        assert not thread.is_alive()


async def test_a_route_calls_the_app(server: Servers) -> None:
    app = web_app(server().url)
    async with (
        app.router.lifespan_context(app),
        httpx2.AsyncClient(transport=httpx2.ASGITransport(app), base_url="http://app") as http,
    ):
        texts: list[str] = []

        async def get(text: str) -> None:
            texts.append((await http.get(f"/echo/{text}")).json()["result"])

        async with anyio.create_task_group() as tasks:
            for index in range(20):
                tasks.start_soon(get, f"text-{index}")
        assert sorted(texts) == sorted(f"text-{index}" for index in range(20))


def test_a_route_of_a_served_app_streams(server: Servers) -> None:
    base, key = server(), new_key()
    with served(web_app(base.url)) as url, httpx2.Client(base_url=url, timeout=END_SECONDS) as http:
        assert [http.get(f"/echo/{text}").json() for text in "ab"] == [{"result": "a"}, {"result": "b"}]
        with http.stream("GET", f"/stream/{key}/2") as response:
            pieces = response.iter_text()
            base.open_gate(key)
            assert next(pieces) == "tick 0"
            assert base.counts(key) == {"started": 1, "ticked": 1}
            base.open_gate(key)
            assert list(pieces) == ["tick 1"]


def test_a_reader_of_a_route_that_leaves_cancels_the_job(server: Servers) -> None:
    base, key = server(), new_key()
    with served(web_app(base.url)) as url:
        with (
            httpx2.Client(base_url=url, timeout=END_SECONDS) as http,
            http.stream("GET", f"/stream/{key}/5") as response,
        ):
            base.open_gate(key)
            assert next(response.iter_text()) == "tick 0"
        base.reach(key, "ended")  # while the web app is still there
        assert base.counts(key) == {"started": 1, "ticked": 1, "ended": 1}
        assert httpx2.get(f"{url}/echo/x", timeout=END_SECONDS).json() == {"result": "x"}


# What is loaded


def test_importing_gradlink_loads_no_event_loop() -> None:
    program = """
import sys
already = set(sys.modules)
import gradlink
print(sorted({"asyncio", "anyio", "trio", "rich", "huggingface_hub"} & (set(sys.modules) - already)))
"""
    assert run(program) == ["[]"]


def test_the_synchronous_client_loads_no_event_loop(server: Servers) -> None:
    program = """
import sys
from gradlink import Client
with Client(sys.argv[1], verbose=False) as client:
    print(client.predict("x", api_name="/echo"))
    print(list(client.submit("w", 1, api_name="/count")))
print("asyncio" in sys.modules)
"""
    assert run(program, server().url) == ["x", "['w0 ']", "False"]
