"""All that gradlink.load uses of gradio beyond its public interface; read the releases' source before adding one to TESTED.

- ``Context.root_block``: the Blocks that is being built.
- ``Block.proxy_url``: values of such a component are not moved into gradio's cache, and their files get addresses below
  ``/gradio_api/proxy=<proxy_url>``, where gradlink serves them.
- ``App.create_app``: the one place where every app comes by, launched or mounted, to add that route.
- ``utils.is_prop_update``: looks for ``__type__`` with ``get``, so that an update can be handed on as the loaded app sent it.
- ``gr.Interface(_api_mode=True)``: its function is given values as the page sends them.
- ``Component.server_fns``, and ``_is_server_fn`` of the methods that a page may call; ``DataWithFiles`` is what they take.
- What is in _gradio_checks.py.
- ``LocalContext`` and ``Queue.send_message``: to show the place in the loaded app's queue.
"""

from __future__ import annotations

import copy
import functools
import inspect
from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, Final

import gradio
import gradio.components.api_component  # pyright: ignore[reportUnusedImport]  # the class of what gr.api makes, loaded late
from gradio.blocks import Block, BlockContext, Blocks
from gradio.components import base
from gradio.context import Context, LocalContext
from gradio.data_classes import DataWithFiles
from gradio.helpers import TrackedIterable
from gradio.routes import App
from gradio.server_messages import EstimationMessage, ProcessStartsMessage
from gradio.utils import get_upload_folder

from gradlink._protocol.status import ProgressUnit
from gradlink.errors import LoadError
from gradlink.loading.values import sound_text

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

# gradio's own types are partly unknown; what is used of it is tested on every release below.
gr: Any = gradio

# Minor releases of gradio that tests/loading/test_releases.py plays as the outer app, the newest two of 5 and of 6 among them.
TESTED: Final = ((5, 49), (5, 50), (6, 30), (6, 31))
# Functions can take all properties of a component.
TAKES_PROPERTIES: Final = not gradio.__version__.startswith("5.")
PROXY: Final = "gradlink"
API_PREFIX: Final = "/gradio_api"
_FILE: Final = f"{API_PREFIX}/proxy={PROXY}{API_PREFIX}/file="
_STREAM: Final = f"{API_PREFIX}/proxy={PROXY}{API_PREFIX}/stream/"


def check_release(version: str | None = None) -> None:
    """Raise LoadError if this release of gradio was not tried."""
    version = version or gradio.__version__
    parts = version.split(".")
    minor = tuple(int(part) if part.isdigit() else -1 for part in parts[:2])
    if minor not in TESTED:
        tried = ", ".join(f"{major}.{minor}" for major, minor in TESTED)
        raise LoadError(
            f"gradlink.load works with gradio {tried}, whose insides it knows; installed is {version}. "
            f'Install one of them (pip install "gradio=={TESTED[-1][0]}.{TESTED[-1][1]}.*"), or a newer gradlink'
        )


def root_block() -> Blocks:
    """Return the Blocks that is being built. Raises LoadError outside of one."""
    root = Context.root_block
    if root is None:
        raise LoadError("gradlink.load(...) is called inside of 'with gradio.Blocks() as demo:'")
    return root


def url_of(name: str, streams: bool) -> str:  # the form that files.py asks for
    """Return the address of a loaded app's file, from the root of the outer app."""
    return (_STREAM if streams else _FILE) + name


def upload_folder() -> str:
    """Return where the outer app keeps what its visitors upload."""
    folder: str = get_upload_folder()
    return folder


def adopt(block: Any, loaded: object) -> None:
    """Let a component show files of a loaded app, and take files for it."""
    block.proxy_url = PROXY
    block.gradlink_loaded = loaded


def own(block: Any, loaded: object, config: Callable[[dict[str, Any]], dict[str, Any]]) -> None:
    """Make a component one of a loaded app.

    Args:
        block: the component.
        loaded: what it belongs to; its ``key`` and ``serve`` are used.
        config: from what gradio would send a page of the component to what it sends.
    """
    adopt(block, loaded)
    # What a value may be depends on the app's properties; it is the app that checks. Of an app that does not say what its
    # values are, the page of the API says what gradio does.
    if getattr(block, "data_model", None) is not None:
        block.api_info = functools.partial(copy.deepcopy, block.api_info())
    block.data_model = None
    given = block.get_config

    @functools.wraps(given)
    def get_config(*args: Any, **kwargs: Any) -> dict[str, Any]:
        return config(given(*args, **kwargs))

    block.get_config = get_config


def component(given: Any) -> Any:
    """Return a component that is not in the page yet, from itself or from its name, such as "text"."""
    components: Any = base
    return given if isinstance(given, Block) else components.get_component_instance(given, render=False)


def interface(
    function: Any, inputs: Sequence[Any], outputs: Sequence[Any], api_name: str, options: Mapping[str, Any]
) -> None:
    """Put a ``gr.Interface`` of a function whose values are those of the page into the Blocks that is being built."""
    gr.Interface(
        function,
        list(inputs),
        list(outputs),
        api_name=api_name,
        flagging_mode="never",
        concurrency_limit=None,
        _api_mode=True,
        **options,
    )


