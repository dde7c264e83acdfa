"""The originals, the apps that they are loaded into, and a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any

import pytest

from tests.live.browsing import PATIENCE_MS, for_a_module
from tests.live.mounting import served
from tests.loading.opening import Outer, running

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="package")
def originals() -> Iterator[str]:
    """Serve the originals; give the address below which they are."""
    with served("tests.loading.apps.originals") as url:
        yield url


@pytest.fixture(scope="package")
def loaded(originals: str) -> Iterator[str]:
    """Serve the apps with the originals in them; give the address below which they are."""
    with served("tests.loading.apps.loaded", originals) as url:
        yield url


@pytest.fixture(scope="module")
def apps(request: pytest.FixtureRequest) -> Iterator[str]:
    """Serve the apps of the module that a test file names ``APP``; give the address below which they are."""
    with served(request.module.APP) as url:
        yield url


@pytest.fixture(scope="module")
def outers(request: pytest.FixtureRequest, apps: str) -> Iterator[str]:
    """Serve the apps that have these in them; give the address below which they are."""
    with served(request.module.APP, apps) as url:
        yield url


@pytest.fixture(scope="package")
def outer(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Outer]:
    """Give what serves an outer app with what a test names in it: ``outer.url(address)``."""
    with running(tmp_path_factory.mktemp("outer")) as process:
        yield process


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the browser."""
    yield from for_a_module("--autoplay-policy=no-user-gesture-required")


@pytest.fixture
def visit(browser: Browser) -> Iterator[Callable[[str], Page]]:
    """Give what opens a page as somebody new, and waits until it listens; at the end nothing may have gone wrong there."""
    contexts: list[Any] = []
    wrong: list[str] = []

    def visit(url: str) -> Page:
        context = browser.new_context(viewport={"width": 1100, "height": 900})
        contexts.append(context)
        page = context.new_page()
        page.set_default_timeout(PATIENCE_MS)
        page.on("pageerror", lambda error: wrong.append(f"error: {error}"))
        page.on("response", lambda answer: _note(answer, wrong))
        page.goto(url)
        listens(page)
        return page

    yield visit
    for context in contexts:
        context.close()
    assert wrong == []


def listens(page: Page) -> None:
    """Wait until a page listens to what is clicked: its load events have been answered."""
    page.wait_for_function(
        "() => [...document.querySelectorAll('input, textarea')].some((one) => one.value === 'yes')"
    )


def _note(answer: Any, wrong: list[str]) -> None:
    # Gradio's own page asks for these two, which no app has; 422 is what a validator has refused.
    if (
        answer.status >= 400
        and answer.status != 422
        and not answer.url.endswith(("favicon.ico", "manifest.json"))
    ):
        wrong.append(f"{answer.status}: {answer.url}")
