"""Tests in this folder talk to a local Hub, whose Spaces are real Gradio apps."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from gradlink.testing.hub import LocalHub
from tests.live.servers import Servers
from tests.live.shells import SHELLS, Shell

HERE = Path(__file__).parent


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave trio to ``make test-all``: what is tested here is the same on every loop."""
    for item in items:
        if item.path.is_relative_to(HERE) and "server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.live)
    if config.getoption("--every-loop", default=False):
        return
    left_out = [
        item
        for item in items
        if item.path.is_relative_to(HERE) and "trio" in item.name.partition("[")[2].rstrip("]").split("-")
    ]
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


@pytest.fixture(scope="session")
def server() -> Iterator[Servers]:
    """Give a server of a variant, started when first asked for: ``server("auth").url``."""
    servers = Servers()
    yield servers
    servers.stop()


@pytest.fixture(params=SHELLS, ids=lambda shell: shell.name)
def connect(request: pytest.FixtureRequest) -> Shell:
    """Make a client of each kind: ``with connect("me/app") as client``."""
    shell: Shell = request.param
    return shell


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
