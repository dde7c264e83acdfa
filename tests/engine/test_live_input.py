"""Endpoints that take input while they run."""

from __future__ import annotations

import pytest

from gradlink import EndpointError, TransportError
from gradlink._protocol.schema import Endpoint
from tests.engine.engines import accepted, completed, engine, job


def test_only_a_live_endpoint_takes_input_while_it_runs() -> None:
    made = engine()
    made.check_live(Endpoint(0, "/camera", live=True))
    with pytest.raises(EndpointError, match="/predict takes no further input"):
        made.check_live(Endpoint(0, "/predict"))


def test_input_goes_to_the_event_and_session_of_its_job() -> None:
    made = engine()
    accepted(made, job(live=True), "E1")
    second = job(live=True)
    accepted(made, second, "E2")
    assert made.live_session(second) == ("E2", "S2")


def test_a_job_that_has_ended_takes_none() -> None:
    made, sent = engine(), job(live=True)
    session = accepted(made, sent, "E1")
    made.received(session, [completed("E1")])
    with pytest.raises(EndpointError, match="the job has ended"):
        made.live_session(sent)


def test_a_job_that_was_refused_says_why() -> None:
    made, sent = engine(), job(live=True)
    made.submit(sent)
    refused = TransportError("refused", execution="not started")
    made.fail(sent, refused)
    with pytest.raises(TransportError) as raised:
        made.live_session(sent)
    assert raised.value is refused
