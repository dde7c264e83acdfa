"""Apps of many kinds, each mounted below a path of its own, for Gradio 4, 5 and 6.

Usage: python kinds.py

``ready URL`` is printed once the server answers. It ends when its standard input does.
"""

from __future__ import annotations

import os
import socket
import sys
import threading
import time
from pathlib import Path

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr
import uvicorn
from fastapi import FastAPI

MAJOR = int(gr.__version__.split(".", maxsplit=1)[0])
PASSWORD = "pass-word-of-the-app"
EVIL = '"""\n*/ alert(1) ${x} `y` </script> \x1b]0;title\x07 \u202e ../../evil'


def basic():
    with gr.Blocks() as app:
        name = gr.Textbox(label="Name")
        times = gr.Number(2, label="Times")
        out = gr.Textbox(label="Out")
        gr.Button("Greet").click(
            lambda name, times: f"Hello {name}" * int(times), [name, times], out, api_name="greet"
        )
        size = gr.Number(label="Size")
        gr.Button("Measure").click(len, out, size, api_name="measure")
        state = gr.State(0)
        count = gr.Number(label="Count")
        gr.Button("Count").click(lambda n: (n + 1, n + 1), state, [state, count], api_name="count")
        app.load(lambda: 5, None, state, api_name="begin")
        secret = gr.Textbox(label="Secret", type="password")
        gr.Button("Enter").click(lambda text: f"{len(text)} characters", secret, out, api_name="enter")
        bad = gr.Textbox(label="Bad")

        def fail(text):
            raise gr.Error(f"no {text}")

        gr.Button("Fail").click(fail, bad, out, api_name="fail")
    return app


def reply(message, history):
    return f"You said {message}, after {len(history)}"


def stream_reply(message, history):
    text = ""
    for word in f"You said {message}".split():
        text += word + " "
        yield text.strip()


def chat():
    kind = {"type": "messages"} if MAJOR == 5 else {}
    return gr.ChatInterface(reply, **kind)


def streaming_chat():
    kind = {"type": "messages"} if MAJOR == 5 else {}
    return gr.ChatInterface(
        lambda message, history, mood: (yield from stream_reply(f"{message} {mood}", history)),
        additional_inputs=[gr.Textbox("calm", label="Mood")],
        **kind,
    )


def own_chat():
    kind = {"type": "messages"} if MAJOR == 5 else {}

    def user(message, history):
        said = {"role": "user", "content": message} if MAJOR > 4 else [message, None]
        return "", [*history, said]

    def bot(history):
        answer = f"answer {(len(history) + 1) // 2 if MAJOR > 4 else len(history)}"
        if MAJOR > 4:
            return [*history, {"role": "assistant", "content": answer}]
        return [*history[:-1], [history[-1][0], answer]]

    with gr.Blocks() as app:
        bots = gr.Chatbot(label="Talk", **kind)
        message = gr.Textbox(label="Message")
        asked = message.submit(user, [message, bots], [message, bots], queue=False, api_name="user")
        asked.then(bot, bots, bots, api_name="bot")
    return app


def image():
    with gr.Blocks() as app:
        sent = gr.Image(label="Sent", type="pil")
        turned = gr.Image(label="Turned", type="pil", format="png")
        size = gr.Textbox(label="Size")
        gr.Button("Turn").click(lambda image: image.rotate(90, expand=True), sent, turned, api_name="turn")
        gr.Button("Measure").click(lambda image: str(image.size), turned, size, api_name="measure")
    return app


def audio():
    with gr.Blocks() as app:
        sent = gr.Audio(label="Sent", type="filepath")
        back = gr.Audio(label="Back", type="filepath")
        size = gr.Textbox(label="Size")
        gr.Button("Echo").click(
            lambda path: (path, str(Path(path).stat().st_size)), sent, [back, size], api_name="echo"
        )
    return app


def files():
    def read(paths):
        return paths[::-1], ",".join(Path(path).read_text("utf-8") for path in paths)

    with gr.Blocks() as app:
        sent = gr.File(label="Sent", file_count="multiple")
        back = gr.File(label="Back", file_count="multiple")
        text = gr.Textbox(label="Text")
        gr.Button("Read").click(read, sent, [back, text], api_name="read")
        gr.Button("Again").click(read, back, [back, text], api_name="again")
    return app


