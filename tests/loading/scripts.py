"""What a person does in the page of each app, and what is to be seen then.

Each waits for what it has caused, and returns what it saw.
"""

from __future__ import annotations

import io
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image


def click(page: Any, name: str) -> None:
    page.get_by_role("button", name=name, exact=True).click()


def field(page: Any, label: str) -> Any:
    """Return the input with this label, whatever else stands in the label."""
    return page.locator("label", has_text=re.compile(rf"^\s*{label}\b")).locator("input, textarea").first


def fill(page: Any, label: str, text: str) -> None:
    field(page, label).fill(text)


def shows(page: Any, label: str, text: str) -> str:
    """Wait until the field with this label has this text."""
    page.wait_for_function(
        "([label, text]) => [...document.querySelectorAll('label')].some((one) =>"
        " one.textContent.trim().startsWith(label) && one.querySelector('input, textarea')?.value === text)",
        arg=[label, text],
    )
    return f"{label}: {text}"


def picture(size: tuple[int, int] = (40, 30), shade: int = 200) -> bytes:
    content = io.BytesIO()
    Image.new("RGB", size, (shade, shade, shade)).save(content, "PNG")
    return content.getvalue()


def interface(page: Any) -> list[str]:
    seen = [page.get_by_text("what to buy").inner_text()]
    fill(page, "name", "cake")
    page.get_by_label("gift").check()
    click(page, "Submit")
    seen.append(shows(page, "price", "cake: 6 wrapped"))
    page.locator("tr", has_text="tea").last.click()
    seen += [shows(page, "name", "tea"), shows(page, "price", "tea: 9 wrapped")]
    click(page, "Clear")
    return [*seen, shows(page, "name", ""), shows(page, "price", "")]


def tabs(page: Any) -> list[str]:
    seen = [page.get_by_role("heading", name="In the sidebar").inner_text()]
    page.get_by_label("Japan").check()
    seen.append(shows(page, "chosen", "You are in Osaka"))
    page.get_by_label("city of Japan").click()
    seen.append(page.get_by_role("option", name="Tokyo").inner_text())
    page.get_by_role("option", name="Tokyo").click()
    seen.append(shows(page, "chosen", "You are in Tokyo"))
    assert not page.get_by_label("details").is_visible()
    click(page, "Details")
    page.get_by_label("details").wait_for()
    seen.append(shows(page, "details", "all of it"))
    assert page.get_by_role("button", name="Shown", exact=True).is_disabled()
    page.get_by_role("tab", name="About").click()
    page.get_by_role("button", name="More").click()
    seen.append(page.locator("strong", has_text="long").inner_text())
    seen.append(page.locator("b", has_text="bold").inner_text())
    return seen


def chat(page: Any) -> list[str]:
    def said(text: str) -> str:
        page.locator(".bot.message", has_text=re.compile(f"^\\s*{re.escape(text)}\\s*$")).last.wait_for()
        return text

    def say(text: str) -> None:
        box = page.locator("textarea.no-label")
        box.fill(text)
        box.press("Enter")

    page.locator("input[type=file]").set_input_files(
        {"name": "note.txt", "mimeType": "text/plain", "buffer": b"of a file"}
    )
    page.locator(".thumbnail-item").wait_for()
    say("hello")
    seen = [said("1: hello [of a file]")]
    say("and more")
    seen.append(said("2: and more"))
    page.get_by_label("Like", exact=True).last.click()
    page.wait_for_function(
        "() => [...document.querySelectorAll('textarea, input')].some((one) => /True$/.test(one.value))"
    )
    seen.append("liked")
    click(page, "Retry")
    page.wait_for_function("() => document.querySelectorAll('.bot.message').length === 2")
    seen.append(said("2: and more"))
    click(page, "Undo")
    page.wait_for_function("() => document.querySelectorAll('.bot.message').length === 1")
    return [*seen, "undone"]


def editing(page: Any) -> list[str]:
    def answered(text: str) -> str:
        page.wait_for_function(
            "(text) => [...document.querySelectorAll('.bot.message')].at(-1)?.innerText.trim() === text",
            arg=text,
        )
        return text

    seen: list[str] = []
    for text in ("one", "two"):
        box = page.locator("textarea:not([disabled])").first
        box.fill(text)
        box.press("Enter")
        seen.append(answered(f"{len(seen) + 1}: {text}"))
    page.get_by_role("button", name="Edit", exact=True).first.click()
    page.locator(".edit-textarea").first.fill("other")
    page.get_by_role("button", name="Submit", exact=True).first.click()
    return [*seen, answered("1: other"), str(page.locator(".bot.message").count())]


def image(page: Any) -> list[str]:
    page.locator("input[type=file]").first.set_input_files(
        {"name": "grey.png", "mimeType": "image/png", "buffer": picture()}
    )
    page.wait_for_function("() => document.querySelectorAll('img[src*=grey]').length > 0")
    click(page, "Invert")
    page.wait_for_function(
        "() => [...document.querySelectorAll('img[src$=\"image.webp\"]')].some((one) => one.naturalWidth === 40)"
    )
    click(page, "Measure")
    return [shows(page, "sizes", "(30, 40, 3) 200 55")]


