"""Sound that comes in pieces, by itself and inside another app."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest

from tests.loading.scripts import click

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.live

APP = "tests.loading.apps.media"
# Seconds, once they do not grow any more.
BUFFERED = """() => {
    const sound = document.querySelector("audio");
    if (!sound?.buffered.length || !Number.isFinite(sound.duration)) return 0;
    const end = sound.buffered.end(0);
    return end > 4 && sound.currentTime > 0 ? end : 0;
}"""


def test_sound_that_comes_in_pieces_is_played(apps: str, outers: str, visit: Callable[[str], Page]) -> None:
    asked: list[str] = []
    pages = visit(f"{apps}playing/"), visit(f"{outers}playing/")
    pages[1].on("request", lambda request: asked.append(request.url))
    seconds = [round(play(page), 3) for page in pages]
    assert seconds == [4.096, 4.096]
    below = re.escape(f"{outers}playing/gradio_api/proxy=gradlink/gradio_api/stream/")
    parts = [url for url in asked if re.fullmatch(rf"{below}[\w/-]+\.aac", url)]
    assert len(set(parts)) == 4
    assert any(re.fullmatch(rf"{below}[\w/-]+/playlist\.m3u8", url) for url in asked)
    assert not [url for url in asked if url.startswith(apps)]


def play(page: Page) -> float:
    click(page, "Play")
    return float(page.wait_for_function(BUFFERED).json_value())
