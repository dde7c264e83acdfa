"""A Gradio app that calls other apps with gradlink, and one that runs out of GPU time.

``python -m tests.hub.relay`` serves it and prints its URL.
"""

from __future__ import annotations

import os
import sys
import tempfile

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")
os.environ.setdefault("HF_HUB_OFFLINE", "1")

import gradio as gr

from gradlink import AsyncClient, Client


def relay(hub: str, src: str, header: str) -> str:
    """Call /echo of another app, with a header of the call's own if one is given."""
    os.environ["HF_ENDPOINT"] = hub
    with Client(src, verbose=False) as client:
        headers = {"x-ip-token": header} if header else None
        return str(client.predict("hello", api_name="/echo", headers=headers))


async def relay_async(hub: str, src: str, header: str) -> str:
    """Do the same on an event loop, with a header of the client's if one is given."""
    os.environ["HF_ENDPOINT"] = hub
    async with AsyncClient(src, verbose=False, headers={"X-IP-Token": header} if header else None) as client:
        return str(await client.predict("hello", api_name="/echo"))


def spend(message: str, title: str) -> str:
    """Fail as a function does that the Hub gives no GPU."""
    raise gr.Error(message, title=title)


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        os.environ["GRADIO_TEMP_DIR"] = folder
        with gr.Blocks() as app:
            gr.api(relay, api_name="relay")
            gr.api(relay_async, api_name="relay_async")
            gr.api(spend, api_name="spend")
        _, url, _ = app.launch(server_name="127.0.0.1", quiet=True, prevent_thread_lock=True, ssr_mode=False)
        print(url, flush=True)  # noqa: T201
        sys.stdin.read()


if __name__ == "__main__":
    main()
