"""Whose GPU time a Space uses, what it says when there is none left, and who lends an app a token."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from gradlink import (
    AppError,
    HubAuthenticationError,
    HubError,
    Quota,
    QuotaExceededError,
)
from gradlink._protocol.quota import QuotaMessage, read_quota_message
from gradlink.testing.hub import LocalHub
from tests.live.servers import Servers
from tests.live.shells import Shell

TITLE = "ZeroGPU quota exceeded"
EXCEEDED = (
    "You have exceeded your free ZeroGPU quota (60s requested vs. 12s left). Try again in 1:02:03. "
    "Subscribe to Hugging Face PRO to get 40 min of ZeroGPU quota a day"
)


@pytest.fixture(scope="module")
def relay() -> Iterator[str]:
    """Give the URL of an app that calls others."""
    command = [sys.executable, "-m", "tests.hub.relay"]
    environment = {**os.environ, "HF_HUB_DISABLE_IMPLICIT_TOKEN": "1"}
    with subprocess.Popen(
        command, env=environment, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdin is not None
        assert process.stdout is not None
        try:
            yield process.stdout.readline().strip()
        finally:
            process.kill()


def identities(hub: LocalHub, space_id: str) -> set[str | None]:
    joins = [request for request in hub.requests(space_id) if request.path.endswith("/queue/join")]
    assert joins
    return {request.headers.get("x-ip-token") for request in joins}


def test_the_visitors_identity_is_passed_on_inside_a_gradio_app(
    connect: Shell, hub: LocalHub, server: Servers, relay: str
) -> None:
    hub.add_space("me/relay", relay)
    hub.add_space("her/gpu", server().url)
    with connect("me/relay", token="hf_other") as client:
        for endpoint in ("/relay", "/relay_async"):
            hub.forget()
            assert client.predict(hub.url, "her/gpu", "", api_name=endpoint) == "hello"
            # The Hub told the relay who visits it, and the relay told the Space.
            assert identities(hub, "her/gpu") == {"ip-token-of-other"}
            # Whoever says whose time it is, for a call or for a client, is believed.
            hub.forget()
            assert client.predict(hub.url, "her/gpu", "somebody-else", api_name=endpoint) == "hello"
            assert identities(hub, "her/gpu") == {"somebody-else"}
        # An app that is not a Space does not learn it.
        before = len(server().requests())
        assert client.predict(hub.url, server().url, "", api_name="/relay") == "hello"
    seen = [str(dict(request.headers)) for request in server().requests(before)]
    assert len(seen) >= 3
    assert [text for text in seen if "ip-token" in text] == []


def test_outside_of_an_app_there_is_none_to_pass_on(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_space("her/gpu", server().url)
    with connect("her/gpu") as client:
        assert client.predict("hello", api_name="/echo") == "hello"
        assert identities(hub, "her/gpu") == {None}
        hub.forget()
        client.predict("hello", api_name="/echo", headers={"x-ip-token": "mine"})
        assert identities(hub, "her/gpu") == {"mine"}


def test_a_quota_that_is_used_up_is_told(connect: Shell, hub: LocalHub, relay: str) -> None:
    hub.add_space("me/relay", relay)
    with connect("me/relay") as client:
        with pytest.raises(QuotaExceededError) as e:
            client.predict(EXCEEDED, TITLE, api_name="/spend")
        assert (e.value.requested, e.value.left, e.value.retry_after) == (60, 12, 3723)
        assert (e.value.message, e.value.title, e.value.endpoint) == (EXCEEDED, TITLE, "/spend")
        assert isinstance(e.value, AppError)
        with pytest.raises(AppError) as other:
            client.predict("out of paint", "Error", api_name="/spend")
        assert not isinstance(other.value, QuotaExceededError)


@pytest.mark.parametrize(
    ("title", "message", "read"),
    [
        (TITLE, EXCEEDED, QuotaMessage(60, 12, 3723)),
        (
            "Error",
            "You have exceeded your Pro ZeroGPU quota (120s requested vs. 0s left). Try again in 1 day, 0:00:01. ",
            QuotaMessage(120, 0, 86_401),
        ),
        (
            "Error",
            "You have exceeded your GPU quota (59.5s requested vs. 30s left).<br />Please retry in 2 days, 3:00:00",
            QuotaMessage(59.5, 30, 183_600),
        ),
        (TITLE, "You have exceeded your ZeroGPU runs limit. ", QuotaMessage(None, None, None)),
        (TITLE, "Space app has reached its GPU limit. Try again", QuotaMessage(None, None, None)),
        (TITLE, "No GPU was available after 60s. Retry later", None),
        ("ZeroGPU queue timeout", "No GPU was available after 60s", None),
        (
            "ZeroGPU illegal duration",
            "The requested GPU duration (600s) is larger than the maximum allowed",
            None,
        ),
        ("Error", "The quota of the disk is exceeded", None),
        ("Error", "", None),
    ],
)
def test_what_a_message_says_about_the_quota(title: str, message: str, read: QuotaMessage | None) -> None:
    assert read_quota_message(title, message) == read


def test_a_message_that_never_ends_is_read_in_time() -> None:
    assert read_quota_message("Error", "exceeded your " + "a " * 200_000) is None


def test_the_quota_of_the_token(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.add_account("busy", "hf_busy", quota=(2400.0, 1810.0))
    hub.add_space("me/app", server().url)
    with connect("me/app", token="hf_busy") as client:
        quota = Quota(2400.0, 1810.0, datetime(2026, 12, 31, tzinfo=UTC), 0)
        assert client.quota() == quota
    # It is the account's, so an app of any address will do.
    with connect(server().url, token="hf_busy") as client:
        assert client.quota() == quota
    with (
        connect("me/app") as client,
        pytest.raises(HubAuthenticationError, match=r"the ZeroGPU quota: .* requires a token"),
    ):
        client.quota()


def test_a_hub_that_tells_no_quotas(connect: Shell, hub: LocalHub, server: Servers) -> None:
    hub.tells_quotas = False
    hub.add_space("me/app", server().url)
    with (
        connect("me/app", token="hf_me") as client,
        pytest.raises(HubError, match=r"the ZeroGPU quota: .* 404"),
    ):
        client.quota()


def test_a_lent_token_goes_to_endpoints_that_declare_it(
    connect: Shell, hub: LocalHub, server: Servers
) -> None:
    hub.add_space("me/app", server().url)
    before = len(server().requests())
    with connect("me/app", token="hf_me", oauth_token="hf_lent") as client:
        assert client.predict("a", api_name="/token_of") == "a:hf_lent"
        assert client.predict("a", api_name="/token_required") == "a:hf_lent"
        assert client.predict("a", api_name="/echo") == "a"
        text = client.view_api(print_info=False, return_format="str")
    bodies = [request.json for request in server().requests(before) if request.path.endswith("/queue/join")]
    assert [body.get("oauth_token") for body in bodies] == ["hf_lent", "hf_lent", None]
    # The token that opens the Space is not the one that is lent, and view_api says which endpoints take one.
    assert [line for line in map(str, bodies) if "hf_me" in line] == []
    blocks = [block for block in text.split("\n\n") if "Acts with your Hugging Face token" in block]
    assert [block.partition("api_name=")[2].partition(")")[0] for block in blocks] == [
        '"/token_of"',
        '"/token_required"',
    ]
    with connect("me/app", token="hf_me") as client:
        assert client.predict("a", api_name="/token_of") == "a:None"
