"""Which rows are called again: never one that has run, unless that is asked for."""

from __future__ import annotations

import pytest

from gradlink import (
    AppError,
    ArgumentError,
    AuthenticationError,
    ConnectError,
    GradlinkError,
    JobCancelledError,
    JobTimeoutError,
    NotFoundError,
    QueueError,
    ResponseError,
    StreamLostError,
    TooManyRequestsError,
    TransportError,
    ValidationError,
)
from gradlink.mapping.standing import (
    ATTEMPTS,
    Again,
    State,
    Step,
    asked_pause,
    is_called_again,
    next_step,
    state_of,
)

NEVER = Again()
RESUBMIT = Again(resubmit=True)
FAILED = Again(failed=True)


@pytest.mark.parametrize(
    ("state", "leased", "again", "step"),
    [
        ("waiting", False, NEVER, "call"),
        ("done", False, Again(resubmit=True, failed=True), "replay"),
        ("failed", False, RESUBMIT, "replay"),
        ("failed", False, FAILED, "call"),
        ("running", True, Again(resubmit=True, failed=True), "wait"),
        ("running", False, NEVER, "give up"),
        ("running", False, FAILED, "give up"),
        ("running", False, RESUBMIT, "call"),
        ("unknown", False, NEVER, "give up"),
        ("unknown", False, RESUBMIT, "call"),
    ],
)
def test_what_follows_for_a_row_of_a_journal(state: State, leased: bool, again: Again, step: Step) -> None:
    assert next_step(state, again, leased=leased) == step


def test_what_a_row_is_that_has_ended() -> None:
    assert state_of(None) == "done"
    assert state_of(QueueError("", execution="not started")) == "waiting"
    assert state_of(AppError("", execution="failed")) == "failed"
    assert state_of(StreamLostError("", execution="unknown")) == "unknown"
    assert state_of(GradlinkError("")) == "unknown"


@pytest.mark.parametrize(
    "error",
    [
        QueueError("full"),
        TooManyRequestsError("slowly", status=429),
        ResponseError("gateway", status=503),
        ConnectError("refused"),
        TransportError("cut"),
        JobTimeoutError("long", phase="queue"),
    ],
)
def test_what_the_server_has_not_taken_is_called_again_a_few_times(error: GradlinkError) -> None:
    error.execution = "not started"
    assert is_called_again(error, 1, NEVER)
    assert is_called_again(error, ATTEMPTS - 1, NEVER)
    assert not is_called_again(error, ATTEMPTS, NEVER)


@pytest.mark.parametrize(
    "error",
    [
        ArgumentError("wrong"),
        ValidationError("wrong"),
        AuthenticationError("who", status=401),
        NotFoundError("where", status=404),
        ResponseError("broken", status=500),
        ConnectError("not trusted", transient=False),
        JobCancelledError("cancelled"),
    ],
)
def test_what_is_no_better_the_next_time_is_not(error: GradlinkError) -> None:
    error.execution = "not started"
    assert not is_called_again(error, 1, Again(resubmit=True, failed=True))


def test_what_may_have_run_is_called_again_only_if_that_is_asked_for() -> None:
    lost = StreamLostError("lost", execution="unknown")
    assert not is_called_again(lost, 1, FAILED)
    assert is_called_again(lost, 1, RESUBMIT)
    assert not is_called_again(AppError("raised", execution="failed"), 1, Again(resubmit=True, failed=True))
    assert not is_called_again(JobCancelledError("by the app", execution="unknown"), 1, RESUBMIT)


def test_a_server_says_how_long_to_wait() -> None:
    assert asked_pause(TooManyRequestsError("slowly", retry_after=3.0)) == 3.0
    assert asked_pause(QueueError("full")) is None
