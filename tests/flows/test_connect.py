"""Finding out what an app is, from the answers that servers of several releases give."""

from __future__ import annotations

import json
from typing import Any

import pytest

from gradlink import (
    AuthenticationError,
    ConnectError,
    NotFoundError,
    ProtocolError,
    ResponseError,
    TransportError,
)
from gradlink._flows.connect import check_restart, connect
from gradlink._flows.exchange import Access
from gradlink._protocol.routes import Routes
from gradlink._protocol.schema import AppSchema, read_app
from tests.flows.play import Answer, Play

BASE = "http://h:7860/"
OPEN = Access(Routes(BASE))
LOGIN = Access(Routes(BASE), ("user", "pass"))

CONFIG: dict[str, Any] = {
    "version": "6.31.0",
    "protocol": "sse_v3",
    "api_prefix": "/gradio_api",
    "app_id": 7,
    "components": [{"id": 1, "type": "textbox", "props": {"label": "text"}, "skip_api": False}],
    "dependencies": [{"id": 0, "inputs": [1], "outputs": [1], "api_name": "echo", "queue": True}],
}
INFO: dict[str, Any] = {
    "named_endpoints": {
        "/echo": {
            "parameters": [{"label": "Text", "parameter_name": "text", "parameter_has_default": False}],
            "returns": [],
        }
    },
    "unnamed_endpoints": {},
}
INFO_URL = f"GET {BASE}gradio_api/info?all_endpoints=true"
OLD_INFO_URL = f"GET {BASE}info?all_endpoints=true"


def page(text: str) -> Answer:
    return Answer(200, f"<html><script>{text}</script>".encode())


def names(schema: AppSchema) -> list[str]:
    return [parameter.name for parameter in schema.endpoints[0].parameters]


def test_a_new_app_is_known_after_two_requests_at_once() -> None:
    play = Play(Answer(200, CONFIG), Answer(200, INFO))
    access, schema = play.run(connect(OPEN))
    assert play.requests() == [f"GET {BASE}config", INFO_URL]
    assert access == Access(Routes(BASE, "/gradio_api"))
    assert (schema.version, schema.dialect.protocol, names(schema)) == ("6.31.0", "sse_v3", ["text"])
    assert schema.info == INFO


def test_an_app_of_4_x_is_asked_without_prefix() -> None:
    config = {**CONFIG, "version": "4.44.1"}
    del config["api_prefix"]
    play = Play(Answer(200, config), Answer(404), Answer(200, INFO))
    access, schema = play.run(connect(OPEN))
    assert play.requests() == [f"GET {BASE}config", INFO_URL, OLD_INFO_URL]
    assert access.routes.prefix == ""
    assert names(schema) == ["text"]


def test_an_app_of_3_x_is_asked_for_the_values_themselves() -> None:
    config = {**CONFIG, "version": "3.50.2"}
    for key in ("api_prefix", "protocol"):
        del config[key]
    play = Play(Answer(200, config), Answer(404), Answer(200, INFO))
    _, schema = play.run(connect(OPEN))
    assert play.requests()[-1] == f"{OLD_INFO_URL}&serialize=False"
    assert schema.dialect.protocol == "ws"


@pytest.mark.parametrize(
    "answer",
    [
        Answer(500, b"Internal Server Error"),
        Answer(404),
        Answer(200, b"<html>"),
        Answer(200, []),
        Answer(200, {"named_endpoints": []}),
        TransportError("broken"),
    ],
)
def test_an_app_is_known_without_its_description(answer: Any) -> None:
    _, schema = Play(Answer(200, CONFIG), answer).run(connect(OPEN))
    assert names(schema) == ["text"]  # from the label
    assert list(schema.info["named_endpoints"]) == ["/echo"]  # type: ignore[arg-type]


def test_a_login_comes_first() -> None:
    play = Play(Answer(200, {"success": True}), Answer(200, CONFIG), Answer(200, INFO))
    access, _ = play.run(connect(LOGIN))
    assert play.requests() == [f"POST {BASE}login", f"GET {BASE}config", INFO_URL]
    assert access.auth == ("user", "pass")


def test_a_login_that_is_wanted_is_told() -> None:
    detail = {"error": "Not authenticated", "auth_message": "Please log in"}
    with pytest.raises(
        AuthenticationError,
        match=r"^the app's /config: http://h:7860/config answered 401: login required; pass auth=\(username, "
        r"password\) \(Please log in\)$",
    ):
        Play(Answer(401, {"detail": detail}), Answer(401)).run(connect(OPEN))


def test_the_url_changes_where_the_app_has_moved() -> None:
    play = Play(Answer(302, location="/sub/app/config"), Answer(200, CONFIG), Answer(404), Answer(200, INFO))
    access, schema = play.run(connect(OPEN))
    assert access.routes.base == f"{BASE}sub/app/"
    assert play.requests()[-1] == f"GET {BASE}sub/app/gradio_api/info?all_endpoints=true"
    assert names(schema) == ["text"]


