"""An app into which gradlink.load puts another one, on any release of gradio that it knows.

Usage: python outer.py, with the other one's URL in GRADLINK_ORIGINAL. Prints ``ready URL``; ends with its standard input.
"""

from __future__ import annotations

import os
import warnings
from typing import Any

import gradio

import gradlink
from gradlink.loading.warning import LoadWarning
from tests.loading.original import serve

gr: Any = gradio


def build(url: str) -> Any:
    warnings.simplefilter("error", LoadWarning)  # everything here can be carried over
    with gr.Blocks(title="The outer one") as demo:
        gr.Markdown("# The outer one")
        gradlink.load(url)
    return demo


if __name__ == "__main__":
    serve(build(os.environ["GRADLINK_ORIGINAL"]))
