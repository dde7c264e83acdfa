"""An app for the releases before 3.1.5, which the uniform app does not run on.

Usage: python refused.py

``ready URL`` is printed once it answers; it ends when its standard input does.
"""

from __future__ import annotations

import os
import socket
import sys

import gradio as gr


def main() -> None:
    """Serve one function on a free port."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    demo = gr.Interface(str.upper, "text", "text", analytics_enabled=False)
    demo.launch(server_name="127.0.0.1", server_port=port, prevent_thread_lock=True)
    print("ready", f"http://127.0.0.1:{port}/", flush=True)  # noqa: T201 - that is how it speaks
    os.dup2(2, 1)
    sys.stdin.read()
    os._exit(0)


if __name__ == "__main__":
    main()
