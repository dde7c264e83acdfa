"""What visitors see while their calls wait and run at the original."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from tests.loading.scripts import click

if TYPE_CHECKING:
    from playwright.sync_api import Page

RUNS = "() => [...document.querySelectorAll('input[type=number]')].some((one) => Number(one.value) > 0)"


def test_visitors_see_their_place_in_the_apps_queue(loaded: str, visit: Callable[[str], Page]) -> None:
    first, second = visit(f"{loaded}visits/"), visit(f"{loaded}visits/")
    click(first, "Alone")
    first.wait_for_function(RUNS)
    click(second, "Alone")
    second.get_by_text("queue: 1/1").first.wait_for()
    first.close()
    second.wait_for_function(RUNS)
    assert second.get_by_text("queue: 1/1").count() == 0
