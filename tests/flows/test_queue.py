"""How many jobs wait in the app's queue."""

from __future__ import annotations

import pytest

from gradlink import ResponseError
from gradlink._flows.exchange import Access
from gradlink._flows.queue import queue_size
from gradlink._protocol.policy import Retries
from gradlink._protocol.routes import Routes
from tests.flows.play import Answer, Play

URL = "http://h:7860/gradio_api/queue/status"
ACCESS = Access(Routes("http://h:7860/", "/gradio_api"), retries=Retries(count=1))


@pytest.mark.parametrize(
    ("answer", "size"),
    [
        (Answer(200, {"msg": "estimation", "rank": 0, "queue_size": 3, "rank_eta": 2.5}), 3),
        (Answer(200, {"queue_size": "many"}), None),
        (Answer(200, []), None),
        (Answer(404), None),
    ],
)
def test_the_app_says_how_many_wait(answer: Answer, size: int | None) -> None:
    play = Play(answer)
    assert play.run(queue_size(ACCESS)) == size
    assert play.requests() == [f"GET {URL}"]


def test_a_refusal_is_an_error() -> None:
    with pytest.raises(ResponseError, match="the status of the queue"):
        Play(Answer(500), Answer(500)).run(queue_size(ACCESS))
