"""Real apps, and a browser to use them in."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest


@pytest.fixture(scope="session")
def kinds() -> Iterator[str]:
    """Give the URL of the apps of tests/apps/kinds.py on the Gradio that is installed."""
    yield from _running(None)


@pytest.fixture(scope="session", params=["4.44.1", "5.49.1"])
def old_kinds(request: pytest.FixtureRequest) -> Iterator[str]:
    """Give the URL of the same apps on earlier releases."""
    yield from _running(request.param)


def _running(release: str | None) -> Iterator[str]:
    from tests.recorder.driving import Kinds

    running = Kinds(release)
    yield running.url
    running.close()


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """Give a headless Chromium."""
    from tests.recorder.driving import CHROMIUM, NO_CHROMIUM

    if CHROMIUM is None:
        pytest.skip(NO_CHROMIUM)
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        # Pages ask for fonts of other hosts: none of them is found.
        only_here = "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost"
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox", only_here])
        yield browser
        browser.close()


@pytest.fixture
def page(browser: Any) -> Iterator[Any]:
    """Give a page that asks nothing of other hosts."""
    from tests.recorder.driving import SECONDS

    context = browser.new_context()
    page = context.new_page()
    page.set_default_timeout(SECONDS * 1000)
    yield page
    context.close()
