"""Serves the files of a loaded app to the visitors of the outer one, as they come."""

from __future__ import annotations

import logging
import re
from collections.abc import AsyncGenerator, Mapping
from contextlib import AsyncExitStack
from typing import Final
from urllib.parse import unquote, urlsplit

import httpx2
from starlette.requests import Request
from starlette.responses import PlainTextResponse, RedirectResponse, Response, StreamingResponse
from starlette.types import Receive, Scope, Send

from gradlink._async.door import AsyncAnswer
from gradlink._async.page import Pages
from gradlink._text import one_line
from gradlink.errors import GradlinkError
from gradlink.loading.files import Files

_log = logging.getLogger("gradlink.load")

_ASKED: Final = ("range", "if-range", "if-none-match", "if-modified-since")
_ANSWERED: Final = (
    "content-type", "content-length", "content-range", "accept-ranges", "etag", "last-modified", "content-disposition",
    "content-encoding",
)  # fmt: skip
# What a browser may show by itself; everything else is saved, as gradio does: a page of the app would act as the outer one's.
_SHOWN: Final = (
    "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/avif", "audio/", "video/", "text/plain",
    "application/vnd.apple.mpegurl", "application/x-mpegurl",
)  # fmt: skip
_TYPE: Final = re.compile(r"[a-z0-9][a-z0-9!#$&^_.+-]*/[a-z0-9][a-z0-9!#$&^_.+-]*")
_SAFE: Final = {
    "x-content-type-options": "nosniff",
    # Were it shown all the same, it could run nothing and would have no origin.
    "content-security-policy": "sandbox; default-src 'none'; style-src 'unsafe-inline'; img-src data:; media-src data:",
    "cross-origin-resource-policy": "same-origin",
    "referrer-policy": "no-referrer",
}


class Server:
    """The files of one loaded app."""

    def __init__(self, files: Files, pages: Pages) -> None:
        self._files = files
        self._pages = pages

    async def serve(self, request: Request, name: str) -> Response:
        """Answer for a file of the app: only for those that it gave out, and only from where it is itself."""
        address = self._files.names.read(name)
        if address is None:
            return PlainTextResponse("Not found", 404)
        url = self._files.url_at_app(address)
        if address.kind == "elsewhere":
            return RedirectResponse(url, 307, {"referrer-policy": "no-referrer"})
        try:
            if not is_below(url, self._files.routes().base):
                return PlainTextResponse("Not found", 404)
            return await self._fetched(request, url)
        except GradlinkError as exc:
            _log.warning("a file of the loaded app cannot be had: %s", one_line(exc))
            return PlainTextResponse("The app behind this page cannot be reached right now", 502)

    async def _fetched(self, request: Request, url: str) -> Response:
        asked = {name: value for name in _ASKED if (value := request.headers.get(name)) is not None}
        stack = AsyncExitStack()
        try:
            answer = await stack.enter_async_context(self._pages.open_file(url, asked))
            if answer.status_code not in {200, 206, 304, 416}:
                await stack.aclose()
                return PlainTextResponse("Not found", 404)
            headers = _headers(answer)
            if request.method != "HEAD" and answer.status_code in {200, 206}:
                return _Passing(answer, stack, headers)
        except BaseException:
            await stack.aclose()
            raise
        await stack.aclose()
        if request.method != "HEAD":
            headers.pop("content-length", None)  # of what the app says to it
        return Response(None, answer.status_code, headers)


class _Passing(StreamingResponse):
    """Hands on an answer of the app as it comes; whatever happens meanwhile, the request to the app ends with it."""

    def __init__(self, answer: AsyncAnswer, stack: AsyncExitStack, headers: Mapping[str, str]) -> None:
        super().__init__(_pieces(answer), answer.status_code, headers)
        self._stack = stack

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with self._stack:
            await super().__call__(scope, receive, send)


async def _pieces(answer: AsyncAnswer) -> AsyncGenerator[bytes]:
    while piece := await answer.read_raw():
        yield piece


def _headers(answer: AsyncAnswer) -> dict[str, str]:
    given: dict[str, str] = {}
    for name, value in answer.fields():
        # As they are written again; where an app sends one twice, browsers may not choose.
        given.setdefault(name.lower(), value)
    headers = {name: text for name in _ANSWERED if (text := given.get(name)) is not None}
    kind, _, rest = (part.strip() for part in headers.get("content-type", "").partition(";"))
    kind = kind.lower()
    # Browsers read several types in one header, the last of them counts.
    if not _TYPE.fullmatch(kind):
        kind = headers["content-type"] = "application/octet-stream"
    elif "," in rest:
        headers["content-type"] = kind
    if not any(kind == shown or (shown.endswith("/") and kind.startswith(shown)) for shown in _SHOWN):
        headers.setdefault("content-disposition", "attachment")
        if not headers["content-disposition"].lower().startswith("attachment"):
            headers["content-disposition"] = "attachment"
    return headers | _SAFE


def is_below(url: str, base: str) -> bool:
    """Tell whether an address is one of the app itself, once a client has put it in order."""
    try:
        whole, start = httpx2.URL(url), httpx2.URL(base)
        # As the app said it, not in order: what it means by a step up is not what a client makes of it.
        parts = unquote(urlsplit(url).path).replace("\\", "/").split("/")
    except (httpx2.InvalidURL, ValueError):
        return False
    if (whole.scheme, whole.host, whole.port) != (start.scheme, start.host, start.port):
        return False
    return whole.path.startswith(start.path) and ".." not in parts
