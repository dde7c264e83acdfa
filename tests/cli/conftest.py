"""The command, to be run in this process, and a Hub for it."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gradlink.testing.hub import LocalHub
from tests.cli.commands import Command


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Give the command: ``command("info", url).out``."""
    for name in ("NO_COLOR", "FORCE_COLOR", "GRADLINK_AUTH", "GRADLINK_LOG"):
        monkeypatch.delenv(name, raising=False)
    return Command(capsys, monkeypatch)


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalHub]:
    """Give a Hub where ``me`` has an account; no token of this machine is used."""
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
    with LocalHub() as hub:
        hub.add_account("me", "hf_me")
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub
