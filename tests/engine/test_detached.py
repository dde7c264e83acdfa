"""Jobs with a ticket: sent without a reader, and read by who has not sent them."""

from __future__ import annotations

from typing import Any

import pytest

from gradlink import ClientClosedError, SessionLostError, StreamLostError
from gradlink._engine.effects import LeaveStream, Notify, OpenStream, SendCancel, SetLimit
from gradlink._engine.engine import Engine
from gradlink._engine.state import JobState
from gradlink._protocol.cancelling import CancelPlan
from gradlink._protocol.job import Succeeded
from gradlink._protocol.messages import HeartbeatMessage
from gradlink._protocol.policy import Timeout
from gradlink.errors import (
    CollectedTicketError,
    ConnectError,
    DetachError,
    GradlinkError,
    LostTicketError,
    ServerStoppedError,
    StreamSilentError,
    TicketInUseError,
    TransportError,
)
from tests.engine.engines import Session, accepted, completed, engine, error_of, job, schema, starts, waits


def attached(made: Engine[JobState], read: JobState, event_id: str = "E1") -> Session:
    """Attach a job that was detached in the session "D"; return the session."""
    [session] = [e.session for e in made.attach(read, "D", event_id) if isinstance(e, OpenStream)]
    made.opening_stream(session)
    return session


def ended(made: Engine[JobState], session: Session, error: GradlinkError | None) -> None:
    made.stream_ended(session, error, carried=False)


# Detaching


def test_a_detached_job_has_a_session_of_its_own() -> None:
    made = engine()
    assert [made.detaching(job()), made.detaching(job())] == ["S2", "S3"]
    assert made.session_hash == "S1"


def test_a_job_whose_limit_has_run_out_is_not_sent() -> None:
    made, sent = engine(), job(timeout=Timeout(upload=5))
    made.detaching(sent)
    [limit] = made.uploading(sent)
    assert isinstance(limit, SetLimit)
    made.limit_reached(limit)
    assert not made.joining_detached(sent)
    assert error_of(sent).execution == "not started"


def test_the_limit_for_files_ends_with_them() -> None:
    made, sent = engine(), job(timeout=Timeout(upload=5))
    [limit] = made.uploading(sent)
    assert isinstance(limit, SetLimit)
    assert made.joining_detached(sent)
    assert made.limit_reached(limit) == []


def test_a_closed_client_neither_detaches_nor_attaches() -> None:
    made = engine()
    made.close()
    with pytest.raises(ClientClosedError):
        made.detaching(job())
    with pytest.raises(ClientClosedError):
        made.attach(job(), "D", "E1")


@pytest.mark.parametrize(
    ("app", "endpoint", "says"),
    [
        (("4.8.0", "sse"), {}, "Gradio 4.8.0, which drops a job when its client leaves"),
        (("6.31.0", "sse_v3"), {"live": True}, "takes input while it runs"),
        (("6.31.0", "sse_v3"), {"session_hash": "S1"}, "gr.render made it in another session"),
        (("4.19.2", "sse_v2"), {"batch": True}, "the result of one; 4.20 and later do not"),
    ],
)
def test_what_would_not_outlive_its_client_is_refused(
    app: tuple[str, str], endpoint: dict[str, Any], says: str
) -> None:
    with pytest.raises(DetachError, match=says) as caught:
        engine(schema(*app)).detaching(job(**endpoint))
    assert (caught.value.execution, caught.value.endpoint) == ("not started", "/0")


def test_batches_are_detached_where_the_server_keeps_them_apart() -> None:
    assert engine().detaching(job(batch=True)) == "S2"


def test_state_is_not_left_behind_silently() -> None:
    made = engine()
    assert made.detaching(job(stateful=True)) == "S2"
    accepted(made, job(stateful=True), "E1")
    with pytest.raises(DetachError, match="would not see the State of this client"):
        made.detaching(job(stateful=True))
    assert made.detaching(job()) == "S3"


# Attaching


