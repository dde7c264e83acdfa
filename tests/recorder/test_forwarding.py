"""What the proxy hands on of a request's and a reply's headers."""

from __future__ import annotations

import pytest

from gradlink.recorder.forwarding import (
    Sides,
    cookie_for_proxy,
    is_rewritten,
    location_for_proxy,
    reply_headers,
    request_headers,
)

SIDES = Sides("https://app.example", "http://127.0.0.1:1234", {"authorization": "Bearer t"})


def test_a_request_loses_what_is_for_one_hop_and_gets_what_the_app_needs() -> None:
    given = [
        ("Host", "127.0.0.1:1234"),
        ("Connection", "keep-alive, X-Hop"),
        ("X-Hop", "1"),
        ("Accept-Encoding", "gzip, br"),
        ("Origin", "http://127.0.0.1:1234"),
        ("Referer", "http://127.0.0.1:1234/page"),
        ("Cookie", "a=1; gradlink__Secure-b=2"),
        ("Authorization", "Bearer of-somebody-else"),
        ("Content-Length", "7"),
    ]
    assert request_headers(given, SIDES, {"a": "own"}, length=9) == [
        ("origin", "https://app.example"),
        ("referer", "https://app.example/page"),
        ("accept-encoding", "identity"),
        ("authorization", "Bearer t"),
        ("cookie", "__Secure-b=2; a=own"),
        ("content-length", "9"),
    ]


def test_a_reply_keeps_a_browser_at_the_proxy() -> None:
    given = [
        ("Content-Type", "text/html"),
        ("Content-Length", "10"),
        ("Transfer-Encoding", "chunked"),
        ("Strict-Transport-Security", "max-age=1"),
        ("Location", "https://app.example/login"),
        ("Set-Cookie", "a=1"),
        ("Set-Cookie", "b=2"),
    ]
    assert reply_headers(given, SIDES, "https://app.example/", rewriting=True, unpacked=False) == [
        ("content-type", "text/html"),
        ("location", "http://127.0.0.1:1234/login"),
        ("set-cookie", "a=1"),
        ("set-cookie", "b=2"),
        ("x-accel-buffering", "no"),
    ]


@pytest.mark.parametrize(
    ("cookie", "expected"),
    [
        ("a=1; Path=/; Domain=app.example; Secure; HttpOnly", "a=1; Path=/; HttpOnly"),
        ("a=1; SameSite=None; Secure", "a=1; SameSite=Lax"),
        ("__Host-a=1; Path=/; Secure", "gradlink__Host-a=1; Path=/"),
        ("a=b=c", "a=b=c"),
    ],
)
def test_a_cookie_holds_at_the_proxy(cookie: str, expected: str) -> None:
    assert cookie_for_proxy(cookie) == expected


@pytest.mark.parametrize(
    ("location", "expected"),
    [
        ("/login", "http://127.0.0.1:1234/login"),
        ("next?a=b", "http://127.0.0.1:1234/sub/next?a=b"),
        ("https://elsewhere.example/", "https://elsewhere.example/"),
        ("//elsewhere.example/", "//elsewhere.example/"),
        ("https://[broken", "https://[broken"),
    ],
)
def test_a_redirect_leads_to_the_proxy_if_it_stays_at_the_app(location: str, expected: str) -> None:
    assert location_for_proxy(location, SIDES, "https://app.example/sub/page") == expected


@pytest.mark.parametrize(
    ("kind", "expected"),
    [
        ("text/html; charset=utf-8", True),
        ("Application/JSON", True),
        ("text/event-stream", True),
        ("image/png", False),
        ("", False),
    ],
)
def test_only_what_a_browser_follows_is_rewritten(kind: str, *, expected: bool) -> None:
    assert is_rewritten(kind) is expected
