"""From the arguments of a call to the values that are sent.

Vectors: payloads.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import field, replace
from typing import Any, cast

from gradlink._dataclass import dataclass
from gradlink._io import Source, Sources
from gradlink._protocol.datauri import content_of
from gradlink._protocol.dialect import Dialect, FileForm
from gradlink._protocol.filedata import (
    META,
    FileData,
    content_uri,
    file_name,
    form_of,
    is_private_address,
    local_source,
    own_server_path,
    sent_file,
)
from gradlink._protocol.jsonvalue import MAX_DEPTH, JSONObject, JSONValue, shortened
from gradlink._protocol.mistakes import Mistake, mistakes_in
from gradlink._protocol.routes import Routes
from gradlink._protocol.schema import Endpoint, Parameter
from gradlink.errors import ArgumentError, EndpointError

# What the official clients took once, with what to write instead.
REMOVED_ARGUMENTS = {
    "serialize": "values are JSON, files are given with handle_file()",
    "output_dir": "use download_files=<directory>",
    "upload_files": "files are uploaded where handle_file(), a Path, bytes or an open file stands",
    "hf_token": "use token=",
    "max_threads": "use max_workers=",
    "result_callbacks": "predict() returns the result; submit() takes them",
}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file to send before the call: where its server path goes in the data, and what it is."""

    path: tuple[str | int, ...]
    source: Source
    form: FileForm = FileForm.FILE_DATA

    @property
    def inline(self) -> bool:
        """The content goes into the data itself; nothing is uploaded."""
        return self.form in {FileForm.INLINE, FileForm.DATA_URI}


@dataclass(frozen=True, slots=True)
class Payload:
    """A call ready to be sent.

    Attributes:
        endpoint: the function.
        data: one value per input; State and layout are null, files to upload too.
        uploads: what the nulls of files stand for.
        arguments: what it was bound from, to bind it again when the app has been restarted; None for values of a page.
        sources: what its files were made with.
        event_data: what the function's ``gr.SelectData`` or another ``gr.EventData`` is made of.
        trigger_id: the component whose event the call is, None if it is nobody's.
        mistakes: arguments that look wrong.
    """

    endpoint: Endpoint
    data: list[JSONValue]
    uploads: tuple[Upload, ...]
    sources: Sources = field(repr=False)
    arguments: tuple[Sequence[Any], Mapping[str, Any]] | None = ((), {})
    event_data: JSONValue = None
    trigger_id: int | None = None
    mistakes: tuple[Mistake, ...] = ()

    def refuse_mistakes(self) -> None:
        """Raise ArgumentError if the app is certain to refuse an argument, most often without a reason."""
        for mistake in self.mistakes:
            if mistake.certain:
                raise ArgumentError(f"{self.endpoint.title}: {mistake.text}")

    def with_files(self, contents: Sequence[str]) -> list[JSONValue]:
        """Return the data with its files: for each upload the server's path, or a data URI if it is inline."""
        data = self.data
        for upload, content in zip(self.uploads, contents, strict=True):
            _put(data, upload.path, sent_file(upload.form, upload.source.name, content))
        return data

    def body(self, data: list[JSONValue], session_hash: str, oauth_token: str | None) -> JSONObject:
        """Return the body of the join, or of the direct route."""
        body: JSONObject = {
            "data": data,
            "fn_index": self.endpoint.fn_index,
            "session_hash": session_hash,
            "event_data": self.event_data,
            "trigger_id": self.trigger_id,
        }
        if oauth_token and self.endpoint.takes_oauth_token:
            body["oauth_token"] = oauth_token
        return body


def bind(
    endpoint: Endpoint,
    args: Sequence[Any],
    kwargs: Mapping[str, Any],
    routes: Routes,
    dialect: Dialect,
    sources: Sources,
) -> Payload:
    """Return what calling ``endpoint`` with these arguments sends.

    The values are copied: what the caller changes afterwards changes nothing.

    Raises:
        ArgumentError: a parameter is unknown, missing or given twice, or a value is not JSON and no file.
    """
    if not endpoint.callable:
        raise ArgumentError(
            f"{endpoint.title} runs only in the app's page; the server has no function for it"
        )
    if endpoint.batch and dialect.queue_may_stop:
        raise EndpointError(
            f"{endpoint.title} is a batch function: on Gradio {dialect.release} one call of it stops the app's queue "
            "for everybody, so the call is not made; the app needs Gradio 4.16 or newer"
        )
    values = _match(endpoint, args, kwargs)
    mistakes = mistakes_in(endpoint.parameters, values, dialect)
    _fill_in(endpoint, values)
    forms = {p.slot: form_of(p.component, dialect) for p in endpoint.parameters}
    plain = frozenset(p.slot for p in endpoint.parameters if p.plain)
    collector = _Collector(endpoint, routes, sources, forms, plain)
    data: list[JSONValue] = [None] * max(endpoint.input_count, len(endpoint.parameters), len(values))
    for slot, (title, value) in values.items():
        data[slot] = collector.read(value, (slot,), title, 0)
    return Payload(endpoint, data, tuple(collector.uploads), sources, (args, kwargs), mistakes=mistakes)


