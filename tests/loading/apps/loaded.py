"""Apps of our own, each with one of the originals in it."""

from __future__ import annotations

from typing import Any

import gradio as gr

import gradlink
from tests.loading.apps.originals import APPS


def mounted(originals: str) -> Any:
    """Return an application that has each of the originals below its own name, and two of them in one."""
    import fastapi

    application = fastapi.FastAPI()
    for name in APPS:
        with gr.Blocks(title=f"With {name}") as demo:
            gradlink.load(f"{originals}{name}")
        gr.mount_gradio_app(application, demo, path=f"/{name}")
    with gr.Blocks(title="Several") as several:
        with gr.Tab("One"):
            gradlink.load(f"{originals}counter")
        with gr.Tab("Two"):
            gradlink.load(f"{originals}counter", api_prefix="second_")
    gr.mount_gradio_app(application, several, path="/several")
    return application
