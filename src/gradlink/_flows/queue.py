"""How many jobs wait in the app's queue.

Wire: GET /queue/status, since 3.x; ``queue_size`` counts the jobs of all functions that have not begun.
"""

from __future__ import annotations

from gradlink._flows.exchange import Access, exchange
from gradlink._flows.retry import retrying
from gradlink._io import Flow, HttpReply, HttpRequest
from gradlink._protocol.jsonvalue import as_int, get_path
from gradlink._protocol.policy import is_retryable_read
from gradlink._protocol.replies import reply_json


def queue_size(access: Access) -> Flow[int | None]:
    """Return the number of jobs that wait; None if the app does not say."""

    def once() -> Flow[HttpReply]:
        return (yield from exchange(access, HttpRequest("GET", access.routes.queue_status)))

    reply = yield from retrying(access.retries, once, is_retryable_read)
    if reply.status == 404:
        return None
    return as_int(get_path(reply_json(reply, "the status of the queue"), "queue_size"))
