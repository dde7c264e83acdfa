"""When a stream is opened again, what its end means, and when a login is worth a try."""

from __future__ import annotations

import pytest

from gradlink import Retries, StreamLostError, TooManyRequestsError, TransportError
from gradlink._engine.failures import MAX_EMPTY_STREAMS, silent_streams, unclosed_stream
from gradlink._engine.streams import LONGEST_PAUSE_SECONDS, HeartbeatPolicy, LoginOnce, StreamPolicy
from gradlink._protocol.dialect import NEWEST, Dialect, dialect_of
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.messages import Message, read_message
from gradlink._protocol.version import AppVersion


def policy(dialect: Dialect = NEWEST, retries: Retries | None = None) -> StreamPolicy:
    return StreamPolicy(dialect, retries or Retries())


def said(msg: str, **fields: JSONValue) -> Message:
    return read_message({"msg": msg, **fields})


STARTS = said("process_starts", event_id="e")
CLOSES = said("close_stream")
BREAKS = said("unexpected_error", message="the queue broke")


def not_reached() -> TransportError:
    error = TransportError("connection refused")
    error.execution = "not started"
    return error


def test_a_login_is_tried_once_and_only_for_what_it_helps() -> None:
    login = LoginOnce({401}, available=True)
    assert [login.helps(500), login.helps(401), login.helps(401)] == [False, True, False]
    assert not LoginOnce({401}, available=False).helps(401)


def test_what_concerns_no_job_is_kept_from_the_jobs() -> None:
    stream = policy()
    assert [stream.concerns_jobs(message) for message in (said("surprise"), CLOSES)] == [False, False]
    assert (stream.carried, stream.closed) == (False, True)


def test_a_heartbeat_is_handed_on_and_carries_nothing() -> None:
    stream = policy()
    assert stream.concerns_jobs(said("heartbeat"))
    assert not stream.carried


@pytest.mark.parametrize(
    "message", [STARTS, said("process_generating", event_id="e", output={"data": ["x"]})]
)
def test_a_message_of_a_job_is_handed_on(message: Message) -> None:
    stream = policy()
    assert stream.concerns_jobs(message)
    assert stream.carried


def test_the_end_of_a_closed_stream_is_clean() -> None:
    stream = policy()
    stream.concerns_jobs(CLOSES)
    assert stream.end() is None


def test_the_end_of_a_stream_that_was_not_closed_is_a_loss() -> None:
    error = policy(NEWEST).end()
    assert (type(error), str(error)) == (StreamLostError, str(unclosed_stream()))


def test_servers_that_never_close_a_stream_lose_nothing_by_its_end() -> None:
    silent = dialect_of("sse_v1", AppVersion("4.16.0"))
    assert not silent.closes_explicitly
    assert policy(silent).end() is None


def test_an_error_of_the_whole_stream_is_what_its_end_means() -> None:
    stream = policy()
    assert not stream.concerns_jobs(BREAKS)
    assert stream.abandoned
    assert "the queue broke" in str(stream.end())


def test_the_end_of_a_stream_that_the_client_leaves_means_nothing() -> None:
    stream = policy(NEWEST)
    stream.concerns_jobs(STARTS)
    stream.leave()
    assert (stream.abandoned, stream.end()) == (True, None)


def test_the_second_end_of_a_stream_means_nothing() -> None:
    stream = policy()
    # Two ends of one event break the streams of servers before 5.46: a KeyError with the event id.
    assert not stream.concerns_jobs(said("unexpected_error", message="'0123456789abcdef0123456789abcdef'"))
    assert (stream.abandoned, stream.end()) == (True, None)


def test_a_new_stream_knows_nothing_of_the_one_before() -> None:
    stream = policy()
    stream.concerns_jobs(BREAKS)
    stream.begin()
    assert (stream.abandoned, stream.error, stream.carried, stream.closed) == (False, None, False, False)


def test_a_stream_that_could_not_be_opened_is_asked_for_again_as_often_as_retries_say() -> None:
    stream = policy(retries=Retries(count=2))
    errors = [not_reached() for _ in range(3)]
    pauses = [stream.pause_to_reopen(error) for error in errors]
    assert [pause is None for pause in pauses] == [False, False, True]
    assert [error.attempts for error in errors] == [1, 2, 3]


def test_a_stream_that_was_open_is_not_asked_for_again() -> None:
    stream = policy()
    stream.opened = True
    assert stream.pause_to_reopen(not_reached()) is None


def test_a_pause_longer_than_the_budget_of_retries_is_not_made() -> None:
    error = TooManyRequestsError("ask later")
    error.execution, error.retry_after = "not started", 60.0
    assert policy(retries=Retries(budget_seconds=30.0)).pause_to_reopen(error) is None


def test_after_a_stream_that_came_the_count_begins_again() -> None:
    stream = policy(retries=Retries(count=1))
    assert stream.pause_to_reopen(not_reached()) is not None
    stream.verdict(None)
    assert stream.pause_to_reopen(not_reached()) is not None


def test_streams_without_a_word_end_the_jobs_after_a_few() -> None:
    stream = policy()
    ends = [stream.verdict(None) for _ in range(MAX_EMPTY_STREAMS)]
    assert ends[:-1] == [None] * (MAX_EMPTY_STREAMS - 1)
    assert (type(ends[-1]), str(ends[-1])) == (type(silent_streams()), str(silent_streams()))


def test_a_stream_with_a_word_lets_the_count_of_silent_ones_begin_again() -> None:
    stream = policy()
    for _ in range(MAX_EMPTY_STREAMS - 1):
        assert stream.verdict(None) is None
    stream.concerns_jobs(STARTS)
    assert stream.verdict(None) is None


def test_an_error_stays_what_it_is() -> None:
    error = not_reached()
    assert policy().verdict(error) is error


@pytest.mark.parametrize(
    ("status", "gone", "refused"), [(200, False, False), (401, False, True), (404, True, True)]
)
def test_what_an_answer_means_for_a_heartbeat(status: int, gone: bool, refused: bool) -> None:
    heartbeat = HeartbeatPolicy(lambda: "own")
    heartbeat.begin()
    assert (heartbeat.refused(status), heartbeat.gone) == (refused, gone)
    assert (heartbeat.pause() == 0.0) is gone


def test_pauses_between_heartbeats_grow_to_a_limit_until_one_has_beaten() -> None:
    heartbeat = HeartbeatPolicy(lambda: "own")
    pauses = []
    for _ in range(8):
        heartbeat.begin()
        pauses.append(heartbeat.pause())
    assert pauses == [
        2.0,
        4.0,
        8.0,
        16.0,
        32.0,
        LONGEST_PAUSE_SECONDS,
        LONGEST_PAUSE_SECONDS,
        LONGEST_PAUSE_SECONDS,
    ]
    heartbeat.begin()
    heartbeat.heard = True
    assert heartbeat.pause() == 1.0
    heartbeat.begin()
    assert heartbeat.pause() == 2.0


def test_the_heartbeat_of_a_new_session_is_read_at_once() -> None:
    own = "first"
    heartbeat = HeartbeatPolicy(lambda: own)
    assert heartbeat.begin() == "first"
    assert not heartbeat.outdated
    own = "second"
    assert heartbeat.outdated
    assert heartbeat.pause() == 0.0
    assert heartbeat.begin() == "second"
