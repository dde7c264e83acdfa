"""The proxy between a browser and an app: hands everything on as it comes, and tells the recorder what was said."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import Final

import anyio
import httpx2
from starlette.requests import ClientDisconnect, Request
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send

from gradlink._protocol.jsonvalue import as_object, decode
from gradlink._protocol.sse import EventDecoder
from gradlink._serving.visitors import headers_of
from gradlink._text import one_line
from gradlink.errors import AnswerTooLargeError, ProtocolError
from gradlink.recorder.asked import Subject, read_request
from gradlink.recorder.forwarding import Sides, is_rewritten, reply_headers, request_headers
from gradlink.recorder.guarding import refusal
from gradlink.recorder.hearing import Exchange, hear_input, hear_reply
from gradlink.recorder.origins import Rewriter, origin_of, pairs_for, rewritten
from gradlink.recorder.recorder import Recorder
from gradlink.recorder.upstream import Upstream

# What is read besides being handed on; more than that is only handed on.
MAX_JSON: Final = 64 * 1024**2
MAX_UPLOAD: Final = 256 * 1024**2
MAX_EVENT: Final = 64 * 1024**2
_READ: Final = frozenset(
    {Subject.JOIN, Subject.RUN, Subject.CALL, Subject.UPLOAD, Subject.LOGIN, Subject.CANCEL}
)
_STREAMS: Final = frozenset({Subject.MESSAGES, Subject.MESSAGES_OF_JOB})


class Proxy:
    """An ASGI app in front of another app.

    Args:
        upstream: the app.
        recorder: who is told.
        listening: the host at which it listens.
    """

    def __init__(self, upstream: Upstream, recorder: Recorder, listening: str) -> None:
        self._upstream = upstream
        self._recorder = recorder
        self._listening = listening
        self._base = httpx2.URL(upstream.app.base).path

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Answer one request."""
        if scope["type"] != "http":
            return
        refused = refusal(scope["method"], headers_of(scope["headers"]), self._listening)
        if refused is not None:
            await PlainTextResponse(refused, 403)(scope, receive, send)
            return
        request = Request(scope, receive)
        try:
            await self._exchange(request, scope, receive, send)
        except httpx2.HTTPError as exc:
            text = f"gradlink record: the app cannot be reached: {one_line(exc)}"
            await PlainTextResponse(text, 502)(scope, receive, send)
        except ClientDisconnect:
            return

    async def _exchange(self, request: Request, scope: Scope, receive: Receive, send: Send) -> None:
        path = request.url.path
        asked = read_request(request.method, path, request.url.query, self._base)
        # As the browser names it, which may be on another machine.
        origin = f"http://{request.headers['host']}"
        app = self._upstream.app
        said = Exchange(asked, request, Sides(origin_of(app.base), origin, app.headers))
        body = await self._body(said)
        await self._note_request(said)
        headers = request_headers(
            request.headers.items(),
            said.sides,
            self._upstream.cookies,
            length=len(body) if isinstance(body, bytes) else None,
        )
        query = scope["query_string"]
        raw_path = scope["raw_path"] + (b"?" + query if query else b"")
        reply = await self._upstream.send(request.method, raw_path, headers, body)
        try:
            await self._answer(said, reply, receive, send)
        finally:
            with anyio.CancelScope(shield=True):
                await reply.aclose()

    async def _body(self, said: Exchange) -> bytes | AsyncIterator[bytes] | None:
        """Return what is to be sent on: whole where it is read, or as it comes."""
        request, asked = said.request, said.asked
        if request.method in {"GET", "HEAD", "OPTIONS"} and "content-length" not in request.headers:
            return None
        limit = MAX_UPLOAD if asked.subject is Subject.UPLOAD else MAX_JSON
        if not (asked.has_json or asked.subject in {Subject.UPLOAD, Subject.LOGIN}):
            return request.stream()
        parts: list[bytes] = []
        size = 0
        stream = request.stream()
        async for part in stream:
            parts.append(part)
            size += len(part)
            if size > limit:
                return _chained(parts, stream)
        said.body = b"".join(parts)
        if asked.has_json:
            said.body = rewritten(said.body, pairs_for(said.sides.proxy, said.sides.app))
            try:
                said.json = as_object(decode(said.body, "a request"))
            except ProtocolError:
                said.json = {}
        return said.body

    async def _note_request(self, said: Exchange) -> None:
        asked = said.asked
        if asked.subject not in {Subject.JOIN, Subject.RUN, Subject.CALL} or said.body is None:
            return
        if self._recorder.schema is None:
            schema = await self._upstream.describe(said.request.headers.get("cookie", ""))
            if schema is not None:
                self._recorder.described(schema)
        with self._recorder.hearing():
            self._recorder.has_cookies(said.request.headers.get("cookie", ""))
            said.call = self._recorder.call_sent(said.json, asked.name)

    async def _answer(self, said: Exchange, reply: httpx2.Response, receive: Receive, send: Send) -> None:
        said.answered = reply.status_code
        kind = reply.headers.get("content-type", "")
        rewriting = is_rewritten(kind) and "/file=" not in said.request.url.path
        reads = said.asked.subject in _READ | _STREAMS
        packed = reply.headers.get("content-encoding", "identity").lower() != "identity"
        unpacking = packed and (rewriting or reads)
        headers = reply_headers(
            [(name, value) for name, value in reply.headers.multi_items()],
            said.sides,
            str(reply.request.url),
            rewriting=rewriting,
            unpacked=unpacking,
        )
        body = self._heard(said, reply.aiter_bytes() if unpacking else reply.aiter_raw())
        start = {
            "type": "http.response.start",
            "status": reply.status_code,
            "headers": [(name.encode("latin-1"), value.encode("latin-1")) for name, value in headers],
        }
        async with anyio.create_task_group() as tasks:
            tasks.start_soon(_leave_with_browser, receive, tasks.cancel_scope)
            await send(start)
            rewriter = Rewriter(pairs_for(said.sides.app, said.sides.proxy)) if rewriting else None
            async for chunk in body:
                sent = chunk if rewriter is None else rewriter.push(chunk)
                if sent:
                    await send({"type": "http.response.body", "body": sent, "more_body": True})
            rest = b"" if rewriter is None else rewriter.end()
            await send({"type": "http.response.body", "body": rest, "more_body": False})
            tasks.cancel_scope.cancel()

    async def _heard(self, said: Exchange, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        """Yield ``body``, and tell the recorder what it says before the browser has all of it."""
        subject = said.asked.subject
        if subject in _STREAMS:
            async for chunk in self._heard_events(said, body):
                yield chunk
            return
        if subject not in _READ:
            if subject in {Subject.CHUNK, Subject.CLOSE} and said.answered < 400:
                with self._recorder.hearing():
                    hear_input(self._recorder, said)
            async for chunk in body:
                yield chunk
            return
        # The page must not act on an answer before it was heard, so it gets it whole.
        kept: list[bytes] = []
        size = 0
        async for chunk in body:
            kept.append(chunk)
            size += len(chunk)
            if size > MAX_JSON:
                break
        with self._recorder.hearing():
            hear_reply(self._recorder, said, b"" if size > MAX_JSON else b"".join(kept))
        for chunk in kept:
            yield chunk
        async for chunk in body:
            yield chunk

    async def _heard_events(self, said: Exchange, body: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
        decoder: EventDecoder | None = EventDecoder(MAX_EVENT)
        own: str | None = None
        async for chunk in body:
            if decoder is not None:
                try:
                    for text in decoder.push(chunk):
                        if said.asked.subject is Subject.MESSAGES_OF_JOB:
                            own = own or self._recorder.event_id_of(text)
                        with self._recorder.hearing():
                            self._recorder.message(text, own)
                except AnswerTooLargeError:
                    decoder = None
            yield chunk


async def _chained(parts: list[bytes], rest: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part
    async for part in rest:
        yield part


async def _leave_with_browser(receive: Receive, scope: anyio.CancelScope) -> None:
    """Stop reading from the app when the browser has left: its stream ends there, too."""
    while (await receive())["type"] != "http.disconnect":
        continue
    scope.cancel()
