"""Real apps, and a browser to use them in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from tests.live.browsing import PATIENCE_MS, for_a_module


@pytest.fixture(scope="module")
def kinds() -> Iterator[str]:
    """Give the URL of the apps of tests/apps/kinds.py on the Gradio that is installed."""
    yield from _running(None)


@pytest.fixture(scope="module", params=["4.44.1", "5.49.1"])
def old_kinds(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the URL of the same apps on earlier releases."""
    yield from _running(request.param)


def _running(release: str | None) -> Iterator[str]:
    from tests.recorder.driving import Kinds

    running = Kinds(release)
    yield running.url
    running.close()


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Start the browser; pages ask for fonts of other hosts, none of which is found."""
    yield from for_a_module("--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost")


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """Give a page that asks nothing of other hosts."""
    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(PATIENCE_MS)
    yield page
    context.close()
