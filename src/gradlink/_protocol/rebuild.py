"""The description of an app that has no /info, made from its /config.

Before 3.26 there is no /info, and an old release on newer libraries fails to make it. The shape is that of
/info, so that everything else need not know. Vectors: schemas.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import cast

from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_object, as_text, get_path

# What the components of 3.x before 3.26 send and take, where /config describes no payload.
_TYPES: Mapping[str, str] = {
    "textbox": "str",
    "radio": "str",
    "number": "float",
    "slider": "float",
    "checkbox": "bool",
    "checkboxgroup": "list[str]",
    "file": "filepath",
    "image": "filepath",
    "audio": "filepath",
    "video": "filepath",
    "chatbot": "list[tuple[str, str | None]]",
    "html": "str",
    "markdown": "str",
    "code": "str",
    "colorpicker": "str",
    "label": "dict(label: str, confidences: list[dict(label: str, confidence: float)])",
}
# Components whose value on the page is not a default of a call: it is what the page was built with.
_NO_DEFAULT = frozenset({"file", "image", "audio", "video", "chatbot", "gallery", "uploadbutton"})


def describe_endpoint(inputs: Sequence[JSONObject], outputs: Sequence[JSONObject]) -> JSONObject:
    """Return what /info would say of a function with these components, those that the API skips left out."""
    parameters: list[JSONValue] = [_parameter(component) for component in inputs]
    returns: list[JSONValue] = [_value(component, "api_info_as_output") for component in outputs]
    return {"parameters": parameters, "returns": returns}


def describe_default(component: JSONObject) -> JSONObject:
    """Return what /info would say of a parameter's default: it is what the component holds."""
    value = get_path(component, "props", "value")
    if value is None or as_text(component.get("type")) in _NO_DEFAULT:
        return {}
    return {"parameter_has_default": True, "parameter_default": _as_json(value)}


def _parameter(component: JSONObject) -> JSONObject:
    return {**_value(component, "api_info_as_input"), **describe_default(component)}


def _value(component: JSONObject, which: str) -> JSONObject:
    kind = as_text(component.get("type")) or "value"
    api_info = component.get(which, component.get("api_info"))
    # From 3.26 to 3.50 the schema stands one level deeper.
    schema = api_info.get("info", api_info) if isinstance(api_info, dict) else api_info
    if kind == "dropdown" and schema is None:
        text = "list[str]" if get_path(component, "props", "multiselect") is True else "str"
    else:
        # What a schema says of the type is read by who asks for it.
        text = _TYPES.get(kind, "Any") if schema is None else ""
    description = as_text(as_object(schema).get("description")) or ""
    return {
        "label": as_text(get_path(component, "props", "label")) or kind,
        "type": schema if isinstance(schema, dict) else {},
        "python_type": {"type": text, "description": description},
        "component": kind.title(),
    }


def _as_json(value: object) -> JSONValue:
    return cast("JSONValue", value) if isinstance(value, (bool, int, float, str, list, dict)) else None
