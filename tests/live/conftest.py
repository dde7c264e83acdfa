"""Tests in this folder talk to real Gradio servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.servers import Servers
from tests.live.shells import SHELLS, Shell

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="session")
def server() -> Iterator[Servers]:
    """Give a server of a variant, started when first asked for: ``server("auth").url``."""
    servers = Servers()
    yield servers
    servers.stop()


@pytest.fixture(params=SHELLS, ids=lambda shell: shell.name)
def connect(request: pytest.FixtureRequest) -> Shell:
    """Make a client of each kind: ``with connect(server().url) as client``."""
    shell: Shell = request.param
    return shell
