"""What a call can be given beside its arguments: the data of an event, headers; and what it cannot."""

from __future__ import annotations

from typing import Any

import pytest

from gradlink import ArgumentError, AsyncClient, Client
from tests.live.servers import Servers
from tests.live.shells import Shell

SELECTION = {"index": [1, 3], "value": "el", "selected": True}


@pytest.mark.parametrize("api_name", ["/selected", "/fast_selected"])
def test_an_event_can_be_given(server: Servers, connect: Shell, api_name: str) -> None:
    with connect(server().url) as client:
        assert client.predict("hello", event_data=SELECTION, api_name=api_name) == "el at [1, 3] of hello"
        job = client.submit("hello", event_data=SELECTION, api_name=api_name)
        assert job.result() == "el at [1, 3] of hello"
        assert client.predict(event_data={"a": [None, 1.5]}, api_name="/event_of") == {"a": [None, 1.5]}
        assert client.predict(api_name="/event_of") is None


def test_event_data_is_an_argument_where_the_endpoint_calls_one_so(server: Servers, connect: Shell) -> None:
    with connect(server().url) as client:
        assert client.predict(event_data="mine", api_name="/own_event_data") == "mine"


@pytest.mark.parametrize(
    ("given", "says"),
    [
        (object(), "event_data holds a object, which is neither JSON"),
        ({"file": b"content"}, "event_data holds a file; it is JSON"),
        ({("a",): 1}, "event_data has the key"),
    ],
)
def test_an_event_that_is_not_json_is_refused(server: Servers, connect: Shell, given: Any, says: str) -> None:
    with connect(server().url) as client, pytest.raises(ArgumentError, match=says):
        client.predict("hello", event_data=given, api_name="/selected")


def test_predict_takes_no_callbacks_for_results(server: Servers, connect: Shell) -> None:
    with (
        connect(server().url) as client,
        pytest.raises(
            ArgumentError, match=r"^/echo has no parameter 'result_callbacks'; predict\(\) returns"
        ),
    ):
        client.predict("x", api_name="/echo", result_callbacks=print)


@pytest.mark.parametrize("api_name", ["/echo", "/fast"])
def test_headers_may_have_all_letters_of_latin_1(server: Servers, connect: Shell, api_name: str) -> None:
    with connect(server().url, headers={"x-client": "caf\u00e9"}) as client:
        since = len(server().requests())
        assert client.predict("x", api_name=api_name, headers={"x-call": "\u00fc"}) == "x"
        sent = [r.headers for r in server().requests(since) if r.headers.get("x-client") == "caf\u00e9"]
    assert [headers["x-call"] for headers in sent if "x-call" in headers] == ["\u00fc"]


@pytest.mark.parametrize("bad", [{"x-own": "a\nb"}, {"x-own": "\u20ac"}, {"x-own": None}])
def test_headers_of_a_call_that_cannot_be_sent_are_named(
    server: Servers, connect: Shell, bad: dict[str, Any]
) -> None:
    with connect(server().url) as client:
        since = len(server().requests())
        for call in (client.predict, client.submit):
            with pytest.raises(
                ArgumentError, match=r"^headers: the header 'x-own' cannot be sent: its value"
            ):
                call("x", api_name="/echo", headers=bad)
        assert [r.path for r in server().requests(since) if r.path.endswith("/join")] == []


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (
            {"headers": {"x-own": "a\nb"}},
            "headers: the header 'x-own' cannot be sent: its value has a line break",
        ),
        ({"headers": {"": "a"}}, "headers: the header '' cannot be sent: its name is empty"),
        (
            {"token": "hf_secret\n"},
            "token: the header 'authorization' cannot be sent: its value has a line break",
        ),
        (
            {"httpx_kwargs": {"headers": {"x-own": "a\x00"}}},
            r"httpx_kwargs: headers: the header 'x-own' cannot be sent: its value has the control character '\x00'",
        ),
        (
            {"httpx_kwargs": {"cookies": {"pin": "a\nb"}}},
            "httpx_kwargs: cookies: the cookie 'pin' cannot be sent: its value has a line break",
        ),
    ],
)
@pytest.mark.parametrize("kind", [Client, AsyncClient])
def test_options_that_cannot_be_sent_are_named_before_anything_is_sent(
    kind: type, options: dict[str, Any], says: str
) -> None:
    with pytest.raises(ArgumentError) as e:
        kind("http://127.0.0.1:9/", verbose=False, **options)
    assert str(e.value) == says
