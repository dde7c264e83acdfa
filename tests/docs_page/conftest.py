"""The apps, their pages, and a browser."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import pytest

from tests.cli.commands import Command
from tests.docs_page.serving import Pages
from tests.live.browsing import PATIENCE_MS, for_a_module
from tests.live.mounting import served

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

WIDE = {"width": 1360, "height": 860}
PHONE = {"width": 375, "height": 812}


@pytest.fixture(scope="package")
def apps_url() -> Iterator[str]:
    """Serve the apps; give the address below which they are."""
    with served("tests.docs_page.apps.everyone") as url:
        yield url


@pytest.fixture(scope="package")
def pages(apps_url: str) -> Iterator[Pages]:
    """Give the pages of the apps: ``pages("chat").address``."""
    pages = Pages(apps_url)
    yield pages
    pages.stop()


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start the browser."""
    yield from for_a_module()


@pytest.fixture
def visit(browser: Browser, pages: Pages) -> Iterator[Callable[..., Page]]:
    """Give what opens the page of an app at an endpoint; at the end nothing may have gone wrong there."""
    opened: list[Visited] = []

    def visit(name: str, slug: str = "", **options: Any) -> Page:
        one = Visited(browser, pages(name).address, slug, {"viewport": WIDE, **options})
        opened.append(one)
        return one.page

    yield visit
    for one in opened:
        one.close()


class Visited:
    """A page that is open, and what happened in it that must not happen."""

    def __init__(self, browser: Browser, address: str, slug: str, options: dict[str, Any]) -> None:
        self._host = urlsplit(address).netloc
        self.wrong: list[str] = []
        self._context = browser.new_context(**options)
        self._context.grant_permissions(["clipboard-read", "clipboard-write"])
        self.page = self._context.new_page()
        self.page.set_default_timeout(PATIENCE_MS)
        self.page.on("dialog", self._dialog)
        self.page.on("pageerror", lambda error: self.wrong.append(f"error: {error}"))
        self.page.on("console", lambda message: self._console(message.type, message.text))
        self._context.on("request", lambda request: self._request(request.url))
        self.page.goto(f"{address}#/{quote(slug, safe='')}")
        self.page.wait_for_selector("h1")
        self.page.wait_for_function(
            "() => !document.querySelector('article') || document.querySelector('.code-body')?.textContent.length > 40"
        )

    def close(self) -> None:
        """Leave the page."""
        self._context.close()
        assert self.wrong == []

    def _dialog(self, dialog: Any) -> None:
        self.wrong.append(f"dialog: {dialog.message}")
        dialog.dismiss()

    def _console(self, kind: str, text: str) -> None:
        # A form that does not fit is refused with 422, and Chromium says so.
        if kind in {"error", "warning"} and "status of 422" not in text:
            self.wrong.append(f"{kind}: {text}")

    def _request(self, url: str) -> None:
        parts = urlsplit(url)
        if parts.scheme not in {"data", "blob"} and parts.netloc != self._host:
            self.wrong.append(f"request: {url}")


@pytest.fixture
def command(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> Command:
    """Give the command, to be run in this process: ``command("docs", url).out``."""
    return Command(capsys, monkeypatch)
