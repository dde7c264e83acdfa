"""What somebody does with a page, and sees on it."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page


def send(page: Page, end: str = "Done") -> None:
    """Send the form, and wait until the call has ended."""
    page.get_by_role("button", name="Send").click()
    wait_for_state(page, end)


def wait_for_state(page: Page, text: str) -> None:
    ended = "() => /^(Done|Failed|Cancelled|Not sent)/.test(document.querySelector('.state')?.textContent)"
    page.wait_for_function(ended)
    assert page.locator(".state").inner_text().startswith(text), page.locator(".result-panel").inner_text()


def result(page: Page) -> str:
    return page.locator(".result").inner_text()


def code(page: Page) -> str:
    return page.locator(".code-body").text_content() or ""


def has_code(page: Page, text: str) -> None:
    page.wait_for_function(
        "text => document.querySelector('.code-body').textContent.includes(text)", arg=text
    )