def describe(block: Any, described: Mapping[str, Any]) -> None:
    """Let a component say of its values what the loaded app says of them; its own properties are not the app's."""

    def says(name: str) -> Callable[[], Any]:
        return functools.partial(copy.deepcopy, described[name])

    if "api_info" in described:
        block.api_info = says("api_info")
    if "example_inputs" in described:
        block.example_inputs = says("example_inputs")
    # Where a class has none of these two, gradio asks for the one above.
    if "api_info_as_input" in described and hasattr(block, "api_info_as_input"):
        block.api_info_as_input = says("api_info_as_input")
    if "api_info_as_output" in described and hasattr(block, "api_info_as_output"):
        block.api_info_as_output = says("api_info_as_output")


def id_of(block: Any) -> int:
    """Return the outer app's id of a component."""
    number: int = block._id  # noqa: SLF001
    return number


def layout_of(block: Block) -> BlockContext | None:
    """Return the block if others may lie in it."""
    return block if isinstance(block, BlockContext) else None


class AsItIs(dict[str, Any]):
    """An update of a component that goes to the page as it is.

    gradio would make a component of it first, with the constructor's arguments from an app that is not trusted.
    """

    def get(self, key: str, default: Any = None) -> Any:
        """Hide what gradio recognises an update by; everything else sees the dict."""
        return default if key == "__type__" else super().get(key, default)


def when_left(root: Any, leave: Callable[[str | None], Awaitable[None]]) -> None:
    """Call ``leave`` with the session of each visitor who closes the page."""

    async def left(request: Any) -> None:
        await leave(request.session_hash)

    # What gradio gives is decided by the annotation, which has to be the class itself.
    left.__annotations__ = {"request": gradio.Request}
    root.unload(left)


# -- server functions -----------------------------------------------------------------------------

# Takes what the page sent, the files that went along, and the visitor's session.
ServerFunction = Callable[[Any, Sequence[tuple[str, bytes]], str | None], Awaitable[Any]]


def serve_functions(block: Any, functions: Mapping[str, ServerFunction]) -> list[str]:
    """Give a component these methods for its page to call, and no other one; return the names of those that it got.

    The class's own would answer for this machine: those of gr.FileExplorer list its disk.
    """
    own = {name for name in dir(block) if _is_for_pages(inspect.getattr_static(block, name, None))}
    for name in own:
        setattr(block, name, None)
    block.server_fns = []
    # The app chooses the names: none may hide what gradio itself uses of the component.
    taken = {
        name: function
        for name, function in functions.items()
        if name.isidentifier() and not name.startswith("_") and (name in own or not hasattr(block, name))
    }
    for name, function in taken.items():
        setattr(block, name, _for_pages(function))
    return list(taken)


def _is_for_pages(value: Any) -> bool:
    return getattr(value, "_is_server_fn", False) is True


def _for_pages(function: ServerFunction) -> Any:
    async def call(data: Any, request: Any) -> Any:
        if isinstance(data, DataWithFiles):
            fields = {key: value for key, value in data.data.items() if isinstance(value, str)}
            return await function(fields, data.files, fields.get("session_hash"))
        body = await request.json()  # which gradio has read, and keeps
        return await function(data, (), body["session_hash"])

    # What gradio gives is decided by the annotation, which has to be the class itself.
    call.__annotations__ = {"request": gradio.Request}
    call._is_server_fn = True  # type: ignore[attr-defined]  # noqa: SLF001
    return call


def refusal(status: int, text: str) -> Exception:
    """Return what makes gradio answer a page's question with this status."""
    from starlette.exceptions import HTTPException  # comes with gradio, and late

    return HTTPException(status, text)


# -- serving --------------------------------------------------------------------------------------

Serve = Callable[["Request", str], Awaitable["Response"]]


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


# -- the queue ------------------------------------------------------------------------------------


class Telling:
    """What a visitor is told while a call waits at the loaded app; made where the call begins."""

    def __init__(self) -> None:
        self._blocks: Any = LocalContext.blocks.get(None)
        self._event_id = LocalContext.event_id.get(None)

    def waits(self, rank: int | None, queue_size: int | None, eta: float | None) -> None:
        """Show the place in the loaded app's queue."""
        self._send(EstimationMessage(rank=rank, queue_size=queue_size or 0, rank_eta=eta))

    def starts(self, eta: float | None) -> None:
        """Show that the loaded app's function runs."""
        self._send(ProcessStartsMessage(eta=eta))

    def progress(self, units: Sequence[ProgressUnit]) -> None:
        """Show bars, the outermost first."""
        if self._blocks is None or self._event_id is None:
            return
        bars: list[Any] = [
            TrackedIterable(
                None,
                u.index,
                u.length,
                u.desc and sound_text(u.desc),
                u.unit and sound_text(u.unit),
                None,
                u.progress,
            )
            for u in units
        ]
        self._blocks._queue.set_progress(self._event_id, bars)  # noqa: SLF001

    def _send(self, message: Any) -> None:
        if self._blocks is None or self._event_id is None:
            return
        queue = self._blocks._queue  # noqa: SLF001
        for events in queue.active_jobs:
            for event in events or ():
                if event._id == self._event_id:  # noqa: SLF001
                    queue.send_message(event, message)
