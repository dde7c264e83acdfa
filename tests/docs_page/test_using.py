"""The page used in a real browser: by keyboard, on a phone, in the dark."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.docs_page.conftest import PHONE
from tests.docs_page.names import MANY
from tests.docs_page.using import code, has_code, result, send

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.live


def test_300_endpoints_are_found_by_keyboard(visit: Callable[..., Page]) -> None:
    page = visit("many")
    assert page.locator(".list a").count() == MANY + 1
    page.keyboard.press("/")
    page.keyboard.type("audio 199")
    page.wait_for_function("() => document.querySelectorAll('.list a').length === 1")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="/audio_endpoint_199").wait_for()
    page.keyboard.press("/")
    page.keyboard.press("Escape")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("ArrowDown")
    page.keyboard.press("Enter")
    page.get_by_role("heading", level=1, name="/image_endpoint_3").wait_for()
    assert page.locator("article").count() == 1


def test_every_control_gives_its_value_and_the_code_follows(visit: Callable[..., Page]) -> None:
    page = visit("kinds", "echo")
    text = "a \"quoted\" 'text'\nwith a line, \\ and ünïcode 😀"
    page.get_by_label("text", exact=True).fill(text)
    page.get_by_label("secret").fill("s")
    page.get_by_role("textbox", name="number").fill("7")
    page.get_by_label("checkbox").check()
    page.get_by_role("radio", name="b").check()
    page.get_by_role("radio", name="Two").check()
    page.get_by_label("y", exact=True).check()
    page.get_by_label("suggested").fill("own")
    page.get_by_label("color", exact=True).fill("#00ff00")
    page.get_by_label("Pick when").fill("2024-05-06T07:08:09")
    page.get_by_label("json").fill('{"n": 12345678901234567890, "list": [1, null]}')
    has_code(page, "12345678901234567890")
    has_code(page, "2024-05-06 07:08:09")
    send(page)
    said = result(page)
    for one in ("own", "#00ff00", "['y']", "True", "12345678901234567890", "ünïcode 😀", r"\nwith"):
        assert one in said, one


def test_a_value_that_does_not_fit_is_said_while_typing(visit: Callable[..., Page]) -> None:
    page = visit("kinds", "echo")
    page.get_by_role("textbox", name="number").fill("70")
    page.get_by_text("70 is more than the maximum, 10").wait_for()
    page.get_by_role("textbox", name="number").fill("7")
    page.wait_for_function("() => document.querySelectorAll('.field.wrong').length === 0")
    page.get_by_label("json").fill("{")
    page.get_by_text(re.compile("This is not JSON")).wait_for()
    page.get_by_role("button", name="Reset").click()
    page.wait_for_function("() => document.querySelectorAll('.field.wrong').length === 0")


def test_an_example_fills_the_form(visit: Callable[..., Page]) -> None:
    page = visit("kinds", "echo")
    page.get_by_role("button", name="second, 2").click()
    assert page.get_by_label("text", exact=True).input_value() == "second"
    has_code(page, '"second"')


def test_the_code_is_in_every_language_and_is_copied(visit: Callable[..., Page]) -> None:
    page = visit("chat", "chat")
    page.get_by_label("message").fill("hi")
    has_code(page, "hi")
    page.get_by_role("tab", name="Python", exact=True).focus()
    seen = []
    for _ in range(6):
        seen.append(code(page))
        page.keyboard.press("ArrowRight")
    assert len(set(seen)) == 6
    assert "AsyncClient" in seen[1]
    assert "curl" in seen[4]
    has_code(page, "hi")
    page.get_by_role("button", name="Copy").click()
    page.get_by_text("Copied").first.wait_for()
    assert page.evaluate("navigator.clipboard.readText()").strip() == code(page).strip()
    # By hand it is the same.
    page.evaluate("getSelection().selectAllChildren(document.querySelector('.code-body code'))")
    page.keyboard.press("Control+c")
    assert page.evaluate("navigator.clipboard.readText()") == code(page)


def test_dark_and_light_can_be_chosen_and_stay(visit: Callable[..., Page]) -> None:
    page = visit("chat", "chat", color_scheme="light")
    background = "getComputedStyle(document.documentElement).backgroundColor"
    light = page.evaluate(background)
    page.get_by_role("button", name="Change between dark and light").click()
    dark = page.evaluate(background)
    assert light != dark
    page.reload()
    page.wait_for_selector("h1")
    assert page.evaluate(background) == dark


def test_a_phone_has_the_list_behind_a_button(visit: Callable[..., Page]) -> None:
    page = visit("many", viewport=PHONE)
    assert not page.locator(".sidebar").is_visible()
    page.get_by_role("button", name="Endpoints").click()
    page.get_by_role("link", name="/audio_endpoint_1", exact=True).click()
    page.get_by_role("heading", level=1, name="/audio_endpoint_1").wait_for()
    assert not page.locator(".sidebar").is_visible()


@pytest.mark.parametrize("app", ["many", "kinds", "hostile"])
def test_nothing_is_wider_than_the_window(visit: Callable[..., Page], app: str) -> None:
    page = visit(app)
    links = page.locator(".list a").evaluate_all("links => [links[0].hash, links.at(-1).hash]")
    for width in (375, 800, 1100, 1360):
        page.set_viewport_size({"width": width, "height": 812})
        for link in links:
            page.evaluate("hash => { location.hash = hash }", link)
            assert page.evaluate("document.documentElement.scrollWidth") <= width
            # What is cut off at the edge of its column is too wide, too.
            assert page.locator(".columns").evaluate(
                """grid => [...grid.children].every(column => [...column.children].every(child => {
                    const room = column.getBoundingClientRect().width ? column : grid;
                    return child.getBoundingClientRect().right <= room.getBoundingClientRect().right + 1;
                }))"""
            )


def test_storage_that_is_refused_is_no_failure(visit: Callable[..., Page]) -> None:
    page = visit("chat", "chat")
    page.add_init_script(
        "Object.defineProperty(window, 'localStorage', { get() { throw new Error('refused') } })"
    )
    page.reload()
    page.wait_for_selector("h1")
    page.get_by_role("button", name="Change between dark and light").click()


def test_what_is_needed_and_missing_is_said_at_its_field(visit: Callable[..., Page]) -> None:
    page = visit("image", "filter")
    send(page, "Not sent")
    assert page.locator(".field.wrong .problem").inner_text() == "A value is needed"
    assert page.locator("[aria-invalid=true]").get_attribute("type") == "file"
