"""One session's stream: who gets a message, and what is lost with it."""

from __future__ import annotations

import pytest

from gradlink._protocol.messages import CloseStream, HeartbeatMessage, Message, UnexpectedError
from gradlink._protocol.router import MAX_UNCLAIMED_JOBS, MAX_UNCLAIMED_MESSAGES
from tests.protocol.routers import ends, router, starts, value, waits, with_jobs

# Who gets what


def test_a_message_goes_to_the_job_of_its_event() -> None:
    session = with_jobs("a", "b")
    assert session.route(starts("A")) == ["a"]
    assert session.route(starts("B")) == ["b"]
    assert session.jobs == ["a", "b"]
    assert (session.fn_index_of("A"), session.fn_index_of("C")) == (3, None)


@pytest.mark.parametrize("message", [HeartbeatMessage(), CloseStream()])
def test_a_message_of_nobody_concerns_nobody(message: Message) -> None:
    session = with_jobs("a")
    assert session.route(message) == []
    assert not session.retired


def test_an_error_of_the_stream_concerns_everybody_and_burns_the_session() -> None:
    session = with_jobs("a", "b")
    assert session.route(UnexpectedError(None, "x", session_not_found=False)) == ["a", "b"]
    assert session.retired


def test_an_error_of_the_stream_of_an_idle_session_burns_nothing() -> None:
    session = router()
    assert session.route(UnexpectedError(None, "x", session_not_found=False)) == []
    assert not session.retired


def test_messages_that_overtake_the_answer_to_their_join_are_delivered_after_it() -> None:
    session = router()
    session.join_started("a", 3)
    session.join_started("b", 3)
    assert [session.route(message) for message in (waits("A"), waits("B"), ends("A"))] == [[], [], []]
    assert session.register("a", "A") == [waits("A"), ends("A")]
    assert session.register("b", "B") == [waits("B")]


def test_messages_of_strangers_are_forgotten_when_no_join_is_on_its_way() -> None:
    session = router()
    session.join_started("a", 3)
    session.route(waits("stranger"))
    session.register("a", "A")
    session.join_started("b", 3)
    assert session.register("b", "stranger") == []


def test_messages_of_strangers_are_not_kept_without_a_join() -> None:
    session = with_jobs("a")
    session.route(waits("stranger"))
    session.join_started("b", 3)
    assert session.register("b", "stranger") == []


def test_a_refused_join_forgets_the_strangers() -> None:
    session = router()
    session.join_started("a", 3)
    session.route(waits("stranger"))
    session.join_failed("a")
    assert session.idle
    session.join_started("b", 3)
    assert session.register("b", "stranger") == []


def test_a_join_that_failed_twice_is_no_harm() -> None:
    session = router()
    session.join_started("a", 3)
    session.join_failed("a")
    session.join_failed("a")
    assert session.idle


def test_strangers_do_not_pile_up() -> None:
    session = router()
    session.join_started("a", 3)
    for number in range(MAX_UNCLAIMED_JOBS + 1):
        session.route(waits(f"stranger {number}"))
    session.join_started("b", 3)
    assert session.register("a", "stranger 0") == []  # the oldest one had to go
    assert session.register("b", "stranger 1") == [waits("stranger 1")]


def test_the_end_of_a_stranger_is_kept_however_many_messages_there_are() -> None:
    session = router()
    session.join_started("a", 3)
    for number in range(MAX_UNCLAIMED_MESSAGES + 5):
        session.route(value("A", number))
    session.route(ends("A"))
    messages = session.register("a", "A")
    assert len(messages) == MAX_UNCLAIMED_MESSAGES + 1
    assert messages[-1] == ends("A")


def test_a_burst_that_overtakes_the_answer_to_its_join_is_kept_whole() -> None:
    # With edits missing, the values after them would be wrong ones.
    session = router()
    session.join_started("a", 3)
    burst = [value("A", number) for number in range(10_000)]
    for message in burst:
        session.route(message)
    assert session.register("a", "A") == burst


