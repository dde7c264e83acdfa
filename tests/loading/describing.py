"""Says how Gradio describes some apps, as JSON; a process of its own, since gradio leaves sockets open."""

from __future__ import annotations

import json
import sys
from typing import Any

import gradio as gr


def interface() -> Any:
    return gr.Interface(
        lambda text, number: text * number, ["text", gr.Slider(1, 9)], "text", examples=[["a", 2]]
    )


def chat() -> Any:
    return gr.ChatInterface(lambda message, history: message, save_history=True, multimodal=True)


def tabs() -> Any:
    with gr.Blocks(title="Tabs") as demo:
        state = gr.State(0)
        with gr.Tab("One"), gr.Row():
            text = gr.Textbox(label="Name")
            gr.ClearButton(text)
        with gr.Tab("Two"), gr.Accordion(), gr.Column():
            button = gr.Button("Go")
            stop = gr.Button("Stop")
        run = button.click(lambda text: text, text, text, js="text => text.trim()")
        run.then(lambda state: state + 1, state, state).success(None, None, None, js="() => alert(1)")
        stop.click(None, cancels=[run])
        state.change(lambda: None)

        def shown(text: str) -> None:
            gr.Markdown(text)

        gr.render(inputs=text, triggers=[text.change, demo.load])(shown)

    return demo


def pages() -> Any:
    with gr.Blocks() as demo:
        first = gr.Textbox(label="First")
        first.submit(lambda text: text, first, first, api_name="first")
    with demo.route("Settings"):
        second = gr.Textbox(label="Second")
        second.submit(lambda text: text, second, second, api_name="second")
    return demo


if __name__ == "__main__":
    made = {make.__name__: make().get_config_file() for make in (interface, chat, tabs, pages)}
    json.dump(made, sys.stdout, default=str)
