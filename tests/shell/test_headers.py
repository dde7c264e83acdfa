"""What the head of a request has beside its address."""

from __future__ import annotations

import httpx2
import pytest

from gradlink._io import HttpRequest
from gradlink._shell.headers import request_headers, shared_cookies
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
    jar = shared_cookies(options, base)
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


def test_a_body_brings_its_type() -> None:
    headers = {"x": "1"}
    assert request_headers(HttpRequest("GET", "http://h/", headers=headers)) == {"x": "1"}
    assert request_headers(HttpRequest("POST", "http://h/", b"{}", headers=headers)) == {
        "x": "1",
        "content-type": "application/json",
    }
