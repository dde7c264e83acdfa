"""An app that says what its functions are given by components whose values are objects, and that gives such values."""

from __future__ import annotations

import datetime as dt
import json
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

import gradio as gr
import numpy as np
import pandas as pd
from PIL import Image


def seen(value: Any) -> Any:
    """Return what a function has got, as JSON."""
    match value:
        case pd.DataFrame():
            return json.loads(value.to_json(orient="split", index=False, date_format="iso"))
        case np.ndarray():
            return {
                "shape": list(value.shape),
                "type": str(value.dtype),
                "first": value.reshape(-1)[:8].tolist(),
            }
        case Image.Image():
            return {"mode": value.mode, "size": list(value.size), "first": list(value.getpixel((0, 0)))}
        case dt.datetime():
            return value.isoformat()
        case dict():
            return {key: seen(item) for key, item in value.items()}
        case list() | tuple():
            return [seen(item) for item in value]
        case _:
            return value


def opened(value: Any) -> Any:
    """Return what is in the files of images, by their paths."""
    if isinstance(value, dict):
        return {key: opened(item) if key == "files" else item for key, item in value.items()}
    if isinstance(value, list):
        return [opened(item) for item in value]
    with Image.open(value) as image:
        return [image.format, image.mode, list(image.size), sorted(image.getexif().values())]


def typed(names: list[str], ratio: float, count: int, anything: Any) -> str:
    return repr((names, ratio, count, anything))


def table(kind: str) -> Any:
    tables = {
        "mixed": {
            "headers": ["n", "ratio", "text", "on"],
            "data": [[1, 0.5, "a", True], [2, None, None, False]],
        },
        "empty": {"headers": ["a", "b"], "data": []},
        "doubled": {"headers": ["a", "a"], "data": [[1, 2], [3, 4]]},
    }
    return tables[kind]


def picture(width: float) -> Any:
    return np.full((2, int(width), 3), 7, np.uint8)


def tone(rate: float) -> Any:
    return int(rate), np.array([[0, 1], [2, 3]], np.int16)


def written(text: str) -> str:
    path = Path(tempfile.mkdtemp()) / "a b.txt"
    path.write_text(text, encoding="utf-8")
    return str(path)


def both(text: str) -> Any:
    return [written(text), written(text + "!")]


def named(files: str, frames: str) -> str:
    return f"{files} {frames}"


def rows(count: float) -> Any:
    for number in range(int(count)):
        yield {"headers": ["n"], "data": [[n] for n in range(number + 1)]}


def values_app() -> Any:
    with gr.Blocks(title="Values") as app:
        out = gr.JSON()
        button = gr.Button("go")

        def expose(name: str, component: Any, function: Callable[..., Any] = seen) -> None:
            # A bare text would be read as JSON by the output.
            button.click(lambda value: {"got": function(value)}, component, out, api_name=name)

        expose("array", gr.Image(type="numpy", image_mode=None, label="value"))
        expose("image", gr.Image(type="pil", image_mode=None, label="value"))
        expose("path", gr.Image(type="filepath", image_mode=None, format="png", label="value"), opened)
        expose("sound", gr.Audio(type="numpy", label="value"))
        expose("gallery", gr.Gallery(type="pil", label="value"))
        expose("editor", gr.ImageEditor(type="pil", label="value"))
        expose("slider", gr.ImageSlider(type="pil", label="value"))
        expose("files", gr.File(file_count="multiple", label="value"), opened)
        expose("message", gr.MultimodalTextbox(label="value"), opened)
        expose("frame", gr.Dataframe(type="pandas", label="value"))
        expose("moment", gr.DateTime(type="datetime", label="value"))
        expose("day", gr.DateTime(type="string", include_time=False, label="value"))
        expose("paris", gr.DateTime(type="datetime", timezone="Europe/Paris", label="value"))
        expose("json", gr.JSON(label="value"))
        expose("number", gr.Number(label="value"))
        expose("text", gr.Textbox(label="value"))
        expose("choice", gr.Dropdown(["a", "1.5"], label="value"))
        expose("choices", gr.CheckboxGroup(["a", "b"], label="value"))
        gr.api(typed, api_name="typed")
        gr.api(named, api_name="named")
        number, text = gr.Number(label="number"), gr.Textbox(label="text")
        button.click(picture, number, gr.Image(format="png"), api_name="picture")
        button.click(tone, number, gr.Audio(), api_name="tone")
        button.click(written, text, gr.File(), api_name="written")
        button.click(both, text, gr.File(file_count="multiple"), api_name="both")
        kind = gr.Textbox(label="kind")
        button.click(table, kind, gr.Dataframe(label="table"), api_name="table")
        button.click(rows, gr.Number(label="count"), gr.Dataframe(label="rows"), api_name="rows")
    return app
