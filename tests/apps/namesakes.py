"""An app whose function has parameters that are called like the options of a call: ``python -m tests.apps.namesakes PORT``."""

from __future__ import annotations

import asyncio
import json
import os
import sys
import threading
from typing import Any

os.environ.setdefault("GRADIO_ANALYTICS_ENABLED", "False")

import gradio as gr


def echo(timeout: int, retries: str = "r", resubmit: bool = False, headers: str = "h") -> list[Any]:
    """Return the arguments."""
    return [timeout, retries, resubmit, headers]


def seen(headers: str, request: gr.Request) -> list[Any]:
    """Return the argument, and two headers of the request."""
    return [headers, request.headers.get("x-one"), request.headers.get("x-two")]


async def hold(timeout: int) -> int:
    """Return nothing before it is cancelled."""
    await asyncio.Event().wait()
    return timeout


def main() -> None:
    with gr.Blocks() as app:
        gr.api(echo, api_name="echo")
        gr.api(seen, api_name="seen")
        gr.api(hold, api_name="hold", concurrency_limit=None)
    _, url, _ = app.launch(
        server_name="127.0.0.1",
        server_port=int(sys.argv[1]),
        quiet=True,
        prevent_thread_lock=True,
        ssr_mode=False,
        enable_monitoring=False,
    )
    print(json.dumps({"url": url}), flush=True)
    threading.Event().wait()


if __name__ == "__main__":
    main()
