"""The app that docs/values.md and docs/many-calls.md call: pictures, sound, a table, a date, a message with files."""

from __future__ import annotations

import json
import os
import sys
import tempfile
import threading
from datetime import datetime
from pathlib import Path
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr
from PIL import Image


def classify(image: Any) -> str:
    """Say what a picture is."""
    return "day" if image.mean() > 127 else "night"


def transcribe(sound: Any) -> str:
    """Say how long a sound is."""
    rate, samples = sound
    return f"{len(samples) / rate:g} s of silence"


def forecast(sales: Any) -> float:
    """Give the mean of the second column."""
    return float(sales.iloc[:, 1].mean())


def book(day: float) -> str:
    """Take a date, which comes as seconds."""
    return f"booked for {datetime.fromtimestamp(day):%d %B %Y}"


def chat(message: Any) -> str:
    """Say what came with a message."""
    return f"{message['text']} It is {Path(message['files'][0]).suffix[1:]}."


def caption(image: str) -> str:
    """Say how large a picture is."""
    width, height = Image.open(image).size
    return f"a picture of {width} x {height}"


def picture(color: str) -> str:
    """Paint a picture of one colour."""
    path = Path(tempfile.mkdtemp(), f"{color}.png")
    Image.new("RGB", (64, 48), color).save(path)
    return str(path)


def draw(prompt: str) -> str:
    """Draw something."""
    return picture("gray")


def search(query: str) -> list[tuple[str, str]]:
    """Find pictures."""
    return [(picture(color), f"{color} {query}") for color in ("black", "white")]


def selected(text: str, chosen: gr.SelectData) -> str:
    """Say what was selected."""
    return f"{chosen.value!r} at {chosen.index} of {text!r}"


def studio() -> Any:
    """Make the app."""
    with gr.Blocks() as app:
        shown, text, number = gr.Textbox(), gr.Textbox(), gr.Number()
        image, file = gr.Image(label="image"), gr.File(label="image", file_types=["image"])
        for name, function, given, output in [
            ("classify", classify, image, shown),
            ("transcribe", transcribe, gr.Audio(), shown),
            ("forecast", forecast, gr.Dataframe(), number),
            ("book", book, gr.DateTime(include_time=False), shown),
            ("chat", chat, gr.MultimodalTextbox(), shown),
            ("caption", caption, file, shown),
            ("draw", draw, text, gr.Image(format="png")),
            ("search", search, text, gr.Gallery(format="png")),
        ]:
            gr.Button(name).click(function, given, output, api_name=name)
        text.select(selected, text, shown, api_name="selected")
        camera = gr.Image(label="frame", sources=["webcam"], streaming=True)
        camera.stream(classify, camera, shown, api_name="camera", time_limit=30)
    return app


def main() -> None:
    """Serve it until the process is ended."""
    _, url, _ = studio().launch(
        server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, show_error=True, ssr_mode=False
    )
    sys.stdout.write(json.dumps({"url": url}) + "\n")
    sys.stdout.flush()
    threading.Event().wait()


if __name__ == "__main__":
    main()
