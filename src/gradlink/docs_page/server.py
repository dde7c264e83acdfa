"""The server of the page: its files, its snippets and its calls, below a token."""

from __future__ import annotations

import json
import secrets
from collections.abc import Mapping
from typing import Any, Final, cast

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response
from starlette.routing import Route

from gradlink._dataclass import dataclass
from gradlink._protocol.schema import Endpoint
from gradlink._text import one_line
from gradlink.docs_page.app import App
from gradlink.docs_page.calls import CallStream
from gradlink.docs_page.document import EndpointDocument
from gradlink.docs_page.files import OTHER, SVG, media_of
from gradlink.docs_page.giving import Arguments
from gradlink.docs_page.html import page
from gradlink.docs_page.script import icon, script, style
from gradlink.docs_page.telling import error
from gradlink.errors import GradlinkError

# What a form can hold; files go on their own.
MAX_BODY: Final = 50_000_000
_FILE_POLICY: Final = "sandbox; default-src 'none'"


def application(app: App) -> Starlette:
    """Return the server of an app's page, for whoever has passed the guard."""
    return Starlette(routes=_Routes(app).all())


@dataclass(frozen=True, slots=True)
class _Given:
    """A call as the page asks for it, under a name that the page has chosen."""

    key: str
    endpoint: Endpoint
    document: EndpointDocument
    read: Arguments


class _Routes:
    def __init__(self, app: App) -> None:
        self._app = app

    def all(self) -> list[Route]:
        return [
            Route("/", self.page),
            Route("/page.js", self.script),
            Route("/page.css", self.style),
            Route("/icon.svg", self.icon),
            Route("/app.json", self.document),
            Route("/files/{number}", self.file),
            Route("/files", self.pick, methods=["POST"]),
            Route("/snippets", self.snippets, methods=["POST"]),
            Route("/call", self.call, methods=["POST"]),
            Route("/cancel", self.cancel, methods=["POST"]),
            Route("/session", self.session, methods=["POST"]),
        ]

    async def page(self, _: Request) -> Response:
        return Response(page(self._app.document, live=True), media_type="text/html")

    async def script(self, _: Request) -> Response:
        return Response(script(), media_type="text/javascript")

    async def style(self, _: Request) -> Response:
        return Response(style(), media_type="text/css")

    async def icon(self, _: Request) -> Response:
        return Response(icon(), media_type=SVG)

    async def document(self, _: Request) -> Response:
        return JSONResponse(self._app.document)

    async def pick(self, request: Request) -> Response:
        """Take a file that the user has picked."""
        name = request.query_params.get("name", "file")[:1000]
        try:
            key = await self._app.files.take(name, request.stream())
        except OSError as exc:
            return JSONResponse({"text": f"the file cannot be kept: {one_line(exc)}"}, 507)
        return JSONResponse({"key": key})

    async def file(self, request: Request) -> Response:
        """Send a file of a result, in no form that could act as a page of this server."""
        found = self._app.files.result(request.path_params["number"])
        if found is None:
            raise HTTPException(404)
        kind = media_of(found)
        if kind == SVG and request.headers.get("sec-fetch-dest") != "image":
            kind = OTHER
        try:
            path = await found.path()
        except GradlinkError as exc:
            return JSONResponse({"text": str(exc)}, 502)
        saved = kind == OTHER or "save" in request.query_params
        return FileResponse(
            path,
            media_type=kind,
            filename=found.name,
            content_disposition_type="attachment" if saved else "inline",
            headers={
                # A picture has its own styles, and nothing else.
                "content-security-policy": _FILE_POLICY
                + ("; style-src 'unsafe-inline'" if kind == SVG else "")
            },
        )

    async def snippets(self, request: Request) -> Response:
        """Write down the call that the form would make."""
        given = await self._given(request)
        written = self._app.snippets(given.endpoint, given.document, given.read)
        return JSONResponse({"snippets": written, "problems": given.read.problems})

    async def call(self, request: Request) -> Response | CallStream:
        """Make a call; the answer is what happens to it."""
        given = await self._given(request)
        if given.read.problems:
            return JSONResponse({"problems": given.read.problems}, 422)
        if given.key in self._app.jobs:
            raise HTTPException(409, "there is such a call already")
        try:
            job = self._app.submit(given.endpoint, given.read.values)
        except GradlinkError as exc:
            return JSONResponse({"problems": {}, "error": error(exc)}, 422)
        return CallStream(job, given.key, self._app, live=given.endpoint.live)

    async def cancel(self, request: Request) -> Response:
        """Cancel a call."""
        job = self._app.jobs.get(str((await _body(request)).get("call")))
        return JSONResponse({"cancelled": False if job is None else bool(job.cancel())})

    async def session(self, _: Request) -> Response:
        """Begin a new session, with a fresh State."""
        await self._app.client.reset_session()
        return JSONResponse({})

    async def _given(self, request: Request) -> _Given:
        body = await _body(request)
        found = self._app.endpoint(body.get("endpoint"))
        if found is None:
            raise HTTPException(404, "the app has no such endpoint")
        values = body.get("values")
        given: Mapping[str, Any] = cast("Mapping[str, Any]", values) if isinstance(values, Mapping) else {}
        key = str(body.get("call") or secrets.token_urlsafe(8))
        return _Given(key, *found, self._app.read(*found, given))


async def _body(request: Request) -> Mapping[str, Any]:
    """Return the JSON object that was sent."""
    content = bytearray()
    async for chunk in request.stream():
        content += chunk
        if len(content) > MAX_BODY:
            raise HTTPException(413)
    try:
        body = json.loads(bytes(content))
    except (ValueError, RecursionError) as exc:
        raise HTTPException(400) from exc
    if not isinstance(body, Mapping):
        raise HTTPException(400)
    return cast("Mapping[str, Any]", body)
