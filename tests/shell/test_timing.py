"""What an exchange has left, by a clock that is set by hand."""

from __future__ import annotations

from typing import Any

import pytest

from gradlink import ConnectTimeoutError, GradlinkError, JobTimeoutError
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.timing import FLOOR_BYTES_PER_SECOND, Account, Scope, TotalTime

ANSWER: dict[str, str] = {}


class Clock:
    """A clock that stands still unless it is moved."""

    def __init__(self) -> None:
        self.now = 1000.0

    def monotonic(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    clock = Clock()
    monkeypatch.setattr("gradlink._shell.timing.time", clock)
    return clock


def test_a_head_has_its_time_from_the_end_of_sending(clock: Clock) -> None:
    account = Account(None, head=10, body=10)
    assert account.before_write(30) == 30
    clock.now += 25
    assert account.before_write(30) == 30
    assert account.before_read(60) == 10
    clock.now += 4
    account.received += 1000  # an informational answer, however large
    assert account.before_read(60) == 6
    clock.now += 6
    with pytest.raises(NetworkError, match=r"^no answer within 10 s$"):
        account.before_read(60)


def test_a_shorter_limit_of_the_read_itself_counts() -> None:
    account = Account(None, head=10, body=10)
    assert account.before_read(2) == 2


def test_a_body_goes_on_as_long_as_enough_of_it_comes(clock: Clock) -> None:
    account = Account(None, head=10, body=10)
    account.before_read(None)
    account.answered(ANSWER)
    for _ in range(5):
        assert account.before_read(None) == 10
        clock.now += 9
        account.received += 10 * FLOOR_BYTES_PER_SECOND
    account.before_read(None)
    clock.now += 5
    account.received += 10 * FLOOR_BYTES_PER_SECOND - 1
    assert account.before_read(None) == 5
    clock.now += 5
    with pytest.raises(NetworkError, match=r"^less than 2560 bytes within 10 s$"):
        account.before_read(None)


def test_a_message_is_progress_however_small(clock: Clock) -> None:
    account = Account(None, head=10, body=10)
    account.answered(ANSWER)
    for _ in range(5):
        assert account.before_read(None) == 10
        clock.now += 9
        account.received += 3
        account.progress()


def test_a_function_may_take_as_long_as_it_likes(clock: Clock) -> None:
    account = Account(None, head=None, body=10)
    assert account.before_read(None) is None
    clock.now += 1e6
    assert account.before_read(None) is None
    account.answered(ANSWER)
    assert account.before_read(None) == 10


def test_a_released_exchange_has_no_limit(clock: Clock) -> None:
    account = Account(None, head=10, body=10)
    account.answered(ANSWER)
    account.release()
    account.before_read(None)
    clock.now += 1e6
    assert account.before_read(None) is None


def test_a_next_request_on_the_way_begins_anew(clock: Clock) -> None:
    """As that to a proxy before the one to the app."""
    account = Account(None, head=10, body=10)
    account.before_read(None)
    account.answered(ANSWER)
    clock.now += 8
    account.before_write(None)
    assert account.before_read(None) == 10


def test_the_procedure_has_a_limit_of_its_own(clock: Clock) -> None:
    account = Account(Scope("connect", 3), head=10, body=10)
    assert account.before_connecting(15) == 3
    clock.now += 1
    assert account.before_write(None) == 2
    assert account.before_read(60) == 2
    clock.now += 2
    for step, kind in [
        (account.before_connecting, "ConnectTimeout"),
        (account.before_write, "WriteTimeout"),
        (account.before_read, "ReadTimeout"),
    ]:
        with pytest.raises(NetworkError) as found:
            step(60)
        assert found.value.kind == kind


def test_what_runs_out_is_named(clock: Clock) -> None:
    connecting, call = Scope("connect", 3), Scope("total", 1, limit=5)
    for scope in (connecting, call):
        scope.check("http://x/")
    clock.now += 3
    with pytest.raises(
        ConnectTimeoutError,
        match=r"^http://x/ did not answer in time: the limit of 3 s for connecting ran out; ",
    ) as caught:
        connecting.check("http://x/")
    assert (caught.value.phase, caught.value.seconds, caught.value.transient) == ("connect", 3, False)
    with pytest.raises(
        JobTimeoutError, match=r"^the call's total limit of 5 s ran out while http://x/ was waited"
    ) as e:
        call.check("http://x/")
    assert (e.value.phase, e.value.seconds) == ("total", 5)


def test_pauses_before_repetitions_do_not_count_as_connecting(clock: Clock) -> None:
    connecting, call = Scope("connect", 3), Scope("total", 3)
    assert (connecting.allow(10), call.allow(10)) == (10, 3)
    clock.now += 10
    for scope in (connecting, call):
        scope.paused(10)
    assert (connecting.left(clock.now), call.left(clock.now)) == (3, -7)


def test_the_least_of_what_is_left_counts(clock: Clock) -> None:
    outer = Scope("total", 5)
    assert Scope("connect", 3, parent=outer).left(clock.now) == 3
    assert Scope("connect", 8, parent=outer).left(clock.now) == 5
    assert Scope("connect", None, parent=outer).left(clock.now) == 5
    assert Scope("connect", None).left(clock.now) is None


def test_what_is_under_way_is_stopped_with_its_procedure() -> None:
    stopped: list[str] = []
    outer = Scope()
    inner = Scope("connect", 100, parent=outer)
    account = Account(inner, head=None, body=None)
    account.stopper = lambda: stopped.append("the exchange")
    with account:
        assert outer.active
        outer.end()
    assert stopped == ["the exchange"]
    assert not outer.active
    assert outer.ran_out
    for scope in (outer, inner):
        with pytest.raises(GradlinkError, match=r"^the job has ended$"):
            scope.check()
    with pytest.raises(NetworkError, match="timed out"):
        account.before_read(60)


@pytest.mark.parametrize(("took", "later", "left"), [(2, 0, 3), (2, 1000, 3), (7, 0, 0)])
def test_files_have_what_the_job_has_left(clock: Clock, took: float, later: float, left: float) -> None:
    """However much later they are fetched."""
    total = TotalTime(5)
    total.begin()
    clock.now += took
    total.end()
    clock.now += later
    scope: Any = total.for_files()
    assert scope.left(clock.now) == left


def test_without_a_limit_nothing_bounds_the_files() -> None:
    total = TotalTime(None)
    total.begin()
    total.end()
    assert total.for_files() is None