def test_places_of_strangers_that_were_delivered_are_free_again() -> None:
    session = router()
    session.join_started("a", 3)
    session.join_started("b", 3)
    for number in range(MAX_UNCLAIMED_MESSAGES):
        session.route(value("A", number))
    session.register("a", "A")
    session.route(value("B", 0))
    assert session.register("b", "B") == [value("B", 0)]


# When the stream is wanted


def test_a_stream_is_wanted_when_the_server_knows_the_session() -> None:
    session = router()
    assert not session.start_reading()
    session.join_started("a", 3)
    assert not session.wants_stream  # the server would not know the session
    assert not session.start_reading()
    session.register("a", "A")
    assert session.registered
    assert session.start_reading()
    assert not session.start_reading()  # one reader is enough
    session.ended("A")
    session.reading = False
    assert not session.wants_stream
    session.join_started("b", 3)
    assert session.start_reading()  # in advance, while the join is on its way


def test_a_clean_end_loses_nobody() -> None:
    session = with_jobs("a")
    session.stream_opened()
    assert session.stream_closed(clean=True) == []
    assert (session.jobs, session.retired, session.wants_stream) == (["a"], False, True)


def test_a_job_on_its_way_when_the_stream_ends_has_the_next_one_at_once() -> None:
    session = router()
    session.registered = True
    session.join_started("a", 3)
    session.stream_closed(clean=True)
    assert session.wants_another(carried=True)
    assert not session.wants_another(carried=False)  # it would be asked for again and again
    session.registered = False
    assert not session.wants_another(carried=True)


def test_a_job_whose_end_came_before_its_join_was_answered_needs_no_other_stream() -> None:
    session = router()
    session.registered = True
    session.join_started("a", 3)
    session.route(ends("A"))
    session.stream_closed(clean=True)
    assert not session.wants_another(carried=True)
    session.join_started("b", 3)
    assert session.wants_another(carried=True)


def test_after_a_break_a_job_on_its_way_waits_for_its_answer() -> None:
    session = with_jobs("a")
    session.join_started("b", 3)
    session.stream_closed(clean=False)
    assert not session.wants_another(carried=True)


def test_a_break_loses_everybody_and_burns_the_session() -> None:
    session = with_jobs("a", "b")
    session.join_started("c", 3)
    session.stream_opened()
    assert session.stream_closed(clean=False) == ["a", "b"]
    assert (session.jobs, session.retired) == (["c"], True)
    assert session.stream_closed(clean=False) == []


def test_a_break_with_nobody_on_board_burns_nothing() -> None:
    session = router()
    assert session.stream_closed(clean=False) == []
    assert not session.retired


def test_a_stream_that_came_too_early_loses_only_those_before_it() -> None:
    session = with_jobs("a")
    session.stream_opened()
    session.join_started("b", 3)
    session.register("b", "B")
    assert session.stream_closed(clean=False, session_not_found=True) == ["a"]
    assert session.jobs == ["b"]
    assert not session.registered
    assert session.wants_stream


def test_a_stream_that_came_too_early_for_all_loses_nobody() -> None:
    session = router()
    session.registered = True
    session.stream_opened()
    session.join_started("a", 3)
    session.register("a", "A")
    assert session.stream_closed(clean=False, session_not_found=True) == []
    assert not session.retired


def test_a_stream_that_nobody_waits_for_is_left_at_a_heartbeat() -> None:
    session = router()
    session.registered = True
    session.join_started("a", 3)
    assert session.start_reading()
    session.stream_opened()
    assert session.heard_heartbeat()
    session.join_failed("a")
    assert not session.heard_heartbeat()
    assert session.stream_closed(clean=True) == []
    assert (session.retired, session.registered, session.has_pending) == (False, False, False)


def test_a_heartbeat_while_a_job_is_pending_changes_nothing() -> None:
    session = with_jobs("a")
    assert session.heard_heartbeat()
    assert (session.registered, session.jobs) == (True, ["a"])


def test_the_start_of_a_job_that_is_not_known_changes_nothing() -> None:
    session = with_jobs("a")
    session.started("B")
    assert session.route(ends("A")) == ["a"]
