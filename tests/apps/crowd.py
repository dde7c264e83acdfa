"""An app that knows how many calls of a key it has had at the same time, and which numbers it was called with."""

from __future__ import annotations

from collections import Counter
from typing import Any

import gradio as gr

from tests.apps.ledger import LEDGER

_RUNNING: Counter[str] = Counter()
_MOST: Counter[str] = Counter()


async def work(number: int, key: str) -> str:
    """Wait until the gate of this key is open, or fail for a number below 0.

    Under the key stand "most", how many were here at the same time, and "number N", how often it was called with N.
    """
    _RUNNING[key] += 1
    if _RUNNING[key] > _MOST[key]:
        _MOST[key] += 1
        LEDGER.note(key, "most")
    LEDGER.note(key, f"number {number}")
    LEDGER.note(key, "started")
    try:
        if number < 0:
            raise gr.Error("no number is to be negative", print_exception=False)
        await LEDGER.pass_gate(key)
    finally:
        _RUNNING[key] -= 1
    return f"did {number}"


def mirrored(image: Any) -> Any:
    """Return an image, mirrored."""
    return image[:, ::-1]


def crowd_app() -> Any:
    """Build the app."""
    with gr.Blocks(title="Crowd") as app:
        gr.api(work, api_name="work", concurrency_limit=None)
        image, out = gr.Image(label="image"), gr.Image(label="out", format="png")
        gr.Button("mirror").click(mirrored, image, out, api_name="mirrored", concurrency_limit=None)
    return app