def gallery():
    from PIL import Image

    with gr.Blocks() as app:
        shown = gr.Gallery(label="Shown", format="png")
        text = gr.Textbox(label="Text")
        made = [(Image.new("RGB", (4, 4), color), color) for color in ("red", "blue")]
        gr.Button("Make").click(lambda: made, None, shown, api_name="make")
        gr.Button("Name").click(
            lambda items: " ".join(item[1] for item in items), shown, text, api_name="name"
        )
    return app


def dataframe():
    with gr.Blocks() as app:
        table = gr.Dataframe([[1, 2], [3, 4]], headers=["a", "b"], label="Table")
        text = gr.Textbox(label="Text")
        gr.Button("Double").click(lambda frame: frame.astype(int) * 2, table, table, api_name="double")
        gr.Button("Sum").click(
            lambda frame: str(int(frame.astype(int).sum().sum())), table, text, api_name="sum"
        )
    return app


def rendered():
    with gr.Blocks() as app:
        number = gr.Number(1, label="Number")
        out = gr.Textbox(label="Out")

        @gr.render(inputs=number)
        def parts(number):
            for place in range(int(number)):
                box = gr.Textbox(label=f"Box {place}")
                gr.Button(f"Use {place}").click(lambda text: text.upper(), box, out, api_name=f"use_{place}")

    return app


def batched():
    with gr.Blocks() as app:
        word = gr.Textbox(label="Word")
        out = gr.Textbox(label="Out")
        gr.Button("Trim").click(
            lambda words: ([word[:3] for word in words],),
            word,
            out,
            batch=True,
            max_batch_size=4,
            api_name="trim",
        )
    return app


def slow():
    def tell(count):
        for number in range(int(count)):
            time.sleep(0.05)
            yield f"part {number}"

    with gr.Blocks() as app:
        count = gr.Number(3, label="Parts")
        out = gr.Textbox(label="Out")
        told = gr.Button("Tell").click(tell, count, out, api_name="tell")
        gr.Button("Halt").click(None, None, None, cancels=[told])
        if MAJOR > 4:
            ticks = gr.Number(label="Ticks")
            gr.Timer(0.3).tick(lambda: time.time() % 10, None, ticks, api_name="tick")
    return app


def many():
    with gr.Blocks() as app:
        text = gr.Textbox(label="Text")
        out = gr.Textbox(label="Out")
        for number in range(300):
            gr.Button(f"Button {number}").click(
                lambda text, number=number: f"{number}: {text}", text, out, api_name=f"endpoint_{number}"
            )
    return app


def hostile():
    with gr.Blocks(title=EVIL) as app:
        text = gr.Textbox(EVIL, label=EVIL, elem_id="evil-text")
        out = gr.Textbox(label="Out")
        gr.Button("Attack").click(lambda text: text + EVIL, text, out, api_name=EVIL)
    return app


def live():
    with gr.Blocks() as app:
        picked = gr.Textbox(label="Picked")
        choice = gr.Radio(["one", "two"], label="Choice")

        def pick(event: gr.SelectData):
            return f"{event.index}: {event.value}"

        choice.select(pick, None, picked, api_name="pick")
    return app


KINDS = (
    basic, chat, streaming_chat, own_chat, image, audio, files, gallery, dataframe, batched, slow, many, hostile, live,
)  # fmt: skip


def main():
    host = FastAPI()
    for make in (*KINDS, *([rendered] if MAJOR > 4 else [])):
        host = gr.mount_gradio_app(host, make(), path=f"/{make.__name__}")
    gr.mount_gradio_app(host, basic(), path="/gated", auth=("somebody", PASSWORD))
    listening = socket.create_server(("127.0.0.1", 0))
    server = uvicorn.Server(uvicorn.Config(host, log_level="warning"))
    threading.Thread(target=server.run, args=([listening],), daemon=True).start()
    while not server.started:
        time.sleep(0.05)
    print(f"ready http://127.0.0.1:{listening.getsockname()[1]}", flush=True)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
