"""Asking an app to start its queue."""

from __future__ import annotations

from gradlink._flows.exchange import Access, read
from gradlink._io import Flow, HttpRequest
from gradlink._protocol.replies import reply_json


def start_queue(access: Access) -> Flow[bool]:
    """Ask the app to start its queue; return whether it was the first to be asked since the app began.

    Wire: GET /startup-events (since 3.40 or so), which Gradio itself calls when it serves an app.
    """
    request = HttpRequest("GET", access.routes.startup)
    return (
        reply_json((yield from read(access, request, "the start of the queue")), "the start of the queue")
        is True
    )
