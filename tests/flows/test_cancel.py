"""Telling the server that a job is not wanted any more."""

from __future__ import annotations

import pytest

from gradlink import ResponseError
from gradlink._flows.cancel import cancel
from gradlink._flows.exchange import Access
from gradlink._protocol.cancelling import CancelPlan
from gradlink._protocol.policy import Retries
from gradlink._protocol.routes import Routes
from tests.flows.play import Answer, Play

BASE = "http://h:7860/gradio_api/"
ACCESS = Access(Routes("http://h:7860/", "/gradio_api"), retries=Retries(count=1))
DONE = Answer(200, {"success": True})


@pytest.mark.parametrize(
    ("plan", "url", "body"),
    [
        (CancelPlan.STOP, "cancel", {"session_hash": "s", "fn_index": 3, "event_id": "e"}),
        (CancelPlan.DEQUEUE, "cancel", {"session_hash": "s", "fn_index": -1, "event_id": "e"}),
        (CancelPlan.RESET, "reset", {"event_id": "e"}),
    ],
)
def test_each_plan_says_what_is_to_be_stopped(plan: CancelPlan, url: str, body: object) -> None:
    play = Play(DONE)
    play.run(cancel(ACCESS, "s", 3, "e", plan))
    assert play.requests() == [f"POST {BASE}{url}"]
    assert play.bodies() == [body]


@pytest.mark.parametrize(("plan", "what"), [(CancelPlan.STOP, "the cancel"), (CancelPlan.RESET, "the reset")])
def test_a_cancel_that_failed_is_told(plan: CancelPlan, what: str) -> None:
    with pytest.raises(ResponseError, match=rf"^{what}: {BASE}.* answered 404: no text$"):
        Play(Answer(404)).run(cancel(ACCESS, "s", 3, "e", plan))


def test_a_cancel_that_fails_for_ever_is_told_in_the_same_words() -> None:
    with pytest.raises(ResponseError, match=rf"^the cancel: {BASE}cancel answered 502: no text$"):
        Play(*[Answer(502)] * 4).run(cancel(ACCESS, "s", 3, "e", CancelPlan.STOP))


def test_a_cancel_does_no_harm_twice() -> None:
    play = Play(Answer(502), DONE)
    play.run(cancel(ACCESS, "s", 3, "e", CancelPlan.STOP))
    assert len(play.requests()) == 2
