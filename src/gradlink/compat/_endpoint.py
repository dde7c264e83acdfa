"""An endpoint as programs for gradio_client know it."""

from __future__ import annotations

import weakref
from collections.abc import Callable, Mapping
from functools import cached_property, partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

from gradlink._flows.collect import fetch_file, result_file
from gradlink._flows.delivery import Delivery, ResultForm
from gradlink._flows.submit import upload
from gradlink._io import Flow
from gradlink._local.files import MemoryFile
from gradlink._local.filesource import FileSource
from gradlink._local.sources import check_uploads
from gradlink._local.values.frames import frame_of
from gradlink._protocol.dialect import FileMark
from gradlink._protocol.filedata import META
from gradlink._protocol.outputs import Output
from gradlink._protocol.payload import Upload
from gradlink._protocol.schema import AppSchema
from gradlink._protocol.schema import Endpoint as CleanEndpoint
from gradlink._sync.connection import Connection
from gradlink._sync.files import LazyFile
from gradlink._text import one_line
from gradlink.compat._communicator import Communicator
from gradlink.compat._translating import translating
from gradlink.compat._traversal import is_file_obj, is_file_obj_with_meta, is_http_url_like, traverse

if TYPE_CHECKING:
    from gradlink.compat.client import Client


T = TypeVar("T")


class ComponentApiType(NamedTuple):
    """What a component of an endpoint means to callers.

    Attributes:
        skip: they do not see it.
        value_is_file: its value holds a file.
        is_state: it is the session's State.
    """

    skip: bool
    value_is_file: bool
    is_state: bool


class Inside(NamedTuple):
    """What an endpoint has of its client."""

    connection: Connection
    form: ResultForm

    @property
    def schema(self) -> AppSchema:
        """What is known of the app."""
        return self.connection.schema

    def run(self, flow: Flow[T]) -> T:
        """Return the result of a procedure that talks to the app; its errors are translated."""
        with translating():
            return self.connection.driver.run(flow)


