"""One job on a connection of its own: what is said, and what a refusal means."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest

from gradlink import ClientClosedError, Endpoint, GradlinkError, ResponseError
from gradlink._flows import submit
from gradlink._flows.alone import Conversation
from gradlink._flows.exchange import Access
from gradlink._flows.sending import Sendable
from gradlink._io import Flow, HttpReply
from gradlink._protocol.job import Succeeded
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.routes import Routes
from tests.engine.engines import schema
from tests.flows.play import Answer, Play
from tests.flows.ports import Written

BASE = "http://h:7860/"
OPEN = Access(Routes(BASE, ""))
LOGIN = Access(Routes(BASE, ""), auth=("user", "pass"))
SERVERS = {"socket": ("3.50.2", "ws"), "stream": ("4.8.0", "sse")}


def begun(kind: str, access: Access = OPEN) -> tuple[Written, Conversation[Sendable]]:
    """Return what is said of a job whose connection is to be made."""
    port = Written(access, schema(*SERVERS[kind]))
    job = port.job()
    port.apply(lambda: port.engine.submit(job))
    session_hash = port.engine.begin_alone(job)
    assert session_hash is not None
    talk = Conversation(port, job, session_hash)
    assert Play().run(talk.prepare())
    return port, talk


def said(msg: str, **fields: Any) -> str:
    return json.dumps({"msg": msg, **fields})


def refusal(status: int) -> HttpReply:
    return HttpReply(status, {}, b"no", BASE)


DONE = said("process_completed", output={"data": ["y"]}, success=True)
BODY = {"data": ["x"], "fn_index": 0, "session_hash": "S1", "event_data": None, "trigger_id": None}


def test_a_socket_asks_for_the_session_and_then_for_the_data() -> None:
    _, talk = begun("socket")
    assert (talk.on_socket, talk.url) == (True, f"{BASE}queue/join")
    assert (talk.answered(101), talk.answered(200)) == (True, False)
    assert talk.take(said("send_hash")) == {"fn_index": 0, "session_hash": "S1"}
    assert talk.take(said("send_data")) == BODY
    assert talk.take(DONE) is None
    assert talk.job.tracker.outcome == Succeeded(["y"], is_output=True)


def test_a_stream_asks_for_the_data_which_is_posted() -> None:
    _, talk = begun("stream")
    assert not talk.on_socket
    assert talk.url.startswith(f"{BASE}queue/join?")
    assert (talk.answered(200), talk.answered(101)) == (True, False)
    answer = talk.take(said("send_data", event_id="e"))
    assert answer == {**BODY, "event_id": "e"}
    play = Play(Answer(200, {"success": True}))
    play.run(talk.send(answer))
    assert (play.requests(), play.bodies()) == ([f"POST {BASE}queue/data"], [answer])
    assert talk.job.tracker.event_id == "e"


@pytest.mark.parametrize("kind", SERVERS)
def test_a_job_that_has_ended_says_nothing_more(kind: str) -> None:
    port, talk = begun(kind)
    port.apply(lambda: port.engine.cancel(talk.job))
    assert talk.take(said("send_data", event_id="e")) is None


@pytest.mark.parametrize("kind", SERVERS)
def test_the_connection_of_a_job_that_has_ended_is_not_made(kind: str) -> None:
    port = Written(OPEN, schema(*SERVERS[kind]))
    talk = Conversation(port, job := port.job(), "S1")
    job.tracker.cancel()
    assert not Play().run(talk.prepare())


def test_a_job_is_sent_as_the_app_is_after_a_restart(monkeypatch: pytest.MonkeyPatch) -> None:
    def restarts(_: object, job: Sendable) -> Flow[list[JSONValue]]:
        job.call = replace(job.call, payload=replace(job.call.payload, endpoint=Endpoint(7, "/f")))
        return (yield from submit.prepare(job.call))

    monkeypatch.setattr("gradlink._flows.alone.prepare", restarts)
    _, talk = begun("socket")
    assert talk.take(said("send_data")) == {**BODY, "fn_index": 7}


@pytest.mark.parametrize("status", [401, 403])
def test_a_refusal_is_met_with_one_login(status: int) -> None:
    _, talk = begun("socket", LOGIN)
    play = Play(Answer(200, {"success": True}))
    play.run(talk.refused(refusal(status)))
    assert play.requests() == [f"POST {BASE}login"]
    with pytest.raises(GradlinkError, match="the join"):
        Play().run(talk.refused(refusal(status)))


def test_a_refusal_that_no_login_mends_is_an_error() -> None:
    _, talk = begun("stream")
    with pytest.raises(ResponseError, match="the join"):
        Play().run(talk.refused(refusal(500)))


def test_no_connection_of_a_closed_client_is_read() -> None:
    port, talk = begun("stream")
    port.apply(port.engine.close)
    with pytest.raises(ClientClosedError):
        talk.answered(200)
