"""An app by itself and inside another one, side by side in a browser: the same clicks and keys, the same to be seen."""

from __future__ import annotations

import io
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from tests.loading.scripts import SCRIPTS

if TYPE_CHECKING:
    from playwright.sync_api import Page

# Looked at by people; never compared by a machine.
PICTURES = Path(__file__).parents[2] / ".cache" / "pairs"


@pytest.mark.parametrize("name", SCRIPTS)
def test_it_looks_and_behaves_the_same(
    name: str, originals: str, loaded: str, visit: Callable[[str], Page]
) -> None:
    original, ours = visit(f"{originals}{name}/"), visit(f"{loaded}{name}/")
    expected = SCRIPTS[name](original)
    assert SCRIPTS[name](ours) == expected
    assert len(expected) > 0
    keep(name, original, ours)


def keep(name: str, *pages: Page) -> None:
    """Keep pictures of pages beside each other."""
    shots = [Image.open(io.BytesIO(page.screenshot())) for page in pages]
    whole = Image.new("RGB", (sum(one.width for one in shots) + 10, max(one.height for one in shots)), "red")
    left = 0
    for shot in shots:
        whole.paste(shot, (left, 0))
        left += shot.width + 10
    PICTURES.mkdir(parents=True, exist_ok=True)
    whole.save(PICTURES / f"{name}.png")
