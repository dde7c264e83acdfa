"""Tests in this folder talk to a local Hub, whose Spaces are real Gradio apps."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from gradlink.testing.hub import LocalHub


@pytest.fixture
def hub(monkeypatch: pytest.MonkeyPatch) -> Iterator[LocalHub]:
    """Give a Hub where ``me`` and ``other`` have accounts; no token of this machine is used."""
    for name in ("HF_TOKEN", "HUGGING_FACE_HUB_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("HF_HUB_DISABLE_IMPLICIT_TOKEN", "1")
    with LocalHub() as hub:
        hub.add_account("me", "hf_me", organisations=["team"])
        hub.add_account("other", "hf_other")
        monkeypatch.setenv("HF_ENDPOINT", hub.url)
        yield hub
