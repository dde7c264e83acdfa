"""Which copy a call goes to: a model of servers with known speeds, and every order of what can happen."""

from __future__ import annotations

import heapq
import itertools
from dataclasses import dataclass, field
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule

from gradlink.errors import (
    AppError,
    ConnectError,
    EndpointError,
    GradlinkError,
    NoCopyError,
    QueueError,
    RedirectError,
    RequestRejectedError,
    StreamLostError,
    TooManyRequestsError,
    ValidationError,
)
from gradlink.pooling.copy import AHEAD, Copy
from gradlink.pooling.dispatching import (
    DOWN_SECONDS,
    Call,
    Dispatcher,
    Effect,
    LookAgain,
    Probe,
    Refuse,
    Send,
    blames_copy,
    moves,
)
from tests.unit import examples


def gone() -> ConnectError:
    return ConnectError("refused", execution="not started")


def sends(effects: list[Effect[Call]]) -> list[tuple[Call, int]]:
    return [(effect.call, effect.copy.number) for effect in effects if isinstance(effect, Send)]


def probes(effects: list[Effect[Call]]) -> list[Copy]:
    return [effect.copy for effect in effects if isinstance(effect, Probe)]


def looks(effects: list[Effect[Call]]) -> list[float]:
    return [effect.seconds for effect in effects if isinstance(effect, LookAgain)]


# One by one


def test_calls_spread_over_copies_that_are_not_known_yet() -> None:
    pool: Dispatcher[Call] = Dispatcher(3, 40)
    assert [sends(pool.submit(Call(), 0))[0][1] for _ in range(6)] == [0, 1, 2, 0, 1, 2]


def test_a_copy_that_is_not_known_gets_a_few() -> None:
    pool: Dispatcher[Call] = Dispatcher(1, 40)
    assert [len(sends(pool.submit(Call(), 0))) for _ in range(AHEAD + 1)] == [1] * AHEAD + [0]


def test_a_call_that_runs_makes_room_for_one_more() -> None:
    pool: Dispatcher[Call] = Dispatcher(1, 40)
    calls = [Call() for _ in range(AHEAD + 1)]
    for call in calls:
        pool.submit(call, 0)
    assert sends(pool.started(calls[0], 1)) == [(calls[-1], 0)]
    assert pool.started(calls[0], 1) == []


def test_a_call_past_the_queue_waits_nowhere() -> None:
    pool: Dispatcher[Call] = Dispatcher(1, 6)
    calls = [Call(direct=True) for _ in range(7)]
    assert [len(sends(pool.submit(call, 0))) for call in calls] == [1] * 6 + [0]
    assert sends(pool.ended(calls[0], None, 1)[1]) == [(calls[6], 0)]
    assert pool.copies[0].unstarted == 0


def test_no_copy_gets_more_than_it_may_have() -> None:
    pool: Dispatcher[Call] = Dispatcher(1, 2)
    assert [len(sends(pool.submit(Call(), 0))) for _ in range(3)] == [1, 1, 0]


def test_a_call_goes_where_it_ends_first() -> None:
    pool: Dispatcher[Call] = Dispatcher(2, 40)
    slow, fast = Call(), Call()
    pool.submit(slow, 0)
    pool.submit(fast, 0)
    pool.ended(fast, None, 0.1)
    pool.ended(slow, None, 1.0)
    sent = [sends(pool.submit(Call(), 1.0)) for _ in range(6)]
    # As many as it does in half a second; the sixth waits for it rather than go to the slow one.
    assert [[number for _, number in each] for each in sent] == [[1]] * 5 + [[]]


def test_what_others_have_put_into_its_queue_counts() -> None:
    pool: Dispatcher[Call] = Dispatcher(2, 40)
    first, second = Call(), Call()
    pool.submit(first, 0)
    pool.submit(second, 0)
    pool.ended(second, None, 1.0)
    pool.told(first, 7, 8, None, 1.0)
    assert sends(pool.submit(Call(), 1.0))[0][1] == 1
    pool.ended(first, None, 1.0)
    assert [sends(pool.submit(Call(), 1.1))[0][1] for _ in range(3)] == [1, 1, 1]
    # What it has told then is not true for ever.
    assert sends(pool.submit(Call(), 30.0))[0][1] == 0


def test_the_estimate_of_the_server_counts_until_there_is_a_better_one() -> None:
    pool: Dispatcher[Call] = Dispatcher(2, 40)
    first, second = Call(), Call()
    pool.submit(first, 0)
    pool.submit(second, 0)
    pool.told(first, 3, 4, 8.0, 0)
    assert pool.copies[0].pace == 2.0
    pool.told(first, 3, 4, 80.0, 0)
    assert pool.copies[0].pace == 2.0


