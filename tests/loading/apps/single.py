"""An app of our own that shows single endpoints of the originals."""

from __future__ import annotations

from typing import Any

import gradio as gr

import gradlink


def mounted(originals: str) -> Any:
    """Return an application that is the app."""
    import fastapi

    with gr.Blocks(title="Single") as demo:
        gradlink.load(f"{originals}interface", api_name="/price", title="Shop", description="*All* prices")
        image = {"inputs": "image", "outputs": gr.Image(label="mine"), "api_prefix": "image_"}
        gradlink.load(f"{originals}image", api_name="/lambda", **image)
        gradlink.load(f"{originals}streaming", api_name="count", examples=[[3], [4]], api_prefix="some_")
        gradlink.load(f"{originals}counter", api_name="/more", live=True)
    return gr.mount_gradio_app(fastapi.FastAPI(), demo, path="/")
