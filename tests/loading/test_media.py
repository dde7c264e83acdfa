"""Sound and pictures that come and go in pieces, by themselves and inside another app."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import pytest

from tests.live.browsing import for_a_module
from tests.loading.scripts import click, shows

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

pytestmark = pytest.mark.live

APP = "tests.loading.apps.media"
# Seconds, once they do not grow any more.
BUFFERED = """() => {
    const played = document.querySelector("audio, video");
    if (!played?.buffered.length || !Number.isFinite(played.duration)) return 0;
    const end = played.buffered.end(0);
    return end >= 4 && played.currentTime > 0 ? end : 0;
}"""


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Start a browser that has a camera and a microphone, and plays without being clicked."""
    yield from for_a_module(
        "--autoplay-policy=no-user-gesture-required",
        "--use-fake-device-for-media-stream",
        "--use-fake-ui-for-media-stream",
    )


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


def test_a_film_that_comes_in_pieces_is_played(apps: str, outers: str, visit: Callable[[str], Page]) -> None:
    asked: list[str] = []
    pages = visit(f"{apps}filming/"), visit(f"{outers}filming/")
    pages[1].on("request", lambda request: asked.append(request.url))
    seconds = [round(play(page), 1) for page in pages]
    assert seconds[0] == seconds[1]
    below = re.escape(f"{outers}filming/gradio_api/proxy=gradlink/gradio_api/stream/")
    assert len({url for url in asked if re.fullmatch(rf"{below}[\w/-]+\.ts", url)}) == 4
    assert not [url for url in asked if url.startswith(apps)]


def play(page: Page) -> float:
    click(page, "Play")
    return float(page.wait_for_function(BUFFERED).json_value())


# Each page is closed before the other is opened: the function runs for one stream at a time.


def test_pictures_of_the_camera_go_on_one_by_one(
    apps: str, outers: str, visit: Callable[[str], Page]
) -> None:
    for url in (apps, outers):
        page = visit(f"{url}camera/")
        page.get_by_text("Click to Access Webcam").click()
        page.get_by_label("capture photo").click()
        shows(page, "looked", "often")
        page.close()


def test_sound_of_the_microphone_goes_on_in_pieces(
    apps: str, outers: str, visit: Callable[[str], Page]
) -> None:
    for url in (apps, outers):
        page = visit(f"{url}microphone/")
        can_record(page)
        click(page, "Record")
        shows(page, "listened", "a second")
        page.close()


def can_record(page: Page) -> None:
    """Wait until Gradio's recorder is there, and its encoder, each with a worker; a click before that is an error of the page."""
    while len(page.workers) < 2:
        page.wait_for_timeout(50)
    for worker in page.workers:
        worker.evaluate("0")
    page.evaluate("new Promise(requestIdleCallback)")
