"""The command, to be run in this process."""

from __future__ import annotations

import pytest

from tests.cli.commands import Command


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Give the command: ``command("info", url).out``."""
    for name in ("NO_COLOR", "FORCE_COLOR", "GRADLINK_AUTH", "GRADLINK_LOG"):
        monkeypatch.delenv(name, raising=False)
    return Command(capsys, monkeypatch)
