"""Logins, cookies, headers, and tokens: who gets them, and who does not."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from http.cookies import SimpleCookie
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gradlink import AppError, AuthenticationError, handle_file
from tests.live.asked import Asked
from tests.live.servers import Request, Server, Servers
from tests.live.shells import Shell

JOIN = "/gradio_api/queue/join"
STREAM = "/gradio_api/queue/data"
RUN = "/gradio_api/run/predict"
UPLOAD = "/gradio_api/upload"
LOGIN = ("user", "pass")


def cookies(request: Request) -> dict[str, str]:
    return {name: morsel.value for name, morsel in SimpleCookie(request.headers.get("cookie", "")).items()}


def logins(asked: Asked) -> int:
    return asked.routes().count("POST /login")


def use_everything(client: Any) -> None:
    """Make a request of every kind that calls are made of."""
    file = handle_file(b"abc", name="a.txt")
    assert client.predict("x", api_name="/echo") == "x"
    assert client.predict("x", api_name="/fast") == "x"
    assert Path(client.predict(file, api_name="/file_upper")).read_text("utf-8") == "ABC"


# -- the form of the app -------------------------------------------------------------------------------


@pytest.mark.parametrize(("username", "password"), [("user", "pass"), ("two", "words")])
def test_a_login_with_username_and_password(
    server: Servers, connect: Shell, username: str, password: str
) -> None:
    asked = Asked(server("auth"))
    with connect(asked.url, auth=(username, password), headers=asked.headers) as client:
        assert client.predict(api_name="/whoami")["username"] == username
        use_everything(client)
        assert logins(asked) == 1
        assert {request.status for request in asked.requests()} == {200}


def test_a_login_given_as_a_list(server: Servers, connect: Shell) -> None:
    with connect(server("auth").url, auth=["user", "pass"]) as client:
        assert client.predict(api_name="/whoami")["username"] == "user"


def test_a_login_for_an_app_that_wants_none(server: Servers, connect: Shell) -> None:
    with connect(server("single").url, auth=LOGIN) as client:
        assert client.predict("x") == "x"


def test_a_wrong_password(server: Servers, connect: Shell) -> None:
    auth = server("auth")
    said = f"^the login: {auth.url}login refused the username 'user' or its password"
    with (
        pytest.raises(AuthenticationError, match=said) as caught,
        connect(auth.url, auth=("user", "my-secret")),
    ):
        pass
    assert (caught.value.status, caught.value.url) == (400, auth.url + "login")
    assert "my-secret" not in f"{caught.value} {caught.value!r} {vars(caught.value)}"


def test_a_missing_login_says_how_to_give_it_and_what_the_app_says(server: Servers, connect: Shell) -> None:
    auth = server("auth")
    with pytest.raises(AuthenticationError) as caught, connect(auth.url):
        pass
    assert str(caught.value) == (
        f"the app's /config: {auth.url}config answered 401: "
        "login required; pass auth=(username, password) (Please log in)"
    )
    assert caught.value.status == 401


def test_a_page_that_wants_a_login_says_the_same(server: Servers, connect: Shell) -> None:
    auth = server("auth")
    auth.answer("/config", 404, "not here")
    said = r"login required; pass auth=\(username, password\) \(it says: Please log in\)"
    with pytest.raises(AuthenticationError, match=said), connect(auth.url):
        pass


@pytest.mark.parametrize(
    "given", ["user:pass", ("user",), ("user", "pass", "more"), ("user", None), {"user": 1}]
)
def test_a_login_that_is_no_pair_of_texts(server: Servers, connect: Shell, given: Any) -> None:
    with (
        pytest.raises(TypeError, match=r"auth is a pair of strings: \(username, password\)"),
        connect(server("auth").url, auth=given),
    ):
        pass


# -- when a login has run out --------------------------------------------------------------------------

CALLS: dict[str, Callable[[Any], Any]] = {
    "a call through the queue": lambda client: client.predict("x", api_name="/echo") == "x",
    "a direct call": lambda client: client.predict("x", api_name="/fast") == "x",
    "a file": lambda client: client.predict(handle_file(b"abc", name="a.txt"), api_name="/file_digest"),
    "a generator": lambda client: list(client.submit("w", 2, api_name="/count")) == ["w0 ", "w0 w1 "],
}


@pytest.mark.parametrize("call", CALLS.values(), ids=CALLS)
def test_a_call_logs_in_again_when_the_login_has_run_out(
    server: Servers, connect: Shell, call: Callable[[Any], Any]
) -> None:
    asked = Asked(server("auth"))
    with connect(asked.url, auth=LOGIN, headers=asked.headers) as client:
        server("auth").log_everybody_out()
        assert call(client)
        assert logins(asked) == 2
        assert [request.status for request in asked.requests()].count(401) == 1


@pytest.mark.parametrize("path", ["/config", STREAM, JOIN, RUN, UPLOAD])
def test_a_single_401_is_answered_with_one_login(server: Servers, connect: Shell, path: str) -> None:
    asked = Asked(server("auth"))
    server("auth").answer(path, 401, '{"detail": "Not authenticated"}')
    with connect(asked.url, auth=LOGIN, headers=asked.headers) as client:
        use_everything(client)
        assert logins(asked) == 2
        assert [request.path for request in asked.requests() if request.status == 401] == [path]


def test_a_file_is_fetched_with_a_new_login(server: Servers, connect: Shell) -> None:
    asked = Asked(server("auth"))
    with connect(asked.url, auth=LOGIN, headers=asked.headers) as client:
        job = client.submit("a.txt", "hello", api_name="/make_file")
        assert job.exception() is None
        asked.forget()
        server("auth").log_everybody_out()
        assert Path(job.result()).read_text("utf-8") == "hello"
        refused, login, fetched = asked.requests()
        assert (refused.status, login.path, fetched.status) == (401, "/login", 200)
        assert refused.path == fetched.path


def test_a_session_keeps_its_state_over_a_new_login(server: Servers, connect: Shell) -> None:
    with connect(server("auth").url, auth=LOGIN) as client:
        assert client.predict(1, api_name="/counter") == 1
        server("auth").log_everybody_out()
        assert client.predict(10, api_name="/counter") == 11
        assert client.predict(api_name="/whoami")["username"] == "user"


def test_many_jobs_at_once_find_out_that_the_login_has_run_out(server: Servers, connect: Shell) -> None:
    with connect(server("auth").url, auth=LOGIN) as client:
        server("auth").log_everybody_out()
        jobs = [client.submit(n, api_name="/batch_double") for n in range(6)]
        assert [job.result() for job in jobs] == [0, 2, 4, 6, 8, 10]


@pytest.mark.parametrize(("path", "api_name"), [(JOIN, "/echo"), (RUN, "/fast")])
def test_a_second_401_is_an_error(server: Servers, connect: Shell, path: str, api_name: str) -> None:
    asked = Asked(server("auth"))
    with connect(asked.url, auth=LOGIN, headers=asked.headers) as client:
        asked.forget()
        server("auth").answer(path, 401, '{"detail": "Not authenticated"}', times=2)
        with pytest.raises(AuthenticationError, match="answered 401") as caught:
            client.predict("x", api_name=api_name)
        assert (caught.value.status, caught.value.endpoint) == (401, api_name)
        assert asked.routes() == [f"POST {path}", "POST /login", f"POST {path}"]
        assert client.predict("x", api_name=api_name) == "x"


def test_a_401_for_a_client_without_a_login_is_an_error_at_once(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        server().answer(JOIN, 401, '{"detail": "Not authenticated"}')
        with pytest.raises(AuthenticationError, match=r"pass auth=\(username, password\)"):
            client.predict("x", api_name="/echo")
        assert asked.routes() == [f"POST {JOIN}"]


def test_a_password_that_was_changed_meanwhile(server: Servers, connect: Shell) -> None:
    with connect(server("auth").url, auth=LOGIN) as client:
        server("auth").log_everybody_out()
        server("auth").answer("/login", 400, '{"detail": "Incorrect credentials."}')
        with pytest.raises(AuthenticationError, match="refused the username 'user' or its password"):
            client.predict("x", api_name="/echo")
        assert client.predict("x", api_name="/echo") == "x"


# -- cookies -------------------------------------------------------------------------------------------


def set_cookie_at_connect(server: Server, path: str, cookie: str) -> None:
    """Let the app's own answer to the next request for ``path`` bring a cookie along."""
    query = {"all_endpoints": "true"} if path.endswith("info") else {}
    body = httpx2.get(server.url.removesuffix("/") + path, params=query, trust_env=False).text
    server.answer(path, 200, body, headers={"set-cookie": f"{cookie}; Path=/"})


@pytest.mark.parametrize("path", ["/config", "/gradio_api/info"])
def test_cookies_of_the_first_answers_are_sent_from_then_on(
    server: Servers, connect: Shell, path: str
) -> None:
    asked = Asked(server())
    set_cookie_at_connect(server(), path, "replica=7")
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        use_everything(client)
        paths = {request.path.partition("=")[0] for request in asked.requests()}
        assert paths == {JOIN, STREAM, RUN, UPLOAD, "/gradio_api/file"}
        assert [cookies(request) for request in asked.requests()] == [{"replica": "7"}] * len(
            asked.requests()
        )


@pytest.mark.parametrize("path", [JOIN, STREAM, RUN, UPLOAD])
def test_cookies_of_every_answer_are_kept(server: Servers, connect: Shell, path: str) -> None:
    asked = Asked(server("auth"))
    with connect(asked.url, auth=LOGIN, headers=asked.headers) as client:
        # A refusal is an answer, too, and the only one that a test can change without losing a job.
        server("auth").answer(path, 401, "{}", headers={"set-cookie": "replica=7; Path=/"})
        use_everything(client)
        asked.forget()
        use_everything(client)
        assert {cookies(request).get("replica") for request in asked.requests()} == {"7"}
        # The login's own cookie is still there.
        assert all(len(cookies(request)) >= 2 for request in asked.requests())


def test_the_newest_value_of_a_cookie_is_sent(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    set_cookie_at_connect(server(), "/config", "replica=1")
    with connect(asked.url, headers=asked.headers, httpx_kwargs={"cookies": {"replica": "0"}}) as client:
        (config,) = asked.requests("/config")
        assert cookies(config) == {"replica": "0"}
        asked.forget()
        assert client.predict("x", api_name="/fast") == "x"
        assert [request.headers["cookie"] for request in asked.requests()] == ["replica=1"]


@pytest.mark.parametrize("kind", [dict, httpx2.Cookies])
def test_cookies_of_the_caller_go_with_every_request(
    server: Servers, connect: Shell, kind: Callable[[dict[str, str]], Any]
) -> None:
    asked = Asked(server())
    given = {"cookies": kind({"mine": "1", "other": "two"})}
    with connect(asked.url, headers=asked.headers, httpx_kwargs=given) as client:
        use_everything(client)
        assert client.predict(api_name="/whoami")["cookies"] == {"mine": "1", "other": "two"}
        assert all(cookies(request) == {"mine": "1", "other": "two"} for request in asked.requests())


def test_cookies_of_the_caller_stay_beside_those_of_the_login(server: Servers, connect: Shell) -> None:
    with connect(server("auth").url, auth=LOGIN, httpx_kwargs={"cookies": {"mine": "1"}}) as client:
        seen = client.predict(api_name="/whoami")
        assert seen["username"] == "user"
        assert seen["cookies"]["mine"] == "1"
        assert len(seen["cookies"]) == 2


def test_two_clients_have_a_jar_each(server: Servers, connect: Shell) -> None:
    set_cookie_at_connect(server(), "/config", "replica=7")
    with connect(server().url) as one, connect(server().url) as other:
        assert one.predict(api_name="/whoami")["cookies"] == {"replica": "7"}
        assert other.predict(api_name="/whoami")["cookies"] == {}


# -- headers -------------------------------------------------------------------------------------------


def test_headers_of_the_client_go_with_every_request(server: Servers, connect: Shell) -> None:
    closed = server("closed")  # nobody else talks to it now
    before = len(closed.requests())
    with connect(closed.url, headers={"X-Probe": "client", "authorization": "Basic abc"}) as client:
        use_everything(client)
        assert client.predict(1, api_name="/counter") == 1
        closed.reach(f"GET /gradio_api/heartbeat/{client.session_hash}", "asked")
    requests = closed.requests(before)
    kinds = {request.path.partition("=")[0].partition("/heartbeat/")[0] for request in requests}
    api = {JOIN, STREAM, RUN, UPLOAD, "/gradio_api/file", "/gradio_api"}
    assert kinds == {"/config", "/gradio_api/info", *api}
    assert {request.headers.get("x-probe") for request in requests} == {"client"}
    assert {request.headers.get("authorization") for request in requests} == {"Basic abc"}


@pytest.mark.parametrize("api_name", ["/file_upper", "/fast_file"])
def test_headers_of_a_call_go_with_its_requests_only(server: Servers, connect: Shell, api_name: str) -> None:
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        asked.forget()
        file = handle_file(b"abc", name="a.txt")
        client.predict(file, headers={"x-probe": "call"}, api_name=api_name)
        sent = {r.path: r.headers.get("x-probe") for r in asked.requests() if r.method == "POST"}
        assert sent == {UPLOAD: "call", (RUN if api_name == "/fast_file" else JOIN): "call"}
        asked.forget()
        client.submit(file, api_name=api_name).result()
        assert {request.headers.get("x-probe") for request in asked.requests()} == {None}


@pytest.mark.parametrize("name", ["x-probe", "X-Probe"])
def test_the_header_of_a_call_wins_over_the_same_one_of_the_client(
    server: Servers, connect: Shell, name: str
) -> None:
    with connect(server().url, headers={"x-probe": "client"}) as client:
        called = client.predict(headers={name: "call"}, api_name="/whoami")
        assert called["headers"]["x-probe"] == "call"
        submitted = client.submit(headers={name: "call"}, api_name="/whoami").result()
        assert submitted["headers"]["x-probe"] == "call"
        assert client.predict(api_name="/whoami")["headers"]["x-probe"] == "client"


def test_calls_are_marked_as_those_of_a_program(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        headers = client.predict(api_name="/whoami")["headers"]
    assert headers["x-gradio-user"] == "api"
    assert headers["user-agent"].startswith("gradlink")


# -- tokens --------------------------------------------------------------------------------------------


def test_the_token_goes_with_every_request_in_a_header_of_its_own(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, token="hf_abc", headers=asked.headers) as client:
        use_everything(client)
        headers = client.predict(api_name="/whoami")["headers"]
        assert (headers["x-hf-authorization"], headers["authorization"]) == ("Bearer hf_abc", None)
        assert {r.headers.get("x-hf-authorization") for r in asked.requests()} == {"Bearer hf_abc"}
        # It is not lent to the app's code.
        assert client.predict("x", api_name="/token_of") == "x:None"


def test_a_header_given_by_hand_wins_over_the_token(server: Servers, connect: Shell) -> None:
    with connect(server().url, token="hf_abc", headers={"X-HF-Authorization": "Bearer own"}) as client:
        assert client.predict(api_name="/whoami")["headers"]["x-hf-authorization"] == "Bearer own"


def test_no_token_is_taken_from_the_environment(
    server: Servers, connect: Shell, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "token").write_text("hf_of_file")
    monkeypatch.setenv("HF_HOME", str(tmp_path))
    monkeypatch.setenv("HF_TOKEN_PATH", str(tmp_path / "token"))
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN", "HUGGINGFACE_TOKEN"):
        monkeypatch.setenv(name, "hf_of_environment")
    asked = Asked(server())
    with connect(asked.url, headers=asked.headers) as client:
        use_everything(client)
        assert client.predict("x", api_name="/token_of") == "x:None"
        assert client.predict(api_name="/whoami")["headers"]["x-hf-authorization"] is None
    requests = asked.requests()
    assert len(requests) > 10
    assert [request for request in requests if "hf_of_" in f"{request.headers} {request.json}"] == []


def test_the_oauth_token_goes_to_endpoints_that_declare_it_and_to_no_other(
    server: Servers, connect: Shell
) -> None:
    asked = Asked(server())
    with connect(asked.url, oauth_token="hf_lent", headers=asked.headers) as client:
        assert client.predict("x", api_name="/token_of") == "x:hf_lent"
        assert client.submit("x", api_name="/token_required").result() == "x:hf_lent"
        bodies = [request.json for request in asked.requests("/queue/join")]
        assert [body["oauth_token"] for body in bodies] == ["hf_lent", "hf_lent"]
        asked.forget()
        use_everything(client)
        list(client.submit("w", 1, api_name="/count"))
        client.predict(1, api_name="/counter")
        everything = [f"{r.headers} {r.query} {r.json}" for r in asked.requests()]
        assert len(everything) > 8
        assert [sent for sent in everything if "hf_lent" in sent or "oauth" in sent] == []


def test_the_oauth_token_is_in_no_header_and_no_url(server: Servers, connect: Shell) -> None:
    asked = Asked(server())
    with connect(asked.url, oauth_token="hf_lent", headers=asked.headers) as client:
        assert client.predict("x", api_name="/token_required") == "x:hf_lent"
    assert [r.path for r in asked.requests() if "hf_lent" in f"{r.headers} {r.path} {r.query}"] == []


def test_without_an_oauth_token_the_app_has_none(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.predict("x", api_name="/token_of") == "x:None"
        with pytest.raises(AppError, match="requires a logged in user"):
            client.predict("x", api_name="/token_required")


def test_secrets_are_not_shown_by_the_client(server: Servers, connect: Shell) -> None:
    secrets = {"token": "hf_abc", "oauth_token": "hf_lent", "headers": {"x-probe": "hidden"}}
    with connect(server("auth").url, auth=("user", "pass"), **secrets) as client:
        shown = f"{client!r} {client._shared.settings!r}"
        for secret in ("hf_abc", "hf_lent", "hidden", "'pass'"):
            assert secret not in shown


TALK = """
import sys

hosts = set()


def watch(event, arguments):
    if event == "socket.connect":
        hosts.add(f"{arguments[1][0]}:{arguments[1][1]}")
    elif event == "socket.getaddrinfo":
        hosts.add(f"{arguments[0]}:{arguments[1]}")


sys.addaudithook(watch)
from gradlink import Client, handle_file

with Client(sys.argv[1], token="hf_abc", analytics_enabled=True, verbose=False) as client:
    client.predict("x", api_name="/echo")
    client.predict(handle_file(b"abc", name="a.txt"), api_name="/file_upper")
    client.submit("x", api_name="/boom").exception()
print(*hosts)
"""


def test_a_client_of_a_url_talks_to_nobody_else(server: Servers, tmp_path: Path) -> None:
    # No telemetry, no Hub, whatever the environment says.
    environment = {**os.environ, "HF_TOKEN": "hf_abc", "GRADIO_TEMP_DIR": str(tmp_path)}
    run = subprocess.run(
        [sys.executable, "-c", TALK, server().url],
        capture_output=True,
        text=True,
        check=True,
        timeout=60,
        env=environment,
    )
    assert run.stdout == server().origin.removeprefix("http://") + "\n"