def test_an_answer_that_a_path_was_added_to_keeps_the_typed_url() -> None:
    play = Play(Answer(302, location="/config/"), Answer(200, CONFIG), Answer(200, INFO))
    access, _ = play.run(connect(OPEN))
    assert access.routes.base == BASE


def test_the_root_that_the_app_believes_in_is_not_asked() -> None:
    config = {**CONFIG, "root": "http://pub.example/sub"}
    access, _ = Play(Answer(200, config), Answer(200, INFO)).run(connect(OPEN))
    assert access.routes.base == BASE


# The page


@pytest.mark.parametrize("answer", [Answer(404), Answer(405), Answer(200, b" \n<html>")])
def test_the_page_stands_in_for_a_missing_config(answer: Answer) -> None:
    text = f"window.gradio_config = {json.dumps(CONFIG)};window.other = 1;"
    play = Play(answer, Answer(200, INFO), page(text))
    _, schema = play.run(connect(OPEN))
    assert play.requests() == [f"GET {BASE}config", INFO_URL, f"GET {BASE}"]
    assert schema.version == "6.31.0"


def test_a_page_that_wants_a_login_says_so() -> None:
    wanted = {"auth_required": True, "auth_message": "Please log in", "version": "6.31.0"}
    with pytest.raises(AuthenticationError) as e:
        Play(Answer(404), Answer(404), page(f"window.gradio_config = {json.dumps(wanted)};")).run(
            connect(OPEN)
        )
    assert str(e.value) == (
        f"{BASE}: login required; pass auth=(username, password) (it says: Please log in)"
    )
    assert e.value.url == BASE


def test_a_config_that_wants_a_login_says_so() -> None:
    with pytest.raises(AuthenticationError) as e:
        Play(Answer(200, {"auth_required": True}), Answer(404)).run(connect(OPEN))
    assert str(e.value) == f"{BASE}: login required; pass auth=(username, password)"


@pytest.mark.parametrize("answer", [page("nothing"), Answer(404, b"nothing here"), Answer(200, b"\xff\xfe")])
def test_what_is_no_app_is_told(answer: Answer) -> None:
    with pytest.raises(NotFoundError) as e:
        Play(Answer(404), Answer(404), answer).run(connect(OPEN))
    assert str(e.value) == f"{BASE} is not a Gradio app: neither /config nor its page has one"
    assert (e.value.status, e.value.url) == (answer.status, BASE)


# Pages of an app with several

WANTS_LOGIN = page(f"window.gradio_config = {json.dumps({'auth_required': True, 'current_page': ''})};")


def page_of(name: str) -> Answer:
    return page(f"window.gradio_config = {json.dumps({**CONFIG, 'dependencies': [], 'current_page': name})};")


@pytest.mark.parametrize(
    ("typed", "name", "base"),
    [
        ("http://h/second/", "second", "http://h/"),
        ("http://h/sub/app/second/", "second", "http://h/sub/app/"),
        ("http://h/sub/a/b/", "a/b", "http://h/sub/"),
        ("http://h/s%C3%A9/", "s\u00e9", "http://h/"),
    ],
)
def test_a_page_of_an_app_leads_to_the_app(typed: str, name: str, base: str) -> None:
    play = Play(Answer(404), Answer(404), page_of(name), Answer(200, CONFIG), Answer(200, INFO))
    access, schema = play.run(connect(Access(Routes(typed))))
    assert access == Access(Routes(base, "/gradio_api"))
    assert play.requests()[2:4] == [f"GET {typed.rstrip('/')}", f"GET {base}config"]
    assert names(schema) == ["text"]


def test_the_root_that_a_page_names_is_not_trusted() -> None:
    config = {**CONFIG, "current_page": "second", "root": "http://evil.example"}
    play = Play(
        Answer(404), Answer(404), page(f"window.gradio_config = {json.dumps(config)};"),
        Answer(200, CONFIG), Answer(200, INFO),
    )  # fmt: skip
    access, _ = play.run(connect(Access(Routes("http://h/second/"))))
    assert access.routes.base == "http://h/"
    assert not [request for request in play.requests() if "evil" in request]


@pytest.mark.parametrize("auth", [None, ("user", "pass")])
def test_a_page_that_lies_elsewhere_than_it_says_does_not_lead_to_its_app(
    auth: tuple[str, str] | None,
) -> None:
    answers = [Answer(404), page_of("other")] if auth else [Answer(404), Answer(404), page_of("other")]
    with pytest.raises(
        NotFoundError, match=r"^http://h/second/ is the page 'other' of a Gradio app; give the"
    ):
        Play(*answers).run(connect(Access(Routes("http://h/second/"), auth)))


