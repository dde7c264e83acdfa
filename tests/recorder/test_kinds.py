"""The recorder on real apps of many kinds: the program that it writes gives what the browser showed."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from tests.recorder import scenarios
from tests.recorder.driving import recording
from tests.recorder.scenarios import calls, click, enter, send, shown, sound, visit

pytestmark = pytest.mark.live


def test_texts_numbers_and_state(kinds: str, page: Any, tmp_path: Path) -> None:
    scenarios.texts_numbers_and_state(kinds, page, tmp_path)


def test_a_chat(kinds: str, page: Any, tmp_path: Path) -> None:
    scenarios.a_chat(kinds, page, tmp_path)


def test_a_chat_of_the_apps_own_hands_its_history_on(kinds: str, page: Any, tmp_path: Path) -> None:
    scenarios.a_chat_of_the_apps_own_hands_its_history_on(kinds, page, tmp_path)


def test_images_that_are_sent_and_sent_on(kinds: str, page: Any, tmp_path: Path) -> None:
    scenarios.images_that_are_sent_and_sent_on(kinds, page, tmp_path)


def test_a_slow_app_whose_stream_is_cancelled(kinds: str, page: Any, tmp_path: Path) -> None:
    scenarios.a_slow_app_whose_stream_is_cancelled(kinds, page, tmp_path)


def test_a_login_and_a_password_box(kinds: str, page: Any, tmp_path: Path) -> None:
    scenarios.a_login_and_a_password_box(kinds, page, tmp_path)


def test_a_chat_that_streams_and_takes_more_than_a_message(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/streaming_chat/", tmp_path) as recorded:
        visit(page, recorded.url)
        box = page.get_by_placeholder("Type a message...")
        box.fill("hello")
        enter(page, box)
        page.get_by_text("You said hello calm").wait_for()
        recorded.wait(lambda: any(step.ended for step in calls(recorded)))
    assert "for " in recorded.program
    assert recorded.run().splitlines()[-1] == "You said hello calm"


def test_sound(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/audio/", tmp_path) as recorded:
        visit(page, recorded.url)
        send(page, "tone.wav", sound())
        page.get_by_label("Play").first.wait_for()
        click(page, "Echo")
        shown(page, "Size", str(len(sound())))
        recorded.ended("echo")
    assert recorded.run().splitlines()[-1].endswith(f"'{len(sound())}')")


def test_several_files(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/files/", tmp_path) as recorded:
        visit(page, recorded.url)
        sent = [
            {"name": f"{word}.txt", "mimeType": "text/plain", "buffer": word.encode()}
            for word in ("one", "two")
        ]
        page.locator("input[type=file]").first.set_input_files(sent)
        page.get_by_text("two", exact=True).first.wait_for()
        click(page, "Read")
        shown(page, "Text", "one,two")
        click(page, "Again")
        shown(page, "Text", "two,one")
        recorded.ended("read", "again")
    assert "handle_file(read[0][0])" in recorded.program
    assert recorded.run().splitlines()[-1].endswith("'two,one')")


def test_a_gallery_is_sent_on(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/gallery/", tmp_path) as recorded:
        visit(page, recorded.url)
        click(page, "Make")
        recorded.ended("make")
        page.locator("img[src*='file=']").last.wait_for()
        click(page, "Name")
        shown(page, "Text", "red blue")
        recorded.ended("name")
    assert recorded.run().splitlines()[-1] == "red blue"


def test_a_table_is_sent_on(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/dataframe/", tmp_path) as recorded:
        visit(page, recorded.url)
        click(page, "Double")
        page.get_by_text("8", exact=True).first.wait_for()
        recorded.ended("double")
        click(page, "Sum")
        shown(page, "Text", "20")
        recorded.ended("sum")
    assert "frame=double" in recorded.program
    assert recorded.run().splitlines()[-1] == "20"


def test_parts_that_are_rendered(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/rendered/", tmp_path) as recorded:
        visit(page, recorded.url)
        page.get_by_label("Box 0").fill("loud")
        click(page, "Use 0")
        shown(page, "Out", "LOUD")
        recorded.ended("use_0")
    assert recorded.run().splitlines()[-1] == "LOUD"


def test_a_batch_function(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/batched/", tmp_path) as recorded:
        visit(page, recorded.url)
        page.get_by_label("Word").fill("summer")
        click(page, "Trim")
        shown(page, "Out", "sum")
        recorded.ended("trim")
    assert recorded.run().splitlines()[-1] == "sum"


def test_an_app_with_hundreds_of_endpoints(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/many/", tmp_path) as recorded:
        visit(page, recorded.url)
        page.get_by_label("Text").fill("x")
        for number in (7, 299):
            click(page, f"Button {number}")
            shown(page, "Out", f"{number}: x")
        recorded.ended("endpoint_7", "endpoint_299")
    assert recorded.run().splitlines()[-2:] == ["7: x", "299: x"]


def test_a_hostile_app(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/hostile/", tmp_path) as recorded:
        visit(page, recorded.url)
        page.locator("#evil-text textarea").fill("mine")
        click(page, "Attack")
        recorded.wait(lambda: any(step.ended for step in calls(recorded)))
    assert recorded.run().splitlines()[0].startswith('mine"""')
    assert not any("\x1b" in line or "\u202e" in line for part in recorded.shown for line in part.lines)
    assert sorted(path.name for path in tmp_path.iterdir() if path.is_file()) == ["recorded.py"]


def test_what_was_selected(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/live/", tmp_path) as recorded:
        visit(page, recorded.url)
        page.get_by_label("two").check()
        shown(page, "Picked", "1: two")
        recorded.ended("pick")
    assert recorded.run().splitlines()[-1] == "1: two"


def test_an_error_and_a_second_page(kinds: str, page: Any, tmp_path: Path) -> None:
    with recording(f"{kinds}/basic/", tmp_path) as recorded:
        for word in ("first", "second"):
            visit(page, recorded.url)
            page.get_by_label("Bad").fill(word)
            click(page, "Fail")
            page.get_by_text(f"no {word}").first.wait_for()
            click(page, "Count")
            shown(page, "Count", "6")
            recorded.ended(*(["fail", "count"] * (1 if word == "first" else 2)))
    assert "as client2" in recorded.program
    assert [line for line in recorded.run().splitlines() if line.isdecimal()] == ["6", "6"]
