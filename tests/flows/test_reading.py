"""The stream of a session: what is asked for, and what each answer, message and end means."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gradlink import (
    AuthenticationError,
    ClientClosedError,
    GradlinkError,
    ResponseError,
    StreamLostError,
    TransportError,
)
from gradlink._engine.effects import Notify, OpenStream
from gradlink._flows.exchange import Access
from gradlink._flows.reading import SessionStream
from gradlink._flows.sending import Sendable
from gradlink._io import HttpReply
from gradlink._protocol.job import Failed, Succeeded
from gradlink._protocol.policy import Retries
from gradlink._protocol.routes import Routes
from tests.engine.engines import schema
from tests.flows.play import Answer, Play
from tests.flows.ports import Written

BASE = "http://h:7860/"
OPEN = Access(Routes(BASE, "/gradio_api"), retries=Retries(count=1))
LOGIN = Access(Routes(BASE, "/gradio_api"), auth=("user", "pass"))
CLOSES = json.dumps({"msg": "close_stream"})


def reading(access: Access = OPEN) -> tuple[Written, Sendable, SessionStream[Sendable]]:
    """Return a job that the server has accepted, and the stream that is to be read for it."""
    port = Written(access, schema())
    job, session = port.joined("e")
    assert OpenStream(session) in port.wanted
    port.wanted.clear()
    return port, job, SessionStream(port, session)


def said(msg: str, **fields: Any) -> str:
    return json.dumps({"msg": msg, "event_id": "e", **fields})


def refusal(status: int) -> HttpReply:
    return HttpReply(status, {}, b"no", BASE)


DONE = said("process_completed", output={"data": ["y"]}, success=True)


def test_a_stream_is_read_until_the_server_has_closed_it() -> None:
    port, job, stream = reading()
    assert stream.ask() == f"{BASE}gradio_api/queue/data?session_hash=S1"
    assert stream.answered(200)
    assert stream.opened
    assert [stream.take([text]) for text in (DONE, CLOSES)] == [True, True]
    assert job.tracker.outcome == Succeeded(["y"], is_output=True)
    assert Notify(job) in port.wanted
    assert not Play().run(stream.end(None))


@pytest.mark.parametrize("error", [TransportError("gone"), ClientClosedError("closed")])
def test_what_breaks_after_the_close_breaks_nothing(error: GradlinkError) -> None:
    def end(error: GradlinkError | None) -> tuple[bool, str]:
        _, job, stream = reading()
        stream.answered(200)
        stream.take([CLOSES])
        return Play().run(stream.end(error)), str(job.tracker.outcome)

    assert end(error) == end(None)


def test_a_stream_that_breaks_loses_its_jobs() -> None:
    _, job, stream = reading()
    stream.answered(200)
    stream.take([said("process_starts")])
    assert not Play().run(stream.end(StreamLostError("it broke")))
    assert isinstance(job.tracker.outcome, Failed)
    assert "it broke" in str(job.tracker.outcome.error)


def test_an_unusable_session_is_left() -> None:
    port, job, stream = reading()
    stream.answered(200)
    port.engine.renew_session()
    assert not stream.take([DONE])
    assert not Play().run(stream.end(None))
    assert isinstance(job.tracker.outcome, Succeeded)


def test_what_the_server_says_of_the_whole_stream_ends_its_reading() -> None:
    _, job, stream = reading()
    stream.answered(200)
    assert not stream.take([json.dumps({"msg": "unexpected_error", "message": "the queue broke"})])
    Play().run(stream.end(None))
    assert "the queue broke" in str(job.tracker.outcome)


def test_a_refused_stream_is_asked_for_again_after_one_login() -> None:
    _, _, stream = reading(LOGIN)
    assert not stream.answered(401)
    play = Play(Answer(200, {"success": True}))
    play.run(stream.refused(refusal(401)))
    assert play.requests() == [f"POST {BASE}login"]
    with pytest.raises(AuthenticationError):
        Play().run(stream.refused(refusal(401)))
    stream.begin()
    Play(Answer(200, {"success": True})).run(stream.refused(refusal(401)))


def test_a_refusal_that_no_login_mends_is_an_error() -> None:
    _, _, stream = reading()
    assert not stream.answered(500)
    assert not stream.opened
    with pytest.raises(ResponseError, match="the stream of messages"):
        Play().run(stream.refused(refusal(500)))


def test_a_stream_that_was_not_opened_is_asked_for_again_after_a_pause() -> None:
    _, job, stream = reading()
    play = Play()
    assert play.run(stream.end(TransportError("refused", execution="not started")))
    assert play.pauses() == [(0.0, 0.5)]
    stream.begin()
    assert not play.run(stream.end(TransportError("refused", execution="not started")))
    assert "refused" in str(job.tracker.outcome)


def test_the_pause_of_a_client_that_closes_ends_the_reading() -> None:
    _, job, stream = reading()
    flow = stream.end(TransportError("refused", execution="not started"))
    next(flow)
    with pytest.raises(StopIteration) as stop:
        flow.throw(ClientClosedError("the client was closed"))
    assert not stop.value.value
    assert job.ended


def test_no_stream_of_a_closed_client_is_read() -> None:
    port, _, stream = reading()
    port.apply(port.engine.close)
    with pytest.raises(ClientClosedError):
        stream.answered(200)
    error: GradlinkError = TransportError("refused", execution="not started")
    assert not Play().run(stream.end(error))