def with_event(payload: Payload, event_data: Any) -> Payload:
    """Return ``payload`` with the data of the event that the call stands for, such as ``{"index": 0, "value": "a"}``.

    Raises ArgumentError if it is not JSON.
    """
    if event_data is None:
        return payload
    collector = _Collector(payload.endpoint, Routes(""), payload.sources, {}, frozenset({0}))
    copied = collector.read(event_data, (0,), "event_data", 0)
    if collector.uploads:
        raise ArgumentError(
            f"{payload.endpoint.title}: event_data holds a file; it is JSON, such as {{'index': 0, 'value': 'a'}}"
        )
    return replace(payload, event_data=copied)


@dataclass(frozen=True, slots=True)
class PageEvent:
    """What a page of the app sends beside the values of a call.

    Attributes:
        data: what the function's ``gr.EventData`` is made of, None if the event has none.
        trigger_id: the component that it happened to.
    """

    data: JSONValue = None
    trigger_id: int | None = None


def bind_page(
    endpoint: Endpoint, values: Sequence[Any], event: PageEvent, dialect: Dialect, sources: Sources
) -> Payload:
    """Return the call that a page of the app makes: one value for every input, State and layout included.

    Values go out as they are, except that what stands for a file of this machine is uploaded.

    Raises ArgumentError for values that are not JSON.
    """
    everything = frozenset(range(len(values)))
    forms = dict.fromkeys(everything, FileForm.FILE_DATA)
    forms |= {p.slot: form_of(p.component, dialect) for p in endpoint.parameters}
    collector = _Collector(endpoint, Routes(""), sources, forms, everything)
    data = [collector.read(value, (slot,), f"input {slot}", 0) for slot, value in enumerate(values)]
    return Payload(endpoint, data, tuple(collector.uploads), sources, None, event.data, event.trigger_id)


def rebind(payload: Payload, endpoint: Endpoint, routes: Routes, dialect: Dialect) -> Payload:
    """Return ``payload`` for ``endpoint``, which is its own after a restart of the app."""
    if payload.arguments is None:
        return replace(payload, endpoint=endpoint)
    args, kwargs = payload.arguments
    fresh = bind(endpoint, args, kwargs, routes, dialect, payload.sources)
    return replace(fresh, event_data=payload.event_data)


