"""Several apps in one application, each below its name."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import gradio as gr

import gradlink


def beside(apps: Mapping[str, Callable[[], gr.Blocks]], originals: str) -> Any:
    """Return an application that has these apps, or where ``originals`` says where they are, apps that have them in them."""
    import fastapi

    application = fastapi.FastAPI()
    for name, app in apps.items():
        demo = app() if not originals else gr.Blocks(title=f"With {name}")
        if originals:
            with demo:
                gradlink.load(f"{originals}{name}")
        gr.mount_gradio_app(application, demo, path=f"/{name}")
    return application
