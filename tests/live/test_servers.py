"""The servers that the other live tests rely on, asked without any client of ours."""

from __future__ import annotations

import json
import ssl
import uuid
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx2
import pytest

from tests.live.servers import Server, ServerFailed, Servers

VARIANTS = (
    "base auth closed demo hideerr latestate mounted nostate pages root server single tiny tls unload unstarted".split()  # noqa: SIM905
)


def trust(server: Server) -> Any:
    return True if server.ca_file is None else ssl.create_default_context(cafile=server.ca_file)


def get(server: Server, path: str, **parameters: str) -> httpx2.Response:
    return httpx2.get(server.url + path, params=parameters, verify=trust(server), trust_env=False)


def join(server: Server, fn_index: int, data: list[Any], session_hash: str) -> httpx2.Response:
    body = {"data": data, "fn_index": fn_index, "session_hash": session_hash}
    url = f"{server.url}gradio_api/queue/join"
    return httpx2.post(url, json=body, verify=trust(server), trust_env=False)


def stream(server: Server, session_hash: str) -> list[dict[str, Any]]:
    """Read the stream of a session to its end."""
    url = f"{server.url}gradio_api/queue/data"
    with (
        httpx2.Client(timeout=60, verify=trust(server), trust_env=False) as http,
        http.sse(url, params={"session_hash": session_hash}, max_event_size=None) as events,
    ):
        return [json.loads(event.data) for event in events]


def fn_index_of(server: Server, api_name: str) -> int:
    config = get(server, "config").json()
    (found,) = (fn["id"] for fn in config["dependencies"] if fn["api_name"] == api_name)
    return int(found)


def call(server: Server, api_name: str, *data: Any, session_hash: str | None = None) -> list[dict[str, Any]]:
    """Call an endpoint and return all messages."""
    session_hash = session_hash or uuid.uuid4().hex
    join(server, fn_index_of(server, api_name), list(data), session_hash).raise_for_status()
    return stream(server, session_hash)


def completed(messages: list[dict[str, Any]]) -> dict[str, Any]:
    (message,) = (message for message in messages if message["msg"] == "process_completed")
    return message


def result(server: Server, api_name: str, *data: Any) -> list[Any]:
    output: list[Any] = completed(call(server, api_name, *data))["output"]["data"]
    return output


@pytest.mark.parametrize("variant", VARIANTS)
def test_every_variant_answers(server: Servers, variant: str) -> None:
    # That one has several apps, none at its root.
    reply = get(server(variant), "7/app/config" if variant == "unstarted" else "config")
    if variant == "auth":
        assert reply.status_code == 401
        assert reply.json()["detail"] == {"error": "Not authenticated", "auth_message": "Please log in"}
    else:
        assert reply.status_code == 200
        assert reply.json()["version"] == "6.31.0"


def test_a_variant_is_started_once(server: Servers) -> None:
    assert server("base") is server("base")


def test_a_server_that_does_not_start_shows_its_log() -> None:
    with pytest.raises(ServerFailed, match=r"(?s)'nonsense' ended; its log:.*there is no variant 'nonsense'"):
        Server("nonsense")


def test_a_stopped_server_is_gone() -> None:
    server = Server("single")
    assert get(server, "config").status_code == 200
    server.stop()
    with pytest.raises(httpx2.ConnectError):
        get(server, "config")


@pytest.mark.parametrize(
    ("api_name", "data", "expected"),
    [
        ("echo", ["hello"], ["hello"]),
        ("add", [1, 10, "sub"], [-9]),
        ("ping", [], ["pong"]),
        ("big", [3], ["xxx"]),
        ("no_output", ["seen"], []),
        ("batch_double", [2], [4]),
        ("typed", [1, ["a"], True], [{"a": 1}]),
        ("upd_layout", ["x"], ["x", {"__type__": "update", "open": False}]),
        ("skipped_input", ["x", None, 2], ["x:2"]),
        ("token_of", ["x"], ["x:None"]),
        ("count", ["w", 2], ["w0 w1 "]),
        ("emptygen", [], [None]),
        ("twogen", [], ["abc", "xyz"]),
        ("samegen", [], ["same"]),
        ("progress", [1, ""], ["done"]),
        ("nested_progress", [1, ""], ["done"]),
        ("logs", ["x"], ["x"]),
        ("fast", ["x"], ["x"]),
        ("slow", [0, ""], ["slept 0"]),
        ("slowgen", [2, 0, ""], ["tick 1"]),
        ("counter", [2, None], [2, None]),
        ("statefulgen", [2, "key", None], ["total 2", None]),
    ],
)
def test_an_endpoint_does_what_it_promises(
    server: Servers, api_name: str, data: list[Any], expected: list[Any]
) -> None:
    assert result(server("base"), api_name, *data) == expected


