"""Spaces by name, their tokens and their stages, with real apps behind a local Hub."""

from __future__ import annotations

import pickle
from pathlib import Path
from typing import Any

import httpx2
import pytest

from gradlink import (
    AsyncClient,
    AuthenticationError,
    Client,
    ConnectError,
    HubAuthenticationError,
    HubError,
    HubRateLimitError,
    NotFoundError,
    SpaceNotFoundError,
    SpaceNotRunningError,
    SpaceStage,
    SpaceStatus,
    handle_file,
)
from gradlink.testing.hub import HubRequest, LocalHub
from tests.live.servers import Servers
from tests.live.shells import Shell

HTTP_NAMES = ("authorization", "x-hf-authorization", "cookie", "x-mine")


def credentials(request: HubRequest) -> dict[str, str]:
    """Return what a request says about who sends it."""
    return {name: request.headers[name] for name in HTTP_NAMES if name in request.headers}


def use_everything(client: Any) -> None:
    """Make a request of every kind that calls are made of."""
    assert client.predict("x", api_name="/echo") == "x"
    assert client.predict("x", api_name="/fast") == "x"
    assert client.predict(2, api_name="/counter") == 2
    path = client.predict(handle_file(b"abc", name="a.txt"), api_name="/file_upper")
    assert Path(path).read_bytes() == b"ABC"
    assert list(client.submit("a", 3, api_name="/count"))[-1] == "a0 a1 a2 "


# -- names -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "form", ["me/app", " me/app/ ", "{hub}/spaces/me/app", "https://huggingface.co/spaces/me/app"]
)
def test_a_space_is_called_by_its_name(form: str, connect: Shell, hub: LocalHub, server: Servers) -> None:
    space = hub.add_space("me/app", server().url)
    with connect(form.format(hub=hub.url)) as client:
        assert client.predict("hello", api_name="/echo") == "hello"
        assert client.src == f"{space.url}/"
        assert client.space_id == "me/app"
    assert [(r.method, r.path) for r in hub.requests("hub")] == [("GET", "/api/spaces/me/app")]


def test_an_app_that_is_no_space_asks_no_hub(connect: Shell, hub: LocalHub, server: Servers) -> None:
    with connect(server().url) as client:
        assert client.predict("hello", api_name="/echo") == "hello"
        assert client.space_id is None
    assert hub.requests() == []


