"""The apps that the examples are written for."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.examples.programs import free_port, serving

HERE = Path(__file__).parent


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.live)


@pytest.fixture(scope="module")
def demo_url() -> Iterator[str]:
    """Serve the demo app in a process of its own, and give its URL."""
    # It would look for a free port from 7860 on, and so would that of another worker at the same time.
    with serving("demo/app.py", GRADIO_SERVER_PORT=str(free_port())) as url:
        yield url
