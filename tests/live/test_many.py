"""Thousands of jobs at once, and hundreds of every kind: each ends once, with its own result."""

from __future__ import annotations

import asyncio
import threading
from collections import Counter
from concurrent.futures import Future, as_completed
from typing import Any

import pytest

from gradlink import AppError, AsyncClient, Client, JobCancelledError
from tests.live.servers import Servers
from tests.live.shells import Shell
from tests.live.waits import END_SECONDS, gradlink_threads, new_key

JOBS = 2_000
THREADS = 24
"""More than the client ever has; far fewer than jobs."""


@pytest.mark.timeout(400)
def test_thousands_of_jobs_of_one_client(server: Servers) -> None:
    others = len(gradlink_threads())
    most = 0
    results: dict[int, str] = {}
    with Client(server().url, verbose=False) as client:
        jobs: dict[Future[Any], int] = {
            client.submit(str(number), api_name="/echo"): number for number in range(JOBS)
        }
        for job in as_completed(jobs):
            assert jobs[job] not in results
            results[jobs[job]] = job.result()
            most = max(most, len(gradlink_threads()) - others)
    assert results == {number: str(number) for number in range(JOBS)}
    assert 0 < most < THREADS


@pytest.mark.timeout(400)
def test_thousands_of_tasks_of_one_async_client(server: Servers) -> None:
    most = 0

    async def use() -> list[str]:
        async with AsyncClient(server().url, verbose=False) as client:

            async def call(number: int) -> str:
                nonlocal most
                # A server that is starved closes connections which a request is on its way over.
                result: str = await client.predict(str(number), api_name="/echo", resubmit=True)
                most = max(most, threading.active_count() - others)
                return result

            return await asyncio.gather(*(call(number) for number in range(JOBS)))

    others = threading.active_count()
    assert asyncio.run(use()) == [str(number) for number in range(JOBS)]
    assert most == 0


class Ends:
    """How often each job has ended; a test waits for all."""

    def __init__(self) -> None:
        self._counts: Counter[Any] = Counter()
        self._changed = threading.Condition()

    def note(self, job: Any) -> None:
        with self._changed:
            self._counts[job] += 1
            self._changed.notify_all()

    def once(self, jobs: list[Any]) -> bool:
        """Wait for all these jobs; tell whether each has ended once."""
        with self._changed:
            self._changed.wait_for(lambda: len(self._counts) == len(jobs), END_SECONDS)
            return dict(self._counts) == dict.fromkeys(jobs, 1)


def test_hundreds_of_jobs_of_every_kind(server: Servers, connect: Shell) -> None:
    base, ends = server(), Ends()
    calls: list[tuple[str, tuple[Any, ...]]] = []
    keys = [new_key() for _ in range(25)]
    for turn, key in enumerate(keys):
        calls += [
            ("/echo", (f"text {turn}",)),
            ("/add", (turn, 1)),
            ("/count", (f"{turn}.", 2)),
            ("/err", (str(turn),)),
            ("/generr", (2,)),
            ("/twogen", ()),
            ("/fast", (f"fast {turn}",)),
            ("/gategen", (key, 2)),
        ]
    with connect(base.url) as client:
        jobs = [client.submit(*args, api_name=api_name) for api_name, args in calls]
        for job in jobs:
            job.add_done_callback(ends.note)
        cancelled = jobs[7::8]
        for job in cancelled:
            assert job.cancel() is True
        for turn in range(25):
            echo, add, count, err, generr, twogen, fast, gategen = jobs[8 * turn : 8 * turn + 8]
            assert echo.result() == f"text {turn}"
            assert add.result() == turn + 1
            assert list(count) == [f"{turn}.0 ", f"{turn}.0 {turn}.1 "]
            assert str(err.exception()) == f"/err: Oops: user error: {turn}"
            assert isinstance(generr.exception(), AppError)
            assert generr.outputs() == ["step 0", "step 1"]
            assert list(twogen) == [("a", "x"), ("ab", "x"), ("ab", "xy"), ("abc", "xyz")]
            assert fast.result() == f"fast {turn}"
            with pytest.raises(JobCancelledError):
                gategen.result()
            assert gategen.outputs() == []
        assert ends.once(jobs)
        assert client.predict("still there", api_name="/echo") == "still there"
    assert all("finished" not in base.counts(key) for key in keys)
