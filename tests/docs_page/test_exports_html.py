"""The page of an app as a file: it works without a server, and asks nobody for anything."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from gradlink._protocol.schema import AppSchema
from gradlink.docs_page.exports.site import foreign, write_site
from gradlink.docs_page.html import page
from tests.codegen.hostile import HOSTILE, hostile_app
from tests.docs_page.documents import big_app, document_of, schema
from tests.live.browsing import browser

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    with browser() as started:
        yield started


def opened(chromium: Browser, app: AppSchema, folder: Path) -> tuple[Page, list[str]]:
    """Open an app's page as a file; give what it asked for and complained of, which goes on growing."""
    index = write_site(folder / "out", page(document_of(app), live=False))
    tab, heard = chromium.new_page(), list[str]()
    tab.on(
        "request",
        lambda one: (
            heard.append(f"request {one.url}")
            if one.url.split("#")[0] != index.as_uri() and not one.url.startswith("data:")
            else None
        ),
    )
    tab.on("console", lambda one: heard.append(f"console {one.text}"))
    tab.on("pageerror", lambda one: heard.append(f"error {one}"))
    tab.on("dialog", lambda one: heard.append("dialog"))
    tab.goto(index.as_uri())
    tab.wait_for_selector("input[type=search]")
    return tab, heard


@pytest.mark.live
def test_a_file_shows_endpoints_search_and_programs(chromium: Browser, tmp_path: Path) -> None:
    tab, heard = opened(chromium, schema(), tmp_path)
    tab.fill("input[type=search]", "batch_double")
    links = tab.locator("#endpoints a[data-slug]:visible")
    links.get_by_text("batch_double").first.wait_for()
    assert links.count() == 1
    links.first.click()
    tab.get_by_text('api_name="/batch_double"').first.wait_for()
    assert heard == []
    tab.close()


@pytest.mark.live
def test_a_file_of_hundreds_of_endpoints_works(chromium: Browser, tmp_path: Path) -> None:
    tab, heard = opened(chromium, big_app(), tmp_path)
    tab.fill("input[type=search]", "echo_0")
    tab.locator("#endpoints a[data-slug='echo_0']").click()
    tab.get_by_text('api_name="/echo_0"').first.wait_for()
    assert heard == []
    tab.close()


@pytest.mark.live
@pytest.mark.parametrize(
    "said", ["markup", "end of a block comment", "template", "quotes", "bidirectional", "surrogates"]
)
def test_a_hostile_app_runs_nothing(chromium: Browser, tmp_path: Path, said: str) -> None:
    script = "<script>globalThis.PWNED=1</script><img src=x onerror='globalThis.PWNED=1'><a href='javascript:PWNED=1'>"
    tab, heard = opened(chromium, hostile_app(HOSTILE[said] + script), tmp_path)
    for link in tab.locator("#endpoints a[data-slug]").all()[:5]:
        link.click()
    assert tab.evaluate("globalThis.PWNED") is None
    assert tab.locator("img[src=x], a[href^='javascript:']").count() == 0
    assert heard == []
    tab.close()


def test_only_a_directory_of_its_own_is_written_into(tmp_path: Path) -> None:
    made = page(document_of(schema()), live=False)
    index = write_site(tmp_path / "a" / "b", made)
    assert index.read_text(encoding="utf-8") == made
    assert write_site(tmp_path / "a" / "b", made) == index
    (index.parent / "notes.txt").write_text("mine", encoding="utf-8")
    assert foreign(index.parent) == ["notes.txt"]
    with pytest.raises(FileExistsError, match=r"has other files: notes\.txt"):
        write_site(index.parent, made)
    other = tmp_path / "c"
    other.mkdir()
    (other / "index.html").write_text("<p>mine</p>", encoding="utf-8")
    with pytest.raises(FileExistsError, match=r"index\.html"):
        write_site(other, made)
    assert (other / "index.html").read_text(encoding="utf-8") == "<p>mine</p>"
