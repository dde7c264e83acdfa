"""An app of our own with one original in it, wherever that is."""

from __future__ import annotations

import json
from typing import Any

import gradio as gr

import gradlink


def build(url: str, **options: Any) -> gr.Blocks:
    """Build the app."""
    with gr.Blocks(title="Outer") as demo:
        gradlink.load(url, **options)
        word = gr.Textbox(label="word")
        gr.Button("Ours").click(lambda text: text[::-1], word, word, api_name="ours")
    return demo


def mounted(url: str, options: str = "{}") -> Any:
    """Return an application that is the app."""
    import fastapi

    return gr.mount_gradio_app(fastapi.FastAPI(), build(url, **json.loads(options)), path="/")