def _match(endpoint: Endpoint, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[int, tuple[str, Any]]:
    parameters = endpoint.parameters
    if len(args) > len(parameters):
        raise ArgumentError(
            f"{endpoint.title} takes {len(parameters)} arguments, {len(args)} were given; {takes(endpoint)}"
        )
    values = {p.slot: (p.name, value) for p, value in zip(parameters, args, strict=False)}
    by_name = {parameter.name: parameter for parameter in parameters}
    for name, value in kwargs.items():
        parameter = by_name.get(name)
        if parameter is None:
            raise _unknown(endpoint, name, by_name)
        if parameter.slot in values:
            raise ArgumentError(
                f"{endpoint.title} got {name!r} twice, by position and by name; {takes(endpoint)}"
            )
        values[parameter.slot] = (parameter.name, value)
    missing = [p.name for p in parameters if p.slot not in values and not p.has_default]
    if missing:
        raise ArgumentError(f"{endpoint.title} needs {shortened(missing)}; {takes(endpoint)}")
    return values


def _fill_in(endpoint: Endpoint, values: dict[int, tuple[str, Any]]) -> None:
    """Add the defaults of the parameters that the caller has left out."""
    for parameter in endpoint.parameters:
        if parameter.slot not in values:
            values[parameter.slot] = (parameter.name, parameter.default)


def takes(endpoint: Endpoint) -> str:
    """Return the parameters of ``endpoint`` as text for messages."""
    if not endpoint.parameters:
        return "it takes no arguments"
    return "it takes: " + ", ".join(_shown(parameter) for parameter in endpoint.parameters)


def _shown(parameter: Parameter) -> str:
    if not parameter.has_default:
        return parameter.name
    default = repr(parameter.default)
    return f"{parameter.name} (default {default if len(default) <= 60 else default[:57] + '...'})"


def _unknown(endpoint: Endpoint, name: str, by_name: Mapping[str, Parameter]) -> ArgumentError:
    if name in REMOVED_ARGUMENTS:
        return ArgumentError(f"{endpoint.title} has no parameter {name!r}; {REMOVED_ARGUMENTS[name]}")
    import difflib

    close = difflib.get_close_matches(name, by_name, n=1)
    hint = f", did you mean {close[0]!r}?" if close else ";"
    return ArgumentError(f"{endpoint.title} has no parameter {name!r}{hint} {takes(endpoint)}")


class _Collector:
    """Copies values and picks out the files to upload."""

    def __init__(
        self,
        endpoint: Endpoint,
        routes: Routes,
        sources: Sources,
        forms: Mapping[int, FileForm],
        plain: frozenset[int],
    ) -> None:
        self.uploads: list[Upload] = []
        self._forms = forms
        self._plain = plain
        self._endpoint = endpoint
        self._routes = routes
        self._sources = sources

    def read(self, value: Any, path: tuple[str | int, ...], title: str, depth: int) -> JSONValue:
        if depth > MAX_DEPTH:
            raise ArgumentError(f"{self._endpoint.title}: {title} is nested more than {MAX_DEPTH} deep")
        match value:
            case None | bool() | int() | float() | str():
                return value
            case dict():
                return self._read_dict(cast("Mapping[Any, Any]", value), path, title, depth)
            case list() | tuple():
                items = cast("Sequence[Any]", value)
                return [self.read(item, (*path, i), title, depth + 1) for i, item in enumerate(items)]
            case _:
                source = self._sources.found(value)
                if source is None:
                    raise ArgumentError(
                        f"{self._endpoint.title}: {title} holds a {type(value).__name__}, which is neither JSON "
                        "(None, bool, int, float, str, list, dict) nor a file (handle_file(), Path, bytes, open file)"
                    )
                self._upload(path, source)
                return None

    def _upload(self, path: tuple[str | int, ...], source: Source) -> None:
        slot = path[0]
        form = self._forms.get(slot, FileForm.FILE_DATA) if isinstance(slot, int) else FileForm.FILE_DATA
        self.uploads.append(Upload(path, source, form))

    def _content(self, uri: str, title: str) -> bytes:
        try:
            return content_of(uri)
        except ValueError as exc:
            raise ArgumentError(
                f"{self._endpoint.title}: {title} has a file whose data URI is broken"
            ) from exc

    def _unmarked(self, path: object, title: str) -> object:
        """Return the path of a file that is the app's; one of this machine has lost its mark, and the app does not have it."""
        if isinstance(path, str) and self._sources.named(path):
            raise ArgumentError(
                f"{self._endpoint.title}: {title} is a copy of what handle_file({path!r}) returned, made by way of JSON or with "
                f"another path; the file cannot be sent by it, give handle_file({path!r}) itself"
            )
        return path

    def _read_dict(
        self, value: Mapping[Any, Any], path: tuple[str | int, ...], title: str, depth: int
    ) -> JSONValue:
        source = local_source(value)
        if source is not None:
            self._upload(path, source)
            return None
        # What a parameter of mere JSON is given goes to the app as it is, unless the caller says that it is a file.
        if isinstance(value, FileData) or (value.get("meta") == META and path[0] not in self._plain):
            url = value.get("url") or self._unmarked(value.get("path"), title)
            own = own_server_path(self._routes, url) if isinstance(url, str) else None
            if own is not None:
                # The server reads its own file; it would refuse to fetch it from itself by URL.
                return {**_plain(value), "path": own, "meta": dict(META)}
        uri = content_uri(value) if isinstance(value, FileData) else None
        if uri is not None:
            self._upload(path, self._sources.of(self._content(uri, title), file_name(value)))
            return None
        # An app must not have its callers fetch something from their own network and send it to an app.
        if (
            isinstance(value, FileData)
            and value.url
            and value.may_be_fetched
            and is_private_address(value.url)
        ):
            self._upload(path, self._sources.at(value.url, value.orig_name or "file"))
            return None
        result: JSONObject = {}
        for key, item in value.items():
            if not isinstance(key, (str, int)):
                raise ArgumentError(
                    f"{self._endpoint.title}: {title} has the key {key!r}; JSON requires strings"
                )
            name = key if isinstance(key, str) else str(key)
            result[name] = self.read(item, (*path, name), title, depth + 1)
        return result


def _plain(value: Mapping[Any, Any]) -> JSONObject:
    return {str(key): item for key, item in value.items() if isinstance(item, (str, int, float, bool))}


def _put(data: Any, path: tuple[str | int, ...], value: JSONValue) -> None:
    for key in path[:-1]:
        data = data[key]
    data[path[-1]] = value