class Endpoint:
    """A function of the app, with what /config says of it; better: ``gradlink.Client.endpoints``.

    Args:
        client: the client that it belongs to, which it does not keep alive.
        fn_index: the server's id of the function.
        dependency: what /config says of it; None looks it up.
        protocol: ignored, it is the app's.
    """

    def __init__(
        self, client: Client, fn_index: int, dependency: Mapping[str, Any] | None = None, protocol: str = ""
    ) -> None:
        del protocol
        self._client = weakref.ref(client)
        self.fn_index = fn_index
        self.protocol = client.protocol
        self.root_url = client.src_prefixed
        if dependency is None:
            dependency = _dependencies(self._inside.schema).get(fn_index, {})
        self.dependency: dict[str, Any] = dict(dependency)
        known = self._known
        self._title = known.title
        self.api_name: Any = known.api_name or (False if self.dependency.get("api_name") is False else None)
        self.api_visibility: str = known.visibility
        self.is_valid: bool = known.is_valid
        self.backend_fn: Any = self.dependency.get("backend_fn", known.callable)
        self.oauth_token_requirement = known.takes_oauth_token

    # Few programs ask for these, and an app may have any number of functions and components.

    @cached_property
    def parameters_info(self) -> list[dict[str, Any]] | None:
        """What /info says of its parameters, None if it has no name."""
        info = self._known.info
        return None if info is None else _dicts(info.get("parameters"))

    @cached_property
    def input_component_types(self) -> list[ComponentApiType]:
        """What its inputs mean to callers."""
        return _types(self._inside.schema, self.dependency.get("inputs"))

    @cached_property
    def output_component_types(self) -> list[ComponentApiType]:
        """What its outputs mean to callers."""
        return _types(self._inside.schema, self.dependency.get("outputs"))

    @property
    def client(self) -> Client:
        """The client that it belongs to. Raises ValueError if that is gone."""
        client = self._client()
        if client is None:
            raise ValueError(
                f"the client that the endpoint {self.api_name} belongs to is gone; keep it as well"
            )
        return client

    @property
    def _inside(self) -> Inside:
        return self.client._inside  # noqa: SLF001  # pyright: ignore[reportPrivateUsage]

    @property
    def _known(self) -> CleanEndpoint:
        return self._inside.schema.endpoints[self.fn_index]

    def __repr__(self) -> str:
        return one_line(f"<Endpoint {self._title} below {self.root_url}>")

    # -- calling ----------------------------------------------------------------------------------

    def make_end_to_end_fn(self, helper: Communicator | None = None) -> Callable[..., Any]:
        """Return a function that calls the endpoint with its arguments by position, and returns the result.

        It takes ``event_data`` and ``trigger_id`` by name. ``helper`` is told of the job.
        """

        def call(*data: Any, event_data: Any = None, trigger_id: int | None = None) -> Any:
            headers = None if helper is None else helper.request_headers
            job = self.client.submit_event(self._known, data, headers, event_data, trigger_id)
            if helper is not None:
                helper.sent = job
            return job.result()

        return call

    # -- files ------------------------------------------------------------------------------------

    def process_input_files(self, *data: Any) -> tuple[Any, ...]:
        """Return values with their files uploaded."""
        return tuple(
            traverse(value, partial(self._upload_file, data_index=index), is_file_obj_with_meta)
            for index, value in enumerate(data)
        )

    def process_predictions(self, *predictions: Any) -> Any:
        """Return the values of an answer as a caller gets them: files fetched, one value bare, several as a tuple."""
        inside = self._inside
        calls = inside.connection.calls
        delivery = Delivery(
            inside.form, MemoryFile, partial(LazyFile, fetcher=calls, owner=self.client), frame_of
        )
        with translating():
            return calls.collect(self._known, Output(list(predictions), None, has_files=True), delivery, None)

    def download_files(self, *data: Any) -> tuple[Any, ...]:
        """Return values with their files fetched."""
        marked = self._inside.schema.dialect.file_mark is FileMark.META
        is_root = is_file_obj_with_meta if marked else is_file_obj
        return tuple(traverse(list(data), self._download_file, is_root))

    def _upload_file(self, f: Mapping[str, Any], data_index: int = 0) -> dict[str, Any]:
        """Upload one file, a dict with its ``path``, and return the dict that stands for it in a call."""
        del data_index
        path = str(f["path"])
        name = Path(path).name
        if not is_http_url_like(path):
            inside = self._inside
            one = Upload((0,), FileSource.of(path))
            with translating():
                check_uploads([one], inside.schema.max_file_size, self._known.title)
            (path,) = inside.run(upload(inside.connection.access, [one], {}))
        return {"path": path, "orig_name": name, "meta": dict(META)}

    def _download_file(self, x: Mapping[str, Any]) -> str:
        """Fetch one file of a result, a dict with its ``path``, and return its path on this machine."""
        inside = self._inside
        access = inside.connection.access
        return inside.run(fetch_file(access, result_file(access, x)))


def endpoints_of(client: Client, schema: AppSchema) -> dict[int, Endpoint]:
    """Return the functions of the app by fn_index."""
    dependencies = _dependencies(schema)
    return {index: Endpoint(client, index, dependencies.get(index, {})) for index in schema.endpoints}


def _dependencies(schema: AppSchema) -> dict[Any, dict[str, Any]]:
    listed = _dicts(schema.config.get("dependencies"))
    return {found.get("id", place): found for place, found in enumerate(listed)}


def _types(schema: AppSchema, ids: object) -> list[ComponentApiType]:
    wanted = cast("list[object]", ids if isinstance(ids, list) else [])
    components = {found.get("id"): found for found in _dicts(schema.config.get("components"))}
    types: list[ComponentApiType] = []
    for number in wanted:
        component = components.get(number, {})
        kind = str(component.get("type"))
        shown = component.get("api_info_as_input") or component.get("api_info")
        skip = bool(component.get("skip_api", kind in SKIP_COMPONENTS))
        types.append(ComponentApiType(skip, "gradio.FileData" in str(shown), kind == "state"))
    return types


# What callers do not see: State, layout, and what a page draws around the components.
SKIP_COMPONENTS = frozenset(
    {
        "accordion", "box", "column", "dataset", "form", "group", "interpretation", "row", "sidebar", "state", "tab",
        "tabitem", "tabs",
    }
)  # fmt: skip


def _dicts(listed: object) -> list[dict[str, Any]]:
    items = cast("list[object]", listed if isinstance(listed, list) else [])
    return [cast("dict[str, Any]", item) for item in items if isinstance(item, dict)]