def audio(page: Any) -> list[str]:
    click(page, "Play")
    page.get_by_label("Download").wait_for()
    page.wait_for_function("() => document.querySelector('#duration')?.textContent.trim() === '0:03'")
    with page.expect_download() as download:
        page.get_by_label("Download").click()
    size = Path(download.value.path()).stat().st_size
    click(page, "Length")
    return [f"{size}", download.value.suggested_filename, shows(page, "length", f"{size} bytes")]


def gallery(page: Any) -> list[str]:
    click(page, "Paint")
    page.get_by_label("Thumbnail 2 of 3").wait_for()
    page.wait_for_function(
        "() => [...document.querySelectorAll('img')].filter((one) => one.naturalWidth === 40).length === 3"
    )
    page.get_by_label("Thumbnail 2 of 3").click()
    return [shows(page, "which", "1: grey 1")]


def dataframe(page: Any) -> list[str]:
    click(page, "Sum")
    seen = [shows(page, "total", "4")]
    click(page, "Double")
    page.get_by_text("6", exact=True).locator("visible=true").first.wait_for()
    page.get_by_text("milk", exact=True).locator("visible=true").first.click()
    seen.append(shows(page, "cell", "[1, 0] milk"))
    return seen


def streaming(page: Any) -> list[str]:
    click(page, "Count")
    seen = [shows(page, "text", "1 2 3 4 5")]
    click(page, "Endless")
    page.wait_for_function(
        "() => [...document.querySelectorAll('textarea, input')].some((one) => Number(one.value) > 20)"
    )
    click(page, "How many")
    page.wait_for_function(
        "() => [...document.querySelectorAll('label')].some((one) =>"
        " one.textContent.trim().startsWith('ends') && one.querySelector('input, textarea')?.value !== '')"
    )
    before = int(field(page, "ends").input_value())
    click(page, "Stop")
    for _ in range(200):
        click(page, "How many")
        if int(field(page, "ends").input_value()) > before:
            return [*seen, "stopped"]
        page.wait_for_timeout(50)
    raise AssertionError("the function of the app still runs")


def counter(page: Any) -> list[str]:
    seen: list[str] = []
    for times in (1, 2, 3):
        click(page, "More")
        seen += [shows(page, "shown", f"{times} times"), shows(page, "changed", f"now {times}")]
    click(page, "Recall")
    seen.append(shows(page, "remembered", "nothing yet"))
    click(page, "Keep")
    # Nothing in the page tells when the browser has it.
    for _ in range(200):
        click(page, "Recall")
        if field(page, "remembered").input_value() == "3 times":
            return [*seen, "kept"]
        page.wait_for_timeout(50)
    raise AssertionError("the browser did not keep it")


def chained(page: Any) -> list[str]:
    click(page, "Divide")
    seen = [shows(page, "result", "2"), shows(page, "after", "it is 2"), shows(page, "always", "then 2")]
    seen.append(page.get_by_test_id("toast-body").first.inner_text())
    fill(page, "two", "0")
    click(page, "Divide")
    seen.append(shows(page, "after", "it failed"))
    toast = page.locator(".toast-body.error")
    toast.wait_for()
    return [*seen, toast.inner_text()]


def others(page: Any) -> list[str]:
    click(page, "Start")
    seen = [shows(page, "ticks", "ticking")]
    page.locator("input[type=file]").first.set_input_files(
        {"name": "Ünïcode name.txt", "mimeType": "text/plain", "buffer": b"inside"}
    )
    seen.append(shows(page, "content", "inside"))
    click(page, "Copy")
    links = page.locator("a[download]")
    links.nth(1).wait_for()
    with page.expect_download() as download:
        links.nth(1).click()
    seen += [download.value.suggested_filename, Path(download.value.path()).read_text("utf-8")]
    fill(page, "word", "soft")
    field(page, "word").press("Enter")
    seen.append(shows(page, "loud", "SOFT"))
    page.get_by_text("Clear", exact=True).click()
    return [*seen, shows(page, "loud", ""), shows(page, "word", "")]


def validated(page: Any) -> list[str]:
    # Exactly: what is said to screen readers has both for a while.
    click(page, "Order")
    page.get_by_text("A name is needed", exact=True).wait_for()
    seen = [page.get_by_text("0 is not positive", exact=True).inner_text()]
    fill(page, "name", "tea")
    fill(page, "count", "2")
    click(page, "Order")
    seen.append(shows(page, "result", "2 tea"))
    page.get_by_text("A name is needed", exact=True).wait_for(state="hidden")
    return seen


SCRIPTS: dict[str, Callable[[Any], list[str]]] = {
    script.__name__: script
    for script in (
        interface,
        tabs,
        chat,
        editing,
        image,
        audio,
        gallery,
        dataframe,
        streaming,
        counter,
        chained,
        others,
        validated,
    )
}
