"""An app with custom components of PyPI, one of which has files, by itself or inside another app."""

from __future__ import annotations

from typing import Any

import gradio as gr
import numpy as np

import gradlink
from tests.loading.apps.originals import ready

CAT = {"xmin": 4, "ymin": 2, "xmax": 24, "ymax": 20, "label": "cat", "color": "rgb(255, 0, 0)"}


def custom() -> gr.Blocks:
    """Build the app."""
    # Only here: what is asked from it may be asked where they are not installed.
    from gradio_huggingfacehub_search_next import (  # type: ignore[import-untyped]
        HuggingfaceHubSearch,
    )
    from gradio_image_annotation import image_annotator  # type: ignore[import-untyped]

    def count(value: dict[str, Any]) -> str:
        return f"{value['image'].shape} {[(box['label'], box['xmin']) for box in value['boxes']]}"

    with gr.Blocks(title="Custom") as demo:
        word = HuggingfaceHubSearch(label="word", value="milk", placeholder="any word")
        said, seen = gr.Textbox(label="said"), gr.Textbox(label="seen")
        gr.Button("Other").click(lambda: "tea", None, word)
        word.change(lambda text: f"it is {text}", word, said)
        boxes = image_annotator(label="boxes")
        gr.Button("Annotate").click(
            lambda: {"image": np.full((30, 40, 3), 200, np.uint8), "boxes": [CAT]}, None, boxes
        )
        gr.Button("Count").click(count, boxes, seen)
        ready()
    return demo


def mounted(original: str = "") -> Any:
    """Return an application that is the app, or the one that has it in it."""
    import fastapi

    if not original:
        return gr.mount_gradio_app(fastapi.FastAPI(), custom(), path="/")
    with gr.Blocks(title="With custom") as demo:
        gradlink.load(original)
    return gr.mount_gradio_app(fastapi.FastAPI(), demo, path="/")