def test_edits_come_in_detail_for_values_of_plain_python(server: Servers) -> None:
    messages = call(server("base"), "dictgen", 5)
    steps = [message["output"]["data"][0] for message in messages if message["msg"] == "process_generating"]
    assert steps[0] == {"a": 1, "s": "x", "list": [1, 2, 3], "gone": True}
    assert {action for edits in steps[1:] for action, _, _ in edits} == {"replace", "append", "add", "delete"}


def test_an_error_carries_its_title(server: Servers) -> None:
    output = {"error": "user error: x", "duration": 5.0, "visible": True, "title": "Oops"}
    assert completed(call(server("base"), "err", "x"))["output"] == output


def test_an_unexpected_error_is_hidden_where_errors_are(server: Servers) -> None:
    assert completed(call(server("base"), "boom", "x"))["output"]["error"] == "secret detail: x"
    assert completed(call(server("hideerr"), "boom", "x"))["output"]["error"] is None


def test_a_file_may_claim_any_name(server: Servers) -> None:
    (file,) = result(server("base"), "misnamed_file", "../../evil")
    assert file["orig_name"] == "../../evil"
    assert httpx2.get(file["url"], trust_env=False).text == "plain"


def test_a_file_may_lie_elsewhere(server: Servers) -> None:
    (file,) = result(server("base"), "foreign_file", "http://127.0.0.1:9/a.txt", "a.txt")
    assert file["url"] == "http://127.0.0.1:9/a.txt"


def test_rendered_endpoints_appear_after_a_call(server: Servers) -> None:
    output = completed(call(server("base"), "apply", 2, session_hash="renders"))["output"]
    made = {fn["api_name"]: fn["id"] for fn in output["render_config"]["dependencies"]}
    assert set(made) == {"upper_0", "upper_1"}
    join(server("base"), made["upper_1"], ["abc"], "renders")
    assert completed(stream(server("base"), "renders"))["output"]["data"] == ["ABC"]


@pytest.mark.parametrize(
    ("variant", "wanted"),
    [("base", True), ("unload", True), ("nostate", False), ("latestate", False), ("single", False)],
)
def test_a_heartbeat_is_wanted_where_there_is_something_to_keep(
    server: Servers, variant: str, wanted: bool
) -> None:
    assert get(server(variant), "config").json()["connect_heartbeat"] is wanted


def test_state_may_come_with_a_rendering(server: Servers) -> None:
    output = completed(call(server("latestate"), "apply", 1))["output"]
    assert "state" in [component["type"] for component in output["render_config"]["components"]]


def test_an_unload_event_runs_when_the_heartbeat_ends(server: Servers) -> None:
    url = server("unload").url + "gradio_api/heartbeat/leaving"
    with httpx2.stream("GET", url, trust_env=False) as response:
        assert next(response.iter_bytes()) == b"data: ALIVE\n\n"
    server("unload").reach("unload", "leaving")
    assert server("unload").counts("unload")["leaving"] == 1


def test_the_single_endpoint_is_the_only_one(server: Servers) -> None:
    names = [fn["api_name"] for fn in get(server("single"), "config").json()["dependencies"]]
    assert names == ["only"]


def test_the_root_variant_announces_a_wrong_root(server: Servers) -> None:
    assert get(server("root"), "config").json()["root"] == server("root").origin + "/sub/app"
    assert result(server("root"), "echo", "x") == ["x"]


def test_the_mounted_variant_lies_below_another_app(server: Servers) -> None:
    assert server("mounted").url == server("mounted").origin + "/sub/app/"
    assert httpx2.get(server("mounted").origin, trust_env=False).json() == {"this": "is another app"}
    assert result(server("mounted"), "echo", "x") == ["x"]


def test_the_server_variant_has_routes_of_its_own(server: Servers) -> None:
    assert get(server("server"), "hello").json() == {"hello": "world"}
    assert result(server("server"), "echo", "x") == ["x"]


def test_the_tls_variant_needs_its_authority(server: Servers) -> None:
    with pytest.raises(httpx2.ConnectError, match="certificate verify failed"):
        httpx2.get(server("tls").url, trust_env=False)
    assert result(server("tls"), "echo", "x") == ["x"]


def test_the_closed_variant_refuses_the_direct_route(server: Servers) -> None:
    statuses = {
        variant: httpx2.post(
            server(variant).url + "gradio_api/run/echo", json={"data": ["x"]}, trust_env=False
        ).status_code
        for variant in ("base", "closed")
    }
    assert statuses == {"base": 200, "closed": 404}


