"""A scripted app as /config and /info of Gradio describe it."""

from __future__ import annotations

import json
from collections.abc import Sequence

from gradlink._protocol.jsonvalue import JSONObject, JSONValue
from gradlink._protocol.routes import DEFAULT_PREFIX
from gradlink.testing.fake.annotations import Described
from gradlink.testing.fake.endpoint import FakeEndpoint, Taken

# The release whose wire the app speaks.
VERSION = "6.31.0"
PROTOCOL = "sse_v3"


def config_of(endpoints: Sequence[FakeEndpoint], app_id: int) -> JSONObject:
    """Return what /config says."""
    components: list[JSONValue] = []
    dependencies: list[JSONValue] = []
    for number, endpoint in enumerate(endpoints):
        inputs = [_component(components, one.described, one) for one in endpoint.taken]
        outputs = [_component(components, one, None) for one in endpoint.outputs]
        dependencies.append(_dependency(number, endpoint, inputs, outputs))
    keeps_state = any(one.state is not None for endpoint in endpoints for one in endpoint.taken)
    return {
        "version": VERSION,
        "api_prefix": DEFAULT_PREFIX,
        "protocol": PROTOCOL,
        "mode": "blocks",
        "title": "Gradio",
        "app_id": app_id,
        "enable_queue": True,
        "connect_heartbeat": keeps_state,
        "max_file_size": None,
        "space_id": None,
        "components": components,
        "dependencies": dependencies,
        "layout": {"id": -1, "children": []},
    }


def info_of(endpoints: Sequence[FakeEndpoint]) -> JSONObject:
    """Return what /info says."""
    return {"named_endpoints": {one.name: _info(one) for one in endpoints}, "unnamed_endpoints": {}}


def _component(components: list[JSONValue], described: Described, taken: Taken | None) -> JSONValue:
    number = len(components) + 1
    is_state = taken is not None and taken.state is not None
    props: JSONObject = {"name": "state" if is_state else "api"}
    if taken is not None and taken.has_default:
        props["value"] = taken.default
    components.append(
        {
            "id": number,
            "type": "state" if is_state else "api",
            "props": props,
            "skip_api": is_state,
            "api_info": described.schema,
            "api_info_as_input": described.schema,
            "api_info_as_output": described.schema,
        }
    )
    return number


def _dependency(
    number: int, endpoint: FakeEndpoint, inputs: list[JSONValue], outputs: list[JSONValue]
) -> JSONObject:
    return {
        "id": number,
        "targets": [],
        "inputs": inputs,
        "outputs": outputs,
        "backend_fn": True,
        "js": None,
        "queue": True,
        "api_name": endpoint.name.removeprefix("/"),
        "api_description": endpoint.text or None,
        "api_visibility": "public",
        "batch": False,
        "cancels": [],
        "types": {"generator": endpoint.streams, "cancel": False},
        "connection": "sse",
    }


def _info(endpoint: FakeEndpoint) -> JSONObject:
    shown = [one for one in endpoint.taken if one.state is None]
    return {
        "parameters": [_parameter(place, one) for place, one in enumerate(shown)],
        "returns": [_value(place, one) for place, one in enumerate(endpoint.outputs)],
        "api_visibility": "public",
        "description": endpoint.text,
    }


def _parameter(place: int, taken: Taken) -> JSONObject:
    value = _value(place, taken.described)
    return {
        "label": value["label"],
        "parameter_name": taken.name,
        "parameter_has_default": taken.has_default,
        "parameter_default": taken.default,
        "type": value["type"],
        "python_type": value["python_type"],
        "component": value["component"],
        "example_input": "..." if taken.default is None else json.loads(json.dumps(taken.default)),
    }


def _value(place: int, described: Described) -> JSONObject:
    return {
        "label": _ordinal(place + 1),
        "type": described.schema,
        "python_type": {"type": described.words, "description": ""},
        "component": "Api",
    }


def _ordinal(number: int) -> str:
    ending = {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")
    return f"{number}{'th' if number % 100 in {11, 12, 13} else ending}"
