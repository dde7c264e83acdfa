"""Asking the server to stop a job."""

from __future__ import annotations

from gradlink._flows.exchange import Access, post_json, read
from gradlink._io import Flow
from gradlink._protocol.cancelling import CancelPlan
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._protocol.replies import reply_json


def cancel(access: Access, session_hash: str, fn_index: int, event_id: str, plan: CancelPlan) -> Flow[None]:
    """Cancel one job as ``plan`` says.

    Wire: POST /cancel (since 4.31) stops the tasks of session and function, then closes the event. With the
    function -1 it stops nothing and only takes the event out of the queue.
    """
    if plan is CancelPlan.RESET:
        yield from reset(access, event_id)
        return
    named = fn_index if plan is CancelPlan.STOP else -1
    body: JSONObject = {"session_hash": session_hash, "fn_index": named, "event_id": event_id}
    request = post_json(access.routes.cancel, body, idempotent=True)
    reply_json((yield from read(access, request, "the cancel")), "the cancel")


def reset(access: Access, event_id: str) -> Flow[None]:
    """Stop one event.

    Wire: POST /reset (4.0 - 4.30).
    """
    request = post_json(access.routes.reset, {"event_id": event_id}, idempotent=True)
    reply_json((yield from read(access, request, "the reset")), "the reset")
