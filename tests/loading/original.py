"""An app of any Gradio from 4 to 6 that the tests load into another one.

Usage: python original.py. Prints ``ready URL``; ends with its standard input.
"""

from __future__ import annotations

import inspect
import os
import socket
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import gradio

gr: Any = gradio  # the releases are typed differently, and this runs on all of them
NOTED: Counter[str] = Counter()
HISTORY = (("Hello", "Hi there"), (None, "Anything else?"))
# Gradio 4 and 5 have pairs, some of them messages as well; Gradio 6 has messages alone, in another form.
TYPED = "type" in inspect.signature(gr.Chatbot.__init__).parameters
PAIRS = gr.__version__.split(".")[0] in {"4", "5"}


def count(seen: int, step: float) -> tuple[int, int]:
    seen += int(step)
    return seen, seen


def stream(text: str) -> Iterator[str]:
    for end in range(1, len(text) + 1):
        yield text[:end]


def shout(path: str) -> str:
    made = Path(tempfile.mkdtemp(), "loud.txt")
    made.write_text(Path(path).read_text().upper())
    return str(made)


def fail(text: str) -> str:
    raise gr.Error(f"No luck with {text}")


def slow(key: str) -> Iterator[str]:
    """Give values that nobody waits for to the end; each is noted."""
    for number in range(10_000):
        NOTED[key] += 1
        yield f"value {number}"
        time.sleep(0.05)


def noted(key: str) -> int:
    return NOTED[key]


def said_in_pairs(text: str, history: list[Any]) -> Iterator[Any]:
    """Answer with the number of turns that the app sees, letter by letter."""
    reply = f"{text}? That makes {len(history) + 1}"
    for end in range(1, len(reply) + 1):
        yield [*history, [text, reply[:end]]], ""


def said_in_messages(text: str, history: list[Any]) -> Iterator[Any]:
    said = [*history, {"role": "user", "content": text}]
    reply = f"{text}? That makes {len(said)}"
    for end in range(1, len(reply) + 1):
        yield [*said, {"role": "assistant", "content": reply[:end]}], ""


def picture(history: list[Any]) -> list[Any]:
    from PIL import Image

    path = str(Path(tempfile.mkdtemp(), "red.png"))
    Image.new("RGB", (40, 30), "red").save(path)
    if history and not isinstance(history[0], (list, tuple)):
        return [*history, {"role": "assistant", "content": {"path": path, "alt_text": "red"}}]
    return [*history, [None, (path, "red")]]


def chat(name: str, pairs: bool) -> None:
    kinds = {} if not TYPED else {"type": "tuples" if pairs else "messages"}
    turns: Any = [list(turn) for turn in HISTORY]
    if not pairs:
        turns = [
            {"role": role, "content": text}
            for turn in HISTORY
            for role, text in zip(("user", "assistant"), turn, strict=True)
            if text
        ]
    bot = gr.Chatbot(turns, label=f"Talk in {name}", **kinds)
    text = gr.Textbox(label=f"Say in {name}")
    said = said_in_pairs if pairs else said_in_messages
    text.submit(said, [text, bot], [bot, text], api_name=f"say_{name}")
    gr.Button(f"Picture in {name}").click(picture, bot, bot, api_name=f"picture_{name}")
    heard = gr.JSON(label=f"Heard in {name}")

    def like(data: gr.LikeData) -> list[Any]:
        return ["like", data.index, data.value, data.liked]

    bot.like(like, None, heard, api_name=False)
    for event in ("retry", "undo", "edit"):
        if hasattr(bot, event):
            getattr(bot, event)(_tells(event), None, heard, api_name=False)


def _tells(event: str) -> Any:
    kind = {"retry": "RetryData", "undo": "UndoData", "edit": "EditData"}[event]

    def tell(data: Any) -> list[Any]:
        return [event, data.index, data.value]

    tell.__annotations__["data"] = getattr(gr, kind)
    return tell


def build() -> Any:
    with gr.Blocks(title="The original") as demo:
        seen = gr.State(0)
        with gr.Tab("Basics"):
            with gr.Row():
                step = gr.Slider(1, 10, 2, step=1, label="Step")
                total = gr.Number(label="Total", value=0)
            gr.Button("Count").click(count, [seen, step], [seen, total], api_name="count")
            with gr.Row():
                text = gr.Textbox("world", label="Text")
                result = gr.Textbox(label="Result", **_copied())
            gr.Button("Stream").click(stream, text, result, api_name="stream")
            gr.Button("Fail").click(fail, text, result, api_name="fail")
            running = gr.Button("Slow").click(slow, text, result, api_name="slow")
            gr.Button("Stop").click(None, cancels=[running])
            gr.Button("Noted").click(noted, text, total, api_name="noted")
            given, made = gr.File(label="Given"), gr.File(label="Made")
            gr.Button("Shout").click(shout, given, made, api_name="shout")
        if PAIRS:
            with gr.Tab("Pairs"):
                chat("pairs", pairs=True)
        if TYPED or not PAIRS:
            with gr.Tab("Messages"):
                chat("messages", pairs=False)
    demo.queue(default_concurrency_limit=8)
    return demo


def _copied() -> dict[str, Any]:
    """Ask for a copy button in the words of the release."""
    known = inspect.signature(gr.Textbox.__init__).parameters
    return {"show_copy_button": True} if "show_copy_button" in known else {"buttons": ["copy"]}


def serve(demo: Any) -> None:
    """Serve until the standard input ends."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(os.environ.get("GRADIO_SERVER_PORT") or probe.getsockname()[1])
    where = {"server_name": "127.0.0.1", "server_port": port}
    _, url, _ = demo.launch(**where, prevent_thread_lock=True, quiet=True, show_error=True)
    print("ready", url, flush=True)  # noqa: T201 - that is how it speaks
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    serve(build())
