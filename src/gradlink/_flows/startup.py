"""Asking an app to start its queue."""

from __future__ import annotations

from gradlink._flows.exchange import Access, read
from gradlink._io import Flow, HttpRequest
from gradlink._protocol.replies import reply_json


def start_queue(access: Access) -> Flow[None]:
    """Ask the app to start its queue; it does so the first time that it is asked.

    Wire: GET /startup-events (3.50 has it, and all later ones), which Gradio itself calls when it serves an app.
    """
    request = HttpRequest("GET", access.routes.startup)
    reply_json((yield from read(access, request, "the start of the queue")), "the start of the queue")
