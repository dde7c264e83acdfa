"""Each visitor of the outer app has a session at the loaded one, and nobody touches anybody else's."""

from __future__ import annotations

import anyio
import pytest

from gradlink import AsyncClient, Client, JobCancelledError
from tests.loading.asking import until

pytestmark = pytest.mark.anyio
VISITORS = 50


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"


async def test_fifty_at_once_are_fifty_sessions(loaded: str) -> None:
    async def one(sessions: list[str]) -> None:
        async with AsyncClient(f"{loaded}visits", verbose=False) as client:
            session = await client.predict(api_name="/come")
            await client.predict(session, api_name="/keep")
            everybody.started += 1
            if everybody.started == VISITORS:
                everybody.here.set()
            await everybody.here.wait()
            assert await client.predict(api_name="/kept") == session
            sessions.append(session)

    class Everybody:
        started = 0
        here = anyio.Event()

    everybody, sessions = Everybody(), list[str]()
    async with anyio.create_task_group() as group:
        for _ in range(VISITORS):
            group.start_soon(one, sessions)
    assert len({*sessions}) == VISITORS


def test_a_cancel_stops_one_visitor_alone(loaded: str) -> None:
    with Client(f"{loaded}visits", verbose=False) as one, Client(f"{loaded}visits", verbose=False) as other:
        jobs = [client.submit(api_name="/endless") for client in (one, other)]
        for job in jobs:
            values = iter(job)
            assert [next(values) for _ in range(3)] == [1, 2, 3]
        assert jobs[0].cancel()
        with pytest.raises(JobCancelledError):
            jobs[0].result()
        goes_on = iter(jobs[1])
        so_far = len(jobs[1].outputs())
        for _ in range(so_far + 20):
            next(goes_on)
        assert jobs[1].running()
        jobs[1].cancel()


def test_what_is_cancelled_stops_at_the_original(originals: str, loaded: str) -> None:
    with (
        Client(f"{loaded}streaming", verbose=False) as client,
        Client(f"{originals}streaming", verbose=False) as original,
    ):
        before = int(original.predict(api_name="/ends"))
        job = client.submit(api_name="/forever")
        next(iter(job))
        job.cancel()
        until(lambda: int(original.predict(api_name="/ends")) == before + 1)
