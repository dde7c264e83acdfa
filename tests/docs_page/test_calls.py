"""Calls of the page in a real browser: streams, queues, progress, errors, cancelling."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.docs_page.using import has_code, result, send, wait_for_state

if TYPE_CHECKING:
    from playwright.sync_api import Page

    from tests.docs_page.serving import Pages

pytestmark = pytest.mark.live


def test_chat_streams_into_one_place(visit: Callable[..., Page]) -> None:
    page = visit("chat", "chat")
    page.get_by_label("message").fill("hello there")
    has_code(page, 'message="hello there"')
    send(page)
    assert "You said hello there" in result(page)
    assert page.locator(".value").count() == 1
    assert "4 values" in page.locator(".state").inner_text()


def test_a_slow_call_shows_where_it_stands_and_what_the_app_says(visit: Callable[..., Page]) -> None:
    page = visit("slow", "bake")
    page.get_by_role("button", name="Send").click()
    page.get_by_text("Baking bread").wait_for()
    page.locator(".logs").get_by_text("The oven is warm").wait_for()
    wait_for_state(page, "Done")
    assert "bread, baked" in result(page)
    assert page.locator(".level-warning").inner_text().split() == ["warning", "Careful,", "hot."]


def test_who_waits_sees_the_place_in_the_queue(visit: Callable[..., Page]) -> None:
    first, second = visit("slow", "bake"), visit("slow", "bake")
    first.get_by_role("textbox", name="minutes").fill("100")
    first.keyboard.press("Control+Enter")
    first.get_by_text("Baking bread").wait_for()
    second.keyboard.press("Control+Enter")
    second.wait_for_function("() => /queue/.test(document.querySelector('.state').textContent)")
    first.keyboard.press("Escape")
    wait_for_state(first, "Cancelled")
    wait_for_state(second, "Done")


def test_a_stream_without_end_is_cancelled(visit: Callable[..., Page]) -> None:
    page = visit("slow", "count")
    page.get_by_role("button", name="Send").click()
    page.wait_for_function("() => /[1-9] stars/.test(document.querySelector('.result').textContent)")
    page.get_by_role("button", name="Cancel").click()
    wait_for_state(page, "Cancelled")
    assert "stars" in result(page)


def test_who_leaves_cancels_the_call(visit: Callable[..., Page], pages: Pages) -> None:
    page = visit("slow", "count")
    page.get_by_role("button", name="Send").click()
    page.wait_for_function("() => /[1-9] stars/.test(document.querySelector('.result').textContent)")
    jobs = pages("slow").app.jobs
    (job,) = jobs.values()
    page.goto("about:blank")
    while jobs or not job.done():
        page.wait_for_timeout(10)
    assert job.cancelled()


def test_an_error_of_the_app_has_its_title(visit: Callable[..., Page]) -> None:
    page = visit("slow", "fail")
    page.get_by_label("why").fill("rain")
    send(page, "Failed")
    assert page.get_by_role("alert").inner_text().split() == ["Not", "today", "It", "failed:", "rain"]


def test_an_error_that_the_app_hides_is_told_without_its_text(visit: Callable[..., Page]) -> None:
    page = visit("slow", "crash")
    send(page, "Failed")
    assert "secret of the server" not in page.content()


def test_a_server_that_has_ended_is_said_so(visit: Callable[..., Page]) -> None:
    page = visit("chat", "chat")
    # A failed request is an error of the console, which the test would take for one of the page.
    page.route("**/call", lambda route: route.fulfill(body=""))
    page.get_by_role("button", name="Send").click()
    wait_for_state(page, "Failed")
    assert "does not answer" in page.get_by_role("alert").inner_text()
