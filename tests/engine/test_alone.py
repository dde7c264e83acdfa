"""Jobs with a connection of their own, as all have before Gradio 4.9."""

from __future__ import annotations

import pytest

from gradlink import ClientClosedError, StreamLostError, TransportError
from gradlink._engine.effects import Notify, ResetAlone, RunAlone, SetLimit, StopAlone
from gradlink._engine.engine import Engine
from gradlink._engine.state import JobState
from gradlink._protocol.job import Succeeded
from gradlink._protocol.policy import Timeout
from tests.engine.engines import completed, engine, error_of, job, schema, starts


def gradio_3() -> Engine[JobState]:
    return engine(schema("3.50.2", "ws"))


def gradio_4_0() -> Engine[JobState]:
    return engine(schema("4.8.0", "sse"))


def running(made: Engine[JobState], sent: JobState) -> str | None:
    """Let a job begin on its own connection; return its session."""
    assert RunAlone(sent) in made.submit(sent)
    session_hash = made.begin_alone(sent)
    assert made.joining_alone(sent)[0]
    return session_hash


def test_its_messages_come_on_its_own_connection() -> None:
    made, sent = gradio_3(), job(timeout=Timeout(queue=5, run=7))
    made.submit(sent)
    assert made.begin_alone(sent) == "S1"
    assert made.joining_alone(sent) == (True, [SetLimit(sent, "queue", 1, 5)])
    assert made.received_alone(sent, starts()) == [Notify(sent), SetLimit(sent, "run", 2, 7)]
    assert made.received_alone(sent, completed()) == [Notify(sent)]
    assert sent.tracker.outcome == Succeeded(["x"], is_output=True)
    made.left_alone(sent, None, lost=False)
    assert isinstance(sent.tracker.outcome, Succeeded)


def test_two_of_one_function_are_in_two_sessions() -> None:
    made = gradio_3()
    assert running(made, job(0)) == "S1"
    assert running(made, job(0)) == "S2"
    assert running(made, job(1)) == "S1"


def test_those_with_state_stay_in_the_own_session() -> None:
    made = gradio_3()
    assert running(made, job(stateful=True)) == "S1"
    assert running(made, job(stateful=True)) == "S1"


def test_the_session_is_free_for_the_function_when_its_job_has_ended() -> None:
    made, first = gradio_3(), job()
    running(made, first)
    made.left_alone(first, None, lost=False)
    assert running(made, job()) == "S1"


def test_one_that_is_cancelled_before_it_has_a_connection_makes_none() -> None:
    made, sent = gradio_3(), job()
    made.submit(sent)
    made.cancel(sent)
    assert made.begin_alone(sent) is None


def test_one_that_is_cancelled_while_its_files_are_sent_makes_none() -> None:
    made, sent = gradio_3(), job()
    made.submit(sent)
    made.begin_alone(sent)
    assert made.cancel(sent) == [Notify(sent), StopAlone(sent)]
    assert made.joining_alone(sent) == (False, [])
    assert error_of(sent).execution == "not started"


@pytest.mark.parametrize(
    ("lost", "execution"), [(False, "not started"), (True, "unknown")], ids=["refused", "broken"]
)
def test_a_connection_that_ends_too_early_ends_its_job(lost: bool, execution: str) -> None:
    made, sent = gradio_3(), job()
    running(made, sent)
    error = StreamLostError("broken") if lost else TransportError("refused", execution="not started")
    assert made.left_alone(sent, error, lost=lost) == [Notify(sent)]
    assert error_of(sent) is error
    assert error.execution == execution


def test_from_4_0_to_4_8_the_server_names_the_job_and_resets_it() -> None:
    made, sent = gradio_4_0(), job()
    running(made, sent)
    assert made.joined_alone(sent, "E1") == [Notify(sent)]
    reset = ResetAlone(sent, "E1")
    assert made.cancel(sent) == [Notify(sent), reset]
    assert sent.cancelling
    assert made.reset_ended(reset) == [StopAlone(sent), Notify(sent)]
    assert not sent.cancelling


def test_one_that_has_no_name_yet_cannot_be_reset() -> None:
    made, sent = gradio_4_0(), job()
    running(made, sent)
    assert made.cancel(sent) == [Notify(sent), StopAlone(sent)]


def test_the_end_of_the_client_closes_its_connection() -> None:
    made, sent = gradio_4_0(), job()
    running(made, sent)
    made.joined_alone(sent, "E1")
    assert made.close() == [Notify(sent), StopAlone(sent)]
    assert isinstance(error_of(sent), ClientClosedError)
    # A cancel that comes after it does not ask the server: there is no connection to ask it with.
    assert made.cancel(sent) == [Notify(sent), StopAlone(sent)]
