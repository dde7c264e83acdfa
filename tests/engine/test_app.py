"""What the engine knows of the app: before it is connected, after a restart, and what ``gr.render`` makes."""

from __future__ import annotations

import logging

import pytest

from gradlink import NotConnectedError
from gradlink._engine.app import KEEPALIVE_SECONDS
from gradlink._engine.effects import Join, RenewHeartbeat, SendCancel, StartHeartbeat
from gradlink._protocol.cancelling import CancelPlan
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.messages import Message
from gradlink._protocol.schema import Endpoint
from tests.engine.engines import (
    STARTED_AT,
    accepted,
    completed,
    engine,
    job,
    said,
    schema,
    starts,
    unconnected,
)

STATE: JSONValue = [{"id": 1, "type": "state"}]


def test_the_app_is_asked_for_before_anybody_knows_it() -> None:
    made = unconnected()
    assert not made.connected
    with pytest.raises(NotConnectedError, match="has not connected"):
        _ = made.schema
    made.connect(schema())
    assert made.connected


def test_sessions_that_are_older_than_the_connection_are_cancelled_as_the_app_does() -> None:
    made = unconnected()
    made.connect(schema("4.22.0"))
    sent = job()
    session = accepted(made, sent, "E1")
    made.received(session, [starts("E1")])
    [cancel] = [effect for effect in made.cancel(sent) if isinstance(effect, SendCancel)]
    assert cancel.plan is CancelPlan.RESET


def test_a_session_can_be_chosen_before_the_app_is_known() -> None:
    made = unconnected()
    assert made.renew_session("mine") == [RenewHeartbeat()]
    assert made.session_hash == "mine"


def test_the_app_is_doubted_when_it_was_not_heard_for_as_long_as_a_connection_is_kept() -> None:
    made = engine()
    later = STARTED_AT + KEEPALIVE_SECONDS
    assert not made.doubts_app(later - 0.1)
    assert made.doubts_app(later)
    assert made.heard(later) == []
    assert not made.doubts_app(later)


def test_an_answer_to_a_join_is_a_sign_of_the_app() -> None:
    made = engine()
    sent = job()
    [joins] = [effect for effect in made.submit(sent) if isinstance(effect, Join)]
    made.joining(sent, joins.session)
    made.joined(sent, joins.session, "E1", STARTED_AT + 60)
    assert not made.doubts_app(STARTED_AT + 60)


def test_a_restarted_app_knows_no_session_any_more() -> None:
    made = engine()
    session = accepted(made, job(), "E1")
    assert session.registered
    fresh = schema("6.31.0", connect_heartbeat=True)
    assert made.restarted(fresh) == []
    assert made.schema is fresh
    assert not session.registered


def test_a_call_goes_to_the_function_that_has_its_name_after_a_restart() -> None:
    made = engine()
    sent = job(0)
    session = next(effect.session for effect in made.submit(sent) if isinstance(effect, Join))
    moved = Endpoint(3, "/0")
    assert made.rebind(sent, moved) == []
    made.joining(sent, session)
    assert session.busy_with(3)
    assert not session.busy_with(0)


def rendered(**config: JSONValue) -> Message:
    """Return the end of a job of a function that renders."""
    dependency: JSONValue = {"id": 7, "api_name": "made", "inputs": [], "outputs": []}
    made: JSONValue = {"render_id": 1, "components": [], "dependencies": [dependency], **config}
    return completed("E1", data=["x"], render_config=made)


def test_what_render_makes_in_the_own_session_can_be_called_there() -> None:
    made = engine()
    session = accepted(made, job(), "E1")
    made.received(session, [rendered()])
    assert made.schema.find("/made", None).session_hash == "S1"
    made.renew_session()
    assert 7 not in made.schema.endpoints


def test_a_generator_may_render_before_it_ends() -> None:
    made = engine()
    session = accepted(made, job(), "E1")
    output: JSONValue = {
        "data": ["x"],
        "render_config": {"dependencies": [{"id": 7, "inputs": [], "outputs": []}]},
    }
    made.received(session, [said("process_generating", "E1", output=output, success=True)])
    assert made.schema.endpoints[7].session_hash == "S1"


def test_what_render_makes_in_another_session_is_not_the_clients() -> None:
    made = engine()
    accepted(made, job(), "E0")
    spare = accepted(made, job(), "E1")
    assert spare.session_hash == "S2"
    made.received(spare, [rendered()])
    assert 7 not in made.schema.endpoints


def test_what_render_makes_with_state_needs_a_heartbeat() -> None:
    made = engine()
    session = accepted(made, job(), "E1")
    dependency: JSONValue = {"id": 7, "inputs": [1], "outputs": []}
    effects = made.received(session, [rendered(components=STATE, dependencies=[dependency])])
    assert StartHeartbeat() in effects


def test_what_cannot_be_read_of_render_costs_nobody_anything(
    caplog: pytest.LogCaptureFixture, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = engine()
    sent = job()
    session = accepted(made, sent, "E1")

    def fails(*_: object) -> None:
        raise ValueError("odd")

    monkeypatch.setattr("gradlink._engine.app.with_rendered", fails)
    before = made.schema
    with caplog.at_level(logging.WARNING, "gradlink.connection"):
        made.received(session, [rendered()])
    assert "gr.render" in caplog.text
    assert made.schema is before
    assert sent.ended
