"""A small Gradio app with a bit of everything, to be called by `make demo`, or by you.

``python demo/app.py`` serves it on a free port of this machine; its page works in a browser, too.
"""

from __future__ import annotations

import colorsys
import json
import os
import tempfile
import threading
import time
from pathlib import Path

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
from PIL import Image, ImageDraw

STORY = (
    "In a harbour town lived a clerk who answered every letter that came, one word a day. "
    "People complained that they had to wait. Then somebody began to read along, "
    "and found that half a letter on time is worth more than a whole one too late."
)


def greet(name, greeting="Hello", excited=False):
    """Greet somebody by name."""
    return f"{greeting}, {name}{'!' if excited else '.'}"


def chat(message):
    """Answer whatever is said with a story, word by word."""
    story = ""
    for word in STORY.split(" "):
        story += f" {word}" if story else word
        time.sleep(0.04)
        yield story


def bake(what, minutes=8, progress=gr.Progress()):  # noqa: B008 - this is how an app asks for a progress bar
    """Bake something. There is one oven, so that others have to wait."""
    gr.Info(f"The oven is warm, {what} goes in.", title="Kitchen")
    for minute in range(int(minutes) + 1):
        progress((minute, int(minutes)), desc=f"Baking {what}", unit="minutes")
        time.sleep(0.25)
    if minutes > 6:
        gr.Warning("Careful, hot.", title="Kitchen")
    return f"{what}, baked for {minutes} minutes"


def postcard(letter):
    """Draw a postcard with the text of a file."""
    text = Path(letter).read_text(encoding="utf-8")
    card = Image.new("RGB", (640, 400))
    draw = ImageDraw.Draw(card)
    for y in range(card.height):
        red, green, blue = colorsys.hsv_to_rgb(
            0.55 + 0.12 * y / card.height, 0.5, 0.95 - 0.4 * y / card.height
        )
        draw.line([(0, y), (card.width, y)], fill=(int(red * 255), int(green * 255), int(blue * 255)))
    draw.rectangle((24, 24, card.width - 24, card.height - 24), outline="white", width=2)
    draw.multiline_text((48, 48), text, fill="white", font_size=28, spacing=10)
    path = Path(tempfile.mkdtemp()) / "postcard.png"
    card.save(path)
    return str(path)


def classify(image):
    """Say what a picture is, as far as one can see that from its brightness."""
    (light,) = Image.open(image).convert("L").resize((1, 1)).tobytes()
    return "day" if light > 127 else "night"


def divide(dividend, divisor):
    """Divide two numbers."""
    if divisor == 0:
        raise gr.Error("Nothing can be divided by zero.", title="Not in this world", print_exception=False)
    return dividend / divisor


def count_stars():
    """Count the stars, which takes a while."""
    for number in range(1, 1_000_000):
        time.sleep(0.05)
        yield f"{number} stars"


def build() -> gr.Blocks:
    with gr.Blocks(title="gradlink demo") as app:
        gr.Markdown("# gradlink demo\nEvery button here is also an endpoint.")
        with gr.Tab("Greet"):
            name = gr.Textbox(label="name")
            greeting = gr.Textbox(label="greeting", value="Hello")
            excited = gr.Checkbox(label="excited", value=False)
            said = gr.Textbox(label="said")
            gr.Button("Greet").click(greet, [name, greeting, excited], said, api_name="greet")
        with gr.Tab("Chat"):
            message = gr.Textbox(label="message")
            answer = gr.Textbox(label="answer", lines=4)
            gr.Button("Send").click(chat, message, answer, api_name="chat")
        with gr.Tab("Bake"):
            what = gr.Textbox(label="what", value="bread")
            minutes = gr.Slider(1, 20, value=8, step=1, label="minutes")
            baked = gr.Textbox(label="baked")
            gr.Button("Bake").click(bake, [what, minutes], baked, api_name="bake", concurrency_limit=1)
        with gr.Tab("Postcard"):
            letter = gr.File(label="letter", file_types=[".txt"])
            card = gr.Image(label="card", type="filepath", format="png")
            gr.Button("Draw").click(postcard, letter, card, api_name="postcard")
        with gr.Tab("Classify"):
            picture = gr.File(label="image", file_types=["image"])
            kind = gr.Textbox(label="kind")
            gr.Button("Classify").click(classify, picture, kind, api_name="classify")
        with gr.Tab("Divide"):
            dividend, divisor = gr.Number(label="dividend"), gr.Number(label="divisor")
            quotient = gr.Number(label="quotient")
            gr.Button("Divide").click(divide, [dividend, divisor], quotient, api_name="divide")
        with gr.Tab("Stars"):
            stars = gr.Textbox(label="stars")
            gr.Button("Count").click(count_stars, None, stars, api_name="count_stars", concurrency_limit=1)
    return app


def main() -> None:
    _, url, _ = build().launch(
        server_name="127.0.0.1", prevent_thread_lock=True, quiet=True, show_error=True, ssr_mode=False
    )
    print(json.dumps({"url": url}), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
