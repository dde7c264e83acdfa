"""Whatever happens at any turn of the event loop while a job is sent, the job ends once, and says the truth."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from gradlink import AsyncClient, AsyncJob, GradlinkError
from gradlink._engine.effects import SetLimit
from gradlink._protocol.job import Failed, Succeeded
from tests.interleaved.app import URL, App, options

GUARD_SECONDS = 30.0


async def cancel(_: App, __: AsyncClient, job: AsyncJob) -> None:
    job.cancel()


async def limit(_: App, client: AsyncClient, job: AsyncJob) -> None:
    await job._submission.job()
    connection = client._shared.connection()
    connection.apply(lambda: connection.engine.limit_reached(SetLimit(job._core, "total", 0, 0.0)))


async def close(_: App, client: AsyncClient, __: AsyncJob) -> None:
    await client.close()


async def loss(app: App, _: AsyncClient, __: AsyncJob) -> None:
    app.break_streams()


async def renew(_: App, client: AsyncClient, __: AsyncJob) -> None:
    await client.reset_session()


ACTS: dict[str, Callable[[App, AsyncClient, AsyncJob], Awaitable[None]]] = {
    "cancel": cancel, "limit": limit, "close": close, "loss": loss, "new session": renew,
}  # fmt: skip
APPS: dict[str, dict[str, Any]] = {
    "queue": {},
    "queue, cancelled": {"holds": True},
    "direct": {"queue": False},
    "own stream": {"protocol": "sse"},
}


async def play(app: App, turns: int, act: str, *, connected: bool) -> bool:
    """Send a job and let ``act`` happen after so many turns; return whether it had ended before."""
    client = AsyncClient(URL, max_workers=1, **options(app))
    with anyio.fail_after(GUARD_SECONDS):
        if connected:
            await client.connect()
        calls: list[AsyncJob] = []
        job = client.submit("x", api_name="/f")
        job.add_done_callback(calls.append)
        for _ in range(turns):
            await anyio.lowlevel.checkpoint()
        late = job.done() or (app.holds and app.joins != [] and job.event_id is not None)
        await ACTS[act](app, client, job)
        if app.holds:
            job.cancel()
        error: BaseException | None
        try:
            error = await job.exception()
        except GradlinkError as exc:
            error = exc
        where = f"{act} after {turns} turns"
        assert calls == [job], where
        ends = [update for update in job._submission.updates if isinstance(update, (Succeeded, Failed))]
        assert len(ends) == 1, where
        assert len(app.joins) <= 1, where
        if isinstance(error, GradlinkError) and error.execution == "not started":
            # What is on its way now is given the time to arrive.
            for _ in range(50):
                await anyio.lowlevel.checkpoint()
            assert app.joins == [], where
        if act != "close":
            app.holds = False
            assert await client.predict("next", api_name="/f") == "value", where
        connection = client._shared.live
        assert connection is not None
        assert not connection.engine._known.jobs, where
        await client.close()
        assert not connection.tasks._scopes, where
    return late


@pytest.mark.parametrize("connected", [True, False], ids=["connected", "not connected"])
@pytest.mark.parametrize("backend", ["asyncio", "trio"])
@pytest.mark.parametrize("act", ACTS)
@pytest.mark.parametrize("kind", APPS)
def test_a_job_ends_once_whatever_happens_while_it_is_sent(
    kind: str, act: str, backend: str, connected: bool
) -> None:
    async def main() -> int:
        after = turns = 0
        while after < 3:  # some turns beyond the end, too
            after += await play(App(**APPS[kind]), turns, act, connected=connected)
            turns += 1
        return turns

    assert anyio.run(main, backend=backend) > 4


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_place_is_not_lost_whenever_its_job_leaves(backend: str) -> None:
    async def main() -> None:
        for turns in range(40):
            app = App(holds=True)
            client = AsyncClient(URL, max_workers=1, **options(app))
            with anyio.fail_after(GUARD_SECONDS):
                await client.connect()
                first = client.submit("first", api_name="/f")
                assert await first._core.wait_joined()
                job = client.submit("x", api_name="/f")
                app.holds = False
                app.finish(app.joins[0])
                for _ in range(turns):
                    await anyio.lowlevel.checkpoint()
                job.cancel()
                with suppress(GradlinkError):
                    await job
                assert await client.predict("next", api_name="/f") == "value", turns
                await client.close()

    anyio.run(main, backend=backend)
