"""The files of loaded apps, served by the outer app.

``App.create_app``: the one place where every app comes by, launched or mounted, to add the route.
"""

from __future__ import annotations

import functools
from collections.abc import Awaitable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

from gradio.blocks import Blocks
from gradio.routes import App
from gradio.utils import get_upload_folder

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

PROXY: Final = "gradlink"
API_PREFIX: Final = "/gradio_api"
_FILE: Final = f"{API_PREFIX}/proxy={PROXY}{API_PREFIX}/file="
_STREAM: Final = f"{API_PREFIX}/proxy={PROXY}{API_PREFIX}/stream/"


def url_of(name: str, streams: bool) -> str:  # the form that files.py asks for
    """Return the address of a loaded app's file, from the root of the outer app."""
    return (_STREAM if streams else _FILE) + name


def upload_folder() -> str:
    """Return where the outer app keeps what its visitors upload."""
    folder: str = get_upload_folder()
    return folder


def serve_files(app: Any) -> None:
    """Let an app serve the files of the apps that are loaded in it, to those who may see its page."""
    from starlette.responses import PlainTextResponse  # comes with gradio, and late
    from starlette.routing import Route

    if getattr(app, "gradlink_serves", False):
        return
    app.gradlink_serves = True

    async def file(request: Request) -> Response:
        name = request.path_params["name"]
        if not await _may_see(app, request):
            return PlainTextResponse("Not authenticated", 401)
        key = name.partition("/")[0]
        for loaded in _loaded_in(app.get_blocks()):
            if loaded.key == key:
                response: Response = await loaded.serve(request, name)
                return response
        return PlainTextResponse("Not found", 404)

    routes = [Route(path + "{name:path}", file, methods=["GET", "HEAD"]) for path in (_FILE, _STREAM)]
    # Before gradio's own proxy, which knows Spaces alone.
    app.router.routes[:0] = routes


def _loaded_in(blocks: Blocks) -> Iterable[Any]:
    return {
        id(loaded): loaded
        for block in list(blocks.blocks.values())
        if (loaded := getattr(block, "gradlink_loaded", None)) is not None
    }.values()


async def _may_see(app: Any, request: Request) -> bool:
    """Tell whether the outer app lets this visitor in, as its own routes would."""
    if app.auth_dependency is not None:
        user = app.auth_dependency(request)  # a Request of starlette is all that it reads
        return (await user if isinstance(user, Awaitable) else user) is not None
    if app.auth is None:
        return True
    names = (f"access-token-{app.cookie_id}", f"access-token-unsecure-{app.cookie_id}")
    given = [request.cookies.get(name) for name in names]
    users: Mapping[str, Any] = app.tokens
    return any(token is not None and users.get(token) is not None for token in given)


def install() -> None:
    """See that every app that is made from now on serves the files of the apps that are loaded in it."""
    made: Any = App.create_app
    if getattr(made, "gradlink_made", False):
        return

    @functools.wraps(made)
    def create_app(blocks: Blocks, *args: Any, **kwargs: Any) -> App:
        app: App = made(blocks, *args, **kwargs)
        if any(True for _ in _loaded_in(blocks)):
            serve_files(app)
        return app

    patched: Any = create_app
    patched.gradlink_made = True
    App.create_app = staticmethod(patched)
