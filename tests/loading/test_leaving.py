"""Who closes or reloads the page ends their session at the original."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from gradlink import Client
from tests.loading.asking import until
from tests.loading.conftest import listens
from tests.loading.scripts import field

if TYPE_CHECKING:
    from playwright.sync_api import Page


def inside(client: Client) -> set[str]:
    return set(str(client.predict(api_name="/inside")).split())


def test_who_closes_the_page_ends_the_session(
    originals: str, loaded: str, visit: Callable[[str], Page]
) -> None:
    with Client(f"{originals}visits", verbose=False) as original:
        before = inside(original)
        pages = [visit(f"{loaded}visits/") for _ in range(2)]
        sessions = [field(page, "session").input_value() for page in pages]
        assert len({*sessions}) == 2
        assert inside(original) - before == {*sessions}
        pages[0].close()
        until(lambda: inside(original) - before == {sessions[1]})
        pages[1].reload()
        listens(pages[1])
        until(lambda: sessions[1] not in inside(original))
        again = set(inside(original)) - before
        assert len(again) == 1
        pages[1].close()
        until(lambda: inside(original) == before)
