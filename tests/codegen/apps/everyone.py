"""All apps of this folder, served by one process: each under its own name."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from fastapi import FastAPI

from tests.codegen.apps import annotated, data, media, talks, texts
from tests.codegen.names import NAMES


def builders() -> Iterator[tuple[str, Callable[[], Any]]]:
    """Yield the functions that build the apps, by name."""
    for name in NAMES:
        for module in (annotated, data, media, talks, texts):
            if hasattr(module, name):
                yield name, getattr(module, name)


def mounted() -> Any:
    """Return the server of all apps."""
    outer: Any = FastAPI()
    for name, build in builders():
        outer = gr.mount_gradio_app(outer, build(), path=f"/{name}", show_error=True, ssr_mode=False)
    return outer
