"""A page that is open: what its app is to it, and what it shows."""

from __future__ import annotations

from dataclasses import field

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONValue
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink.codegen.snippets.calls import Value
from gradlink.codegen.snippets.values import Unwritable
from gradlink.errors import EndpointError
from gradlink.recorder.chat import Chat
from gradlink.recorder.page import Dependency, Page
from gradlink.recorder.steps import Step, unnamed
from gradlink.recorder.values import Shown, Values, same
from gradlink.recorder.writable import unwritable


@dataclass(slots=True)
class Session:
    """One page that is open.

    Attributes:
        number: its place among all.
        schema: the app, with what ``gr.render`` has made for this page.
        page: the same, as the page has it.
        chats: the chat interfaces on it.
        shown: what it shows, by the ids of components.
        message: what was written in a chat last.
    """

    number: int
    schema: AppSchema
    page: Page
    chats: list[Chat]
    shown: dict[int, Shown] = field(default_factory=dict[int, Shown])
    message: Value = None


def index_of(api_name: str, schema: AppSchema) -> int:
    """Return the id of the function of this name, -1 if there is none."""
    wanted = "/" + api_name.lstrip("/")
    return next((e.fn_index for e in schema.endpoints.values() if e.api_name == wanted), -1)


def called(endpoint: Endpoint, schema: AppSchema) -> Endpoint:
    """Return ``endpoint`` as it is called: by its name, unless that leads to another one."""
    if endpoint.api_name is None:
        return endpoint
    try:
        found = schema.find(endpoint.api_name, None)
    except EndpointError:
        return endpoint
    return endpoint if found.fn_index == endpoint.fn_index else unnamed(endpoint)


def why_not(endpoint: Endpoint, schema: AppSchema) -> str:
    """Return why a program cannot call ``endpoint``, "" if it can."""
    if endpoint.fn_index not in schema.endpoints:
        return "the app does not describe it"
    if not endpoint.is_valid:
        return "the app keeps it private, so that programs cannot call it"
    return "" if endpoint.callable else "it runs in the page only"


def arguments(
    known: Values, endpoint: Endpoint, session: Session, inputs: tuple[int, ...], data: list[JSONValue]
) -> dict[str, Value]:
    """Return the values that a page sends, by the names of parameters; ``inputs`` are the components that they are from.

    Raises Unwritable if one has no form in a program.
    """
    values: dict[str, Value] = {}
    for parameter in endpoint.parameters:
        if parameter.slot >= len(data):
            continue
        raw = data[parameter.slot]
        component = inputs[parameter.slot] if parameter.slot < len(inputs) else -1
        hidden = session.page.is_hidden(component)
        if parameter.has_default and same(raw, parameter.default) and not (hidden and raw):
            continue
        shown = session.shown.get(component)
        values[parameter.name] = known.argument(raw, parameter, shown, hidden=hidden)
    return values


def fill(known: Values, step: Step, session: Session, dependency: Dependency, data: list[JSONValue]) -> None:
    """Give a step its values."""
    try:
        step.values = arguments(known, step.endpoint, session, dependency.inputs, data)
    except Unwritable as exc:
        step.impossible = step.impossible or f"a program cannot send it, since {exc}"
    step.impossible = step.impossible or unwritable(step.endpoint, step.values)
