"""The endpoints of an app as the command line has them: found by name, with fields to fill in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from gradlink._describe.controls import Control, Labelled, controls
from gradlink._describe.functions import call_arguments
from gradlink._describe.shapes import Boolean, Choice, Many, Shape
from gradlink._describe.signature import shown_type
from gradlink._describe.taken import taken_shape
from gradlink._describe.typehints import entry_type, parameter_type
from gradlink._protocol.jsonvalue import JSONValue, as_list, as_text, get_path
from gradlink.errors import EndpointError

if TYPE_CHECKING:
    from gradlink._protocol.schema import Endpoint, Parameter
    from gradlink.client import Client, Job


_TEXTS = frozenset({"textbox", "markdown", "html", "code", "chatbot", "textarea"})


@dataclass(frozen=True, slots=True)
class Field:
    """A parameter of an endpoint, what the app's page lets its user do with it, and which values it takes."""

    parameter: Parameter
    control: Control
    shape: Shape

    @property
    def name(self) -> str:
        """What stands before the ``=``."""
        return self.parameter.name

    @property
    def label(self) -> str:
        """The component's label on the app's page."""
        return self.parameter.label

    @property
    def choices(self) -> tuple[Labelled, ...]:
        """Label and value of what can be chosen."""
        return self.control.choices

    @property
    def flag(self) -> str:
        """The option that gives it, such as ``--num-steps``."""
        return "--" + self.parameter.name.strip("_").replace("_", "-")


def callable_endpoints(client: Client, *, everything: bool = False) -> list[Endpoint]:
    """Return the endpoints that can be called, those with a name first; those not listed by the app if ``everything``."""
    usable = [e for e in client.endpoints.values() if e.callable and e.is_valid]
    listed = [e for e in usable if everything or (e.api_name and e.visibility == "public")]
    return sorted(listed, key=lambda e: e.api_name is None)


def endpoint_of(client: Client, name: str | None) -> Endpoint:
    """Return the endpoint that ``name`` means: a name with or without its slash, or a number, which is a ``fn_index``.

    None means the only one of the app. Raises EndpointError if there is no such endpoint.
    """
    if name is None:
        public = callable_endpoints(client)
        if len(public) == 1:
            return public[0]
        names = ", ".join(e.title for e in public[:20]) or "none with a name"
        raise EndpointError(f"the app has {len(public)} endpoints, name one: {names}")
    wanted = name if name.startswith("/") else f"/{name}"
    for endpoint in client.endpoints.values():
        if endpoint.is_valid and (endpoint.api_name == wanted or str(endpoint.fn_index) == name):
            return endpoint
    raise EndpointError(_unknown(client, wanted))


def fields_of(client: Client, endpoint: Endpoint) -> list[Field]:
    """Return the fields of an endpoint, in the order of its parameters."""
    return [
        Field(parameter, control, taken_shape(parameter, multiple=control.multiple))
        for parameter, control in zip(endpoint.parameters, controls(client.config, endpoint), strict=True)
    ]


def _unknown(client: Client, wanted: str) -> str:
    from difflib import get_close_matches

    names = [e.api_name for e in callable_endpoints(client, everything=True) if e.api_name]
    close = get_close_matches(wanted, names, n=1)
    hint = f"; did you mean {close[0]}?" if close else "."
    return f"the app has no endpoint {wanted}{hint} It has: {', '.join(names[:20]) or 'none with a name'}"


def submit(client: Client, endpoint: Endpoint, values: Mapping[str, Any]) -> Job:
    """Send a call with ``values`` by name, whatever the endpoint calls its parameters."""
    args, kwargs = call_arguments(endpoint, values)
    fn_index = endpoint.fn_index if endpoint.api_name is None else None
    return client.submit(*args, api_name=endpoint.api_name, fn_index=fn_index, **kwargs)


def type_of(field: Field) -> str:
    """Return the type of what a parameter takes, as text."""
    parameter = field.parameter
    return shown_type(parameter_type(parameter), parameter.has_default, parameter.default)


def returns_of(endpoint: Endpoint) -> list[tuple[str, str, str]]:
    """Return label, type and component of each value of a result."""
    entries = as_list(get_path(endpoint.info, "returns"))
    components = endpoint.shown(endpoint.output_types)
    return [
        (
            as_text(get_path(entry, "label")) or f"value {position}",
            entry_type(entry),
            as_text(get_path(entry, "component"))
            or (components[position] if position < len(components) else ""),
        )
        for position, entry in enumerate(entries)
    ]


def is_flag(field: Field) -> bool:
    """Tell whether a parameter is true or false, so that its option needs no value."""
    return isinstance(field.shape, Boolean)


def streams_text(endpoint: Endpoint) -> bool:
    """Tell whether the first thing that an endpoint returns is a text, or a conversation."""
    first = next(iter(endpoint.shown(endpoint.output_types)), "")
    if first == "api":
        return any(kind == "str" for _, kind, _ in returns_of(endpoint)[:1])
    return first in _TEXTS


def choices_of(field: Field) -> tuple[JSONValue, ...]:
    """Return the values that can be chosen, by the app's page or else by its schema; none if anything can be given."""
    if field.control.choices:
        return tuple(value for _, value in field.control.choices)
    shape = field.shape.items if isinstance(field.shape, Many) else field.shape
    return shape.values if isinstance(shape, Choice) and not (shape.others or shape.left_out) else ()
