"""One request and its reply: redirects, and logins that ran out."""

from __future__ import annotations

from typing import Any

import pytest

from gradlink import (
    AuthenticationError,
    ProtocolError,
    QueueError,
    RedirectError,
    ResponseError,
    TransportError,
)
from gradlink._flows.exchange import Access, exchange, follow, login, post_json, read, stays
from gradlink._io import HttpRequest
from gradlink._protocol.policy import Retries
from gradlink._protocol.routes import Routes
from tests.flows.play import Answer, Play

BASE = "http://h:7860/"
OPEN = Access(Routes(BASE, "/gradio_api"))
LOGIN = Access(Routes(BASE, "/gradio_api"), ("user", "pa ss&"))
GET = HttpRequest("GET", BASE + "config")
POST = HttpRequest("POST", BASE + "gradio_api/queue/join", b"{}")
OK = Answer(200, {"ok": True})


def moved(status: int, location: str) -> Answer:
    return Answer(status, location=location)


@pytest.mark.parametrize("status", [200, 204, 404, 500, 304, 300])
def test_any_status_is_a_reply(status: int) -> None:
    play = Play(Answer(status, b"x"))
    assert play.run(follow(GET)).status == status


def test_a_redirect_without_a_place_is_a_reply() -> None:
    assert Play(Answer(302, b"x")).run(follow(GET)).status == 302


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_get_follows_where_it_is_sent(status: int) -> None:
    play = Play(moved(status, "/new/config?x=1"), moved(307, "there"), OK)
    assert play.run(follow(GET)).body == b'{"ok": true}'
    assert play.requests() == [
        f"GET {BASE}config",
        f"GET {BASE}new/config?x=1",
        f"GET {BASE}new/there",
    ]


@pytest.mark.parametrize("status", [307, 308])
def test_a_post_follows_where_its_body_may_go_along(status: int) -> None:
    play = Play(moved(status, "/new"), OK)
    play.run(follow(POST))
    assert play.requests() == [f"POST {BASE}gradio_api/queue/join", f"POST {BASE}new"]
    assert play.bodies() == [{}, {}]


@pytest.mark.parametrize("status", [301, 302, 303])
def test_a_post_does_not_follow_where_its_body_is_lost(status: int) -> None:
    with pytest.raises(RedirectError) as e:
        Play(moved(status, "/new")).run(follow(POST))
    assert str(e.value) == (
        f"{BASE}gradio_api/queue/join redirects to {BASE}new, which would drop the POST; use that URL"
    )


@pytest.mark.parametrize(
    "location",
    ["http://other:7860/config", "//other/config", "http://h/config", "http://h:7861/config", "mailto:x"],
)
def test_nothing_follows_to_another_host(location: str) -> None:
    with pytest.raises(
        RedirectError, match=r"^http://h:7860/config redirects to .*, which is another host; if it"
    ):
        Play(moved(302, location)).run(follow(GET))


def test_no_secret_is_in_a_message() -> None:
    with pytest.raises(RedirectError) as e:
        Play(moved(302, "http://me:secret@other/?token=secret")).run(follow(GET))
    assert "secret" not in str(e.value)


def test_redirects_end() -> None:
    with pytest.raises(RedirectError) as e:
        Play(*[moved(302, "/config")] * 5).run(follow(GET))
    assert str(e.value) == f"{BASE}config: gave up after 5 redirects"


@pytest.mark.parametrize("location", ["http://[::1", "http://h:99999/"])
def test_a_place_that_is_none_is_told(location: str) -> None:
    with pytest.raises(ProtocolError) as e:
        Play(moved(302, location)).run(follow(GET))
    assert str(e.value) == f"{BASE}config redirects to {location!r}, which is not a URL"


@pytest.mark.parametrize(
    ("url", "target", "stay"),
    [
        ("http://h/a", "http://h/b", True),
        ("http://h/a", "https://h/a", True),
        ("http://h/a", "https://h:443/a", True),
        ("http://h:7860/a", "https://h/a", True),
        ("http://h:7860/a", "https://h:7860/a", True),
        ("http://h:7860/a", "https://h:8443/a", False),
        ("http://h/a", "http://h:8080/a", False),
        ("https://h/a", "http://h/a", False),
        ("http://h/a", "https://other/a", False),
        ("http://h/a", "ftp://h/a", False),
    ],
)
def test_credentials_stay_with_the_host_and_may_become_safer(url: str, target: str, stay: bool) -> None:
    assert stays(url, target) is stay


# Logins


