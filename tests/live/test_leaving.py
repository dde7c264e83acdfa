"""Who leaves a job and calls its function again gets all values of the new one, however many of it may run at a time."""

from __future__ import annotations

import os
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from tests.live.servers import Server, Servers
from tests.live.shells import Shell
from tests.live.waits import new_key

ROUNDS = int(os.environ.get("GRADLINK_ROUNDS", "4"))
# Longer than all rounds together: whoever sees its end was not cancelled.
ENDLESS = 1_000_000

Way = Callable[[Any, str, str, str], None]


def leave(client: Any, api_name: str, key: str) -> None:
    """Begin a call that does not end by itself, and leave it at its first value."""
    job = client.submit(ENDLESS, 0.01, key, api_name=api_name)
    assert next(iter(job)) == "tick 0"
    job.cancel()


def calls_well(client: Any, api_name: str, key: str) -> None:
    assert list(client.submit(3, 0.01, key, api_name=api_name)) == ["tick 0", "tick 1", "tick 2"]


def loops_in_a_row(client: Any, api_name: str, left: str, _called: str) -> None:
    leave(client, api_name, left)


def a_loop_then_a_call(client: Any, api_name: str, left: str, called: str) -> None:
    leave(client, api_name, left)
    calls_well(client, api_name, called)


def a_call_that_is_cancelled_at_once(client: Any, api_name: str, left: str, called: str) -> None:
    client.submit(ENDLESS, 0.01, left, api_name=api_name).cancel()
    calls_well(client, api_name, called)


def a_call_that_is_cancelled_as_it_starts(client: Any, api_name: str, left: str, called: str) -> None:
    # Gradio loses a place for ever if it stops a job before its first step.
    job = client.submit(ENDLESS, 0.01, left, api_name=api_name)
    next(iter(job.events()))
    job.cancel()
    calls_well(client, api_name, called)


def a_loop_while_others_run(client: Any, api_name: str, left: str, called: str) -> None:
    others = [client.submit(3, 0.01, called, api_name=api_name) for _ in range(2)]
    leave(client, api_name, left)
    calls_well(client, api_name, called)
    for other in others:
        assert list(other) == ["tick 0", "tick 1", "tick 2"]


WAYS: list[Way] = [
    loops_in_a_row,
    a_loop_then_a_call,
    a_call_that_is_cancelled_at_once,
    a_call_that_is_cancelled_as_it_starts,
    a_loop_while_others_run,
]


def play(server: Server, connect: Shell, api_name: str, way: Way, *, one_session: bool) -> None:
    left, called = new_key(), new_key()
    with connect(server.url, one_session=one_session) as client:
        # With a place for one only, a second is waited for until it is sure that the others wait.
        for _ in range(-(-ROUNDS // 4) if way is a_loop_while_others_run else ROUNDS):
            way(client, api_name, left, called)
    assert "finished" not in server.counts(left)


@pytest.mark.timeout(600)
@pytest.mark.parametrize("one_session", [False, True], ids=["many sessions", "one session"])
@pytest.mark.parametrize("limit", [1, 2, 10, None])
def test_with_a_concurrency_limit(
    server: Servers, connect: Shell, limit: int | None, one_session: bool
) -> None:
    limits, api_name = server("limits"), f"/count_{limit}"
    with ThreadPoolExecutor(len(WAYS)) as pool:
        # The ways stand in each other's way, as programs do that call one app.
        playing = [pool.submit(play, limits, connect, api_name, way, one_session=one_session) for way in WAYS]
        for played in playing:
            played.result()
    # What was left has given its places back: as many run at once as ever. (A generator that is stopped in its
    # first step is never closed by Gradio, so that its own end says nothing.)
    places = 40 if limit is None else limit
    after = new_key()
    with connect(limits.url, max_workers=40) as client:
        running = [client.submit(ENDLESS, 0.01, after, api_name=api_name) for _ in range(places)]
        limits.reach(after, "started", places)
        for job in running:
            job.cancel()
