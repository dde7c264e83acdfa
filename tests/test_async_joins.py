"""How many joins are sent at once on an event loop: four, more where they stay in line, and none is forgotten."""

from __future__ import annotations

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import anyio
import anyio.lowlevel
import pytest

from gradlink import AsyncClient
from gradlink._async import joins as module
from gradlink._async.joins import AsyncJoins
from gradlink._async.tasks import Tasks
from gradlink._shell.limits import MAX_CONNECTIONS, STUCK_SECONDS, USUAL_LANES
from gradlink._shell.timing import Scope, current_scope, within
from tests.interleaved.app import URL, App, options

GUARD_SECONDS = 30.0


class Far:
    """An app that answers when the test says so.

    Attributes:
        sent: the joins that were begun, in order.
    """

    def __init__(self, tasks: Tasks) -> None:
        self.sent: list[Any] = []
        self._answered = anyio.Event()
        self._answers = False
        self.joins = AsyncJoins(tasks, self.send)

    async def send(self, join: Any) -> None:
        assert current_scope() is None
        self.sent.append(join)
        if not self._answers:
            await self._answered.wait()

    def add(self, count: int) -> None:
        for number in range(count):
            join: Any = number
            self.joins.add(join)

    def answer(self) -> None:
        """Answer all that comes from now on, and what has come."""
        self._answers = True
        self._answered.set()


@pytest.fixture(params=["asyncio", "trio"])
def play(request: pytest.FixtureRequest) -> Callable[[Callable[[Far], Awaitable[None]]], None]:
    """Return what plays a test on one kind of event loop."""

    def play(test: Callable[[Far], Awaitable[None]]) -> None:
        async def main() -> None:
            tasks = Tasks()
            with anyio.fail_after(GUARD_SECONDS):
                await test(Far(tasks))
                await tasks.close()

        anyio.run(main, backend=request.param)

    return play


async def until(condition: Callable[[], bool]) -> None:
    while not condition():  # noqa: ASYNC110  # it is of any kind
        await anyio.sleep(0.001)


async def turn() -> None:
    for _ in range(10):
        await anyio.lowlevel.checkpoint()


def test_few_are_sent_at_once_and_all_in_their_order(play: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STUCK_SECONDS", GUARD_SECONDS)

    async def test(far: Far) -> None:
        far.add(100)
        await turn()
        assert far.sent == list(range(USUAL_LANES))
        far.answer()
        await until(lambda: len(far.sent) == 100)
        assert far.sent == list(range(100))

    play(test)


def test_there_are_more_where_they_stay_in_line_up_to_one_for_each_connection(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSED_SECONDS", GUARD_SECONDS)

    async def test(far: Far) -> None:
        far.add(100)
        await until(lambda: len(far.sent) == MAX_CONNECTIONS)
        await anyio.sleep(5 * STUCK_SECONDS)
        assert len(far.sent) == MAX_CONNECTIONS

    play(test)


def test_there_are_more_than_connections_if_all_are_held_up(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "PAUSED_SECONDS", STUCK_SECONDS)

    async def test(far: Far) -> None:
        far.add(100)
        await until(lambda: len(far.sent) == 100)

    play(test)


def test_what_comes_after_all_was_sent_is_sent_as_well(play: Any) -> None:
    async def test(far: Far) -> None:
        far.answer()
        for _ in range(3):
            far.sent.clear()
            far.add(10)
            await until(lambda: len(far.sent) == 10 and not far.joins._looked_at)

    play(test)


def test_the_limit_of_who_submits_first_bounds_no_other(play: Any) -> None:
    async def test(far: Far) -> None:
        far.answer()
        with within(Scope("total", 0.001)):
            far.add(10)
            await until(lambda: len(far.sent) == 10)

    play(test)


def test_what_fails_holds_up_no_other(play: Any, caplog: pytest.LogCaptureFixture) -> None:
    async def test(far: Far) -> None:
        async def send(join: Any) -> None:
            await anyio.lowlevel.checkpoint()
            far.sent.append(join)
            raise RuntimeError("broken")

        far.joins = AsyncJoins(Tasks(), send)
        far.add(10)
        await until(lambda: len(far.sent) == 10)

    with caplog.at_level(logging.ERROR, "gradlink"):
        play(test)
    assert caplog.messages == ["a job could not be sent"] * 10


def test_a_stream_waits_for_the_last_join_in_line_or_a_moment(
    play: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "STUCK_SECONDS", GUARD_SECONDS)

    async def test(far: Far) -> None:
        async def hold() -> None:
            await far.joins.hold()
            held.append(len(far.sent))

        held: list[int] = []
        far.add(USUAL_LANES)
        await far.joins.hold()
        assert not far.sent  # a lane takes each of them just now
        far.add(6)
        monkeypatch.setattr(module, "HELD_SECONDS", 0.02)
        await hold()
        assert held == [USUAL_LANES]
        monkeypatch.setattr(module, "HELD_SECONDS", GUARD_SECONDS)
        async with anyio.create_task_group() as group:
            group.start_soon(hold)
            group.start_soon(hold)
            await turn()
            far.answer()
        assert held[1:] == [10, 10]
        await far.joins.hold()

    play(test)


@pytest.mark.parametrize("backend", ["asyncio", "trio"])
def test_a_burst_asks_for_fewer_streams_than_there_are_calls(
    backend: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # However slow the machine is.
    monkeypatch.setattr(module, "HELD_SECONDS", GUARD_SECONDS)
    monkeypatch.setattr(module, "STUCK_SECONDS", GUARD_SECONDS)

    async def main() -> None:
        app = App()
        async with AsyncClient(URL, **options(app)) as client:
            jobs = [client.submit(str(number), api_name="/f") for number in range(400)]
            with anyio.fail_after(GUARD_SECONDS):
                assert [await job for job in jobs] == ["value"] * 400
        assert len(app.joins) == 400
        assert app.streams < 200

    anyio.run(main, backend=backend)
