"""What an app runs in its page: left out and named, or carried over if the loader trusts it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.loading.opening import Outer
from tests.loading.scripts import click, fill, shows

if TYPE_CHECKING:
    from playwright.sync_api import Page

FROM_APP = """() => ['Head', 'Page', 'Template', 'Component', 'Update']
    .map((name) => window['from' + name]).filter(Boolean).join(' ')"""
COLOUR = "() => getComputedStyle(document.querySelector('.styled')).color"


def test_nothing_of_it_runs(originals: str, outer: Outer, visit: Callable[[str], Page]) -> None:
    opened = outer.open(f"{originals}scripted")
    assert len(opened.left_out[0]) == 6  # js, head, css, that of two events, and that of a component
    page = visit(opened.url)
    page.get_by_text("templated").wait_for()
    click(page, "Change")
    page.get_by_text("changed").wait_for()
    assert page.evaluate(FROM_APP) == ""
    assert page.evaluate(COLOUR) != "rgb(1, 2, 3)"
    fill(page, "word", "two")
    click(page, "Before")
    shows(page, "shown", "two!")


def test_that_of_a_trusted_app_does(originals: str, outer: Outer, visit: Callable[[str], Page]) -> None:
    opened = outer.open(f"{originals}scripted", trust=True)
    assert opened.left_out == [()]
    for url in (f"{originals}scripted/", opened.url):
        page = visit(url)
        page.wait_for_function(f"() => ({FROM_APP})() === 'head page template component'")
        click(page, "Change")
        page.wait_for_function(f"() => ({FROM_APP})() === 'head page template component update'")
        assert page.evaluate(COLOUR) == "rgb(1, 2, 3)"
        click(page, "In the page")
        shows(page, "shown", "two in the page")
        click(page, "Before")
        shows(page, "shown", "twotwo!")
