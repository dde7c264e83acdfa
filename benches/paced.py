"""An app whose functions take their time, of the three kinds that a map meets.

``python -m benches.paced`` serves it and prints its URL: ``/one`` runs one call at a time, ``/eight`` up to eight, ``/batch`` up to sixteen
together.
"""

from __future__ import annotations

import json
import time

import gradio as gr

# So long that the server's own work does not matter.
SECONDS = 0.2


def wait(text: str) -> str:
    """Take a while."""
    time.sleep(SECONDS)
    return text


def wait_together(texts: list[str]) -> list[list[str]]:
    """Take a while for all of them."""
    time.sleep(SECONDS)
    return [texts]


def main() -> None:
    """Serve until the process is ended."""
    with gr.Blocks() as demo:
        text, out = gr.Textbox(label="text"), gr.Textbox(label="out")
        button = gr.Button()
        button.click(wait, text, out, api_name="one", concurrency_limit=1)
        button.click(wait, text, out, api_name="eight", concurrency_limit=8, concurrency_id="eight")
        button.click(wait_together, text, out, api_name="batch", batch=True, max_batch_size=16)
    _, url, _ = demo.launch(server_name="127.0.0.1", prevent_thread_lock=True, quiet=True)
    print(json.dumps({"url": url}), flush=True)
    demo.block_thread()


if __name__ == "__main__":
    main()
