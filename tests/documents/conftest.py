"""The apps that the pages call."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.examples.programs import free_port, serving


@pytest.fixture(scope="module")
def demo_url() -> Iterator[str]:
    """Serve the demo app in a process of its own, and give its URL."""
    with serving("demo/app.py", GRADIO_SERVER_PORT=str(free_port())) as url:
        yield url.removesuffix("/")


@pytest.fixture(scope="module")
def copy_url() -> Iterator[str]:
    """Serve the demo app once more."""
    with serving("demo/app.py", GRADIO_SERVER_PORT=str(free_port())) as url:
        yield url.removesuffix("/")


@pytest.fixture(scope="module")
def studio_url() -> Iterator[str]:
    """Serve the app of studio.py in a process of its own, and give its URL."""
    with serving("-m", "tests.documents.studio", GRADIO_SERVER_PORT=str(free_port())) as url:
        yield url.removesuffix("/")