def test_a_renamed_space_is_found(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/new", server().url)
    hub.rename("me/old", "me/new")
    with connect("me/old") as client:
        assert client.predict("hello", api_name="/echo") == "hello"
        assert client.space_id == "me/new"


def test_a_space_that_is_not_shown_without_a_token(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url, private=True)
    for name in ("me/app", "me/nothing"):
        with pytest.raises(SpaceNotFoundError) as e, connect(name):
            pass
        assert (
            f"the Hub shows no Space {name} to callers without a token: if it is private, pass token="
            in str(e.value)
        )
        assert f"{hub.url}/settings/tokens" in str(e.value)
        assert (e.value.space_id, e.value.asked_with_token, e.value.status) == (name, False, 401)
        assert isinstance(e.value, (NotFoundError, ValueError))


def test_a_space_that_is_not_shown_with_a_token(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url, private=True)
    for name in ("me/app", "me/nothing"):
        with pytest.raises(SpaceNotFoundError) as e, connect(name, token="hf_other"):
            pass
        assert str(e.value).startswith(
            f"there is no Space {name}, or it is private and the account of this token (token=)"
        )
        assert (e.value.asked_with_token, e.value.status, e.value.code) == (True, 404, "RepoNotFound")
        assert "hf_other" not in str(e.value)


def test_a_token_that_is_none(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url)
    with (
        pytest.raises(HubAuthenticationError, match=r"refuses the token \(token=\)") as e,
        connect("me/app", token="hf_bad"),
    ):
        pass
    assert isinstance(e.value, AuthenticationError)
    assert "hf_bad" not in str(e.value)


def test_a_space_whose_app_is_no_gradio_app(connect: Shell, hub: LocalHub) -> None:
    with LocalHub() as other:
        hub.add_space("me/site", other.url)
        with pytest.raises(NotFoundError), connect("me/site"):
            pass


# -- private Spaces --------------------------------------------------------------------------------------


def test_a_private_space_shows_nothing_without_credentials(hub: LocalHub, server: Servers) -> None:
    space = hub.add_space("me/app", server().url, private=True)
    paths = [
        "/config",
        "/gradio_api/info",
        "/gradio_api/queue/data?session_hash=x",
        "/gradio_api/heartbeat/x",
        "/",
    ]
    for path in paths:
        assert httpx2.get(space.url + path).status_code == 404
        assert (
            httpx2.get(space.url + path, headers={"x-hf-authorization": "Bearer hf_other"}).status_code == 404
        )
    assert httpx2.post(f"{space.url}/gradio_api/queue/join", json={}).status_code == 404
    upload = {"files": ("big.bin", bytes(5_000_000))}
    assert httpx2.post(f"{space.url}/gradio_api/upload", files=upload).status_code == 404


def test_a_private_space_works_for_every_request(
    connect: Shell, hub: LocalHub, server: Servers, tmp_path: Path
) -> None:
    hub.add_space("team/app", server().url, private=True)
    with connect("team/app", token="hf_me", download_files=tmp_path) as client:
        use_everything(client)
    asked = hub.requests("team/app")
    assert {request.account for request in asked} == {"me"}
    assert {credentials(request)["x-hf-authorization"] for request in asked} == {"Bearer hf_me"}
    assert {request.status for request in asked} == {None}
    kinds = {f"{request.method} {request.path.rpartition('/')[2]}" for request in asked}
    assert {"GET config", "GET info", "POST join", "GET data", "POST upload", "POST predict"} <= kinds
    assert any("/file=" in request.path for request in asked)
    assert any("/heartbeat/" in request.path for request in asked)


def test_the_app_of_a_private_space_does_not_see_the_token(
    connect: Shell, hub: LocalHub, server: Servers
) -> None:
    hub.add_space("me/app", server().url, private=True)
    with connect("me/app", token="hf_me", headers={"x-probe": "mine"}) as client:
        headers = client.predict(api_name="/whoami")["headers"]
    assert (headers["authorization"], headers["x-hf-authorization"], headers["x-probe"]) == (
        None,
        None,
        "mine",
    )


def test_an_app_with_a_login_inside_a_private_space(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server("auth").url, private=True)
    with connect("me/app", token="hf_me", auth=("user", "pass")) as client:
        known = client.predict(api_name="/whoami")
        assert known["username"] == "user"
        server("auth").log_everybody_out()
        assert client.predict("again", api_name="/echo") == "again"
    asked = hub.requests("me/app")
    assert {request.account for request in asked} == {"me"}
    after_login = [request for request in asked if request.path.endswith("/queue/join")]
    assert after_login
    assert all("access-token" in credentials(request)["cookie"] for request in after_login)
    with pytest.raises(AuthenticationError, match="login required"), connect("me/app", token="hf_me"):
        pass
    with (
        pytest.raises(AuthenticationError, match="refused the username 'user'"),
        connect("me/app", token="hf_me", auth=("user", "wrong")),
    ):
        pass


def test_authorization_of_the_apps_own_goes_along(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url, private=True)
    with connect("me/app", token="hf_me", headers={"Authorization": "Basic mine"}) as client:
        assert client.predict(api_name="/whoami")["headers"]["authorization"] == "Basic mine"
    assert [credentials(request) for request in hub.requests("hub")] == [{"authorization": "Bearer hf_me"}]


def test_cookies_and_headers_for_the_app_go_to_the_space_alone(
    connect: Shell, hub: LocalHub, server: Servers
) -> None:
    hub.add_space("me/app", server().url)
    options = {"headers": {"x-mine": "1"}, "httpx_kwargs": {"cookies": {"mine": "2"}}}
    with connect("me/app", **options) as client:
        assert client.predict(api_name="/whoami")["cookies"]["mine"] == "2"
    assert {credentials(request).get("x-mine") for request in hub.requests("me/app")} == {"1"}
    assert [credentials(request) for request in hub.requests("hub")] == [{}]


def test_a_signature_opens_a_private_space(hub: LocalHub, server: Servers) -> None:
    space = hub.add_space("me/app", server().url, private=True)
    route = f"{hub.url}/api/spaces/me/app/jwt"
    assert httpx2.get(route).status_code == 401
    signature = httpx2.get(route, headers={"authorization": "Bearer hf_me"}).json()["token"]
    good = httpx2.get(f"{space.url}/config", params={"__sign": signature})
    assert good.json()["mode"] == "blocks"
    assert httpx2.get(f"{space.url}/config", params={"__sign": f"{signature}x"}).status_code == 404
    assert all("__sign" not in request.query for request in server().requests())
    other = hub.add_space("me/other", server().url, private=True)
    assert httpx2.get(f"{other.url}/config", params={"__sign": signature}).status_code == 404


# -- tokens ----------------------------------------------------------------------------------------------


def test_the_saved_token_is_for_spaces_and_the_hub_alone(
    connect: Shell, hub: LocalHub, server: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_HUB_DISABLE_IMPLICIT_TOKEN")
    monkeypatch.setenv("HF_TOKEN", "hf_me")
    hub.add_space("me/app", server().url, private=True)
    before = len(server().requests())
    with connect("me/app") as client:
        assert client.predict("x", api_name="/echo") == "x"
    assert {request.account for request in hub.requests()} == {"me"}
    # Neither the app behind the Hub's proxy nor an app that is given by its URL sees it.
    with connect(server().url) as client:
        use_everything(client)
    seen = [f"{request.query} {dict(request.headers)}" for request in server().requests(before)]
    assert len(seen) > 10
    assert [text for text in seen if "hf_me" in text] == []


def test_no_token_is_sent_where_none_is_wanted(
    connect: Shell, hub: LocalHub, server: Servers, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("HF_HUB_DISABLE_IMPLICIT_TOKEN")
    monkeypatch.setenv("HF_TOKEN", "hf_me")
    hub.add_space("me/app", server().url)
    with connect("me/app", token=False) as client:
        assert client.predict("x", api_name="/echo") == "x"
    assert {request.account for request in hub.requests()} == {None}
    assert {tuple(credentials(request)) for request in hub.requests()} == {()}


def test_a_file_of_another_host_is_fetched_without_the_token(
    connect: Shell, hub: LocalHub, server: Servers, tmp_path: Path
) -> None:
    hub.add_space("me/app", server().url, private=True)
    elsewhere = server("nostate")
    url = f"{elsewhere.url}config"
    before = len(elsewhere.requests())
    with connect("me/app", token="hf_me", download_files=tmp_path) as client:
        assert Path(client.predict(url, "a.json", api_name="/foreign_file")).read_bytes().startswith(b"{")
    fetched = [request for request in elsewhere.requests(before) if request.path == "/config"]
    assert len(fetched) >= 1
    assert all("x-hf-authorization" not in request.headers for request in fetched)


# -- stages ----------------------------------------------------------------------------------------------


def seen_by(statuses: list[SpaceStatus]) -> list[str]:
    return [status.stage for status in statuses]


def test_a_space_that_is_built_is_waited_for(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url, stages=["BUILDING", "APP_STARTING", "RUNNING"])
    reported: list[SpaceStatus] = []
    with connect("me/app", on_status=reported.append) as client:
        assert client.predict("hello", api_name="/echo") == "hello"
    assert reported[0] == SpaceStatus(
        "me/app", SpaceStage.BUILDING, "the Space me/app is being built", f"{hub.url}/spaces/me/app", 0.0
    )
    assert seen_by(reported) == ["BUILDING", "APP_STARTING", "RUNNING"]
    assert 0 < reported[1].waited < reported[2].waited
    looks = [request.path for request in hub.requests("hub")]
    assert looks == ["/api/spaces/me/app", *["/api/spaces/me/app/runtime"] * 2]


def test_a_space_that_is_built_for_three_looks_and_then_fails(
    connect: Shell, hub: LocalHub, server: Servers
) -> None:
    stages = [*["BUILDING"] * 3, "BUILD_ERROR"]
    hub.add_space("me/app", server().url, stages=stages, problem="no module named nothing")
    reported: list[SpaceStatus] = []
    with pytest.raises(SpaceNotRunningError) as e, connect("me/app", on_status=reported.append):
        pass
    page = f"{hub.url}/spaces/me/app"
    assert str(e.value) == f"the Space me/app could not be built (no module named nothing): see {page}"
    assert (e.value.space_id, e.value.stage, e.value.link) == ("me/app", SpaceStage.BUILD_ERROR, page)
    assert isinstance(e.value, ValueError)
    assert seen_by(reported) == ["BUILDING", "BUILD_ERROR"]
    assert len(hub.requests("hub")) == 4
    assert hub.requests("me/app") == []


@pytest.mark.parametrize("stage", ["SLEEPING", "STOPPED"])
def test_a_sleeping_space_is_woken_up(stage: str, connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url, private=True, stages=[stage])
    reported: list[SpaceStatus] = []
    with connect("me/app", token="hf_me", on_status=reported.append) as client:
        assert client.predict("hello", api_name="/echo") == "hello"
    assert seen_by(reported) == [stage, "APP_STARTING", "RUNNING"]


@pytest.mark.parametrize(
    ("stage", "said"),
    [
        (
            "PAUSED",
            "is paused: only its author can restart it, others can make a copy with Client.duplicate()",
        ),
        ("NO_APP_FILE", "has no app file"),
        ("CONFIG_ERROR", "has an error in its configuration, at the top of its README"),
        ("RUNTIME_ERROR", "has crashed"),
        ("DELETING", "is being deleted"),
    ],
)
def test_a_space_that_will_not_run_is_told(stage: str, said: str, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url, stages=[stage])
    with pytest.raises(SpaceNotRunningError) as e:
        Client("me/app", verbose=False)
    assert str(e.value) == f"the Space me/app {said}: see {hub.url}/spaces/me/app"
    assert (e.value.stage, e.value.execution) == (stage, "not started")


def test_waiting_has_an_end(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url, stages=["BUILDING"])
    with pytest.raises(SpaceNotRunningError) as e, connect("me/app", wait=1):
        pass
    assert str(e.value).startswith(
        "the Space me/app is being built, and was not ready after 1 s; a longer wait= may help"
    )
    assert e.value.stage == "BUILDING"
    hub.forget()
    with (
        pytest.raises(SpaceNotRunningError, match="is being built, and wait=0: see"),
        connect("me/app", wait=0),
    ):
        pass
    assert len(hub.requests()) == 1


@pytest.mark.parametrize("stage", ["RUNNING_BUILDING", "RUNNING_APP_STARTING", "SOMETHING_NEW"])
def test_other_stages_are_tried(stage: str, connect: Shell, hub: LocalHub, server: Servers) -> None:
    space = hub.add_space("me/app", server().url, stages=[stage, "RUNNING"])
    reported: list[SpaceStatus] = []
    with connect("me/app", on_status=reported.append) as client:
        assert client.predict("hello", api_name="/echo") == "hello"
        assert client.src == f"{space.url}/"
    assert reported == []


async def test_a_listener_may_be_a_coroutine_function(hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url, stages=["APP_STARTING", "RUNNING"])
    reported: list[str] = []

    async def listen(status: SpaceStatus) -> None:
        reported.append(status.stage)

    async with AsyncClient("me/app", verbose=False, on_status=listen) as client:
        assert await client.predict("hello", api_name="/echo") == "hello"
    assert reported == ["APP_STARTING", "RUNNING"]


def test_what_a_listener_raises_reaches_the_caller(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url, stages=["BUILDING"])

    def give_up(status: SpaceStatus) -> None:
        raise RuntimeError(f"no time for {status.stage}")

    with pytest.raises(RuntimeError, match="no time for BUILDING"), connect("me/app", on_status=give_up):
        pass


def test_verbose_prints_the_stages(
    hub: LocalHub, server: Servers, capsys: pytest.CaptureFixture[str]
) -> None:
    space = hub.add_space("me/app", server().url, stages=["APP_STARTING", "RUNNING"])
    Client("me/app").close()
    said = capsys.readouterr()
    assert said.out.splitlines() == ["The Space me/app is starting ...", "The Space me/app is running ..."]
    assert said.err == f"Loaded as API: {space.url}/\n"


def test_stages_are_logged(hub: LocalHub, server: Servers, caplog: pytest.LogCaptureFixture) -> None:
    hub.add_space("me/app", server().url, stages=["APP_STARTING", "RUNNING"])
    with caplog.at_level("INFO", logger="gradlink.space"):
        Client("me/app", verbose=False).close()
    assert [
        record.message.partition(" (")[0] for record in caplog.records if record.name == "gradlink.space"
    ] == [
        "the Space me/app is starting",
        "the Space me/app is running",
    ]


@pytest.mark.parametrize("wait", [-1, "5", True, float("nan"), float("inf")])
def test_a_wrong_wait_is_told(wait: Any, hub: LocalHub) -> None:
    with pytest.raises(TypeError, match="wait is a number of seconds from 0"):
        Client("me/app", wait=wait)
    with pytest.raises(TypeError, match="on_status is a function"):
        AsyncClient("me/app", on_status=5)
    assert hub.requests() == []


# -- the Hub's limits and outages -------------------------------------------------------------------------


def test_a_rate_limit_of_the_hub_is_waited_for(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url)
    hub.answer_next(429, headers={"ratelimit": '"api";r=0;t=1'})
    with connect("me/app") as client:
        assert client.predict("hello", api_name="/echo") == "hello"
    assert [request.status for request in hub.requests("hub")] == [429, 200]


def test_a_rate_limit_beyond_the_budget_is_named(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url)
    hub.answer_next(429, headers={"ratelimit": '"api";r=0;t=300', "x-error-message": "Slow down"})
    with pytest.raises(HubRateLimitError) as e, connect("me/app"):
        pass
    assert str(e.value) == (
        f"the Space me/app: the Hugging Face Hub ({hub.url}/api/spaces/me/app) answered 429: "
        "too many requests, try again later (Slow down)"
    )
    assert (e.value.retry_after, e.value.status, e.value.attempts) == (300, 429, 1)


@pytest.mark.parametrize("status", [500, 502, 503])
def test_an_outage_of_the_hub_is_sat_out(status: int, connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url)
    hub.answer_next(status, body="<html>maintenance</html>", times=2)
    with connect("me/app") as client:
        assert client.predict("hello", api_name="/echo") == "hello"
    assert [request.status for request in hub.requests("hub")] == [status, status, 200]


def test_an_outage_that_lasts_is_named(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url)
    hub.answer_next(503, body="maintenance", times=9)
    with (
        pytest.raises(
            HubError, match=r"answered 503: it is not available at the moment \(maintenance\)"
        ) as e,
        connect("me/app", retries=1),
    ):
        pass
    assert (e.value.attempts, len(hub.requests())) == (2, 2)


def test_a_dropped_connection_to_the_hub_is_made_again(
    connect: Shell, hub: LocalHub, server: Servers
) -> None:
    hub.add_space("me/app", server().url)
    hub.answer_next(drop=True, times=2)
    with connect("me/app") as client:
        assert client.predict("hello", api_name="/echo") == "hello"


def test_a_hub_that_is_not_there_is_named(
    connect: Shell, monkeypatch: pytest.MonkeyPatch, hub: LocalHub
) -> None:
    hub.close()
    place = hub.url.removeprefix("http://")
    with pytest.raises(HubError) as e, connect("me/app", retries=1):
        pass
    assert str(e.value).startswith(
        f"the Space me/app: the Hugging Face Hub ({place}) cannot be reached: no connection"
    )
    assert isinstance(e.value.__cause__, ConnectError)
    assert e.value.attempts == 2


def test_an_outage_while_waiting_is_sat_out(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url, stages=["BUILDING", "BUILDING", "RUNNING"])
    hub.answer_next(503, path="/runtime", times=1)
    with connect("me/app", retries=0) as client:
        assert client.predict("hello", api_name="/echo") == "hello"
    assert [request.status for request in hub.requests("hub")] == [200, 503, 200, 200]


# -- life ------------------------------------------------------------------------------------------------


def test_a_pickled_client_finds_its_space_again(hub: LocalHub, server: Servers) -> None:
    hub.add_space("me/app", server().url, private=True)
    with Client("me/app", token="hf_me", verbose=False, on_status=lambda _: None) as client:
        again = pickle.loads(pickle.dumps(client))  # noqa: S301
        with again:
            assert again.predict("hello", api_name="/echo") == "hello"
            assert again.space_id == "me/app"
        assert "hf_me" not in repr(client)
        assert "hf_me" not in repr(client._shared.settings)


@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_a_pickled_client_leaves_a_saved_token_behind(
    hub: LocalHub, server: Servers, monkeypatch: pytest.MonkeyPatch, kind: type[Any]
) -> None:
    hub.add_space("me/app", server().url, private=True)
    monkeypatch.delenv("HF_HUB_DISABLE_IMPLICIT_TOKEN")
    monkeypatch.setenv("HF_TOKEN", "hf_me")
    client = kind("me/app", verbose=False)
    kept = pickle.dumps(client)
    assert b"hf_me" not in kept
    assert b"hf_me" in pickle.dumps(kind("me/app", token="hf_me", verbose=False))
    # Where it is used, the token that is saved there is taken.
    again = pickle.loads(kept)  # noqa: S301
    assert again._shared.settings.access.space.hub.token == "hf_me"
    assert again._shared.settings.transport.headers == {"x-hf-authorization": "Bearer hf_me"}
    monkeypatch.delenv("HF_TOKEN")
    monkeypatch.setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
    if kind is Client:
        client.close()
        again.close()
        with pytest.raises((SpaceNotFoundError, NotFoundError)):
            pickle.loads(kept)  # noqa: S301


def test_a_space_whose_address_is_known_is_woken_up_as_well(hub: LocalHub, server: Servers) -> None:
    space = hub.add_space("me/app", server().url)
    with Client("me/app", verbose=False) as client:
        kept = pickle.dumps(client)
    space.play(["SLEEPING"])
    hub.forget()
    with pickle.loads(kept) as again:  # noqa: S301
        assert again.predict("hello", api_name="/echo") == "hello"
    # The Hub is asked only when the Space does not answer as an app.
    assert hub.requests()[0].to == "me/app"
    assert hub.requests("hub")[0].path == "/api/spaces/me/app"
    space.play(["PAUSED"])
    with pytest.raises(SpaceNotRunningError, match="is paused"):
        pickle.loads(kept)  # noqa: S301
