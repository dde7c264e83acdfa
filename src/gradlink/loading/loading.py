"""Puts a running app into the Blocks that is being built."""

from __future__ import annotations

import secrets
import warnings
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Final

from gradio.blocks import Block

from gradlink._async.client import AsyncClient
from gradlink._async.page import Pages
from gradlink._dataclass import dataclass
from gradlink._protocol.dialect import FileForm, read_dialect
from gradlink._protocol.jsonvalue import JSONObject, as_list, as_object, as_text
from gradlink._protocol.routes import Routes
from gradlink._protocol.schema import Endpoint
from gradlink._sync.client import Client
from gradlink._text import one_line
from gradlink.errors import LoadError
from gradlink.loading._gradio import blocks, checks, release, serving
from gradlink.loading._gradio.release import gr
from gradlink.loading.addresses import Names
from gradlink.loading.asking import Asking
from gradlink.loading.components import Building, Missing
from gradlink.loading.converting import conversions
from gradlink.loading.files import Files
from gradlink.loading.notes import Notes
from gradlink.loading.reading import read_plan
from gradlink.loading.relay import Relay
from gradlink.loading.scripts import page_scripts
from gradlink.loading.serving import Server
from gradlink.loading.single import Single, Wanted
from gradlink.loading.visitors import Visitors
from gradlink.loading.warning import LoadWarning
from gradlink.loading.wiring import Wiring

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.responses import Response

# Of this process: the names of files are signed with it.
_SECRET: Final = secrets.token_bytes(32)


@dataclass(frozen=True, slots=True, eq=False)
class LoadedApp:
    """An app that was put into another one.

    Attributes:
        title: the app's own title.
        url: where it is.
        components: its components here, by the ids that they have at the app.
        left_out: what could not be carried over, a sentence each.
        client: what its functions are called with; it may be used for calls of one's own.
        visitors: the sessions of those who use it now.
    """

    title: str
    url: str
    components: Mapping[int, Block]
    left_out: tuple[str, ...]
    client: AsyncClient
    visitors: Visitors

    def __repr__(self) -> str:
        return one_line(f"<LoadedApp {self.title or self.url!r} at {self.url}>")


class _Handle:
    """What the components of one loaded app have in common: it answers for their files."""

    def __init__(self, names: Names, server: Server) -> None:
        self.key = names.key
        self._names = names
        self._server = server

    def owns(self, name: str) -> bool:
        return self._names.read(name) is not None

    async def serve(self, request: Request, name: str) -> Response:
        return await self._server.serve(request, name)


@dataclass(frozen=True, slots=True)
class Loading:
    """How an app is loaded.

    Attributes:
        src: where it is, as for a client.
        options: of the client.
        trust: its JavaScript, CSS and ``head`` are carried over.
        missing: what is done with custom components that are not installed.
        api_prefix: put before the names of its endpoints.
    """

    src: str
    options: dict[str, Any]
    trust: bool = False
    missing: Missing = "error"
    api_prefix: str = ""


def load_app(loading: Loading, wanted: Wanted | None) -> LoadedApp:
    """Put an app, or one endpoint of it, into the Blocks that is being built; see :func:`gradlink.load`."""
    release.check_release()
    root = blocks.root_block()
    _check_options(loading)
    app = _described(loading)
    plan = read_plan(app.config, trust=loading.trust)
    serving.install()
    client = AsyncClient(loading.src, **loading.options)
    pages = Pages(client)
    routes = Routes(app.base, as_text(app.config.get("api_prefix")) or "")
    names = Names(_SECRET, secrets.token_hex(6))
    files = Files(names, lambda: routes, serving.url_of, serving.upload_folder)
    visitors = Visitors(pages)
    title = plan.title or app.base
    notes = Notes()
    converted = conversions(plan.walk(), read_dialect(app.config), app.version, gr.__version__)
    handle = _Handle(names, Server(files, pages))
    checks.leave_files(handle)
    building = Building(
        handle,
        files.outgoing,
        Asking(title, files, visitors).ask,
        loading.trust,
        gr.__version__.startswith(".".join(app.version.split(".")[:2]) + "."),
        converted,
        loading.missing,
        notes.add,
    )

    kinds = {} if loading.trust else {part.id: part.kind for part in plan.walk()}

    def relay(made: Mapping[int, Block]) -> Relay:
        numbers = {blocks.id_of(block): number for number, block in made.items()}
        return Relay(title, files, visitors, numbers, converted, kinds)

    if wanted is None:
        for text in plan.left_out:
            notes.add(text)
        made = building.build(plan)
        wiring = Wiring(root, plan, made, relay(made), app.endpoints, notes.add, loading.api_prefix)
        wiring.connect()
        for script in page_scripts(plan.scripts):
            root.load(None, js=script)
    else:
        made = Single(building, plan, app.endpoints, relay, loading.api_prefix).build(wanted)
    blocks.when_left(root, visitors.leave)
    left_out = notes.all()
    for text in left_out:
        warnings.warn(f"{one_line(title)}: left out: {one_line(text)}", LoadWarning, stacklevel=4)
    return LoadedApp(plan.title, app.base, made, left_out, client, visitors)


def _check_options(loading: Loading) -> None:
    missing: Any = loading.missing
    api_prefix: Any = loading.api_prefix
    if missing not in {"error", "json"}:
        raise LoadError(f"missing is 'error' or 'json', not {missing!r}")
    if not isinstance(api_prefix, str) or "/" in api_prefix.strip("/"):
        raise LoadError(f"api_prefix is a text without slashes such as 'translate_', not {api_prefix!r}")


@dataclass(frozen=True, slots=True)
class _Described:
    """The app as it describes itself."""

    base: str
    version: str
    config: JSONObject
    endpoints: Mapping[int, Endpoint]


def _described(loading: Loading) -> _Described:
    """Ask the app what it is. Raises LoadError for one that cannot be loaded."""
    with Client(loading.src, **loading.options) as client:
        found = _Described(client.src, str(client.app_version), client.config, client.endpoints)
    base, version = found.base, found.version
    if read_dialect(found.config).file_form is not FileForm.FILE_DATA:
        raise LoadError(
            f"{base} runs Gradio {version}; apps of Gradio 4.0 and newer can be loaded. "
            "Its endpoints can be called with gradlink.Client all the same"
        )
    if not as_list(as_object(found.config.get("layout")).get("children")):
        raise LoadError(f"{base} has an empty page: there is nothing to load")
    return found
