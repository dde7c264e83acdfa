"""Draw the picture of docs/load.md: ``python -m tools.loaded`` serves the demo app inside another one, and looks at it."""

from __future__ import annotations

import gradio as gr

import gradlink
from tools.demo import serving
from tools.docs_page import FOLDER, write
from tools.notebook import chromium


def build(url: str) -> gr.Blocks:
    """Build an app that has another one in it."""
    with gr.Blocks(title="Our kitchen") as demo:
        gr.Markdown(
            "# Our kitchen\nThis page is ours. What is below the line runs where it always ran.\n\n---"
        )
        gradlink.load(url)
    return demo


def draw(url: str) -> None:
    """Bake something in the loaded app, and draw that."""
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(
            viewport={"width": 1120, "height": 620}, device_scale_factor=1.5, color_scheme="light"
        )
        page.goto(url)
        page.get_by_role("tab", name="Bake").click()
        page.get_by_label("what").fill("cinnamon rolls")
        page.get_by_role("button", name="Bake", exact=True).click()
        page.wait_for_function("() => /5.8\\s+minutes/.test(document.body.innerText)")
        page.evaluate("() => document.activeElement.blur()")
        write(FOLDER / "load.png", page.screenshot())
        browser.close()


def main() -> None:
    """Serve both apps, and draw."""
    with serving() as app_url:
        demo = build(app_url)
        _, url, _ = demo.launch(quiet=True, prevent_thread_lock=True, ssr_mode=False)
        draw(url)
        demo.close()


if __name__ == "__main__":
    main()
