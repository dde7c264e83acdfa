"""What the head of a request has beside its address."""

from __future__ import annotations

from gradlink._io import HttpRequest
from gradlink._shell.headers import app_headers, request_headers
from gradlink._shell.options import TransportOptions


def test_a_body_brings_its_type() -> None:
    headers = {"x": "1"}
    assert request_headers(HttpRequest("GET", "http://h/", headers=headers)) == {"x": "1"}
    assert request_headers(HttpRequest("POST", "http://h/", b"{}", headers=headers)) == {
        "x": "1",
        "content-type": "application/json",
    }


def test_each_header_of_the_app_is_sent_once_whoever_gave_it() -> None:
    options = TransportOptions(
        headers={"X-Own": "client", "User-Agent": "mine"},
        httpx_kwargs={"headers": {"x-own": "httpx", "x-more": "1"}},
    )
    assert app_headers(options) == {
        "user-agent": "mine",
        "x-gradio-user": "api",
        "x-own": "client",
        "x-more": "1",
    }
