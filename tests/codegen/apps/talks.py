"""Apps that talk, in the shapes of Gradio's demos."""

from __future__ import annotations

from typing import Any

import gradio as gr


def chat() -> Any:
    """A conversation that is streamed."""

    def answer(message, history):
        text = ""
        for word in f"You said {message}".split():
            text += f"{word} "
            yield text.strip()

    return gr.ChatInterface(answer, title="Echo chat", api_name="chat")


def assistant() -> Any:
    """A conversation with further inputs, which is not streamed."""

    def answer(message, history, prompt, tokens, style):
        return f"{prompt} {message} {int(tokens)} {style}"

    return gr.ChatInterface(
        answer,
        title="Assistant",
        additional_inputs=[
            gr.Textbox("You are helpful.", label="System prompt"),
            gr.Slider(10, 100, value=20, step=10, label="Max tokens"),
            gr.Radio(["short", "long"], value="short", label="Style"),
        ],
        api_name="chat",
    )


def multimodal() -> Any:
    """A conversation with files."""

    def answer(message, history):
        return f"{len(message['files'])} files, {message['text']}"

    return gr.ChatInterface(answer, title="Multimodal chat", multimodal=True, api_name="chat")


def chatbot() -> Any:
    """A chat made of blocks, whose history goes to and fro."""

    def user(message, history):
        return "", [*history, {"role": "user", "content": message}]

    def bot(history):
        history.append({"role": "assistant", "content": ""})
        for letter in "OK!":
            history[-1]["content"] += letter
            yield history

    with gr.Blocks(title="Chatbot") as app:
        history = gr.Chatbot(label="history")
        message = gr.Textbox(label="message")
        gr.Button().click(user, [message, history], [message, history], api_name="user")
        gr.Button().click(bot, history, history, api_name="bot")
    return app
