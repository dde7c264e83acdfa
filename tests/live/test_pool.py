"""Pools: real servers share the calls, and one that is killed costs none of them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from typing import Any

import pytest
from anyio.from_thread import start_blocking_portal

from gradlink import (
    AppError,
    ArgumentError,
    AsyncPool,
    ClientClosedError,
    ConnectError,
    CopiesDifferError,
    DoneEvent,
    EndpointError,
    JobCancelledError,
    NotConnectedError,
    OutputEvent,
    Pool,
    Status,
)
from tests.live.pooled import through_a_pool
from tests.live.servers import Server
from tests.live.shells import CarriedClient
from tests.live.waits import END_SECONDS, follow, new_key, output_is

Connect = Callable[..., AbstractContextManager[Any]]
GONE = "http://127.0.0.1:9/"


class CarriedPool(CarriedClient):
    """An AsyncPool that looks like a Pool."""

    @property
    def endpoints(self) -> Any:
        return self._inner.endpoints


@contextmanager
def threads(urls: list[str], **options: Any) -> Iterator[Any]:
    with Pool(urls, **options) as pool:
        yield pool


@contextmanager
def loop(urls: list[str], **options: Any) -> Iterator[Any]:
    with start_blocking_portal("asyncio") as portal:
        pool: Any = portal.call(lambda: [AsyncPool(urls, **options)])[0]
        try:
            portal.call(pool.connect)
            yield CarriedPool(portal, pool)
        finally:
            portal.call(pool.close)


@pytest.fixture(params=[threads, loop], ids=["threads", "asyncio"])
def connect(request: pytest.FixtureRequest) -> Connect:
    made: Connect = request.param
    return made


@pytest.fixture(scope="module")
def servers() -> Iterator[list[Server]]:
    """Give two servers of one app."""
    made = [Server("base"), Server("base")]
    yield made
    for server in made:
        server.stop()


def urls(servers: list[Server]) -> list[str]:
    return [server.url for server in servers]


def copies_of(jobs: list[Any]) -> Counter[int]:
    """Return how many of the calls were with each copy last."""
    return Counter(job.call.copy.number for job in jobs)


def test_calls_are_shared(servers: list[Server], connect: Connect) -> None:
    with connect(urls(servers)) as pool:
        jobs = [pool.submit(str(number), api_name="/echo") for number in range(60)]
        assert [job.result(END_SECONDS) for job in jobs] == [str(number) for number in range(60)]
        assert set(copies_of(jobs)) == {0, 1}
        assert pool.predict("one", api_name="/echo") == "one"
        assert pool.api.echo("two") == "two"


def test_a_call_that_runs_long_leaves_the_others_to_the_other_copy(
    servers: list[Server], connect: Connect
) -> None:
    keys = [new_key(), new_key()]
    with connect(urls(servers)) as pool:
        held = [pool.submit(key, api_name="/gate_parallel") for key in keys]
        for job, key in zip(held, keys, strict=True):
            servers[job.call.copy.number].reach(key, "started")
        assert pool.predict("between", api_name="/echo") == "between"
        for job, key in zip(held, keys, strict=True):
            servers[job.call.copy.number].open_gate(key)
            assert job.result(END_SECONDS) == f"passed {key}"


def test_a_job_is_iterated_like_that_of_a_client(servers: list[Server], connect: Connect) -> None:
    with connect(urls(servers)) as pool:
        job = pool.submit("w", 3, api_name="/count")
        assert list(job) == ["w0 ", "w0 w1 ", "w0 w1 w2 "]
        assert (job.outputs(), job.status().code) == (["w0 ", "w0 w1 ", "w0 w1 w2 "], Status.FINISHED)
        assert "".join(pool.submit("w", 3, api_name="/count").deltas()) == "w0 w1 w2 "
        *_, output, done = pool.submit("x", api_name="/echo").events()
        assert isinstance(output, OutputEvent)
        assert done == DoneEvent(success=True)
        with pytest.raises(AppError, match="oh no"):
            list(pool.submit("oh no", api_name="/err"))


def test_a_job_is_cancelled(servers: list[Server], connect: Connect) -> None:
    key = new_key()
    with connect(urls(servers)) as pool:
        job = pool.submit(key, 2, api_name="/gategen")
        server = servers[job.call.copy.number]
        server.open_gate(key)
        follow(job.events(), output_is(0))
        job.cancel()
        server.reach(key, "ended")
        with pytest.raises(JobCancelledError):
            job.result(END_SECONDS)
        assert job.cancelled()


def test_a_call_that_waits_in_the_pool_is_cancelled(servers: list[Server], connect: Connect) -> None:
    key = new_key()
    with connect(urls(servers)[:1], max_workers=1) as pool:
        running = pool.submit(key, api_name="/gate_parallel")
        waiting = pool.submit("never", api_name="/echo")
        assert waiting.status().code is Status.STARTING
        assert waiting.cancel() is True
        with pytest.raises(JobCancelledError):
            waiting.result(END_SECONDS)
        assert [type(event) for event in waiting.events()] == [DoneEvent]
        servers[0].open_gate(key)
        assert running.result(END_SECONDS) == f"passed {key}"


def test_wrong_calls_raise_where_they_are_made(servers: list[Server], connect: Connect) -> None:
    with connect(urls(servers)) as pool:
        with pytest.raises(ArgumentError, match="nobody"):
            pool.submit(nobody=1, api_name="/echo")
        with pytest.raises(ArgumentError, match="progress= is not an option of a pool's calls"):
            pool.submit("x", api_name="/echo", progress=True)
        with pytest.raises(EndpointError, match="has State, which stays with one copy"):
            pool.submit(1, api_name="/counter")


def test_a_pool_is_closed(servers: list[Server], connect: Connect) -> None:
    key = new_key()
    with connect(urls(servers)[:1], max_workers=1) as pool:
        jobs = [pool.submit(key, api_name="/gate_parallel"), pool.submit("never", api_name="/echo")]
        pool.close()
        for job in jobs:
            with pytest.raises(ClientClosedError):
                job.result(END_SECONDS)
        with pytest.raises(ClientClosedError, match="the pool is closed"):
            pool.submit("late", api_name="/echo")


def test_what_are_no_copies_is_refused_with_the_difference(servers: list[Server], connect: Connect) -> None:
    other = Server("single")
    try:
        with (
            pytest.raises(CopiesDifferError, match="is not a copy of") as caught,
            connect([servers[0].url, other.url]),
        ):
            pass
        assert caught.value.differences
    finally:
        other.stop()


def test_a_copy_that_is_not_there_is_left_alone(servers: list[Server], connect: Connect) -> None:
    with connect([GONE, servers[0].url]) as pool:
        jobs = [pool.submit(str(number), api_name="/echo") for number in range(10)]
        assert [job.result(END_SECONDS) for job in jobs] == [str(number) for number in range(10)]
        assert set(copies_of(jobs)) == {1}
    with pytest.raises(ConnectError), connect([GONE, GONE]):
        pass


def test_no_list_is_no_pool() -> None:
    wrong: list[Any] = ["http://127.0.0.1:7860", []]
    for copies in wrong:
        for kind in (Pool, AsyncPool):
            with pytest.raises(ArgumentError, match="a list of URLs"):
                kind(copies)


def test_a_pool_shows_no_password(servers: list[Server]) -> None:
    secret = servers[0].url.replace("http://", "http://user:secret@")
    with Pool([secret]) as pool:
        assert "secret" not in repr(pool)
    assert "secret" not in repr(AsyncPool([secret]))


def test_an_async_pool_connects_first() -> None:
    pool = AsyncPool([GONE])
    with pytest.raises(NotConnectedError):
        pool.submit("x", api_name="/echo")


def test_one_copy_is_killed_and_no_idempotent_call_fails(connect: Connect) -> None:
    made = [Server("base"), Server("base")]
    try:
        with connect(urls(made)) as pool:
            key = new_key()
            # Some of these are at the copy that is killed, in the middle of their function.
            held = [pool.submit(key, api_name="/gate_parallel", resubmit=True) for _ in range(6)]
            made[0].reach(key, "started")
            jobs = [pool.submit(str(number), api_name="/echo", resubmit=True) for number in range(300)]
            made[0].stop()
            made[1].open_gate(key, 6)
            assert [job.result(60) for job in jobs] == [str(number) for number in range(300)]
            assert [job.result(60) for job in held] == [f"passed {key}"] * 6
            assert max(job.attempts for job in held) > 1
    finally:
        for server in made:
            server.stop()


def test_one_copy_is_killed_and_one_slowed_in_the_middle() -> None:
    outcome = through_a_pool(200)
    assert outcome.failed == 0
    assert outcome.per_copy.total() == 200
    # How much less the slow one has is a matter of time, which tests.live.pooled measures.
    assert outcome.per_copy[1] < outcome.per_copy[0] + outcome.per_copy[2]
