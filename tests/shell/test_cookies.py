"""The cookies of a client, and the requests that they are sent with."""

from __future__ import annotations

from email.message import Message

import httpx2
import pytest

from gradlink import ArgumentError
from gradlink._shell.cookies import change_cookies, cookie_header, jar_of, take_cookies, values_of
from gradlink._shell.headers import given_cookies
from gradlink._shell.options import TransportOptions


@pytest.mark.parametrize(
    ("base", "domain"),
    [
        ("http://127.0.0.1:1/", "127.0.0.1"),
        ("http://app.example/", "app.example"),
        ("http://localhost:1/", "localhost.local"),
        ("http://[::1]:1/", "[::1].local"),
    ],
)
def test_cookies_are_bound_to_the_host(base: str, domain: str) -> None:
    options = TransportOptions(cookies={"a": "1"}, httpx_kwargs={"cookies": {"a": "0", "b": "2"}})
    jar = jar_of(given_cookies(options), base)
    assert sorted((cookie.name, cookie.value, cookie.domain) for cookie in jar) == [
        ("a", "1", domain),
        ("b", "2", domain),
    ]
    client = httpx2.Client(cookies=jar, trust_env=False)
    try:
        assert "a=1" in client.build_request("GET", base).headers["cookie"]
        assert "cookie" not in client.build_request("GET", "http://other.example/").headers
    finally:
        client.close()


def test_what_an_answer_sets_is_sent_where_it_belongs() -> None:
    jar = jar_of({"own": "1"}, "http://app.example/")
    answer = Message()
    answer["Set-Cookie"] = "session=2; Path=/in"
    answer["Set-Cookie"] = "other=3; Domain=foreign.example"
    take_cookies(jar, "http://app.example/in/login", answer)
    assert values_of(jar) == {"own": "1", "session": "2"}
    assert cookie_header(jar, "http://app.example/in/info") in {"own=1; session=2", "session=2; own=1"}
    assert cookie_header(jar, "http://app.example/") == "own=1"
    assert cookie_header(jar, "http://foreign.example/in/") is None


def test_cookies_of_the_caller_are_changed_and_dropped() -> None:
    base = "http://127.0.0.1:1/"
    jar = jar_of({"a": "1", "b": "2"}, base)
    change_cookies(jar, {"a": "3", "b": None, "c": "4"}, base)
    assert values_of(jar) == {"a": "3", "c": "4"}
    with pytest.raises(ArgumentError, match="cookies"):
        change_cookies(jar, {"a": "line\n"}, base)
