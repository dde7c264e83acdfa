"""The command with Spaces."""

from __future__ import annotations

import pytest

from gradlink.testing.hub import LocalHub
from tests.cli.commands import Command
from tests.live.servers import Servers


def test_a_private_space_is_called_with_its_token(
    server: Servers, hub: LocalHub, command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    hub.add_space("me/app", server().url, private=True)
    hidden = command("info", "me/app")
    assert (hidden.code, hidden.out) == (7, "")
    assert "me/app" in hidden.err
    assert "/echo" in command("info", "me/app", "--token", "hf_me").out
    monkeypatch.setenv("HF_TOKEN", "hf_me")
    monkeypatch.delenv("HF_HUB_DISABLE_IMPLICIT_TOKEN")
    assert command("call", "me/app", "echo", "text=x").out == "x\n"


def test_a_space_that_starts_is_waited_for_and_says_so(
    server: Servers, hub: LocalHub, command: Command
) -> None:
    hub.add_space("me/app", server().url, stages=["APP_STARTING", "RUNNING"])
    done = command("call", "me/app", "echo", "text=x")
    assert (done.code, done.out) == (0, "x\n")
    assert "me/app" in done.err
    assert done.err.endswith("...\n")