def test_a_call_without_effect_goes_to_another_copy() -> None:
    pool: Dispatcher[Call] = Dispatcher(2, 40)
    call = Call()
    pool.submit(call, 0)
    again, effects = pool.ended(call, gone(), 0.1)
    assert again
    assert sends(effects) == [(call, 1)]


def test_what_may_have_run_does_not() -> None:
    pool: Dispatcher[Call] = Dispatcher(2, 40)
    call, wanted = Call(), Call(resubmit=True)
    lost = StreamLostError("broke", execution="unknown")
    pool.submit(call, 0)
    pool.submit(wanted, 0)
    assert pool.ended(call, lost, 0.1)[0] is False
    assert pool.ended(wanted, lost, 0.1)[0] is True


def test_a_copy_that_fails_is_left_alone_and_asked_again() -> None:
    pool: Dispatcher[Call] = Dispatcher(1, 40)
    call = Call()
    pool.submit(call, 0)
    _, effects = pool.ended(call, gone(), 0)
    assert sends(effects) == []
    assert looks(effects) == [1.0]
    assert probes(pool.look(0.5)) == []
    assert probes(pool.look(1.0)) == [pool.copies[0]]
    assert probes(pool.look(1.1)) == []  # it has not answered yet
    assert probes(pool.probed(pool.copies[0], gone(), 1.2)) == []
    assert probes(pool.look(3.1)) == []
    assert probes(pool.look(3.3)) == [pool.copies[0]]  # twice as long
    assert sends(pool.probed(pool.copies[0], None, 3.4)) == [(call, 0)]


def test_a_copy_that_is_there_again_gets_one_call_first() -> None:
    pool: Dispatcher[Call] = Dispatcher(1, 40)
    first, second = Call(), Call()
    pool.submit(first, 0)
    pool.ended(first, gone(), 0)
    pool.submit(second, 1.0)
    assert sends(pool.probed(pool.copies[0], None, 1.0)) == [(first, 0)]
    assert sends(pool.ended(first, None, 1.1)[1]) == [(second, 0)]
    assert pool.copies[0].failures == 0


def test_a_copy_is_asked_once_at_a_time() -> None:
    pool: Dispatcher[Call] = Dispatcher(1, 40)
    copy, calls = pool.copies[0], [Call() for _ in range(4)]
    for call in calls[:3]:
        pool.submit(call, 0)
    pool.ended(calls[0], gone(), 0)
    assert probes(pool.look(1.0)) == [copy]
    # A call that was sent before comes through, and one that is sent then fails, before the answer is there.
    [(again, _)] = sends(pool.ended(calls[1], None, 1.1)[1])
    pool.ended(again, gone(), 1.2)
    assert probes(pool.look(10.0)) == []
    pool.ended(calls[2], None, 10.0)
    pool.probed(copy, None, 10.1)
    assert not copy.on_trial


def test_many_calls_that_fail_together_are_one_failure() -> None:
    pool: Dispatcher[Call] = Dispatcher(1, 40)
    calls = [Call() for _ in range(AHEAD)]
    for call in calls:
        pool.submit(call, 0)
    for call in calls:
        pool.ended(call, gone(), 0.1)
    assert pool.copies[0].failures == 1


def test_a_full_queue_is_tried_again_soon_and_a_rate_limit_as_it_asks() -> None:
    pool: Dispatcher[Call] = Dispatcher(1, 40)
    call, copy = Call(), pool.copies[0]
    pool.submit(call, 0)
    copy.failures = 20
    pool.ended(call, QueueError("full", execution="not started"), 0)
    assert copy.retry_at == 5.0
    pool.probed(copy, TooManyRequestsError("429", retry_after=70.0), 0)
    assert copy.retry_at == 70.0
    pool.probed(copy, ConnectError("refused"), 0)
    assert copy.retry_at == 60.0


def test_calls_end_when_no_copy_can_be_used_for_a_while() -> None:
    pool: Dispatcher[Call] = Dispatcher(2, 40, lambda number: f"http://copy{number}/")
    call = Call()
    pool.submit(call, 0)
    for _ in range(2):
        pool.ended(call, gone(), 0)
    for at in (1.0, 3.0, 7.0, 15.0):
        for copy in probes(pool.look(at)):
            pool.probed(copy, gone(), at)
    [refuse] = [effect for effect in pool.look(DOWN_SECONDS) if isinstance(effect, Refuse)]
    assert refuse.call is call
    assert isinstance(refuse.error, NoCopyError)
    assert refuse.error.execution == "not started"
    assert "http://copy0/, http://copy1/" in str(refuse.error)
    assert isinstance(refuse.error.__cause__, ConnectError)


