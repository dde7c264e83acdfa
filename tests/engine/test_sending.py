"""Jobs on their way: those that have ended meanwhile, that are sent again, or that nobody waits for."""

from __future__ import annotations

import pytest

from gradlink import ClientClosedError, JobCancelledError, StreamLostError, TransportError
from gradlink._engine.effects import Effect, Join, LeaveStream, Notify, Resend, SendCancel
from gradlink._engine.engine import Engine
from gradlink._engine.state import JobState
from gradlink._protocol.cancelling import CancelPlan
from gradlink._protocol.job import Succeeded
from gradlink._protocol.messages import HeartbeatMessage, Unreadable
from gradlink._protocol.policy import Timeout
from gradlink.errors import ProtocolError
from tests.engine.engines import (
    STARTED_AT,
    Session,
    accepted,
    completed,
    engine,
    error_of,
    job,
    said,
    schema,
    starts,
)


def placed(made: Engine[JobState], sent: JobState) -> Session:
    return next(effect.session for effect in made.submit(sent) if isinstance(effect, Join))


def cancels(effects: list[Effect[JobState]]) -> list[SendCancel[JobState]]:
    return [effect for effect in effects if isinstance(effect, SendCancel)]


def lost(made: Engine[JobState], sent: JobState) -> None:
    """Lose a job that may be sent again."""
    sent.resubmit = True
    session = accepted(made, sent, "E1")
    assert Resend(sent) in made.stream_ended(session, StreamLostError("broken"), carried=False)


def test_a_job_that_is_cancelled_before_it_is_submitted_is_not_sent() -> None:
    made, sent = engine(), job()
    made.cancel(sent)
    assert made.submit(sent) == []


def test_a_closed_client_takes_no_job() -> None:
    made = engine()
    made.close()
    with pytest.raises(ClientClosedError):
        made.submit(job())


def test_a_lost_job_ends_if_it_is_cancelled_before_it_is_sent_again() -> None:
    made, sent = engine(), job()
    lost(made, sent)
    made.cancel(sent)
    assert made.resubmit(sent) == []
    assert isinstance(error_of(sent), JobCancelledError)


def test_a_lost_job_ends_with_the_error_that_keeps_it_from_being_sent_again() -> None:
    made, sent = engine(), job()
    lost(made, sent)
    error = TransportError("too late", execution="not started")
    assert made.resubmit(sent, error) == [Notify(sent)]
    assert error_of(sent) is error
    # Where it was sent first it may have run.
    assert error.execution == "unknown"


def test_a_job_that_its_caller_sends_leaves_an_error_to_the_caller() -> None:
    made, sent = engine(), job()
    session = placed(made, sent)
    assert made.join_failed(sent, session) == [Notify(sent)]
    assert not sent.ended
    assert session.idle


def test_a_job_that_was_accepted_cannot_be_given_up_any_more() -> None:
    made, sent = engine(), job()
    sent.sent_by_caller = True
    accepted(made, sent, "E1")
    assert made.give_up(sent) == []
    assert not sent.ended


def test_a_refused_join_of_a_closed_client_lets_nobody_in() -> None:
    made, first, second = engine(max_jobs=1), job(0), job(1)
    session = placed(made, first)
    assert made.submit(second) == []
    made.close()
    assert made.join_failed(first, session) == [Notify(first)]


def test_a_join_that_is_late_is_waited_for_and_then_cancelled() -> None:
    made, sent = engine(), job(timeout=Timeout(queue=1))
    session = placed(made, sent)
    made.joining(sent, session)
    made.cancel(sent)
    assert made.cancelling == [sent]
    [dequeue] = cancels(made.joined(sent, session, "E1", STARTED_AT))
    assert made.cancelling == [sent]
    # It may have begun before it was taken out of the queue.
    [stop] = cancels(made.cancel_answered(dequeue))
    assert (dequeue.plan, stop.plan) == (CancelPlan.DEQUEUE, CancelPlan.STOP)
    assert made.cancelling == [sent]
    made.cancel_answered(stop)
    assert made.cancelling == []


def test_messages_that_overtake_the_answer_to_the_join_are_taken_with_it() -> None:
    made, sent = engine(), job()
    session = placed(made, sent)
    made.joining(sent, session)
    assert made.received(session, [starts("E1")]) == []
    assert made.received(session, [completed("E1")]) == []
    made.joined(sent, session, "E1", STARTED_AT)
    assert sent.tracker.outcome == Succeeded(["x"], is_output=True)
    assert session.idle


def test_nobody_waits_for_a_cancel_of_a_job_that_has_ended_by_itself() -> None:
    # It cannot be taken out of this server's queue, so its start is waited for.
    made, sent = engine(schema("5.40.0")), job()
    session = accepted(made, sent, "E1")
    made.cancel(sent)
    assert made.cancelling == [sent]
    assert Notify(sent) in made.received(session, [completed("E1")])
    assert made.cancelling == []
    assert not sent.cancelling


def test_a_job_of_which_a_message_cannot_be_read_is_stopped() -> None:
    made, sent = engine(), job()
    session = accepted(made, sent, "E1")
    garbled = Unreadable("E1", ProtocolError("garbled"), is_end=False)
    [cancel] = cancels(made.received(session, [garbled]))
    assert cancel.event_id == "E1"
    assert isinstance(error_of(sent), ProtocolError)


def test_nothing_is_to_be_stopped_if_that_message_was_the_last() -> None:
    made, sent = engine(), job()
    session = accepted(made, sent, "E1")
    garbled = Unreadable("E1", ProtocolError("garbled"), is_end=True)
    assert made.received(session, [garbled]) == [Notify(sent)]
    assert session.idle


def test_a_stream_without_jobs_is_left_at_its_next_heartbeat() -> None:
    made, sent = engine(), job()
    session = accepted(made, sent, "E1")
    assert made.received(session, [HeartbeatMessage()]) == []
    made.received(session, [completed("E1")])
    assert made.received(session, [HeartbeatMessage()]) == [LeaveStream(session)]


def test_an_error_of_the_stream_itself_loses_all_jobs_on_it() -> None:
    made, first, second = engine(), job(0), job(1)
    session = accepted(made, first, "E1")
    assert accepted(made, second, "E2") is session
    broken = said("unexpected_error", message="the queue broke")
    # The server has dropped them, so that nothing is left to be cancelled.
    assert made.received(session, [broken]) == [Notify(first), Notify(second)]
    assert isinstance(error_of(first), StreamLostError)
    assert error_of(first) is not error_of(second)
