"""axe-core finds nothing to complain of, whatever is on the page."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import pytest

from tests.docs_page.conftest import PHONE, WIDE
from tests.docs_page.using import send

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.live

LOOKS: dict[str, dict[str, Any]] = {
    "light": {"viewport": WIDE, "color_scheme": "light"},
    "dark": {"viewport": WIDE, "color_scheme": "dark"},
    "phone": {"viewport": PHONE, "color_scheme": "light"},
    "dark phone": {"viewport": PHONE, "color_scheme": "dark"},
}
# Those with all colours, and the rest, which looks alike.
COLOURED = [("kinds", "echo", ""), ("kinds", "show", "Done"), ("slow", "fail", "Failed")]
OTHERS = [
    ("image", "filter", "Not sent"),
    ("multimodal", "chat", "Done"),
]


def complaints(page: Page) -> list[str]:
    """Return what axe-core says is wrong; its script runs beside the page's policy, as a debugger would."""
    from axe_playwright_python.base import AXE_FILE_PATH

    page.evaluate(AXE_FILE_PATH.read_text(encoding="utf-8"))
    found: list[dict[str, Any]] = page.evaluate("axe.run().then(one => one.violations)")
    return [
        f"{one['id']}: {node['html'][:200]}: {node['failureSummary']}"
        for one in found
        for node in one["nodes"][:3]
    ]


@pytest.mark.parametrize("look", LOOKS)
def test_axe_finds_no_violation(visit: Callable[..., Page], look: str) -> None:
    found: list[str] = []
    for app, slug, end in COLOURED + (OTHERS if look == "light" else []):
        page = visit(app, slug, **LOOKS[look])
        if end:
            send(page, end)
        found += [f"{app}/{slug}: {one}" for one in complaints(page)]
    assert not found, "\n".join(found)


def test_axe_finds_no_violation_in_the_open_list_of_a_phone(visit: Callable[..., Page]) -> None:
    page = visit("many", viewport=PHONE)
    page.get_by_role("button", name="Endpoints").click()
    assert complaints(page) == []
