"""Draw the page of docs/docs-page.md: ``python -m tools.docs_page`` serves that of the demo app and looks at it in Chromium."""

from __future__ import annotations

import io
import re
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from PIL import Image

from gradlink import AsyncClient
from gradlink._serving.listening import Listening
from gradlink.docs_page.app import TargetOptions
from gradlink.docs_page.serving import Running, serve
from tools.demo import serving
from tools.notebook import APP, ROOT, chromium

FOLDER = ROOT / "docs"
WIDE = {"width": 1280, "height": 800}
PHONE = {"width": 375, "height": 760}
# A page has few colours: those of its letters' edges are left out.
COLOURS = 192
MAX_BYTES = 150_000


def bake(page: Any) -> None:
    """Have something baked, and look while it is in the oven."""
    page.get_by_label("what").fill("cinnamon rolls")
    page.get_by_role("textbox", name="minutes").fill("18")
    page.get_by_text("what=").wait_for()
    page.keyboard.press("Control+Enter")
    page.get_by_text(re.compile("(8|9|1.) / 18 minutes")).wait_for()


def postcard(page: Any) -> None:
    """Send a letter, and look at the postcard."""
    with tempfile.TemporaryDirectory() as folder:
        letter = Path(folder, "letter.txt")
        letter.write_text("Greetings\nfrom the harbour", encoding="utf-8")
        page.locator("input[type=file]").set_input_files(letter)
        page.get_by_text("26 bytes").wait_for()
        page.get_by_text("letter.txt").last.wait_for()
        page.keyboard.press("Control+Enter")
        page.wait_for_function("() => document.querySelector('.result img')?.naturalWidth > 0")


def greet(page: Any) -> None:
    """Fill in a form."""
    page.get_by_label("name", exact=True).fill("Ada")
    page.get_by_label("excited").check()
    page.get_by_text("name=").wait_for()


PICTURES: dict[str, tuple[str, Callable[[Any], None], dict[str, Any]]] = {
    "docs-page.png": ("bake", bake, {"viewport": WIDE, "color_scheme": "light"}),
    "docs-page-dark.png": ("postcard", postcard, {"viewport": WIDE, "color_scheme": "dark"}),
    "docs-page-phone.png": ("greet", greet, {"viewport": PHONE, "color_scheme": "light"}),
}


def draw(running: Running) -> None:
    """Draw all pictures."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        for name, (slug, act, options) in PICTURES.items():
            page = browser.new_page(device_scale_factor=1.5, **options)
            page.goto(f"{running.address}#/{slug}")
            page.wait_for_selector(".code")
            act(page)
            page.evaluate("() => document.activeElement.blur()")
            write(FOLDER / name, page.screenshot())
            page.close()
        browser.close()


def write(path: Path, content: bytes) -> None:
    """Write a picture with few colours."""
    with Image.open(io.BytesIO(content)) as picture:
        few = picture.convert("RGB").quantize(COLOURS, dither=Image.Dither.NONE)
    few.save(path, optimize=True)
    assert path.stat().st_size < MAX_BYTES, f"{path.name} has {path.stat().st_size:,} bytes"
    print(f"wrote {path.relative_to(ROOT)}")


def main() -> None:
    """Serve the page of the demo app, and draw it."""
    with serving() as url:
        serve_and_draw(url)


def serve_and_draw(url: str) -> None:
    """Draw the page of an app, as if it were where apps usually are."""
    import threading

    failures: list[BaseException] = []

    def look(running: Running) -> None:
        try:
            draw(running)
        except BaseException as exc:
            failures.append(exc)
        finally:
            running.end()

    def ready(running: Running) -> None:
        # The browser of Playwright is driven from a thread of its own: this one serves.
        threading.Thread(target=look, args=(running,)).start()

    serve(
        lambda folder: AsyncClient(url, verbose=False, download_files=folder, files="lazy"),
        TargetOptions(APP.rstrip("/")),
        Listening(),
        ready,
    )
    for failure in failures:
        raise failure


if __name__ == "__main__":
    main()
