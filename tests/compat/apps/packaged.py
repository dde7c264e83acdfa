"""An app with the endpoints that tests/compat/test_packages.py calls by way of packages.

Usage: python packaged.py, which writes its files into the working directory. Prints ``ready URL``; ends with its standard input.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio
import numpy as np
from PIL import Image

gr: Any = gradio
HERE = Path.cwd()
# What a server keeps that takes runs: everything that came, under the name of the endpoint.
RECEIVED: dict[str, list[Any]] = defaultdict(list)
CHANGED = threading.Condition()
PATIENCE_SECONDS = 60.0


def compose(  # noqa: PLR0917  # what the app of audiocraft takes, in its order
    model: str, text: str, melody: str, seconds: float, k: float, p: float, heat: float, free: float
) -> str:
    if (model, melody, seconds, k, p, heat, free) != ("small", "", 6, 250, 0, 1, 3):
        raise gr.Error(f"unexpected: {model!r}, {melody!r}, {seconds}, {k}, {p}, {heat}, {free}")
    return _written("tune.wav", f"RIFF a tune of {text}")


def greet(name: str) -> str:
    return f"Hello {name}!"


def invert(image: Any) -> Any:
    return Image.fromarray(255 - np.asarray(image.convert("RGB")))


def draw(prompt: str) -> tuple[str, int]:
    path = HERE / "red.png"
    Image.new("RGB", (8, 6), prompt).save(path)
    return str(path), 42


def film(prompt: str) -> str:
    return _written("clip.mp4", f"a film of {prompt}")


def watch(video: str) -> str:
    return f"{Path(video).name}: {Path(video).read_text()}"


def measure(file: str) -> int:
    return Path(file).stat().st_size


def write(text: str) -> str:
    return _written("note.txt", text)


def caption(image: Any, method: str) -> str:
    return f"{image.size[0]}x{image.size[1]} by {method}"


def warn(text: str) -> tuple[str, str]:
    return text, f"beware of {text}"


def fail(text: str) -> str:
    raise gr.Error(f"No luck with {text}")


def spell(message: str, history: Any, heat: float) -> Iterator[str]:
    for end in range(2, len(message) + 1, 2):
        yield message[:end]


def get_all_projects() -> list[Any]:
    return ["p1", "p2"]


def get_runs_for_project(project: str) -> list[Any]:
    return [{"name": f"a run of {project}", "id": "1"}]


def bulk_log(logs: list[Any], request: gr.Request, hf_token: str | None = None) -> None:
    entries = [{key: log.get(key) for key in ("project", "run", "metrics")} for log in logs]
    _receive("logs", entries)
    _receive("tokens", [request.headers.get("x-trackio-write-token")])


def bulk_log_system(logs: list[Any], hf_token: str | None = None) -> None:
    _receive("system", logs)


def bulk_upload_media(uploads: list[Any], hf_token: str | None = None) -> None:
    for upload in uploads:
        file = upload["uploaded_file"]
        said = {
            "project": upload["project"],
            "name": file["orig_name"],
            "text": Path(file["path"]).read_text(),
        }
        _receive("uploads", [said])


def received(project: str, what: str) -> list[Any]:
    """Return what came for a project, as soon as there is something."""

    def found() -> list[Any]:
        return [item for item in RECEIVED[what] if not isinstance(item, dict) or item["project"] == project]

    with CHANGED:
        if not CHANGED.wait_for(found, PATIENCE_SECONDS):
            raise gr.Error(f"nothing came of {what}")
        return found()


def _receive(what: str, items: list[Any]) -> None:
    with CHANGED:
        RECEIVED[what] += items
        CHANGED.notify_all()


def _written(name: str, text: str) -> str:
    path = HERE / name
    path.write_text(text)
    return str(path)


def build() -> Any:
    with gr.Blocks(title="Packaged") as demo:

        def add(function: Any, inputs: Any, outputs: Any, name: str) -> None:
            gr.Button(name).click(function, inputs, outputs, api_name=name)

        def text(label: str) -> Any:
            return gr.Textbox(label=label)

        def number(label: str) -> Any:
            return gr.Number(label=label)

        score = [gr.Radio(["small", "large"], label="Model"), text("Input Text"), text("Melody")]
        score += [gr.Slider(1, 30, 6, label="Duration")]
        score += [number(label) for label in ("Top-k", "Top-p", "Temperature", "Guidance")]
        # The first one: its package asks for fn_index=0.
        add(compose, score, gr.Audio(label="music"), "compose")
        add(greet, text("name"), text("greeting"), "predict")
        add(invert, gr.Image(type="pil", label="im"), gr.Image(label="out", format="png"), "invert")
        add(draw, text("prompt"), [gr.Image(label="image", type="filepath"), number("seed")], "draw")
        add(film, text("prompt"), gr.Video(label="video"), "film")
        add(watch, gr.Video(label="video"), text("seen"), "watch")
        add(measure, gr.File(label="file"), number("size"), "measure")
        add(write, text("text"), gr.File(label="file"), "write")
        methods = gr.Radio(["Beam", "Nucleus"], value="Beam", label="method")
        add(caption, [gr.Image(type="pil", label="im"), methods], text("caption"), "caption")
        add(warn, text("text"), [text("a"), text("b")], "warn")
        add(fail, text("text"), text("never"), "fail")
        heat = gr.Slider(0, 1, 0.7, label="heat")
        add(spell, [text("message"), gr.JSON(label="history"), heat], text("reply"), "spell")
        for function in (
            get_all_projects,
            get_runs_for_project,
            bulk_log,
            bulk_log_system,
            bulk_upload_media,
            received,
        ):
            gr.api(function, api_name=function.__name__)
    demo.queue(default_concurrency_limit=8)
    return demo


def serve(demo: Any) -> None:
    """Serve until the standard input ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    where = {"server_name": "127.0.0.1", "server_port": port}
    _, url, _ = demo.launch(**where, prevent_thread_lock=True, quiet=True, show_error=True)
    print("ready", url, flush=True)  # noqa: T201 - that is how it speaks
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    serve(build())
