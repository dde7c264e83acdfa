"""The app as its /config and /info describe it.

Wire: /config (all versions) and /info (since 3.26). Vectors: schemas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Literal, TypeVar

from gradlink._dataclass import dataclass
from gradlink._protocol.dialect import Dialect, read_dialect
from gradlink._protocol.fileschema import mentions_file
from gradlink._protocol.jsonvalue import (
    JSONObject,
    JSONValue,
    as_int,
    as_list,
    as_object,
    as_text,
    get_path,
    shortened,
)
from gradlink._protocol.names import identifiers
from gradlink._protocol.version import AppVersion
from gradlink.errors import EndpointError, InvalidAPIEndpointError, ProtocolError

T = TypeVar("T")
Visibility = Literal["public", "undocumented", "private"]

# Components that hold nothing to send or to show; from 4.0 on /config marks them with skip_api.
LAYOUT_TYPES = frozenset(
    {
        "state", "row", "column", "tabs", "tab", "tabitem", "box", "form", "accordion", "group",
        "interpretation", "dataset", "sidebar",
    }
)  # fmt: skip

# Components whose values are any JSON.
_PLAIN_TYPES = frozenset({"json", "browserstate"})


@dataclass(frozen=True, slots=True)
class Parameter:
    """One parameter of an endpoint.

    Attributes:
        name: name for keyword arguments; made from the label where the server sends none (before 4.23).
        label: the component's label, not unique.
        component: class of the component, such as "Textbox".
        stated_type: type of the value as the server writes it, such as "float"; "" if it does not.
        description: the type in words, "" if there are none.
        has_default: it may be left out.
        default: what it is then; None is a possible default.
        slot: place in the list of values that is sent.
        plain: its value is JSON without files, whatever it looks like.
        schema: JSON Schema of the value, None if the app gives none.
    """

    name: str
    label: str
    component: str
    stated_type: str
    description: str
    has_default: bool
    default: JSONValue
    slot: int
    plain: bool = False
    schema: JSONValue = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Endpoint:
    """A function of the app.

    Attributes:
        fn_index: the server's id of the function.
        api_name: its name with a leading slash, None if it has none.
        parameters: what a caller gives; State and layout are left out.
        input_count: values that are sent; places that belong to no parameter are null.
        skipped_outputs: for each value that is received, whether callers do not see it.
        returns: labels of the outputs that callers see.
        output_types: for each value that is received, its component, such as "textbox".
        plain_outputs: for each value that is received, whether it is JSON without files, whatever it looks like.
        queued: it goes through the queue.
        generator: it may bring several values.
        stateful: it reads or writes the session's State.
        batch: the server may run it for several callers at once.
        live: it is fed with further input while it runs.
        visibility: whether it is listed and may be called.
        callable: the server has a function behind it.
        takes_oauth_token: "required", "optional", or None if it is not to be sent.
        session_hash: the only session that has it (made by ``gr.render``), None for all.
        render_id: which ``gr.render`` made it, None if none did.
        description: what its author wrote about it.
        cancels: ids of the functions that calling it cancels.
    """

    fn_index: int
    api_name: str | None
    parameters: tuple[Parameter, ...] = ()
    input_count: int = 0
    skipped_outputs: tuple[bool, ...] = ()
    returns: tuple[str, ...] = ()
    output_types: tuple[str, ...] = ()
    plain_outputs: tuple[bool, ...] = ()
    queued: bool = True
    generator: bool = False
    stateful: bool = False
    batch: bool = False
    live: bool = False
    visibility: Visibility = "public"
    callable: bool = True
    takes_oauth_token: str | None = None
    session_hash: str | None = None
    render_id: int | None = None
    description: str = ""
    cancels: tuple[int, ...] = ()
    info: JSONObject | None = field(default=None, repr=False, compare=False)

    @property
    def title(self) -> str:
        """The name for messages: ``/predict`` or ``fn_index=3``."""
        return self.api_name or f"fn_index={self.fn_index}"

    @property
    def takes_direct_route(self) -> bool:
        """It is called without the queue.

        That route gives only the first value of a generator, while the queue takes every function.
        """
        return not self.queued and not self.generator and not self.live

    @property
    def is_valid(self) -> bool:
        """The app lets it be called through its API."""
        return self.visibility != "private"

    def shown(self, items: Sequence[T]) -> list[T]:
        """Return those of ``items``, one per value that is received, that callers see."""
        return [item for item, skip in zip(items, self.skipped_outputs, strict=False) if not skip]

    @property
    def seen_types(self) -> tuple[str | None, ...]:
        """Return the component of each value that is received, None where callers do not see it."""
        pairs = zip(self.output_types, self.skipped_outputs, strict=True)
        return tuple(None if skip else component for component, skip in pairs)

    @property
    def api_visibility(self) -> Visibility:
        return self.visibility

    @property
    def parameters_info(self) -> list[JSONValue] | None:
        """The parameters as /info gives them, None if it does not."""
        return None if self.info is None else as_list(self.info.get("parameters"))


@dataclass(frozen=True, slots=True)
class AppSchema:
    """What a client needs to know of an app.

    Attributes:
        config: /config as received.
        info: /info as received, or made from /config if the server has none or failed to make it.
        dialect: what its server can do.
        endpoints: by fn_index.
        wants_heartbeat: the app has State, unload or stream events.
        max_file_size: bytes that an uploaded file may have, None for no limit.
        app_id: changes when the app is restarted.
    """

    config: JSONObject = field(repr=False)
    info: JSONObject = field(repr=False)
    version: AppVersion
    dialect: Dialect
    prefix: str
    endpoints: Mapping[int, Endpoint] = field(repr=False)
    wants_heartbeat: bool
    max_file_size: int | None
    app_id: JSONValue

    def find(self, api_name: str | None, fn_index: int | None) -> Endpoint:
        """Return the endpoint that is meant; without a name or index, the only public one.

        Raises:
            EndpointError: there is no such endpoint, or several where none is named.
            InvalidAPIEndpointError: the app does not let it be called.
        """
        if api_name is not None:
            return self._by_name(api_name)
        if fn_index is not None:
            return self._by_index(fn_index)
        public = [
            e for e in self.endpoints.values() if e.callable and e.api_name and e.visibility == "public"
        ]
        if len(public) == 1:
            return public[0]
        names = shortened([endpoint.title for endpoint in public]) or "none"
        raise EndpointError(f"the app has {len(public)} public endpoints; name one with api_name: {names}")

    def same_function(self, before: Endpoint) -> Endpoint:
        """Return the function that a page of the app before its restart calls, whoever may call it through the API.

        Raises EndpointError if the app has another one in its place, or none.
        """
        endpoint = self.endpoints.get(before.fn_index)
        if endpoint is None or endpoint.api_name != before.api_name:
            raise EndpointError(
                f"the app was changed: it has no {before.title} any more; load its page again"
            )
        return endpoint

    def input_props(self, endpoint: Endpoint, slot: int) -> JSONObject:
        """Return what /config says of the component of an input; nothing for what ``gr.render`` made."""
        inputs = input_components(self.config, endpoint.fn_index)
        return as_object(inputs[slot].get("props")) if slot < len(inputs) else {}

    def _by_name(self, api_name: object) -> Endpoint:
        if not isinstance(api_name, str):
            raise EndpointError(f"api_name is a string such as '/predict', not {api_name!r}")
        named = [endpoint for endpoint in self.endpoints.values() if endpoint.api_name == api_name]
        usable = [endpoint for endpoint in named if endpoint.is_valid]
        if usable:
            return usable[0]
        if named:
            raise InvalidAPIEndpointError(f"the app keeps its endpoint {api_name!r} private")
        names = [e.api_name for e in self.endpoints.values() if e.api_name and e.is_valid]
        text = f"the app has no endpoint {api_name!r}"
        if not api_name.startswith("/") and "/" + api_name in names:
            raise EndpointError(f"{text}; names begin with a slash, did you mean '/{api_name}'?")
        import difflib

        close = difflib.get_close_matches("/" + api_name.lstrip("/"), names, n=1)
        hint = f"did you mean {close[0]!r}? It" if close else "it"
        raise EndpointError(f"{text}; {hint} has: {shortened(names) or 'none'}")

    def _by_index(self, fn_index: object) -> Endpoint:
        endpoint = self.endpoints.get(fn_index) if isinstance(fn_index, int) else None
        if endpoint is None:
            known = shortened([str(index) for index in self.endpoints]) or "none"
            raise EndpointError(f"the app has no function with fn_index={fn_index!r}; it has: {known}")
        if not endpoint.is_valid:
            raise InvalidAPIEndpointError(f"the app keeps its function fn_index={fn_index} private")
        return endpoint


def read_app(config: JSONObject, info: JSONObject | None) -> AppSchema:
    """Return what ``config`` and ``info`` say; ``info`` is None where the server gave none.

    Raises ProtocolError for an app that gradlink cannot talk to.
    """
    if "allow_flagging" in config:
        raise ProtocolError("this is a Gradio 2 app; gradlink supports Gradio 3.1.5 and newer")
    if "dependencies" not in config:
        raise ProtocolError(f"/config has no 'dependencies'; it has: {shortened(list(config)) or 'nothing'}")
    dialect = read_dialect(config)
    endpoints = read_endpoints(config, info or {}, dialect)
    described = _completed(info, endpoints) if info is not None else _info_of(endpoints)
    return AppSchema(
        config=config,
        info=described,
        version=AppVersion(dialect.release),
        dialect=dialect,
        prefix=as_text(config.get("api_prefix")) or "",
        endpoints={endpoint.fn_index: endpoint for endpoint in endpoints},
        wants_heartbeat=config.get("connect_heartbeat") is True,
        max_file_size=as_int(config.get("max_file_size")),
        app_id=config.get("app_id"),
    )


def _info_of(endpoints: list[Endpoint]) -> JSONObject:
    named: JSONObject = {}
    for endpoint in endpoints:
        if endpoint.api_name and endpoint.callable and endpoint.visibility == "public":
            named.setdefault(endpoint.api_name, endpoint.info)
    return {"named_endpoints": named, "unnamed_endpoints": {}}


def _completed(info: JSONObject, endpoints: list[Endpoint]) -> JSONObject:
    """Return ``info`` with the defaults that a server before 4.23 leaves out: those that calls get."""
    named: JSONObject = dict(as_object(info.get("named_endpoints")))
    for endpoint in reversed(endpoints):  # the first of several with one name wins
        described = as_object(named.get(endpoint.api_name or ""))
        listed = as_list(described.get("parameters"))
        if not listed or len(listed) != len(endpoint.parameters):
            continue
        parameters: list[JSONValue] = [
            {**_default_of(parameter), **as_object(entry)}
            for parameter, entry in zip(endpoint.parameters, listed, strict=True)
        ]
        named[endpoint.api_name or ""] = {**described, "parameters": parameters}
    return {**info, "named_endpoints": named}


def _default_of(parameter: Parameter) -> JSONObject:
    if not parameter.has_default:
        return {}
    return {"parameter_has_default": True, "parameter_default": parameter.default}


def read_endpoints(config: JSONObject, info: JSONObject, dialect: Dialect) -> list[Endpoint]:
    """Return the endpoints of a /config, or of a ``render_config``, in their order."""
    components = _by_id(config)
    queue_default = config.get("enable_queue") is not False
    endpoints: list[Endpoint] = []
    for index, raw in enumerate(as_list(config.get("dependencies"))):
        dependency = as_object(raw)
        # Before 4.32 a dependency has no id, its index is the id.
        fn_index = as_int(dependency.get("id"))
        described = _described(info, dependency, index if fn_index is None else fn_index)
        endpoints.append(
            _endpoint(
                index if fn_index is None else fn_index,
                dependency,
                components,
                described,
                dialect,
                queue_default,
            )
        )
    return endpoints


def input_components(config: JSONObject, fn_index: int) -> list[JSONObject]:
    """Return the component of each input of a function, as /config has it; {} for one that it does not have.

    Before 4.32 a function has no id, its index is it.
    """
    components = _by_id(config)
    for index, dependency in enumerate(map(as_object, as_list(config.get("dependencies")))):
        own = as_int(dependency.get("id"))
        if (index if own is None else own) == fn_index:
            return [components.get(as_int(key), {}) for key in as_list(dependency.get("inputs"))]
    return []


def _by_id(config: JSONObject) -> dict[JSONValue, JSONObject]:
    """Return the components of a /config by their ids."""
    return {
        component["id"]: component
        for component in map(as_object, as_list(config.get("components")))
        if isinstance(component.get("id"), int)
    }


def without_rendered(schema: AppSchema) -> AppSchema:
    """Return ``schema`` without the endpoints that ``gr.render`` made: they end with their session."""
    kept = {key: endpoint for key, endpoint in schema.endpoints.items() if endpoint.session_hash is None}
    return replace(schema, endpoints=kept)


def with_rendered(schema: AppSchema, render_config: JSONValue, session_hash: str) -> AppSchema:
    """Return ``schema`` with the endpoints that ``gr.render`` made in one session, in place of its earlier ones.

    Wire: ``output.render_config`` of a completed job (since 4.31); they exist in that session only.
    """
    rendered = as_object(render_config)
    if not rendered:
        return schema
    components = as_list(schema.config.get("components")) + as_list(rendered.get("components"))
    config: JSONObject = {"components": components, "dependencies": as_list(rendered.get("dependencies"))}
    endpoints = read_endpoints(config, {}, schema.dialect)
    # Only the render_config says which rendering it is, its dependencies do not.
    render_id = as_int(rendered.get("render_id"))
    made = {e.fn_index: replace(e, session_hash=session_hash, render_id=render_id) for e in endpoints}
    kept = {
        key: e for key, e in schema.endpoints.items() if e.session_hash is None or e.render_id != render_id
    }
    return replace(schema, endpoints={**kept, **made})


def _endpoint(
    fn_index: int,
    dependency: JSONObject,
    components: Mapping[JSONValue, JSONObject],
    described: JSONObject | None,
    dialect: Dialect,
    queue_default: bool,
) -> Endpoint:
    inputs = [components.get(as_int(key), {}) for key in as_list(dependency.get("inputs"))]
    outputs = [components.get(as_int(key), {}) for key in as_list(dependency.get("outputs"))]
    slots = [slot for slot, component in enumerate(inputs) if not _skipped(component)]
    shown = [component for component in outputs if not _skipped(component)]
    if described is None or (len(as_list(described.get("parameters"))) != len(slots) and inputs):
        from gradlink._protocol.rebuild import describe_endpoint  # for the oldest servers only

        described = describe_endpoint([inputs[slot] for slot in slots], shown)
    rendered = as_int(dependency.get("rendered_in")) is not None
    api_name = dependency.get("api_name")
    queue = dependency.get("queue")
    generator = get_path(dependency, "types", "generator")
    queued = (queue_default if queue is None else queue is not False) or (
        # Its answer on the direct route is spoilt.
        dialect.spoils_direct_json and any(component.get("type") == "json" for component in shown)
    )
    return Endpoint(
        fn_index=fn_index,
        api_name=f"/{api_name}" if isinstance(api_name, str) and api_name else None,
        parameters=_parameters(described, inputs, slots),
        input_count=len(inputs),
        skipped_outputs=tuple(_skipped(component) for component in outputs),
        returns=tuple(_label(component) for component in shown),
        output_types=tuple(as_text(component.get("type")) or "" for component in outputs),
        plain_outputs=tuple(_plain(component, "api_info_as_output") for component in outputs),
        queued=queued,
        # Where it is unknown whether a function streams, one outside of the queue cannot.
        generator=generator is True or (generator is None and queued and not dialect.tells_generators),
        stateful=rendered or any(component.get("type") == "state" for component in [*inputs, *outputs]),
        batch=dependency.get("batch") is True,
        live=dependency.get("connection") == "stream",
        visibility=_visibility(dependency),
        callable=dependency.get("backend_fn") is not False,
        takes_oauth_token=as_text(described.get("oauth_token")),
        description=_description(dependency, described),
        cancels=tuple(key for key in as_list(dependency.get("cancels")) if isinstance(key, int)),
        info=described,
    )


def _described(info: JSONObject, dependency: JSONObject, fn_index: int) -> JSONObject | None:
    name = dependency.get("api_name")
    if isinstance(name, str) and name:
        found = as_object(info.get("named_endpoints")).get(f"/{name}")
    else:
        found = as_object(info.get("unnamed_endpoints")).get(str(fn_index))
    return found if isinstance(found, dict) else None


def _parameters(described: JSONObject, inputs: list[JSONObject], slots: list[int]) -> tuple[Parameter, ...]:
    listed = [as_object(entry) for entry in as_list(described.get("parameters"))]
    if len(listed) != len(slots) and not inputs:
        # A function with parameters but no components.
        slots = list(range(len(listed)))
    names = _names(listed)
    return tuple(
        _parameter(entry, name, slot, inputs[slot] if slot < len(inputs) else {})
        for entry, name, slot in zip(listed, names, slots, strict=False)
    )


def _names(listed: list[JSONObject]) -> tuple[str, ...]:
    """Return the names of parameters. A server before 4.23 sends none: they are made from the labels then."""
    given = [as_text(entry.get("parameter_name")) for entry in listed]
    if all(name is not None for name in given):
        return tuple(name or "" for name in given)
    return identifiers([as_text(entry.get("label")) or "value" for entry in listed])


def _parameter(entry: JSONObject, name: str, slot: int, component: JSONObject) -> Parameter:
    plain = _plain(component, "api_info_as_input")
    if "parameter_has_default" not in entry:
        # The same: the default is what the component holds.
        from gradlink._protocol.rebuild import describe_default

        entry = {**describe_default(component), **entry}
    return Parameter(
        name=name,
        label=as_text(entry.get("label")) or f"parameter_{slot}",
        component=as_text(entry.get("component")) or "",
        stated_type=as_text(get_path(entry, "python_type", "type")) or "",
        description=as_text(get_path(entry, "python_type", "description")) or "",
        has_default=entry.get("parameter_has_default") is True,
        default=entry.get("parameter_default"),
        slot=slot,
        plain=plain,
        schema=entry.get("type"),
    )


def _skipped(component: JSONObject) -> bool:
    skip = component.get("skip_api")
    return skip if isinstance(skip, bool) else as_text(component.get("type")) in LAYOUT_TYPES


def _plain(component: JSONObject, described: str) -> bool:
    """Tell whether a component's values are JSON without files, so that what looks like one is the app's own data.

    A function of ``gr.api`` has files where its types say so, or where they say nothing at all.
    """
    kind = as_text(component.get("type"))
    if kind != "api":
        return kind in _PLAIN_TYPES
    schema = component.get(described, component.get("api_info"))
    return bool(schema) and not mentions_file(schema)


def _label(component: JSONObject) -> str:
    return as_text(get_path(component, "props", "label")) or as_text(component.get("type")) or "value"


def _visibility(dependency: JSONObject) -> Visibility:
    match dependency.get("api_visibility"):
        case "public":
            return "public"
        case "undocumented":
            return "undocumented"
        case "private":
            return "private"
        case _:
            if dependency.get("api_name") is False:
                return "private"
            return "undocumented" if dependency.get("show_api") is False else "public"


def _description(dependency: JSONObject, described: JSONObject) -> str:
    text = described.get("description", dependency.get("api_description"))
    return text if isinstance(text, str) else ""
