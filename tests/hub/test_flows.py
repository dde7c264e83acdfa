"""The procedures for Spaces, played by hand: how long they wait, when they give up, and what they ask."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from gradlink import GradlinkError, HubError, HubRateLimitError, SpaceNotFoundError, SpaceNotRunningError
from gradlink._flows.connect import check_restart, connect
from gradlink._flows.exchange import Access
from gradlink._flows.hub import Hub, quota, space_info
from gradlink._flows.space import Space, find_running
from gradlink._hub.names import HubRoutes, SpaceReference
from gradlink._hub.stages import Runtime, SpaceStage, read_runtime
from gradlink._io import HttpRequest, UseBaseUrl
from gradlink._protocol.policy import Retries
from gradlink._protocol.routes import Routes
from gradlink.errors import ConnectError, NotFoundError, ProtocolError, ResponseError
from tests.flows.play import Answer, Play

HUB = Hub(HubRoutes("https://hub.example"), "hf_me", "token=")
REFERENCE = SpaceReference("me/app")
SPACE = Space(REFERENCE, HUB)
HOST = "https://app.example"
CONFIG = {
    "version": "6.31.0",
    "api_prefix": "/gradio_api",
    "protocol": "sse_v3",
    "dependencies": [],
    "app_id": 1,
}
INFO: dict[str, Any] = {"named_endpoints": {}, "unnamed_endpoints": {}}


def described(stage: str, **more: Any) -> Answer:
    return Answer(200, {"id": "me/app", "host": HOST, "private": False, "runtime": {"stage": stage}, **more})


def stage(name: str) -> Answer:
    return Answer(200, {"stage": name})


def test_looks_become_rare_and_end_when_the_time_is_over() -> None:
    play = Play(described("BUILDING"), *[stage("BUILDING")] * 8)
    with pytest.raises(SpaceNotRunningError, match="was not ready after 40 s"):
        play.run(find_running(replace(SPACE, wait=40)))
    assert play.pauses() == [
        (0.25, 0.5),
        (0.5, 1.0),
        (1.0, 2.0),
        (2.0, 4.0),
        (4.0, 8.0),
        (5.0, 10.0),
        (5.0, 10.0),
        (4.5, 4.5),
    ]


def test_a_space_that_runs_is_not_looked_at_again() -> None:
    play = Play(described("RUNNING"))
    found = play.run(find_running(SPACE))
    assert (found.was_ready, found.space_id) == (True, "me/app")
    assert play.requests() == ["GET https://hub.example/api/spaces/me/app"]


def test_a_question_to_the_hub_carries_the_token_and_nothing_of_the_app() -> None:
    play = Play(described("RUNNING"))
    play.run(find_running(SPACE))
    (asked,) = play.asked
    assert isinstance(asked, HttpRequest)
    assert asked.same_origin is False
    assert asked.headers == {"accept": "application/json", "authorization": "Bearer hf_me"}


def test_a_sleeping_space_is_asked_until_it_wakes_up() -> None:
    play = Play(
        described("SLEEPING"),
        ConnectError("away"),
        stage("SLEEPING"),
        Answer(503),
        stage("APP_STARTING"),
        stage("RUNNING"),
    )
    play.run(find_running(SPACE))
    assert play.requests() == [
        "GET https://hub.example/api/spaces/me/app",
        "GET https://app.example",
        "GET https://hub.example/api/spaces/me/app/runtime",
        "GET https://app.example",
        "GET https://hub.example/api/spaces/me/app/runtime",
        "GET https://hub.example/api/spaces/me/app/runtime",
    ]


def test_a_space_may_fall_back_while_it_is_waited_for() -> None:
    reported: list[str] = []
    listening = replace(SPACE, on_status=lambda status: reported.append(f"{status.stage} {status.waited}"))
    play = Play(described("APP_STARTING"), stage("BUILDING"), stage("BUILDING"), stage("RUNTIME_ERROR"))
    with pytest.raises(SpaceNotRunningError, match="has crashed"):
        play.run(find_running(listening))
    assert reported == ["APP_STARTING 0.0", "BUILDING 0.5", "RUNTIME_ERROR 3.5"]


def test_an_outage_during_the_wait_ends_with_it() -> None:
    play = Play(described("BUILDING"), *[Answer(503)] * 2)
    with pytest.raises(HubError, match="not available"):
        play.run(find_running(replace(SPACE, wait=1.5)))


@pytest.mark.parametrize("status", [401, 403, 404])
def test_a_refusal_during_the_wait_ends_it(status: int) -> None:
    with pytest.raises(HubError):
        Play(described("BUILDING"), Answer(status)).run(find_running(SPACE))


def test_the_app_is_where_the_hub_says() -> None:
    play = Play(described("RUNNING"), Answer(200, CONFIG, url=f"{HOST}/config"), Answer(200, INFO))
    access, _ = play.run(connect(Access(Routes("https://me-app.hf.space/"), space=SPACE)))
    assert access.routes == Routes("https://app.example/", "/gradio_api")
    assert [intent for intent in play.asked if isinstance(intent, UseBaseUrl)] == [
        UseBaseUrl("https://app.example/")
    ]


def test_a_hub_that_names_no_host() -> None:
    answer = Answer(200, {"id": "me/app", "runtime": {"stage": "RUNNING"}})
    with pytest.raises(ProtocolError, match="does not say where the Space me/app is"):
        Play(answer).run(connect(Access(Routes("https://me-app.hf.space/"), space=SPACE)))


def test_a_subdomain_is_a_host() -> None:
    info = Play(described("RUNNING", host=None, subdomain="me-app")).run(space_info(HUB, REFERENCE))
    assert info.host == "https://me-app.hf.space"


def test_a_space_that_fell_asleep_is_woken_up_before_the_next_call() -> None:
    known = Play(described("RUNNING"), Answer(200, CONFIG, url=f"{HOST}/config"), Answer(200, INFO))
    access, schema = known.run(connect(Access(Routes("https://me-app.hf.space/"), space=SPACE)))
    again = {**CONFIG, "app_id": 2}
    play = Play(
        Answer(503),
        described("SLEEPING"),
        Answer(503),
        stage("RUNNING"),
        Answer(200, again, url=f"{HOST}/config"),
        Answer(200, INFO),
    )
    fresh = play.run(check_restart(access, schema))
    assert fresh is not None
    assert fresh.app_id == 2
    running, broken = described("RUNNING"), Answer(500)
    for answers in ([described("PAUSED")], [Answer(500)], [running, broken, broken, running]):
        with pytest.raises(GradlinkError) as e:
            Play(Answer(503), *answers).run(check_restart(access, schema))
        assert e.value.execution == "not started"


def test_a_space_that_the_question_itself_woke_up_is_asked_once_more() -> None:
    typed = replace(SPACE, reference=SpaceReference(None, "me-app", "https://me-app.hf.space/"))
    access = Access(Routes("https://me-app.hf.space/"), space=typed)
    running, away = described("RUNNING"), Answer(503)
    answers = [Answer(200, CONFIG, url="https://me-app.hf.space/config"), Answer(200, INFO)]
    _, schema = Play(away, away, running, *answers).run(connect(access))
    assert schema.app_id == 1
    with pytest.raises(ResponseError):  # it is told, and not asked for ever
        Play(away, away, running, away, away).run(connect(access))
    with pytest.raises(NotFoundError):  # what runs and is not an app stays none
        Play(Answer(404), Answer(404), Answer(404), running).run(connect(access))


def test_an_app_that_is_no_space_is_not_looked_up() -> None:
    play = Play(Answer(200, CONFIG, url="http://h/config"), Answer(200, INFO))
    access, schema = play.run(connect(Access(Routes("http://h/"))))
    assert Play(Answer(503)).run(check_restart(access, schema)) is None


@pytest.mark.parametrize(
    ("headers", "bounds"),
    [
        ({"retry_after": "7"}, (7.0, 7.0)),
        ({"ratelimit": '"api";r=0;t=9'}, (9.0, 9.0)),
        ({"retry_after": "7", "ratelimit": '"api";r=0;t=9'}, (7.0, 7.0)),
        ({"ratelimit": "nonsense"}, (0.0, 0.5)),
    ],
)
def test_a_rate_limit_is_waited_for_as_long_as_the_hub_says(
    headers: dict[str, str], bounds: tuple[float, float]
) -> None:
    play = Play(Answer(429, **headers), described("RUNNING"))
    play.run(space_info(replace(HUB, retries=Retries()), REFERENCE))
    assert play.pauses() == [bounds]


def test_a_rate_limit_that_lasts() -> None:
    with pytest.raises(HubRateLimitError) as e:
        Play(*[Answer(429, {"error": "Slow down"})] * 4).run(
            space_info(replace(HUB, retries=Retries()), REFERENCE)
        )
    assert (e.value.attempts, e.value.server_text, e.value.retry_after) == (4, "Slow down", None)


def test_the_hubs_words_are_kept() -> None:
    refusal = Answer(403, {"error": "in the body"}, x_error_code="GatedRepo", x_error_message="In the header")
    with pytest.raises(HubError, match=r"the token lacks the permission for this \(In the header\)") as e:
        Play(refusal).run(space_info(HUB, REFERENCE))
    assert (e.value.code, e.value.status, e.value.url) == (
        "GatedRepo",
        403,
        "https://hub.example/api/spaces/me/app",
    )
    assert not isinstance(e.value, SpaceNotFoundError)


@pytest.mark.parametrize(
    "body", [b"<html>", b"[]", b"null", b'"x"', {"id": "me/app"}, {"runtime": 5, "host": 5}]
)
def test_answers_of_any_shape_are_read(body: Any) -> None:
    try:
        info = Play(Answer(200, body)).run(space_info(HUB, REFERENCE))
    except ProtocolError:
        return
    assert (info.space_id, info.host, info.runtime) == ("me/app", None, Runtime(SpaceStage.RUNNING))


def test_a_runtime_is_read() -> None:
    read = read_runtime(
        {"stage": "BUILDING", "hardware": {"current": None, "requested": "t4-small"}, "gcTimeout": 300}
    )
    assert read == Runtime(SpaceStage.BUILDING, None, "t4-small", 300)
    assert read_runtime({"stage": "NEW", "hardware": 5, "gcTimeout": "x"}) == Runtime("NEW")


def test_a_quota_without_numbers() -> None:
    with pytest.raises(ProtocolError, match="has no numbers"):
        Play(Answer(200, {"base": "x"})).run(quota(HUB))