def test_a_call_is_not_tried_for_ever() -> None:
    pool: Dispatcher[Call] = Dispatcher(1, 40)
    call, at = Call(), 0.0
    pool.submit(call, at)
    for _ in range(3):
        assert pool.ended(call, gone(), at)[0] is True
        at += 10
        pool.look(at)
        pool.probed(pool.copies[0], None, at)
    assert pool.ended(call, gone(), at)[0] is False


def test_a_copy_that_is_excluded_is_never_used() -> None:
    pool: Dispatcher[Call] = Dispatcher(2, 40)
    pool.exclude(pool.copies[0], EndpointError("another API"), 0)
    assert [sends(pool.submit(Call(), 0))[0][1] for _ in range(3)] == [1, 1, 1]
    effects = [*pool.exclude(pool.copies[1], EndpointError("another API"), 0), *pool.submit(Call(), 0)]
    assert [type(effect) for effect in effects] == [Refuse]


def test_a_copy_that_hangs_loses_its_calls_to_others_in_time() -> None:
    pool: Dispatcher[Call] = Dispatcher(2, 1)
    first, second, third = Call(), Call(), Call()
    pool.submit(first, 0)
    pool.submit(second, 0)
    pool.ended(first, None, 0.1)
    pool.ended(second, None, 10.0)
    pool.submit(first, 10.0)
    [again] = looks(pool.submit(third, 10.0))
    at = 10.0
    while not (sent := sends(pool.look(at := at + again))):
        [again] = looks(pool.look(at)) or [again]
    assert sent == [(third, 1)]
    assert at < 60


def test_a_call_that_waits_can_be_withdrawn() -> None:
    pool: Dispatcher[Call] = Dispatcher(1, 1)
    first, second, third = Call(), Call(), Call()
    for call in (first, second, third):
        pool.submit(call, 0)
    assert (pool.withdraw(first), pool.withdraw(second), pool.withdraw(second)) == (False, True, False)
    assert pool.close() == [third]
    assert pool.close() == []


def test_nothing_is_told_of_a_call_that_was_not_sent() -> None:
    pool: Dispatcher[Call] = Dispatcher(1, 1)
    pool.told(Call(), 1, 1, 1.0, 0)
    assert pool.started(Call(), 0) == []


@pytest.mark.parametrize(
    ("error", "blamed"),
    [
        (ConnectError("refused", execution="not started"), True),
        (QueueError("full", execution="not started"), True),
        (EndpointError("gone with a restart", execution="not started"), True),
        (RedirectError("elsewhere", execution="not started"), False),
        (RequestRejectedError("400", execution="not started"), False),
        (ValidationError("no", execution="not started"), False),
        (AppError("raised", execution="failed"), False),
    ],
)
def test_what_is_the_fault_of_a_copy(error: GradlinkError, blamed: bool) -> None:
    assert blames_copy(error) is blamed
    assert moves(error, resubmit=False) is blamed


# A model of servers


@dataclass
class Servers:
    """Servers that run one call after the other, each in its number of seconds; ``None`` refuses all."""

    seconds: list[float | None]
    pool: Dispatcher[Call]
    now: float = 0.0
    done: list[int] = field(default_factory=list[int])
    _free: list[float] = field(default_factory=list[float])
    _due: list[tuple[float, int, Any]] = field(default_factory=list[tuple[float, int, Any]])
    _numbers: Any = field(default_factory=itertools.count)

    def __post_init__(self) -> None:
        self._free = [0.0] * len(self.seconds)

    def take(self, effects: list[Effect[Call]]) -> None:
        for effect in effects:
            match effect:
                case Send(call=call, copy=copy):
                    took = self.seconds[copy.number]
                    start = max(self._free[copy.number], self.now)
                    if took is None:
                        self._at(self.now + 0.001, (call, copy.number, gone()))
                        continue
                    self._free[copy.number] = start + took
                    self._at(start, (call, None, None))
                    self._at(start + took, (call, copy.number, None))
                case LookAgain(seconds=seconds):
                    self._at(self.now + seconds, None)
                case Probe(copy=copy):
                    self._at(self.now + 0.001, copy)
                case Refuse():
                    raise AssertionError(effect)

    def run(self, until: int) -> None:
        """Let time pass until so many calls are done."""
        while len(self.done) < until:
            self.now, _, what = heapq.heappop(self._due)
            match what:
                case None:
                    self.take(self.pool.look(self.now))
                case Copy():
                    refusal = gone() if self.seconds[what.number] is None else None
                    self.take(self.pool.probed(what, refusal, self.now))
                case (call, None, None):
                    self.take(self.pool.started(call, self.now))
                case (call, number, error):
                    if error is None and self.seconds[number] is None:
                        error = StreamLostError("killed", execution="unknown")
                    again, effects = self.pool.ended(call, error, self.now)
                    if not again:
                        assert error is None
                        self.done.append(number)
                    self.take(effects)
                case _:
                    raise AssertionError(what)

    def _at(self, when: float, what: Any) -> None:
        heapq.heappush(self._due, (when, next(self._numbers), what))


