"""How many rows are at the server at a time, on servers whose time does not pass."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import ArgumentError
from gradlink.mapping.concurrency import MAX_ASKED_SECONDS, MAX_PAUSE_SECONDS, Bounds, Concurrency
from tests.mapping.simulated import SimulatedServer, seconds_for

FIXED = (1, 2, 3, 4, 6, 8, 12, 16, 24, 32, 40)


def always(seconds: float) -> Callable[[Random], float]:
    return lambda _: seconds


def unknown() -> None:
    return None


@pytest.mark.parametrize(
    ("make", "batch", "rows"),
    [
        (partial(SimulatedServer, 1, always(0.05)), 1, 200),
        (partial(SimulatedServer, 8, always(0.1)), 1, 600),
        (partial(SimulatedServer, 8, lambda rng: rng.uniform(0.05, 0.15)), 1, 600),
        (partial(SimulatedServer, 1, always(0.1), batch=16), 16, 600),
        (partial(SimulatedServer, 2, always(0.1), batch=8), 8, 600),
        (partial(SimulatedServer, 3, always(0.1), room=5), 1, 600),
    ],
    ids=["one", "eight", "eight that differ", "batch", "two batches", "short queue"],
)
def test_it_is_nearly_as_fast_as_the_best_number(
    make: Callable[[], SimulatedServer], batch: int, rows: int
) -> None:
    best = min(seconds_for(make(), rows, Bounds(n, n, n))[0] for n in FIXED)
    for seed in range(5):
        seconds, _ = seconds_for(make(), rows, Bounds.of("auto", 40, batch), seed)
        assert seconds <= 1.15 * best


def test_it_does_not_flood_a_server_that_runs_one_at_a_time() -> None:
    _, limits = seconds_for(SimulatedServer(1, always(0.05)), 500, Bounds.of("auto", 40))
    assert max(limits[100:]) <= 8


@pytest.mark.parametrize(
    ("wanted", "most", "batch", "bounds"),
    [
        ("auto", 40, 1, Bounds(1, 40, 4)),
        ("auto", 2, 1, Bounds(1, 2, 2)),
        ("auto", 40, 8, Bounds(16, 40, 16)),
        ("auto", 40, 64, Bounds(40, 40, 40)),
        (7, 40, 1, Bounds(7, 7, 7)),
        (100, 40, 8, Bounds(40, 40, 40)),
        ((2, 16), 40, 1, Bounds(2, 16, 4)),
        ((6, 60), 40, 1, Bounds(6, 40, 6)),
    ],
)
def test_what_a_caller_asks_for_is_within_what_the_client_can(
    wanted: object, most: int, batch: int, bounds: Bounds
) -> None:
    assert Bounds.of(wanted, most, batch) == bounds


@pytest.mark.parametrize("wanted", [0, -1, "many", None, 2.0, True, (4, 2), (0, 2), (1, 2, 3), (1, True)])
def test_what_is_no_number_is_refused(wanted: object) -> None:
    with pytest.raises(ArgumentError, match='concurrency is "auto", a number from 1 on'):
        Bounds.of(wanted, 40)


def test_rows_that_were_sent_together_are_one_refusal() -> None:
    control = Concurrency(Bounds(1, 40, 16), 0.0)
    for now in (5.0, 5.1, 5.2):
        control.refused(now, began=4.0)
    assert (control.limit, control.paused_until) == (8, 5.5)
    control.refused(6.0, began=5.6)
    assert (control.limit, control.paused_until) == (4, 7.0)


def test_a_server_may_ask_for_a_longer_pause_but_not_for_any() -> None:
    control = Concurrency(Bounds(1, 40, 16), 0.0)
    control.refused(1.0, began=0.0, asked=20.0)
    assert control.paused_until == 21.0
    control.refused(22.0, began=21.5, asked=1e9)
    assert control.paused_until == 22.0 + MAX_ASKED_SECONDS


def test_pauses_grow_while_the_server_refuses_and_are_short_again_afterwards() -> None:
    control = Concurrency(Bounds(1, 40, 16), 0.0)
    now = 0.0
    for _ in range(20):
        now = control.paused_until + 1
        control.refused(now, began=now)
    assert control.paused_until == now + MAX_PAUSE_SECONDS
    control.ended(now + 40, unknown)
    control.refused(now + 50, began=now + 45)
    assert control.paused_until == now + 50.5


def test_a_measurement_in_which_the_caller_was_busy_changes_nothing() -> None:
    control = Concurrency(Bounds(1, 40, 4), 0.0)
    for row in range(1, 9):
        control.ended(float(row), unknown)
    assert control.limit == 8  # the first one is always a reason to try more
    control.away(6.0)
    for row in range(9, 17):
        control.ended(float(row), unknown)
    assert control.limit == 8
    for row in range(17, 25):
        control.ended(16 + (row - 16) / 2, unknown)
    assert control.limit == 16


EVENTS = st.lists(
    st.one_of(
        st.tuples(st.just("ended"), st.integers(0, 100)),
        st.tuples(st.just("refused"), st.floats(0, 1e6)),
        st.tuples(st.just("away"), st.floats(0, 10)),
    ),
    max_size=200,
)


@given(st.integers(1, 50), st.integers(0, 50), EVENTS, st.lists(st.floats(0, 5), min_size=1, max_size=20))
def test_whatever_happens_it_is_between_its_bounds(
    low: int, more: int, events: list[tuple[str, float]], steps: list[float]
) -> None:
    bounds = Bounds.of((low, low + more), 80)
    control, now = Concurrency(bounds, 0.0), 0.0
    for number, (what, value) in enumerate(events):
        now += steps[number % len(steps)]
        if what == "ended":
            control.ended(now, lambda value=value: int(value))
        elif what == "refused":
            control.refused(now, began=now, asked=value)
            assert now < control.paused_until <= now + MAX_ASKED_SECONDS
        else:
            control.away(value)
        assert bounds.low <= control.limit <= bounds.high
