"""An app that says markup and script everywhere: the page shows it, and nothing of it runs."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.docs_page.conftest import PHONE
from tests.docs_page.using import send

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

    from tests.docs_page.serving import Pages

pytestmark = pytest.mark.live

# What nobody but the page itself has put there.
FOREIGN = "() => document.querySelectorAll('script, iframe, style, svg image, [onload], [onerror], a[href^=javascript]')"


def is_untouched(page: Page) -> None:
    assert page.evaluate("globalThis.PWNED") is None
    found = page.evaluate(f"() => [...({FOREIGN})()].map(one => one.outerHTML.slice(0, 100))")
    # The document, and the page's own script.
    assert len(found) == 2, found


def endpoints(page: Page) -> list[str]:
    hashes: list[str] = page.locator(".list a").evaluate_all("links => links.map(link => link.hash)")
    return hashes


@pytest.mark.parametrize("viewport", [None, PHONE])
def test_nothing_that_an_app_says_is_run_or_fetched(
    visit: Callable[..., Page], viewport: dict[str, int] | None
) -> None:
    page = visit("hostile", **({"viewport": viewport} if viewport else {}))
    for link in endpoints(page):
        page.evaluate("hash => { location.hash = hash }", link)
        page.wait_for_selector("article")
        is_untouched(page)


def test_nothing_of_a_result_is_run_or_fetched(visit: Callable[..., Page]) -> None:
    page = visit("hostile", "")
    page.locator(".examples button").click()
    send(page)
    page.wait_for_function("() => document.querySelectorAll('.result .value').length === 9")
    # The picture that has a script is shown as a picture, and the page that has one only offered.
    page.locator(".result img").scroll_into_view_if_needed()
    page.wait_for_function("() => document.querySelector('.result img')?.naturalWidth > 0")
    is_untouched(page)
    page.get_by_role("button", name="JSON").click()
    page.wait_for_function("() => document.querySelectorAll('.result .value').length === 0")
    is_untouched(page)


def test_nothing_of_an_error_is_run(visit: Callable[..., Page]) -> None:
    page = visit("hostile", "fail")
    send(page, "Failed")
    assert "<script>" in page.get_by_role("alert").inner_text()
    is_untouched(page)


def test_files_of_results_are_no_pages(visit: Callable[..., Page]) -> None:
    page = visit("hostile", "")
    send(page)
    page.wait_for_selector(".file-link")
    told = page.evaluate(
        """async () => {
            const links = [...document.querySelectorAll('.file-link')].map(link => link.href.split('?')[0]);
            const answers = await Promise.all(links.map(link => fetch(link)));
            return answers.map(one => ['content-type', 'content-disposition', 'content-security-policy',
                'x-content-type-options', 'cross-origin-resource-policy'].map(name => one.headers.get(name)));
        }"""
    )
    assert len(told) == 2
    for kind, disposition, policy, sniffing, resource in told:
        assert kind == "application/octet-stream"
        assert disposition.startswith("attachment")
        assert policy == "sandbox; default-src 'none'"
        assert (sniffing, resource) == ("nosniff", "same-origin")


def test_the_policy_stops_what_gets_into_the_page_all_the_same(browser: Browser, pages: Pages) -> None:
    page = browser.new_page()
    page.goto(pages("chat").address)
    page.evaluate(
        """() => {
            const script = document.createElement('script');
            script.textContent = 'globalThis.PWNED = 1';
            document.body.append(script);
        }"""
    )
    assert page.evaluate("globalThis.PWNED") is None
    refused = page.evaluate("fetch('http://127.0.0.1:9/').then(() => false, () => true)")
    assert refused
    page.close()


def test_no_other_page_of_the_browser_gets_at_it(browser: Browser, pages: Pages, apps_url: str) -> None:
    address = pages("chat").address
    page = browser.new_page()
    try:
        page.goto(f"{apps_url}chat/config")
        for method in ("GET", "POST"):
            answer = page.evaluate(
                "([address, method]) => fetch(address, {method, mode: 'no-cors', body: method === 'GET' ? undefined : '{}'})"
                ".then(one => one.type, () => 'refused')",
                [f"{address}snippets" if method == "POST" else address, method],
            )
            assert answer == "refused"
        page.evaluate(
            "address => { const frame = document.createElement('iframe'); frame.src = address; document.body.append(frame) }",
            address,
        )
        assert all("chat" not in frame.content() or frame == page.main_frame for frame in page.frames)
    finally:
        page.close()
