"""The page as a file, without a server."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from gradlink._protocol.schema import read_app
from gradlink.codegen.snippets.programs import target_of
from gradlink.docs_page.description import described
from gradlink.docs_page.html import page as page_of
from gradlink.docs_page.programs import Programs
from tests.codegen.hostile import HOSTILE, hostile_app
from tests.vectors.cases import app

if TYPE_CHECKING:
    from playwright.sync_api import Browser

pytestmark = pytest.mark.live

URL = "http://127.0.0.1:7860/"


def written(schema: Any, path: Path) -> str:
    """Write the page of an app to a file; return its address."""
    document = Programs(schema, target_of(schema, URL, URL)).with_snippets(described(schema, URL, URL))
    path.write_text(page_of(document, live=False), encoding="utf-8")
    return path.as_uri()


def test_the_file_shows_the_app_and_its_code(browser: Browser, tmp_path: Path) -> None:
    config, info = app("6.31.0")
    wrong: list[str] = []
    page = browser.new_page()
    page.on("console", lambda message: wrong.append(message.text) if message.type == "error" else None)
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.on("request", lambda request: wrong.append(request.url) if request.url.startswith("http") else None)
    page.goto(written(read_app(config, info), tmp_path / "api.html"))
    page.get_by_role("link", name="/add", exact=True).click()
    page.get_by_role("heading", level=1, name="/add").wait_for()
    assert 'api_name="/add"' in page.locator(".code-body").inner_text()
    assert page.get_by_role("button", name="Send").count() == 0
    assert page.locator(".field").count() == 3
    page.close()
    assert wrong == []


def test_nothing_of_a_hostile_app_runs_in_the_file(browser: Browser, tmp_path: Path) -> None:
    text = "".join(said for name, said in HOSTILE.items() if name != "very long")
    page = browser.new_page()
    wrong: list[str] = []
    page.on("pageerror", lambda error: wrong.append(str(error)))
    page.goto(written(hostile_app(text), tmp_path / "api.html"))
    page.wait_for_selector("h1")
    assert page.evaluate("globalThis.PWNED") is None
    assert page.locator("script").count() == 2
    page.close()
    assert wrong == []
