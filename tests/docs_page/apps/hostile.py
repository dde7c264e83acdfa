"""An app that says markup and script wherever it says anything."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr

RUN = "globalThis.PWNED=1;alert(1)"
SAID = (
    f"</script><script>{RUN}</script><img src=x onerror='{RUN}'><svg onload='{RUN}'>"
    f"<a href='javascript:{RUN}'>x</a><iframe src='http://evil.invalid/'></iframe>"
    f"<style>@import 'http://evil.invalid/'</style>\u202e{{{{constructor.constructor('{RUN}')()}}}}"
)
PAGE = f"<!doctype html><script>{RUN}</script><img src=http://evil.invalid/>"
PICTURE = (
    f'<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9" onload="{RUN}"><script>{RUN}</script>'
    '<image href="http://evil.invalid/x.png"/></svg>'
)


def hostile() -> Any:
    """Return the app."""
    folder = Path(tempfile.mkdtemp())

    def file(name: str, text: str) -> str:
        path = folder / name
        path.write_text(text, encoding="utf-8")
        return str(path)

    def say(text, choice, several):
        gr.Info(SAID, title=SAID)
        page, picture = file("page.html", PAGE), file("picture.svg", PICTURE)
        return (
            SAID,
            SAID,
            SAID,
            {SAID: SAID, "gradlink_file": "1", "url": "javascript:alert(1)"},
            {SAID: 0.5},
            [[SAID, SAID]],
            [{"role": SAID, "content": SAID}, {"role": "user", "content": SAID}],
            [page, picture],
            [(SAID, SAID)],
        )

    def fail():
        raise gr.Error(SAID, title=SAID, print_exception=False)

    def steal(given):
        return Path(given).read_text(encoding="utf-8")

    with gr.Blocks(title=SAID) as app:
        inputs = [
            gr.Textbox(SAID, label=SAID, info=SAID, placeholder=SAID),
            gr.Radio([(SAID, SAID), ("b", "b")], value=SAID, label=SAID),
            gr.Dropdown([(SAID, SAID), ("b", "b")], multiselect=True, label=SAID),
        ]
        outputs = [
            gr.Textbox(label=SAID),
            gr.HTML(label=SAID),
            gr.Markdown(label=SAID),
            gr.JSON(label=SAID),
            gr.Label(label=SAID),
            gr.Dataframe(label=SAID, headers=[SAID, SAID]),
            gr.Chatbot(label=SAID),
            gr.File(label=SAID, file_count="multiple"),
            gr.HighlightedText(label=SAID),
        ]
        gr.Button().click(say, inputs, outputs, api_name=f"say{SAID}", api_description=SAID)
        gr.Examples([[SAID, "b"]], inputs[:2], example_labels=[SAID])
        gr.Button().click(fail, None, outputs[0], api_name="fail", api_description=SAID)
        given = gr.File(label="given")
        gr.Button().click(steal, given, gr.Textbox(label="out"), api_name="steal")
    return app
