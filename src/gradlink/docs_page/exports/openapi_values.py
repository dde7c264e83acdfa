"""What an endpoint takes and returns, as schemas of an OpenAPI document."""

from __future__ import annotations

import json
from typing import Final

from gradlink._dataclass import dataclass
from gradlink._describe.controls import Control, controls
from gradlink._describe.shapes import AnyJson, Anything, File, Shape
from gradlink._protocol.filedata import form_of
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_list, as_object
from gradlink._protocol.schema import AppSchema, Endpoint, Parameter
from gradlink._text import one_line
from gradlink.codegen.description import Value, argument_of, values_of
from gradlink.docs_page.exports.file_schemas import file_to_send, received_file
from gradlink.docs_page.exports.json_schema import Definitions, Place, allows, json_schema, tuple_schema

_MAX_VALUE: Final = 2_000
_MAX_LABEL: Final = 200
_UNSEEN: Final[JSONObject] = {
    "type": "null",
    "description": "What the server keeps for the session (State), or layout: always null.",
}
_SKIPPED: Final[JSONObject] = {"description": "State or layout: nothing for callers."}
_SESSION: Final[JSONObject] = {
    "type": "string",
    "description": "Any text: calls with the same one share a session, and what the app keeps for it.",
}
_TOKEN: Final[JSONObject] = {
    "type": "string",
    "description": "A token of the Hugging Face Hub for whom the function runs.",
}


@dataclass(frozen=True, slots=True)
class Values:
    """Writes the values of the endpoints of one document.

    Attributes:
        definitions: where objects go that have a name in the document.
    """

    schema: AppSchema
    definitions: Definitions

    def named(self, endpoint: Endpoint, name: str) -> JSONObject:
        """Return the schema of a call with its arguments by name; ``name`` is that of the schema."""
        parameters = self._parameters(endpoint, name)
        properties: JSONObject = {one.name: described for one, described in parameters}
        required: list[JSONValue] = [one.name for one, _ in parameters if not one.has_default]
        return _object({**properties, **_token(endpoint)}, [*required, *_needed_token(endpoint)])

    def positional(self, endpoint: Endpoint, name: str, *, sessions: bool) -> JSONObject:
        """Return the schema of a call with its arguments by position; ``sessions``: it may belong to one."""
        # A function without components has no inputs, but parameters all the same.
        count = max(endpoint.input_count, len(endpoint.parameters))
        slots: list[JSONObject] = [dict(_UNSEEN) for _ in range(count)]
        for parameter, described in self._parameters(endpoint, name):
            title: JSONObject = {"title": one_line(parameter.name[:_MAX_LABEL])}
            slots[parameter.slot] = {**title, **described}
        properties: JSONObject = {
            "data": tuple_schema(slots),
            **({"session_hash": dict(_SESSION)} if sessions else {}),
            **_token(endpoint),
        }
        return _object(properties, ["data", *_needed_token(endpoint)])

    def returned(self, endpoint: Endpoint, name: str) -> JSONObject:
        """Return the schema of the values that a call brings, those that callers do not see included."""
        values = values_of(endpoint)
        described = iter(
            [self._returned(value, f"{name}_{value.label or place}") for place, value in enumerate(values)]
        )
        # A function without components has no outputs: what it returns stands in /info alone.
        skipped = endpoint.skipped_outputs or (False,) * len(values)
        items = [dict(_SKIPPED) if skip else next(described, dict(_SKIPPED)) for skip in skipped]
        return {**tuple_schema(items), "description": f"The values that {one_line(endpoint.title)} returns."}

    def _returned(self, value: Value, name: str) -> JSONObject:
        title: JSONObject = {"title": one_line(value.label[:_MAX_LABEL])} if value.label else {}
        return {**title, **json_schema(value.shape, Place(self.definitions, name, received_file()))}

    def _parameters(self, endpoint: Endpoint, name: str) -> list[tuple[Parameter, JSONObject]]:
        entries = [*map(as_object, endpoint.parameters_info or [])]
        found: list[tuple[Parameter, JSONObject]] = []
        for place, control in enumerate(controls(self.schema.config, endpoint)):
            parameter = endpoint.parameters[place]
            entry = entries[place] if place < len(entries) else {}
            found.append((parameter, self._parameter(parameter, control, entry, name)))
        return found

    def _parameter(self, parameter: Parameter, control: Control, entry: JSONObject, name: str) -> JSONObject:
        argument = argument_of(parameter, control)
        file = file_to_send(form_of(parameter.component, self.schema.dialect))
        described = json_schema(argument.shape, Place(self.definitions, f"{name}_{parameter.name}", file))
        about = _about(parameter, control)
        if argument.text:
            described["description"] = argument.text
        if parameter.has_default and _is_short(parameter.default):
            place = described if _is_default(argument.shape, parameter.default) else about
            place["default"] = parameter.default
        example = entry.get("example_input")
        if "example_input" in entry and _is_short(example) and allows(argument.shape, example):
            described["examples"] = [example]
        return {**described, "x-gradio": about}


def named_example(described: JSONObject) -> JSONValue:
    """Return arguments by name that the app's page would send; None where there are none for one that is required."""
    found: JSONObject = {}
    for name, schema in as_object(described.get("properties")).items():
        examples = as_list(as_object(schema).get("examples"))
        if examples:
            found[name] = examples[0]
        elif name in as_list(described.get("required")):
            return None
    return found


def positional_example(described: JSONObject) -> JSONValue:
    """Return the same by position; None where something else than values is required."""
    data = as_object(as_object(described.get("properties")).get("data"))
    found: list[JSONValue] = []
    for schema in map(as_object, as_list(data.get("prefixItems"))):
        examples = as_list(schema.get("examples")) or ([schema["default"]] if "default" in schema else [])
        if not examples and schema.get("type") != "null":
            return None
        found.append(examples[0] if examples else None)
    return {"data": found} if as_list(described.get("required")) == ["data"] else None


def _about(parameter: Parameter, control: Control) -> JSONObject:
    about: JSONObject = {"component": one_line(parameter.component[:_MAX_LABEL])}
    if control.step is not None:
        about["step"] = control.step
    if control.file_types:
        about["file_types"] = [one_line(one[:_MAX_LABEL]) for one in control.file_types]
    return about


def _is_default(shape: Shape, value: JSONValue) -> bool:
    """Tell whether ``value`` can stand as a default of the schema; generators refuse objects, but for files."""
    if isinstance(value, dict):
        return isinstance(shape, File)
    if isinstance(value, list) and isinstance(shape, AnyJson | Anything):
        return False
    return allows(shape, value)


def _is_short(value: JSONValue) -> bool:
    """Tell whether ``value`` is JSON of a few lines."""
    try:
        return len(json.dumps(value, allow_nan=False)) <= _MAX_VALUE
    except (ValueError, RecursionError):
        return False


def _object(properties: JSONObject, required: list[JSONValue]) -> JSONObject:
    needed: JSONObject = {"required": required} if required else {}
    return {"type": "object", "properties": properties, **needed, "additionalProperties": False}


def _token(endpoint: Endpoint) -> JSONObject:
    return {"oauth_token": dict(_TOKEN)} if endpoint.takes_oauth_token else {}


def _needed_token(endpoint: Endpoint) -> list[JSONValue]:
    return ["oauth_token"] if endpoint.takes_oauth_token == "required" else []  # noqa: S105 - no token
