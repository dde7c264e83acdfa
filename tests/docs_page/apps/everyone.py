"""Apps of every kind, for the page to show, served by one process: each under its own name."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
import numpy as np
from fastapi import FastAPI

from tests.codegen.apps import data, media, talks
from tests.docs_page.apps.hostile import hostile
from tests.docs_page.names import LOGIN, MANY, NAMES


def slow() -> Any:
    """Progress, messages, a queue, errors, and what does not end by itself."""

    def bake(what, minutes, progress=gr.Progress()):  # noqa: B008 - this is how an app asks for a progress bar
        gr.Info(f"The oven is warm, {what} goes in.", title="Kitchen")
        for minute in range(int(minutes)):
            progress((minute, int(minutes)), desc=f"Baking {what}", unit="minutes")
            time.sleep(0.2)
        gr.Warning("Careful, hot.")
        return f"{what}, baked"

    def count():
        for number in range(1_000_000):
            time.sleep(0.02)
            yield f"{number} stars"

    def fail(why):
        raise gr.Error(f"It failed: {why}", title="Not today", print_exception=False)

    def crash():
        raise RuntimeError("secret of the server")

    with gr.Blocks(title="Slow") as app:
        text = gr.Textbox(label="out")
        inputs = [gr.Textbox("bread", label="what"), gr.Slider(1, 100, value=3, step=1, label="minutes")]
        gr.Button().click(bake, inputs, text, api_name="bake", concurrency_limit=1)
        gr.Button().click(count, None, text, api_name="count")
        gr.Button().click(fail, gr.Textbox(label="why"), text, api_name="fail")
        gr.Button().click(crash, None, text, api_name="crash")
    return app


def batch() -> Any:
    """A function that the server runs for several callers at once, and one with a State."""

    def lengths(texts):
        return [[len(text) for text in texts]]

    with gr.Blocks(title="Batch") as app:
        gr.Button().click(
            lengths, gr.Textbox(label="text"), gr.Number(label="length"), api_name="length", batch=True
        )
        total = gr.State(0)
        gr.Button().click(
            lambda amount, total: (total + amount, total + amount),
            [gr.Number(1, label="amount"), total],
            [gr.Number(label="total"), total],
            api_name="add",
        )
        sound = gr.Audio(label="sound", sources=["microphone"], streaming=True, type="filepath")
        sound.stream(lambda sound: str(bool(sound)), sound, gr.Textbox(label="heard"), api_name="listen")
    return app


def locked() -> Any:
    """An app that wants a login."""
    return gr.Interface(
        lambda text: text.upper(), gr.Textbox(label="text"), "text", title="Locked", api_name="shout"
    )


def many() -> Any:
    """More endpoints than fit on a page, with long names and long texts."""
    with gr.Blocks(
        title="Many endpoints, and a title that is longer than there is room for in any bar"
    ) as app:
        for number in range(MANY):
            kind = ("image", "audio", "text")[number % 3]
            text = gr.Textbox(label=f"input {number}")
            gr.Button().click(
                lambda text: text,
                text,
                gr.Textbox(label=f"output {number}"),
                api_name=f"{kind}_endpoint_{number}",
                api_description=f"Does what number {number} does.",
            )
        gr.Button().click(
            lambda text: text,
            gr.Textbox(label="A label that goes on and on without any end in sight " * 3, info="Info. " * 60),
            gr.Textbox(label="x" * 200),
            api_name="a_name_that_is_longer_than_any_that_somebody_would_want_to_read_" + "and_goes_on_" * 4,
            api_description="A description of many words. " * 40 + "W" * 300,
        )
    return app


def kinds() -> Any:
    """A component of every kind, in and out, and examples."""

    def echo(*values):
        return values

    def shown():
        return (
            {"a": [1, 2.5, None], "b": "text"},
            "# Title\n\nSome *text*.",
            "<b>bold</b>",
            "print('hello')",
            {"cat": 0.7, "dog": 0.2, "a label that is quite long, as some models have them": 0.1},
            [("He", "PRON"), (" ran", None), (" home", "NOUN")],
            [{"role": "user", "content": "Hello"}, {"role": "assistant", "content": "Hi, what can I do?"}],
            np.full((40, 60, 3), 120, np.uint8),
            [(np.full((30, 30, 3), 80 * n, np.uint8), f"picture {n}") for n in range(3)],
            (8000, np.zeros(800, np.int16)),
            {"headers": ["name", "count"], "data": [["a", 1], ["b", 2]]},
            str(Path(__file__)),
        )

    with gr.Blocks(title="Kinds") as app:
        inputs = [
            gr.Textbox(label="text", info="Anything you like", placeholder="Write here"),
            gr.Textbox(label="secret", type="password"),
            gr.Number(3, label="number", minimum=0, maximum=10),
            gr.Slider(0, 1, value=0.5, label="slider"),
            gr.Checkbox(label="checkbox"),
            gr.Radio(["a", "b"], value="a", label="radio"),
            gr.Dropdown([("One", 1), ("Two", 2)], label="dropdown"),
            gr.Dropdown(["x", "y", "z"], multiselect=True, label="several"),
            gr.Dropdown(["p", "q"], allow_custom_value=True, value="p", label="suggested"),
            gr.ColorPicker("#ff8800", label="color"),
            gr.DateTime(label="when", type="string"),
            gr.JSON(label="json"),
            gr.Dataframe(headers=["u", "v"], label="table", type="array"),
        ]
        gr.Button().click(lambda *values: repr(values), inputs, gr.Textbox(label="repr"), api_name="echo")
        gr.Examples([["first", 1], ["second", 2]], [inputs[0], inputs[2]])
        outputs = [
            gr.JSON(label="json"),
            gr.Markdown(label="markdown"),
            gr.HTML(label="html"),
            gr.Code(label="code", language="python"),
            gr.Label(label="label"),
            gr.HighlightedText(label="words"),
            gr.Chatbot(label="chat"),
            gr.Image(label="image", format="png"),
            gr.Gallery(label="gallery", format="png"),
            gr.Audio(label="audio"),
            gr.Dataframe(label="table"),
            gr.File(label="file"),
        ]
        gr.Button().click(shown, None, outputs, api_name="show")
        gr.Button().click(
            lambda: [[n, f"row {n}"] for n in range(1500)], None, gr.Dataframe(label="rows"), api_name="rows"
        )
        gr.Button().click(lambda: "long " * 5000, None, gr.Textbox(label="long"), api_name="long")
        gr.Button().click(lambda: None, None, None, api_name="nothing")
    return app


BUILDERS = {
    "chat": talks.chat,
    "multimodal": talks.multimodal,
    "image": media.sepia,
    "audio": media.reverse_audio,
    "files": media.zipped,
    "gallery": media.pictures,
    "table": data.table,
    "render": data.rendered,
    "locked": locked,
    "batch": batch,
    "many": many,
    "slow": slow,
    "kinds": kinds,
    "hostile": hostile,
}


def mounted() -> Any:
    """Return the server of all apps."""
    outer: Any = FastAPI()
    for name in NAMES:
        auth = LOGIN if name == "locked" else None
        outer = gr.mount_gradio_app(
            outer, BUILDERS[name](), path=f"/{name}", show_error=name != "slow", ssr_mode=False, auth=auth
        )
    return outer
