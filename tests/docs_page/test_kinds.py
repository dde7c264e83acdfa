"""Apps of every kind, called on their pages in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.docs_page.using import code, has_code, result, send

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.live


def test_a_message_has_a_text_and_files(visit: Callable[..., Page], tmp_path: Path) -> None:
    (tmp_path / "größe 'x'.txt").write_text("content", encoding="utf-8")
    page = visit("multimodal", "chat")
    page.get_by_role("textbox", name="message", exact=True).fill("look")
    page.locator("input[type=file]").set_input_files(tmp_path / "größe 'x'.txt")
    page.get_by_text("größe 'x'.txt").wait_for()
    has_code(page, "größe")
    send(page)
    assert "1 files, look" in result(page)


def test_an_image_goes_in_and_comes_out(visit: Callable[..., Page], tmp_path: Path) -> None:
    from PIL import Image

    Image.new("RGB", (40, 30), "red").save(tmp_path / "in.png")
    page = visit("image", "filter")
    page.locator("input[type=file]").set_input_files(tmp_path / "in.png")
    has_code(page, 'handle_file("in.png")')
    send(page)
    page.wait_for_function("() => document.querySelector('.result img')?.naturalWidth === 40")
    with page.expect_download() as download:
        page.locator(".result .file-link").click()
    assert Path(download.value.path()).stat().st_size > 0


def test_sound_can_be_played(visit: Callable[..., Page], tmp_path: Path) -> None:
    import wave

    with wave.open(str(tmp_path / "in.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(b"\0\1" * 4000)
    page = visit("audio", "reverse")
    page.locator("input[type=file]").set_input_files(tmp_path / "in.wav")
    page.get_by_text("in.wav", exact=True).wait_for()
    send(page)
    page.wait_for_function("() => Math.abs(document.querySelector('.result audio')?.duration - 0.5) < 0.1")


def test_files_go_in_as_a_list_and_can_be_removed(visit: Callable[..., Page], tmp_path: Path) -> None:
    for name in ("a.txt", "b.txt", "c.txt"):
        (tmp_path / name).write_text(name * 3, encoding="utf-8")
    page = visit("files", "sizes")
    page.locator("input[type=file]").set_input_files(
        [tmp_path / "a.txt", tmp_path / "b.txt", tmp_path / "c.txt"]
    )
    page.get_by_role("button", name="Remove b.txt").click()
    # Whole, as it is without b.txt: c.txt is also in that of before.
    has_code(page, '[handle_file("a.txt"), handle_file("c.txt")]')
    send(page)
    assert '"a.txt": 15' in result(page)
    assert "b.txt" not in result(page)


def test_a_gallery_is_shown_with_captions(visit: Callable[..., Page]) -> None:
    page = visit("gallery", "draw")
    page.get_by_label("count").fill("3")
    send(page)
    page.wait_for_function("() => document.querySelectorAll('.gallery img').length === 3")
    assert "picture 2" in result(page)


def test_a_table_is_filled_in_and_shown(visit: Callable[..., Page]) -> None:
    page = visit("table", "transpose")
    for _ in range(2):
        page.get_by_role("button", name="Row", exact=True).click()
    for row, values in enumerate((("1", "x", "2.5"), ("3", "y z", ""))):
        for column, value in enumerate(values):
            page.get_by_label(f"Row {row + 1}, column {column + 1}").fill(value)
    send(page)
    cells = page.locator(".result td").all_inner_texts()
    assert cells == ["1", "3", "x", "y z", "2.5", ""]
    assert "3 rows" in result(page)


def test_an_app_with_parts_that_are_rendered_is_called(visit: Callable[..., Page]) -> None:
    page = visit("render", "count")
    send(page)
    assert "1 boxes" in result(page)


def test_an_app_with_a_login_is_called_and_its_password_is_not_shown(visit: Callable[..., Page]) -> None:
    page = visit("locked", "shout")
    page.get_by_label("text").fill("loud")
    has_code(page, 'text="loud"')
    assert "APP_PASSWORD" in code(page)
    assert "secret" not in page.content()
    send(page)
    assert "LOUD" in result(page)


def test_batch_and_state_are_told_and_work(visit: Callable[..., Page]) -> None:
    page = visit("batch", "length")
    assert page.locator(".badges").inner_text().split() == ["queue", "batch"]
    page.get_by_label("text").fill("four")
    send(page)
    assert "4" in result(page)
    page.get_by_role("link", name="/add").click()
    for total in ("1", "2"):
        page.locator("article .primary").click()
        page.wait_for_function("total => document.querySelector('.scalar')?.textContent === total", arg=total)
    page.get_by_role("button", name="New session").click()
    page.wait_for_function("() => document.querySelector('#announcer').textContent.includes('new session')")
    page.locator("article .primary").click()
    page.wait_for_function("() => document.querySelector('.scalar')?.textContent === '1'")


def test_every_kind_of_value_is_shown(visit: Callable[..., Page]) -> None:
    page = visit("kinds", "show")
    send(page)
    page.wait_for_function("() => document.querySelector('.result img')?.naturalWidth === 60")
    assert page.locator(".bubble").all_inner_texts() == ["user\nHello", "assistant\nHi, what can I do?"]
    assert page.locator(".bars li").count() == 3
    assert page.locator("mark").count() == 2
    assert page.locator(".result audio").count() == 1
    assert "<b>bold</b>" in result(page)
    page.get_by_role("button", name="JSON").click()
    page.wait_for_function("() => document.querySelectorAll('.result img').length === 0")


def test_what_is_long_is_folded_and_bounded(visit: Callable[..., Page]) -> None:
    page = visit("kinds", "long")
    send(page)
    assert len(result(page)) < 5_000
    page.get_by_role("button", name="Show 21,000 more characters").click()
    assert len(result(page)) > 20_000
    page.get_by_role("link", name="/rows").click()
    page.locator("article .primary").click()
    page.get_by_text("1,500 rows, 2 columns; the first 1000 are shown").wait_for()
    assert page.locator(".result tbody tr").count() == 1000
    page.get_by_role("link", name="/nothing").click()
    page.locator("article .primary").click()
    page.get_by_text("This endpoint returns nothing.").last.wait_for()
