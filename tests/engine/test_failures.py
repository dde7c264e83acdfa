"""What it means for jobs that something is lost."""

from __future__ import annotations

import pytest

from gradlink import (
    ConnectError,
    Endpoint,
    GradlinkError,
    SessionLostError,
    StreamLostError,
    TransportError,
)
from gradlink._engine.failures import (
    crossed_break,
    dropped_socket,
    lost_state,
    lost_with,
    silent_streams,
    stopped_along,
    unsendable,
)
from gradlink._engine.resending import may_resend
from gradlink._engine.state import JobState
from gradlink._protocol.job import JobTracker
from gradlink._protocol.policy import Retries, Timeout

SHOWN = "http://h:1/a"


def test_a_call_that_could_not_be_sent_says_why() -> None:
    cause = ValueError("closed file")
    error = unsendable("/f", cause)
    assert str(error) == "/f: the call could not be sent: ValueError('closed file')"
    assert (error.execution, error.__cause__) == (None, cause)


def test_each_job_of_a_stream_has_an_error_of_its_own() -> None:
    shared = SessionLostError("gone", url=SHOWN, server_text="404")
    one, other = lost_with(shared), lost_with(shared)
    assert one is not other
    assert type(one) is SessionLostError
    assert (str(one), one.url, one.server_text) == ("gone", SHOWN, "404")
    one.event_id = "e"
    assert (other.event_id, shared.event_id) == (None, None)


def test_an_exchange_that_broke_before_the_stream_was_there_has_lost_it() -> None:
    cause = TransportError("the exchange broke", url=SHOWN, attempts=2)
    error = lost_with(cause)
    assert type(error) is StreamLostError
    assert str(error) == "the stream of messages could not be opened: the exchange broke"
    assert (error.url, error.attempts, error.__cause__) == (SHOWN, 2, cause)
    refused = ConnectError("no connection")
    assert type(lost_with(refused)) is ConnectError


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (silent_streams(), "the server ended the session's stream 3 times without a message"),
        (
            dropped_socket(),
            (
                "the server dropped the job's socket without closing it: it was stopped, a proxy cut the "
                "connection, or it does not know the function"
            ),
        ),
        (
            crossed_break(),
            "the stream of messages broke while the job was on its way: the server has dropped it",
        ),
        (
            stopped_along(),
            (
                "the job began at the moment when another one of its function and session was cancelled, "
                "and may have been stopped with it"
            ),
        ),
    ],
)
def test_each_way_to_lose_a_job_has_its_text(error: GradlinkError, text: str) -> None:
    assert isinstance(error, StreamLostError)
    assert str(error) == text


def test_state_that_was_lost_is_named() -> None:
    error = lost_state("s")
    assert str(error) == (
        "the session s was lost with its stream, and its State may be lost with it; call reset_session() to go on with a "
        "fresh one, or set session_hash = 's' to go on with what is there"
    )
    assert error.execution == "not started"


@pytest.mark.parametrize(
    ("endpoint", "resubmit", "error", "resent", "again"),
    [
        (Endpoint(3, "/f"), False, SessionLostError("x"), 0, True),
        (Endpoint(3, "/f"), False, SessionLostError("x"), 1, False),
        (Endpoint(3, "/f"), False, StreamLostError("x"), 0, False),
        (Endpoint(3, "/f"), True, StreamLostError("x"), 0, True),
        (Endpoint(3, "/f"), True, StreamLostError("x"), 1, True),
        (Endpoint(3, "/f"), True, StreamLostError("x"), 2, False),
        (Endpoint(3, "/f", stateful=True), True, SessionLostError("x"), 0, False),
        (Endpoint(3, "/f", session_hash="s"), True, SessionLostError("x"), 0, False),
    ],
)
def test_a_job_that_was_lost_may_be_sent_again(
    endpoint: Endpoint, resubmit: bool, error: GradlinkError, resent: int, again: bool
) -> None:
    job = JobState(endpoint, JobTracker(api_name="/f"), Timeout(), Retries(count=2), resubmit, resent=resent)
    assert may_resend(job, error) is again


def test_without_retries_nothing_is_sent_again() -> None:
    job = JobState(Endpoint(3, "/f"), JobTracker(api_name="/f"), Timeout(), Retries(count=0), True)
    assert not may_resend(job, SessionLostError("x"))