def rate(seconds: list[float | None]) -> float:
    return sum(1 / each for each in seconds if each is not None)


@settings(max_examples=examples(30))
@given(st.lists(st.floats(0.005, 0.5), min_size=2, max_size=5))
def test_many_calls_take_little_longer_than_with_the_best_split(seconds: list[float]) -> None:
    servers = Servers(list(seconds), Dispatcher(len(seconds), 40))
    for _ in range(400):
        servers.take(servers.pool.submit(Call(), 0.0))
    servers.run(400)
    # Beside the split itself: what a copy was given before it was known, and the last call of the slowest.
    assert servers.now <= 400 / rate(list(seconds)) * 1.1 + (AHEAD + 1) * max(seconds)


def test_one_copy_dies_and_one_becomes_slow_in_the_middle() -> None:
    before: list[float | None] = [0.02, 0.02, 0.02]
    after: list[float | None] = [0.02, None, 0.1]
    servers = Servers(list(before), Dispatcher(3, 40))
    for _ in range(2000):
        servers.take(servers.pool.submit(Call(resubmit=True), 0.0))
    servers.run(1000)
    middle = servers.now
    servers.seconds[:] = after
    servers.run(2000)
    assert middle <= 1000 / rate(before) * 1.05
    assert servers.now - middle <= 1000 / rate(after) * 1.1


# Any order


class Orders(RuleBasedStateMachine):
    """Whatever happens, in any order: the counts are right, no call is forgotten, none is with two copies."""

    def __init__(self) -> None:
        super().__init__()
        self.pool: Dispatcher[Call] = Dispatcher(3, 5)
        self.now = 0.0
        self.waiting: list[Call] = []
        self.out: list[Call] = []
        self.asked: list[Copy] = []
        self.look_at: float | None = None

    def take(self, effects: list[Effect[Call]]) -> None:
        for effect in effects:
            match effect:
                case Send(call=call):
                    self.waiting.remove(call)
                    self.out.append(call)
                case Refuse(call=call):
                    self.waiting.remove(call)
                case Probe(copy=copy):
                    assert copy not in self.asked
                    self.asked.append(copy)
                case LookAgain(seconds=seconds):
                    assert seconds > 0
                    self.look_at = self.now + seconds

    @rule(resubmit=st.booleans())
    def submit(self, *, resubmit: bool) -> None:
        call = Call(resubmit)
        self.waiting.append(call)
        self.take(self.pool.submit(call, self.now))

    @precondition(lambda self: self.out)
    @rule(data=st.data())
    def start(self, data: st.DataObject) -> None:
        self.take(self.pool.started(data.draw(st.sampled_from(self.out)), self.now))

    @precondition(lambda self: self.out)
    @rule(data=st.data(), kind=st.sampled_from(["ok", "gone", "lost", "app"]))
    def end(self, data: st.DataObject, kind: str) -> None:
        call = data.draw(st.sampled_from(self.out))
        errors: dict[str, GradlinkError] = {
            "gone": gone(),
            "lost": StreamLostError("broke", execution="unknown"),
            "app": AppError("raised", execution="failed"),
        }
        self.out.remove(call)
        again, effects = self.pool.ended(call, errors.get(kind), self.now)
        if again:
            self.waiting.append(call)
        self.take(effects)

    @precondition(lambda self: self.asked)
    @rule(ok=st.booleans())
    def answer(self, *, ok: bool) -> None:
        copy = self.asked.pop()
        self.take(self.pool.probed(copy, None if ok else gone(), self.now))

    @precondition(lambda self: self.waiting)
    @rule(data=st.data())
    def withdraw(self, data: st.DataObject) -> None:
        call = data.draw(st.sampled_from(self.waiting))
        assert self.pool.withdraw(call)
        self.waiting.remove(call)

    @rule(seconds=st.floats(0.001, 40))
    def wait(self, seconds: float) -> None:
        end = self.now + seconds
        while self.look_at is not None and self.look_at <= end:
            self.now, self.look_at = self.look_at, None
            self.take(self.pool.look(self.now))
        self.now = max(self.now, end)

    @invariant()
    def counts_are_right(self) -> None:
        for copy in self.pool.copies:
            mine = [call for call in self.out if call.copy is copy]
            assert copy.outstanding == len(mine) <= 5
            assert copy.unstarted == sum(not call.started for call in mine)

    @invariant()
    def nobody_waits_for_nothing(self) -> None:
        """If a call waits, something will happen: an end, an answer, or a look."""
        assert not self.waiting or self.out or self.asked or self.look_at is not None


TestOrders = Orders.TestCase
TestOrders.settings = settings(max_examples=examples(40), stateful_step_count=40)
