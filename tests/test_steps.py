"""Flows that are run step by step say and do what they do in one go."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from gradlink import GradlinkError, ProtocolError
from gradlink._io import Flow, HttpReply, HttpRequest, scoped, send
from gradlink._shell.timing import Scope
from gradlink._sync.steps import Steps

REQUEST = HttpRequest("GET", "http://app.example/")
REPLY = HttpReply(200, {}, b"body", "http://app.example/")


def asking(then: Callable[[HttpReply], None]) -> Flow[None]:
    then((yield from send(REQUEST)))


def test_a_flow_is_answered_step_by_step() -> None:
    got: list[HttpReply] = []
    steps = Steps(asking(got.append))
    assert steps.next() is REQUEST
    assert not got
    assert steps.next(REPLY) is None
    assert got == [REPLY]
    assert steps.next() is None


def test_what_runs_within_a_scope_says_so_until_it_has_ended() -> None:
    outer, inner = Scope(), Scope()
    got: list[Any] = []

    def innermost() -> Flow[str]:
        return (yield from send(REQUEST)).body.decode()

    def middle() -> Flow[str]:
        text = yield from scoped(innermost(), inner)
        yield from send(REQUEST)
        return text + "!"

    def whole() -> Flow[None]:
        got.append((yield from scoped(middle(), outer)))
        got.append((yield from scoped(innermost(), None)))

    steps = Steps(whole())
    assert steps.scope is None
    seen = []
    intent = steps.next()
    while intent is not None:
        seen.append((intent, steps.scope))
        intent = steps.next(REPLY)
    assert seen == [(REQUEST, inner), (REQUEST, outer), (REQUEST, None)]
    assert got == ["body!", "body"]
    assert steps.scope is None


def test_what_fails_is_caught_by_the_flow_that_waits_for_it() -> None:
    caught: list[GradlinkError] = []

    def within() -> Flow[None]:
        yield from send(REQUEST)

    def whole() -> Flow[None]:
        try:
            yield from scoped(within(), Scope())
        except GradlinkError as exc:
            caught.append(exc)
        yield from send(REQUEST)

    steps = Steps(whole())
    assert steps.next() is REQUEST
    error = GradlinkError("refused")
    assert steps.throw(error) is REQUEST
    assert caught == [error]
    assert steps.next(REPLY) is None


def test_an_answer_that_cannot_be_read_is_an_error_of_the_protocol() -> None:
    def wrong(_: HttpReply) -> None:
        raise KeyError("event_id")

    def whole() -> Flow[None]:
        yield from scoped(asking(wrong), Scope())

    steps = Steps(whole())
    steps.next()
    with pytest.raises(ProtocolError, match="an answer of the server cannot be read: KeyError") as raised:
        steps.next(REPLY)
    assert isinstance(raised.value.__cause__, KeyError)
    assert steps.next() is None