def test_a_page_behind_a_login_leads_to_the_app_above_it() -> None:
    # Before the login a page does not say which one it is.
    unauthorized = Answer(401, {"detail": {"error": "Not authenticated"}})
    play = Play(
        Answer(404), WANTS_LOGIN, Answer(404), unauthorized,
        Answer(200, {"success": True}), Answer(200, CONFIG), Answer(200, INFO),
    )  # fmt: skip
    access, _ = play.run(connect(Access(Routes("http://h/sub/app/second/x/"), ("user", "pass"))))
    assert access.routes.base == "http://h/sub/app/"
    assert play.requests() == [
        "POST http://h/sub/app/second/x/login",
        "GET http://h/sub/app/second/x",
        "GET http://h/sub/app/second/config",
        "GET http://h/sub/app/config",
        "POST http://h/sub/app/login",
        "GET http://h/sub/app/config",
        "GET http://h/sub/app/gradio_api/info?all_endpoints=true",
    ]


def test_a_page_behind_a_login_says_that_it_wants_one() -> None:
    with pytest.raises(AuthenticationError, match=r"pass auth=\(username, password\)"):
        Play(Answer(404), Answer(404), WANTS_LOGIN).run(connect(Access(Routes("http://h/second/"))))


@pytest.mark.parametrize(
    "answers",
    [
        [page("nothing"), page("nothing")],
        [WANTS_LOGIN, Answer(401, b"basic"), Answer(200, b"<html>"), Answer(200, {"other": 1}), Answer(403)],
    ],
)
def test_a_password_is_only_sent_to_what_answers_as_an_app(answers: list[Answer]) -> None:
    play = Play(Answer(404), *answers)
    with pytest.raises(NotFoundError, match=r"^the login: http://h/a/b/c/d/login answered 404"):
        play.run(connect(Access(Routes("http://h/a/b/c/d/"), ("user", "pass"))))
    assert [request for request in play.requests() if request.startswith("POST")] == [
        "POST http://h/a/b/c/d/login"
    ]


@pytest.mark.parametrize(
    "text", ["window.gradio_config = {broken", "window.gradio_config = " + "[" * 100_000]
)
def test_a_page_with_a_broken_config_is_told(text: str) -> None:
    with pytest.raises(ProtocolError, match=r"^the page at http://h:7860/ has a broken config$"):
        Play(Answer(404), Answer(404), page(text)).run(connect(OPEN))


def test_a_page_with_another_thing_in_its_place_is_told() -> None:
    with pytest.raises(ProtocolError, match=r"^/config has no 'dependencies'; it has: nothing$"):
        Play(Answer(404), Answer(404), page("window.gradio_config = 5;"), Answer(404)).run(connect(OPEN))


def test_a_page_that_fails_is_told() -> None:
    with pytest.raises(ResponseError, match=r"^the app's page: http://h:7860/ answered 500: oh no$"):
        Play(Answer(404), Answer(404), Answer(500, b"oh no")).run(connect(OPEN))


# Failures


@pytest.mark.parametrize(("body", "shown"), [([1], r"\[1\]"), ("x", "x"), (None, "None")])
def test_a_config_that_is_no_object_is_told(body: Any, shown: str) -> None:
    with pytest.raises(ProtocolError, match=rf"^http://h:7860/config is not a JSON object: {shown}$"):
        Play(Answer(200, body), Answer(404)).run(connect(OPEN))


def test_a_config_that_is_no_json_is_told() -> None:
    with pytest.raises(ProtocolError, match=r"^the answer to the app's /config is not JSON: '\{broken'$"):
        Play(Answer(200, b"{broken"), Answer(404)).run(connect(OPEN))


def test_a_config_that_fails_is_told() -> None:
    with pytest.raises(ResponseError, match=r"^the app's /config: http://h:7860/config answered 500: oh no$"):
        Play(Answer(500, b"oh no"), Answer(404)).run(connect(OPEN))


def test_a_server_that_is_not_there_is_told() -> None:
    with pytest.raises(ConnectError, match="no connection"):
        Play(ConnectError("no connection"), ConnectError("no connection")).run(connect(OPEN))


# After a pause

SCHEMA = read_app(CONFIG, INFO)
NEW = Access(Routes(BASE, "/gradio_api"))


def test_an_app_that_is_still_the_same_is_not_read_again() -> None:
    play = Play(Answer(200, {"app_id": 7}))
    assert play.run(check_restart(NEW, SCHEMA)) is None
    assert play.requests() == [f"GET {BASE}gradio_api/app_id"]


def test_an_app_that_was_restarted_is_read_again() -> None:
    config = {**CONFIG, "app_id": 8, "version": "6.32.0"}
    play = Play(Answer(200, {"app_id": 8}), Answer(200, config), Answer(200, INFO))
    fresh = play.run(check_restart(NEW, SCHEMA))
    assert fresh is not None
    assert (fresh.app_id, fresh.version) == (8, "6.32.0")


@pytest.mark.parametrize(
    "answer", [Answer(404), Answer(500), Answer(200, b"<html>"), Answer(200, []), TransportError("broken")]
)
def test_an_app_that_does_not_say_counts_as_the_same(answer: Any) -> None:
    assert Play(answer).run(check_restart(NEW, SCHEMA)) is None


def test_an_app_without_an_id_is_not_asked() -> None:
    play = Play()
    assert play.run(check_restart(NEW, read_app({**CONFIG, "app_id": None}, INFO))) is None
    assert play.asked == []