def test_an_attached_job_is_read_in_its_own_session() -> None:
    made, read = engine(), job(timeout=Timeout(queue=5, total=9))
    effects = made.attach(read, "D", "E1")
    assert [type(effect) for effect in effects] == [SetLimit, SetLimit, Notify, OpenStream]
    assert read.tracker.event_id == "E1"
    session = effects[-1].session  # type: ignore[union-attr]  # an OpenStream
    assert session.session_hash == "D"
    made.received(session, [waits("E1"), starts("E1")])
    leaving = made.received(session, [completed("E1")])
    assert isinstance(read.tracker.outcome, Succeeded)
    assert leaving[-1] == LeaveStream(session)


def test_other_jobs_have_their_places_beside_it() -> None:
    made = engine(max_jobs=1)
    attached(made, job())
    assert accepted(made, job(), "E2").session_hash == "S1"


def test_no_job_is_sent_in_its_session() -> None:
    made = engine()
    attached(made, job())
    assert accepted(made, job(session_hash="D"), "E2").session_hash == "S1"


def test_a_session_has_one_reader() -> None:
    made, read = engine(), job()
    session = attached(made, read)
    with pytest.raises(TicketInUseError, match="keep the job that attach"):
        made.attach(job(), "D", "E1")
    made.received(session, [completed("E1")])
    with pytest.raises(CollectedTicketError, match="has just collected"):
        made.attach(job(), "D", "E1")
    ended(made, session, None)
    assert attached(made, job()) is not session


def test_an_attached_job_is_cancelled_like_any_other() -> None:
    made, read = engine(), job(generator=True)
    session = attached(made, read)
    made.received(session, [starts("E1")])
    [cancel] = [effect for effect in made.cancel(read) if isinstance(effect, SendCancel)]
    assert (cancel.session, cancel.event_id, cancel.plan) == (session, "E1", CancelPlan.STOP)


def test_a_job_that_was_collected_ends_with_the_first_heartbeat() -> None:
    made, read = engine(), job()
    session = attached(made, read)
    assert made.received(session, [HeartbeatMessage()]) == [Notify(read), LeaveStream(session)]
    assert isinstance(error_of(read), CollectedTicketError)
    assert error_of(read).execution == "unknown"


def test_a_job_that_was_heard_of_waits_on() -> None:
    made, read = engine(), job()
    session = attached(made, read)
    made.received(session, [waits("E1")])
    assert made.received(session, [HeartbeatMessage()]) == []
    assert not read.ended


def test_a_heartbeat_ends_no_job_of_the_clients_own() -> None:
    made, sent = engine(), job()
    assert made.received(accepted(made, sent, "E1"), [HeartbeatMessage()]) == []


@pytest.mark.parametrize("error", [SessionLostError("not found"), StreamLostError("broke")])
def test_a_server_that_has_nothing_says_so_or_breaks_the_stream(error: StreamLostError) -> None:
    made, read = engine(), job()
    ended(made, attached(made, read), error)
    found = error_of(read)
    assert type(found) is LostTicketError
    assert type(found.__cause__) is type(error)
    assert found.execution == "unknown"


@pytest.mark.parametrize(
    "error", [ConnectError("refused"), ServerStoppedError("stopping"), StreamSilentError("silent")]
)
def test_what_says_nothing_of_the_ticket_stays_as_it_is(error: GradlinkError) -> None:
    made, read = engine(), job()
    ended(made, attached(made, read), error)
    assert type(error_of(read)) is type(error)


def test_an_exchange_that_breaks_before_the_answer_says_nothing_of_the_ticket() -> None:
    made, read = engine(), job()
    ended(made, attached(made, read), TransportError("the exchange broke"))
    assert type(error_of(read)) is StreamLostError


def test_a_stream_that_breaks_in_the_middle_is_a_lost_stream() -> None:
    made, read = engine(), job()
    session = attached(made, read)
    made.received(session, [starts("E1")])
    ended(made, session, StreamLostError("broke"))
    assert type(error_of(read)) is StreamLostError


def test_an_attached_job_is_never_sent_again() -> None:
    made, read = engine(), job()
    read.resubmit = True
    ended(made, attached(made, read), SessionLostError("not found"))
    assert read.ended
