"""The permits that actors share: never more than there are, in the order of asking, and those of the dead come back."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from gradlink.ray.permits import Permit, Permits

LEASE = 10.0


def test_they_are_given_in_the_order_of_asking_and_no_more_than_there_are() -> None:
    permits = Permits(2, LEASE, 0)
    assert permits.ask(("a", 0), 0) == [("a", 0)]
    assert permits.ask(("a", 1), 0) == [("a", 1)]
    assert permits.ask(("b", 0), 0) == permits.ask(("a", 2), 0) == []
    assert permits.is_asked(("b", 0))
    assert permits.give_back(("a", 0), 1) == [("b", 0)]
    assert permits.give_back(("a", 1), 1) == [("a", 2)]
    assert permits.given == 2
    assert not permits.is_asked(("b", 0))


def test_one_that_was_given_is_given_again_to_whoever_has_not_heard_it() -> None:
    permits = Permits(1, LEASE, 0)
    assert permits.ask(("a", 0), 0) == permits.ask(("a", 0), 1) == [("a", 0)]
    assert permits.given == 1


def test_what_is_given_back_twice_or_was_never_given_does_no_harm() -> None:
    permits = Permits(1, LEASE, 0)
    permits.ask(("a", 0), 0)
    assert permits.ask(("a", 1), 0) == []
    assert permits.give_back(("a", 1), 0) == []
    assert permits.give_back(("a", 0), 0) == permits.give_back(("a", 0), 0) == []
    assert permits.given == 0


def test_those_of_a_holder_that_is_not_heard_of_come_back_when_its_lease_has_ended() -> None:
    permits = Permits(1, LEASE, 0)
    permits.ask(("dead", 0), 0)
    assert permits.ask(("new", 0), 8) == []
    assert permits.seconds_to_look(8) == 2
    assert permits.look(9.9) == []
    assert permits.look(10) == [("new", 0)]


def test_those_of_a_holder_that_is_heard_of_do_not() -> None:
    permits = Permits(1, LEASE, 0)
    permits.ask(("a", 0), 0)
    permits.ask(("b", 0), 5)
    assert permits.renew("a", [0], 9) == []
    assert permits.look(12) == []
    assert permits.given == 1


def test_a_holder_that_leaves_gives_everything_back_and_asks_no_more() -> None:
    permits = Permits(1, LEASE, 0)
    permits.ask(("a", 0), 0)
    permits.ask(("a", 1), 0)
    permits.ask(("b", 0), 0)
    assert permits.leave("a", 1) == [("b", 0)]
    assert not permits.is_asked(("a", 1))
    assert not permits.deserted
    assert permits.leave("b", 1) == []
    assert permits.deserted


def test_after_a_crash_none_is_given_before_those_that_have_some_were_heard_of() -> None:
    permits = Permits(2, LEASE, 100, rebuilt=True)
    assert permits.ask(("a", 5), 100) == []
    assert permits.renew("b", [1, 2], 103) == []
    assert permits.seconds_to_look(103) == 7
    assert permits.renew("a", [], 105) == []
    assert permits.renew("b", [1, 2], 108) == []
    assert permits.look(110) == []
    assert permits.give_back(("b", 1), 111) == [("a", 5)]


def test_an_empty_gate_is_looked_at_after_a_lease() -> None:
    assert Permits(1, LEASE, 0).seconds_to_look(3) == LEASE


@given(
    st.integers(1, 4),
    st.lists(
        st.tuples(
            st.sampled_from(["ask", "back", "renew", "leave", "look"]),
            st.sampled_from("abc"),
            st.integers(0, 5),
        )
    ),
)
def test_there_are_never_more_than_there_are_while_holders_say_what_they_have(
    most: int, steps: list[tuple[str, str, int]]
) -> None:
    permits = Permits(most, LEASE, 0)
    held: set[Permit] = set()
    for now, (step, holder, number) in enumerate(steps):
        mine = [number for name, number in held if name == holder]
        match step:
            case "ask":
                given_now = permits.ask((holder, number), now)
            case "back":
                given_now = permits.give_back((holder, number), now)
                held.discard((holder, number))
            case "renew":
                given_now = permits.renew(holder, mine, now)
            case "leave":
                given_now = permits.leave(holder, now)
                held -= {(holder, number) for number in mine}
            case _:
                given_now = permits.look(now)
        held |= set(given_now)
        # Those whose leases have ended are no longer counted, and whoever had them is not heard of.
        assert permits.given <= most
        assert permits.given <= len(held)
