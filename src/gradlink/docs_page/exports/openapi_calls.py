"""The operations of an OpenAPI document with which an app's endpoints are called."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from gradlink._dataclass import dataclass
from gradlink._describe.signature import plain_text
from gradlink._protocol.jsonvalue import JSONObject, JSONValue
from gradlink._protocol.schema import Endpoint
from gradlink._text import one_line
from gradlink.docs_page.exports.naming import type_name
from gradlink.docs_page.exports.openapi_files import api_root, refused
from gradlink.docs_page.exports.openapi_values import Values, named_example, positional_example

_MAX_DESCRIPTION: Final = 20_000
# The schemas that an endpoint may have.
KINDS: Final = ("Input", "Output", "Answer")
# Behind the name of a call: that of the request for its result.
RESULT: Final = "_result"
_EVENT_ID: Final[JSONObject] = {
    "type": "object",
    "description": "A call that was accepted.",
    "properties": {"event_id": {"type": "string"}},
    "required": ["event_id"],
}


@dataclass(frozen=True, slots=True)
class Called:
    """An endpoint, and the name that programs have for it.

    Attributes:
        name: in words with underscores, see ``Names.take``.
    """

    endpoint: Endpoint
    name: str

    @property
    def address(self) -> str:
        """What stands for it in a path."""
        return quote((self.endpoint.api_name or "").removeprefix("/"), safe="")

    def component(self, kind: str) -> str:
        """Return the name of one of its schemas: ``GreetInput``."""
        return f"{type_name(self.name)}{kind}"


def is_reachable(endpoint: Endpoint) -> bool:
    """Tell whether an endpoint can be called by its name: one with a slash, or of dots alone, is no part of a path."""
    name = (endpoint.api_name or "").removeprefix("/")
    return bool(name) and "/" not in name and bool(name.strip(".")) and _is_text(name)


def calls(values: Values, called: Sequence[Called], *, login: bool) -> tuple[JSONObject, JSONObject]:
    """Return the paths of all calls, and the schemas that are theirs."""
    paths: JSONObject = {}
    components: JSONObject = {}
    for one in called:
        name = one.component("Output")
        components[name] = values.returned(one.endpoint, name)
        direct = one.endpoint.takes_direct_route or not values.schema.dialect.calls_by_name
        found, described = (_direct if direct else _queued)(values, one, login=login)
        paths |= found
        components |= described
    if any("/call/" in path for path in paths):
        components["CallAccepted"] = dict(_EVENT_ID)
    return paths, components


def _direct(values: Values, one: Called, *, login: bool) -> tuple[JSONObject, JSONObject]:
    """Return the call of an endpoint without the queue, and its schemas."""
    answer: JSONObject = {
        "type": "object",
        "properties": {
            "data": _ref(one.component("Output")),
            "is_generating": {"type": "boolean", "description": "There would be more values."},
            "duration": {"type": ["number", "null"], "description": "Seconds."},
            "average_duration": {"type": ["number", "null"], "description": "Seconds."},
        },
        "required": ["data"],
    }
    name = one.component("Input")
    given = values.positional(one.endpoint, name, sessions=True)
    operation: JSONObject = {
        **_head(one),
        "requestBody": _body(one, positional_example(given)),
        "responses": {
            "200": {
                "description": "The result; of a function that streams, the first value.",
                "content": {"application/json": {"schema": _ref(one.component("Answer"))}},
            },
            **refused("NotFound", "Invalid", "CallFailed", login=login),
        },
    }
    path = f"{api_root(values.schema)}/api/{one.address}"
    return {path: {"post": operation}}, {name: given, one.component("Answer"): answer}


def _queued(values: Values, one: Called, *, login: bool) -> tuple[JSONObject, JSONObject]:
    """Return the two requests of a call that goes through the queue, and their schemas."""
    dialect, name = values.schema.dialect, one.component("Input")
    named = dialect.names_arguments and _can_be_named(one.endpoint)
    given = (
        values.named(one.endpoint, name)
        if named
        else values.positional(one.endpoint, name, sessions=dialect.calls_in_sessions)
    )
    root = f"{api_root(values.schema)}/call"
    begun = f"{root}/v2/{one.address}" if named else f"{root}/{one.address}"
    paths: JSONObject = {
        begun: {"post": _begin(one, (named_example if named else positional_example)(given), login=login)},
        f"{root}/{one.address}/{{event_id}}": {"get": _result(one, login=login)},
    }
    return paths, {name: given}


def _can_be_named(endpoint: Endpoint) -> bool:
    """Tell whether arguments can go by name; a session, and values of no parameter, are given by position alone."""
    names = {parameter.name for parameter in endpoint.parameters}
    return not endpoint.stateful and endpoint.input_count <= len(endpoint.parameters) == len(names)


def _begin(one: Called, example: JSONValue, *, login: bool) -> JSONObject:
    return {
        **_head(one),
        "requestBody": _body(one, example),
        "responses": {
            "200": {
                "description": "The call was accepted; its result comes as events.",
                "content": {"application/json": {"schema": _ref("CallAccepted")}},
                "links": {
                    "result": {
                        "operationId": one.name + RESULT,
                        "parameters": {"event_id": "$response.body#/event_id"},
                    }
                },
            },
            **refused("BadRequest", "Invalid", "ServerError", "QueueFull", login=login),
        },
    }


def _result(one: Called, *, login: bool) -> JSONObject:
    names: list[JSONValue] = ["generating", "complete"] if one.endpoint.generator else ["complete"]
    values: JSONObject = {
        "type": "object",
        "properties": {
            "event": {"type": "string", "enum": names},
            "data": {
                "type": "string",
                "contentMediaType": "application/json",
                "contentSchema": _ref(one.component("Output")),
            },
        },
        "required": ["event", "data"],
    }
    events: JSONObject = {
        "type": "string",
        "contentMediaType": "text/event-stream",
        "contentSchema": {
            "type": "array",
            "items": {"anyOf": [values, _ref("ErrorEvent"), _ref("HeartbeatEvent")]},
        },
    }
    several = "`generating` for each value, " if one.endpoint.generator else ""
    return {
        "operationId": one.name + RESULT,
        "tags": ["calls"],
        "summary": f"Result of {one_line(one.endpoint.title)}",
        "description": f"Events: {several}`complete` with the result, or `error`; `heartbeat` means nothing.",
        "parameters": [
            {
                "name": "event_id",
                "in": "path",
                "required": True,
                "schema": {"type": "string"},
                "description": "What the call was answered with.",
            }
        ],
        "responses": {
            "200": {
                "description": "Server-sent events; an `event_id` that is not known is an `error` among them.",
                "content": {"text/event-stream": {"schema": events}},
            },
            **refused(login=login),
        },
    }


def _body(one: Called, example: JSONValue) -> JSONObject:
    shown: JSONObject = {} if example is None else {"example": example}
    return {
        "required": True,
        "content": {"application/json": {"schema": _ref(one.component("Input")), **shown}},
    }


def _head(one: Called) -> JSONObject:
    """Return what an operation says of its endpoint."""
    endpoint = one.endpoint
    text = plain_text(endpoint.description[:_MAX_DESCRIPTION])
    first = text.partition("\n")[0]
    notes = ["Calls without a session begin with the app's State anew."] if endpoint.stateful else []
    described = "\n\n".join(filter(None, [text, *notes]))
    inputs: list[JSONValue] = [one_line(parameter.component[:200]) for parameter in endpoint.parameters]
    outputs: list[JSONValue] = [one_line(name[:200]) for name in endpoint.shown(endpoint.output_types)]
    return {
        "operationId": one.name,
        "tags": ["calls"],
        "summary": first[:120] or one_line(endpoint.title),
        **({"description": described} if described else {}),
        "x-gradio": {
            "api_name": endpoint.api_name,
            "fn_index": endpoint.fn_index,
            "queued": not endpoint.takes_direct_route,
            "streams": endpoint.generator,
            "inputs": inputs,
            "outputs": outputs,
        },
    }


def _ref(name: str) -> JSONObject:
    return {"$ref": f"#/components/schemas/{name}"}


def _is_text(name: str) -> bool:
    try:
        name.encode()
    except UnicodeEncodeError:
        return False
    return True
