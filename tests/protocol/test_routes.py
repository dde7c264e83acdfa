"""Addresses of an app, made from the URL that was typed."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._protocol.routes import Routes, normalise, origin, resolve, same_origin, without_credentials

NEW = Routes("http://h:7860/a/b/", "/gradio_api")
OLD = Routes("http://h:7860/a/b/")


@pytest.mark.parametrize(
    ("typed", "base"),
    [
        ("http://h:7860", "http://h:7860/"),
        ("http://h:7860/", "http://h:7860/"),
        (" HTTPS://h/a/b// ", "https://h/a/b/"),
        ("https://h/a/b?__theme=dark#x", "https://h/a/b/"),
        ("http://me:pass@h/", "http://me:pass@h/"),
        ("http://[::1]:7860", "http://[::1]:7860/"),
    ],
)
def test_a_typed_url_gets_one_slash_at_its_end(typed: str, base: str) -> None:
    assert normalise(typed) == base


def test_routes_of_5_and_later_have_a_prefix_but_for_three() -> None:
    api = "http://h:7860/a/b/gradio_api/"
    assert NEW.config == "http://h:7860/a/b/config"
    assert NEW.login == "http://h:7860/a/b/login"
    assert NEW.api == api
    assert NEW.info == api + "info?all_endpoints=true"
    assert NEW.app_id == api + "app_id"
    assert NEW.join == api + "queue/join"
    assert NEW.data_of_job == api + "queue/data"
    assert NEW.run == api + "run/predict"
    assert NEW.upload == api + "upload"
    assert NEW.cancel == api + "cancel"
    assert NEW.reset == api + "reset"
    assert NEW.stream("a b&c") == api + "queue/data?session_hash=a+b%26c"
    assert NEW.stream_of_job(3, "s") == api + "queue/join?fn_index=3&session_hash=s"
    assert NEW.heartbeat("a/b") == api + "heartbeat/a%2Fb"
    assert NEW.chunk("e/1") == api + "stream/e%2F1"
    assert NEW.close_chunks("e") == api + "stream/e/close"
    assert NEW.file("/srv/ü 1#?%.txt") == api + "file=/srv/%C3%BC%201%23%3F%25.txt"
    assert NEW.websocket == "ws://h:7860/a/b/gradio_api/queue/join"


@pytest.mark.parametrize("prefix", ["", "/"])
def test_routes_before_5_have_none(prefix: str) -> None:
    assert Routes(OLD.base, prefix).api == "http://h:7860/a/b/"
    assert OLD.join == "http://h:7860/a/b/queue/join"
    assert OLD.config == "http://h:7860/a/b/config"


def test_a_socket_is_as_secure_as_the_page() -> None:
    assert Routes("https://h/").websocket == "wss://h/queue/join"


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("http://h/a", "http://h/b?c", True),
        ("http://h/", "http://h:80/", True),
        ("https://h/", "https://h:443/", True),
        ("http://H/", "http://h/", True),
        ("http://h/", "https://h/", False),
        ("http://h/", "http://h:8080/", False),
        ("http://h/", "http://h.example/", False),
        ("http://h/", "http://h@evil/", False),
        ("http://h/", "http://evil/h", False),
        ("ws://h/", "ws://h:80/", True),
    ],
)
def test_credentials_stay_with_scheme_host_and_port(one: str, other: str, same: bool) -> None:
    assert same_origin(one, other) is same
    assert same_origin(other, one) is same


def test_an_origin_has_the_port_of_its_scheme() -> None:
    assert origin("https://H/x") == ("https", "h", 443)
    assert origin("wss://h/") == ("wss", "h", 443)
    assert origin("gopher://h/") == ("gopher", "h", None)


@pytest.mark.parametrize(
    ("url", "shown"),
    [
        ("http://h:7860/a?token=secret#secret", "http://h:7860/a"),
        ("https://me:secret@h/a", "https://h/a"),
        ("http://me:secret@[::1]:7860/", "http://[::1]:7860/"),
    ],
)
def test_credentials_are_not_shown(url: str, shown: str) -> None:
    assert without_credentials(url) == shown


@pytest.mark.parametrize(
    ("location", "target"),
    [
        ("c", "http://h/a/c"),
        ("/c", "http://h/c"),
        ("//other/c", "http://other/c"),
        ("https://other:1/c", "https://other:1/c"),
        ("?c", "http://h/a/b?c"),
        ("http://[::1", None),
        ("http://h:99999/", None),
        ("http://h:x/", None),
    ],
)
def test_a_location_is_seen_from_where_it_stands(location: str, target: str | None) -> None:
    assert resolve("http://h/a/b", location) == target


@given(location=st.text(alphabet="htp:/[]@?#.x9-\\ ", max_size=14))
def test_any_location_is_an_address_or_none(location: str) -> None:
    target = resolve("http://h/a/b", location)
    assert target is None or isinstance(origin(target), tuple)


def test_the_queue_is_started_below_the_prefix() -> None:
    assert Routes("http://h:1/", "/gradio_api").startup == "http://h:1/gradio_api/startup-events"
