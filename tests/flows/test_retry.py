"""Doing something again after a pause."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import ConnectError, GradlinkError, TooManyRequestsError
from gradlink._flows.retry import pause_before, retrying
from gradlink._io import Flow
from gradlink._protocol.policy import Retries
from tests.flows.play import Play


class Trying:
    """Something that fails so often and then succeeds."""

    def __init__(self, *errors: GradlinkError) -> None:
        self.errors = list(errors)
        self.tries = 0

    def make(self) -> Flow[str]:
        self.tries += 1
        if self.errors:
            raise self.errors.pop(0)
        return "done"
        yield  # a flow


def busy(seconds: float | None) -> TooManyRequestsError:
    return TooManyRequestsError("busy", status=429, retry_after=seconds)


def test_what_succeeds_is_done_once() -> None:
    trying, play = Trying(), Play()
    assert play.run(retrying(Retries(), trying.make)) == "done"
    assert (trying.tries, play.asked) == (1, [])


def test_pauses_become_longer_up_to_a_bound() -> None:
    trying, play = Trying(*[ConnectError("no")] * 5), Play()
    retries = Retries(count=5, base_seconds=1, cap_seconds=5, budget_seconds=100)
    assert play.run(retrying(retries, trying.make)) == "done"
    assert play.pauses() == [(0.0, 1), (0.0, 2), (0.0, 4), (0.0, 5), (0.0, 5)]


def test_a_server_may_ask_for_longer() -> None:
    trying, play = Trying(busy(7), busy(0.5), busy(None)), Play()
    assert play.run(retrying(Retries(count=3, base_seconds=1), trying.make)) == "done"
    assert play.pauses() == [(7, 7), (0.5, 2), (0.0, 4)]


def test_a_server_that_asks_for_too_long_is_not_waited_for() -> None:
    trying = Trying(busy(31))
    with pytest.raises(TooManyRequestsError) as e:
        Play().run(retrying(Retries(), trying.make))
    assert (trying.tries, e.value.attempts) == (1, 1)


def test_all_pauses_together_have_a_bound() -> None:
    trying, play = Trying(busy(20), busy(20)), Play()
    with pytest.raises(TooManyRequestsError) as e:
        play.run(retrying(Retries(budget_seconds=30), trying.make))
    assert (play.pauses(), e.value.attempts) == ([(20, 20)], 2)


def test_the_last_pause_is_cut_to_what_is_left() -> None:
    trying, play = Trying(*[ConnectError("no")] * 3), Play()
    retries = Retries(count=3, base_seconds=4, cap_seconds=100, budget_seconds=10)
    assert play.run(retrying(retries, trying.make)) == "done"
    assert play.pauses() == [(0.0, 4), (0.0, 6), (0.0, 0.0)]


def test_what_may_not_be_done_again_is_not() -> None:
    trying = Trying(ConnectError("no"))
    with pytest.raises(ConnectError) as e:
        Play().run(retrying(Retries(), trying.make, lambda _: False))
    assert (trying.tries, e.value.attempts) == (1, 1)


def test_no_retries_are_none() -> None:
    trying = Trying(ConnectError("no"))
    with pytest.raises(ConnectError):
        Play().run(retrying(Retries(count=0), trying.make))
    assert trying.tries == 1


@given(count=st.integers(0, 6), failures=st.integers(0, 8))
def test_it_is_tried_once_more_than_it_may_be_repeated(count: int, failures: int) -> None:
    trying = Trying(*[ConnectError("no") for _ in range(failures)])
    retries = Retries(count=count, budget_seconds=1000)
    if failures <= count:
        assert Play().run(retrying(retries, trying.make)) == "done"
    else:
        with pytest.raises(ConnectError) as e:
            Play().run(retrying(retries, trying.make))
        assert e.value.attempts == count + 1
    assert trying.tries == min(failures, count) + 1


@pytest.mark.parametrize(("attempt", "longest"), [(0, 1), (1, 1), (2, 2), (3, 4), (4, 5)])
def test_a_pause_may_stand_alone(attempt: int, longest: float) -> None:
    play = Play()
    play.run(pause_before(Retries(base_seconds=1, cap_seconds=5), attempt))
    assert play.pauses() == [(0.0, longest)]
