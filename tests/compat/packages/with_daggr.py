"""What graphs of daggr do with apps: usage: URL FOLDER."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

from daggr import GradioNode, Graph
from daggr.executor import SequentialExecutor
from daggr.state import get_daggr_files_dir
from PIL import Image

from tests.compat.packages.telling import tell, tell_who_answered

URL, FOLDER = sys.argv[1], Path(sys.argv[2])


def play(api_name: str, output: str, **inputs: str) -> Any:
    """Return what a graph of one node gives."""
    outputs = dict.fromkeys(output.split())
    node = GradioNode(URL, api_name=api_name, name="node", inputs=inputs, outputs=outputs)
    graph = Graph(name="graph", nodes=[node], persist_key=False)
    return seen(SequentialExecutor(graph).execute_node("node", {}))


def seen(results: dict[str, Any]) -> dict[str, Any]:
    """Return results with what lies in their files."""
    return {name: _seen(value) for name, value in results.items()}


def _seen(value: Any) -> Any:
    path = Path(value) if isinstance(value, str) else None
    if path is None or path.parent != Path(get_daggr_files_dir()):
        return value
    if path.suffix == ".png":
        with Image.open(path) as image:
            return [path.suffix, image.size, image.convert("RGB").getpixel((3, 3))]
    return [path.suffix, path.read_text()]


def chain() -> Any:
    first = GradioNode(
        URL,
        api_name="/draw",
        name="draw",
        inputs={"prompt": "lime"},
        outputs=dict.fromkeys(["image", "seed"]),
    )
    ports: Any = first
    second = GradioNode(
        URL, api_name="/invert", name="inv", inputs={"image": ports.image}, outputs={"out": None}
    )
    graph = Graph(name="chain", nodes=[first, second], persist_key=False)
    return {name: seen(given) for name, given in SequentialExecutor(graph).execute_all({}).items()}


def main() -> None:
    red = FOLDER / "red.png"
    Image.new("RGB", (8, 6), "red").save(red)
    note = FOLDER / "note.txt"
    note.write_text("hello file\n")
    clip = FOLDER / "clip.mp4"
    clip.write_text("a film of mine")
    tell("a text", lambda: play("/predict", "greeting", name="Bob"))
    tell("a picture", lambda: play("/invert", "out", image=str(red)))
    tell("a picture and a number", lambda: play("/draw", "image seed", prompt="lime"))
    tell("a film", lambda: play("/film", "video", prompt="rain"))
    tell("a film there", lambda: play("/watch", "seen", video=str(clip)))
    tell("a file there", lambda: play("/measure", "size", file=str(note)))
    tell("a chain", chain)
    tell("the app's error", lambda: play("/fail", "never", text="this"))
    tell("a parameter that is not there", lambda: play("/predict", "greeting", nope="Bob"))
    tell("an endpoint that is not there", lambda: play("/nope", "greeting", name="Bob"))
    tell("gradio", lambda: "gradio" in sys.modules)
    tell_who_answered()


main()
