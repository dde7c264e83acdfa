"""Apps over files, in the shapes of Gradio's demos."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np


def classifier() -> Any:
    """An image classified, of which the three best labels are told."""

    def classify(image):
        return {"cat": 0.7, "dog": 0.2, "bird": 0.1}

    return gr.Interface(
        classify,
        gr.Image(type="filepath", label="image"),
        gr.Label(num_top_classes=3, label="class"),
        title="Image classifier",
        flagging_mode="never",
        api_name="classify",
    )


def sepia() -> Any:
    """An image in, an image out."""

    def filtered(image, strength):
        return (image * strength).astype(np.uint8)

    return gr.Interface(
        filtered,
        [gr.Image(label="image"), gr.Slider(0, 1, value=0.5, label="strength")],
        gr.Image(label="filtered"),
        title="Sepia filter",
        flagging_mode="never",
        api_name="filter",
    )


def reverse_audio() -> Any:
    """Sound in, sound out."""

    def reverse(audio):
        rate, data = audio
        return rate, np.flipud(data)

    return gr.Interface(
        reverse,
        gr.Audio(label="audio", sources=["microphone", "upload"]),
        gr.Audio(label="reversed"),
        title="Reverse audio",
        flagging_mode="never",
        api_name="reverse",
    )


def zipped() -> Any:
    """Files in a list, and how large they are."""

    def sizes(files):
        return {Path(file).name: Path(file).stat().st_size for file in files}

    with gr.Blocks(title="File sizes") as app:
        files = gr.File(file_count="multiple", file_types=[".txt", "image"], label="files")
        gr.Button().click(sizes, files, gr.JSON(label="sizes"), api_name="sizes")
        one = gr.File(label="file")
        gr.Button().click(lambda file: [file, file], one, files, api_name="twice")
    return app


def pictures() -> Any:
    """A gallery out and in."""

    def draw(count):
        return [(np.full((4, 4, 3), 40 * n, np.uint8), f"picture {n}") for n in range(int(count))]

    with gr.Blocks(title="Fake gallery") as app:
        gallery = gr.Gallery(label="gallery")
        gr.Button().click(draw, gr.Number(2, label="count"), gallery, api_name="draw")
        gr.Button().click(len, gr.Gallery(label="gallery"), gr.Number(label="count"), api_name="measure")
    return app


def video() -> Any:
    """Video and image editors."""

    def describe(video, picture):
        return f"{Path(video).suffix} {sorted(picture)}"

    with gr.Blocks(title="Video") as app:
        inputs = [gr.Video(label="video"), gr.ImageEditor(label="picture")]
        gr.Button().click(describe, inputs, gr.Textbox(label="text"), api_name="describe")
        gr.Button().click(lambda text: None, gr.Textbox(label="text"), gr.Video(), api_name="make")
    return app
