"""A call of the page: what happens to it, sent as it happens; it is cancelled when nobody listens any more."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import anyio

from gradlink._async.job import AsyncJob
from gradlink.docs_page.app import App
from gradlink.docs_page.guard import Receive, Scope, Send
from gradlink.docs_page.telling import told
from gradlink.errors import GradlinkError


class CallStream:
    """The answer to a request for a call: a line of JSON for each event."""

    def __init__(self, job: AsyncJob, key: str, app: App, *, live: bool) -> None:
        self._job = job
        self._live = live
        self._key = key
        self._app = app
        app.jobs[key] = job

    async def __call__(self, _: Scope, receive: Receive, send: Send) -> None:
        """Send the events until the job has ended, or the page has left."""
        try:
            async with anyio.create_task_group() as group:
                group.start_soon(self._until_left, receive, group.cancel_scope)
                group.start_soon(self._end_input)
                await self._send(send)
                group.cancel_scope.cancel()
        finally:
            self._app.jobs.pop(self._key, None)
            if not self._job.done():
                self._job.cancel()

    async def _until_left(self, receive: Receive, scope: anyio.CancelScope) -> None:
        while (await receive())["type"] != "http.disconnect":
            pass
        scope.cancel()

    async def _end_input(self) -> None:
        """Tell a live endpoint that what it got is all: a form has one value."""
        if self._live:
            # Why it could not be told ends the job, too.
            with suppress(GradlinkError):
                await self._job.close_stream()

    async def _send(self, send: Send) -> None:
        headers = [(b"content-type", b"application/x-ndjson"), (b"x-accel-buffering", b"no")]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await _line(send, {"type": "sent", "call": self._key})
        async for event in self._job.events():
            await _line(send, told(event, self._app.files.offer))
        await send({"type": "http.response.body", "body": b""})


async def _line(send: Send, event: dict[str, Any]) -> None:
    body = json.dumps(event, separators=(",", ":"), allow_nan=False).encode("ascii") + b"\n"
    await send({"type": "http.response.body", "body": body, "more_body": True})
