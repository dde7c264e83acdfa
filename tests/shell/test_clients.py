"""What the HTTP clients of a connection are made with."""

from __future__ import annotations

import ssl
from typing import Any

import httpx2
import pytest

from gradlink._protocol.policy import Timeout
from gradlink._shell.clients import client_settings
from gradlink._shell.options import TransportOptions


def test_each_client_has_its_own_settings() -> None:
    settings = client_settings(TransportOptions(headers={"x-own": "1"}))
    assert settings.requests["headers"]["x-own"] == settings.streams["headers"]["x-own"] == "1"
    assert settings.cross_origin["headers"] == {"user-agent": "gradlink"}
    assert settings.requests["timeout"] == httpx2.Timeout(connect=15, read=60, write=60, pool=None)
    assert settings.streams["timeout"] == httpx2.Timeout(connect=15, read=60, write=60, pool=None)
    assert settings.streams["limits"].max_connections is None
    assert not settings.requests["follow_redirects"]
    assert settings.requests["verify"] is settings.streams["verify"] is settings.cross_origin["verify"]


def test_other_hosts_are_told_nothing() -> None:
    given = {
        "auth": ("me", "secret"),
        "headers": {"a": "secret"},
        "cookies": {"a": "secret"},
        "params": {"a": "secret"},
        "event_hooks": {"request": []},
        "trust_env": False,
    }
    cross_origin = client_settings(TransportOptions(headers={"b": "secret"}, httpx_kwargs=given)).cross_origin
    assert "secret" not in str(cross_origin)
    assert cross_origin["trust_env"] is False
    assert "event_hooks" not in cross_origin


@pytest.mark.parametrize(
    ("given", "read", "connect"),
    [
        (None, 60, 3),
        (5, 5, 5),
        (2.5, 2.5, 2.5),
        (httpx2.Timeout(connect=1, read=2, write=3, pool=4), 2, 1),
        (httpx2.Timeout(None), None, None),
    ],
)
def test_timeouts_may_be_given_in_many_ways(given: Any, read: Any, connect: Any) -> None:
    kwargs = {} if given is None else {"timeout": given}
    timeout = client_settings(TransportOptions(timeout=Timeout(connect=3), httpx_kwargs=kwargs)).requests[
        "timeout"
    ]
    assert (timeout.read, timeout.connect) == (read, connect)


@pytest.mark.parametrize("wrong", ["soon", [1], object()])
def test_another_timeout_is_told(wrong: Any) -> None:
    with pytest.raises(
        TypeError, match=r"^httpx_kwargs: timeout is a number of seconds or an httpx2\.Timeout, not "
    ):
        client_settings(TransportOptions(httpx_kwargs={"timeout": wrong}))


def test_a_context_is_used_as_it_is() -> None:
    context = ssl.create_default_context()
    assert client_settings(TransportOptions(ssl_verify=context)).requests["verify"] is context