def test_the_tiny_variant_refuses_what_is_too_much(server: Servers) -> None:
    tiny = server("tiny")
    upload = httpx2.post(
        f"{tiny.url}gradio_api/upload", files={"files": ("a", bytes(70_000))}, trust_env=False
    )
    assert upload.status_code == 413
    gate = fn_index_of(tiny, "gate")
    assert join(tiny, gate, ["full"], "full").status_code == 200
    tiny.reach("full", "started")
    assert join(tiny, gate, ["full"], "full").status_code == 200
    assert join(tiny, gate, ["full"], "full").status_code == 503
    tiny.open_gate("full", times=2)
    assert len([message for message in stream(tiny, "full") if message["msg"] == "process_completed"]) == 2


def test_the_auth_variant_lets_in_who_logs_in_until_logged_out(server: Servers) -> None:
    auth = server("auth")
    with httpx2.Client(base_url=auth.url, trust_env=False) as http:
        http.post("login", data={"username": "user", "password": "pass"}).raise_for_status()
        assert http.get("config").status_code == 200
        auth.log_everybody_out()
        assert http.get("config").status_code == 401


def test_a_gate_holds_a_function_until_it_is_opened(server: Servers) -> None:
    base = server("base")
    key = uuid.uuid4().hex
    with ThreadPoolExecutor() as threads:
        messages = threads.submit(call, base, "gategen", key, 2)
        base.reach(key, "started")
        assert base.counts(key) == {"started": 1}
        base.open_gate(key)
        base.reach(key, "ticked")
        assert base.counts(key) == {"started": 1, "ticked": 1}
        base.open_gate(key)
        assert completed(messages.result())["output"]["data"] == ["tick 1"]
    assert base.counts(key) == {"started": 1, "ticked": 2, "finished": 1, "ended": 1}
    assert result(base, "observe", key) == [{"started": 1, "ticked": 2, "finished": 1, "ended": 1}]


@pytest.mark.parametrize("api_name", ["gategen", "gategen_one", "slowgen"])
def test_a_cancelled_generator_ends_without_finishing(server: Servers, api_name: str) -> None:
    base = server("base")
    key = uuid.uuid4().hex
    fn_index = fn_index_of(base, api_name)
    data = [10_000, 0.01, key] if api_name == "slowgen" else [key, 10]
    event_id = join(base, fn_index, data, key).json()["event_id"]
    base.reach(key, "started")
    body = {"session_hash": key, "fn_index": fn_index, "event_id": event_id}
    httpx2.post(base.url + "gradio_api/cancel", json=body, trust_env=False).raise_for_status()
    # From Python 3.14 on a thread of the server keeps what it did last, a cancelled generator too, until it does more.
    while "ended" not in base.counts(key):
        assert result(base, "echo", "x") == ["x"]
    assert "finished" not in base.counts(key)


def test_requests_are_recorded(server: Servers) -> None:
    base = server("base")
    before = len(base.requests())
    with httpx2.Client(base_url=base.url, headers={"x-probe": "one"}, trust_env=False) as http:
        http.get("config?a=b")
        http.post("gradio_api/run/echo", json={"data": ["x"]})
    first, second = base.requests(since=before)
    assert (first.method, first.path, first.query, first.status) == ("GET", "/config", "a=b", 200)
    assert (second.method, second.path, second.json) == ("POST", "/gradio_api/run/echo", {"data": ["x"]})
    assert first.headers["x-probe"] == "one"
    assert first.connection == second.connection
    assert first.ended
    assert base.counts("POST /gradio_api/run/echo")["ended"] >= 1


def test_an_answer_can_be_given_in_the_place_of_the_apps(server: Servers) -> None:
    single = server("single")
    single.answer("/config", 429, "slow down", headers={"retry-after": "1"}, times=2)
    replies = [get(single, "config") for _ in range(3)]
    assert [reply.status_code for reply in replies] == [429, 429, 200]
    assert (replies[0].text, replies[0].headers["retry-after"]) == ("slow down", "1")


@pytest.mark.parametrize("who", ["the network", "the caller"])
def test_a_generator_stops_when_its_stream_is_gone(server: Servers, who: str) -> None:
    base = server("base")
    key = uuid.uuid4().hex
    join(base, fn_index_of(base, "slowgen"), [10_000, 0.01, key], key).raise_for_status()
    url = f"{base.url}gradio_api/queue/data"
    with httpx2.Client(trust_env=False) as http, http.sse(url, params={"session_hash": key}) as events:
        arriving = iter(events)
        assert json.loads(next(arriving).data)["event_id"]
        base.reach(key, "ticked")
        if who == "the network":
            base.cut("/gradio_api/queue/data")
            with pytest.raises(httpx2.RemoteProtocolError):
                list(arriving)
    base.reach(key, "ended")
    assert "finished" not in base.counts(key)