def test_a_login_sends_the_form() -> None:
    play = Play(Answer(200, {"success": True}))
    play.run(login(LOGIN))
    (request,) = play.asked
    assert request == HttpRequest(
        "POST", f"{BASE}login", b"username=user&password=pa+ss%26", "application/x-www-form-urlencoded"
    )


def test_without_a_login_none_is_made() -> None:
    play = Play()
    play.run(login(OPEN))
    assert play.asked == []


def test_a_login_of_3_16_leads_to_the_page() -> None:
    play = Play(moved(302, "/"))
    play.run(login(LOGIN))
    assert play.requests() == [f"POST {BASE}login"]


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_login_follows_the_app_to_https(status: int) -> None:
    # Every server that wants https answers like this, whatever it is asked.
    play = Play(moved(status, "https://h:7860/login"), Answer(200, {"success": True}))
    play.run(login(LOGIN))
    assert play.requests() == [f"POST {BASE}login", "POST https://h:7860/login"]
    assert play.bodies() == [b"username=user&password=pa+ss%26"] * 2


def test_a_login_does_not_follow_to_another_host() -> None:
    with pytest.raises(RedirectError, match="which is another host"):
        Play(moved(307, "https://other/login")).run(login(LOGIN))


@pytest.mark.parametrize("status", [400, 401, 403])
def test_a_login_that_was_refused_names_the_user_and_not_the_password(status: int) -> None:
    with pytest.raises(AuthenticationError) as e:
        Play(Answer(status, {"detail": "Incorrect credentials."})).run(login(LOGIN))
    assert str(e.value) == f"the login: {BASE}login refused the username 'user' or its password"
    assert (e.value.status, e.value.url) == (status, f"{BASE}login")
    assert e.value.server_text == '{"detail": "Incorrect credentials."}'
    assert "pa" not in str(e.value).replace("password", "")


def test_a_login_that_failed_is_told() -> None:
    with pytest.raises(ResponseError, match=r"^the login: http://h:7860/login answered 500: oh no$"):
        Play(Answer(500, b"oh no")).run(login(LOGIN))


def test_a_login_that_ran_out_is_made_again_once() -> None:
    play = Play(Answer(401), Answer(200, {"success": True}), OK)
    assert play.run(exchange(LOGIN, POST)).status == 200
    join = f"POST {BASE}gradio_api/queue/join"
    assert play.requests() == [join, f"POST {BASE}login", join]


def test_a_login_that_does_not_help_is_not_made_again() -> None:
    play = Play(Answer(401), Answer(200, {"success": True}), Answer(401))
    assert play.run(exchange(LOGIN, POST)).status == 401


def test_without_a_login_a_401_is_the_reply() -> None:
    assert Play(Answer(401)).run(exchange(OPEN, POST)).status == 401


# Reading


READING = Access(Routes(BASE), retries=Retries(count=2, base_seconds=1))


@pytest.mark.parametrize("status", [429, 502, 503, 504])
def test_what_changes_nothing_is_asked_for_again(status: int) -> None:
    play = Play(Answer(status, b"later"), TransportError("broken"), OK)
    assert play.run(read(READING, GET, "the app's /config")).status == 200
    assert play.pauses() == [(0.0, 1.0), (0.0, 2.0)]


def test_asking_ends() -> None:
    with pytest.raises(
        ResponseError, match=r"^the app's /config: http://h:7860/config answered 502: no$"
    ) as e:
        Play(*[Answer(502, b"no")] * 3).run(read(READING, GET, "the app's /config"))
    assert e.value.attempts == 3


@pytest.mark.parametrize("answer", [moved(302, "http://other/"), Answer(404), Answer(500), Answer(401)])
def test_what_a_repetition_does_not_change_is_not_asked_for_again(answer: Answer) -> None:
    play = Play(answer)
    if answer.status == 302:
        with pytest.raises(RedirectError):
            play.run(read(READING, GET, "the app's /config"))
    else:
        assert play.run(read(READING, GET, "the app's /config")).status == answer.status
    assert play.pauses() == []


def test_a_post_is_json() -> None:
    request = post_json(
        BASE, {"a": [1, None, "ü"]}, no_read_timeout=True, idempotent=True, headers={"x": "y"}
    )
    assert request.content == b'{"a":[1,null,"\\u00fc"]}'
    assert (request.method, request.content_type) == ("POST", "application/json")
    assert (request.no_read_timeout, request.idempotent, request.headers) == (True, True, {"x": "y"})


def test_a_full_queue_is_an_error_of_its_own() -> None:
    errors: list[Any] = []
    with pytest.raises(QueueError) as e:
        Play(*[Answer(503, {"detail": "Queue is full."})] * 3).run(read(READING, GET, "the app's /config"))
    errors.append(e.value)
    assert errors[0].status == 503
