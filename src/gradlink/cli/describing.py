"""An app's endpoints described: as JSON for programs, as text for language models."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gradlink._describe.fields import Field, choices_of, fields_of, returns_of, type_of
from gradlink._describe.signature import default_text, parameter_note, plain_text
from gradlink._text import one_line

if TYPE_CHECKING:
    from gradlink._protocol.schema import Endpoint
    from gradlink.client import Client

# Of a list that is longer, the rest is counted.
MAX_SHOWN = 12


def about(field: Field) -> str:
    """Return what else is to be known of a parameter: its choices or range, and its component."""
    control = field.control
    parts = [one_line(field.parameter.component)]
    if field.label and field.label != field.name:
        parts[0] = f"{field.label[:100]} ({parts[0]})" if parts[0] else field.label[:100]
    if choices := choices_of(field):
        several = "any of" if control.multiple else "one of"
        parts.append(f"{several}: {some(list(map(default_text, choices)), ', ')}")
        if control.custom:
            parts.append("or anything else")
    if limits := range_text(control.minimum, control.maximum):
        parts.append(limits)
    if control.file_types:
        parts.append(f"files: {some(list(control.file_types), ', ')}")
    note = parameter_note(field.parameter.description).partition("\n")[0]
    if note and not choices:
        parts.append(note[:200])
    return "; ".join(filter(None, parts))


def range_text(minimum: float | None, maximum: float | None) -> str:
    """Return the bounds of a number in words, "" if there are none."""
    match minimum, maximum:
        case None, None:
            return ""
        case _, None:
            return f"from {minimum:g}"
        case None, _:
            return f"up to {maximum:g}"
        case _:
            return f"{minimum:g} to {maximum:g}"


def as_json(client: Client, endpoints: Sequence[Endpoint], waiting: int | None) -> dict[str, Any]:
    """Return the description for programs."""
    return {
        "app": client.src,
        "space": client.space_id,
        "gradio": str(client.app_version),
        "protocol": client.protocol,
        "queue_size": waiting,
        "endpoints": [_endpoint(client, one) for one in endpoints],
    }


def for_agents(client: Client, endpoints: Sequence[Endpoint], app: str) -> str:
    """Return the description for language models: complete, in few words."""
    lines = [f"app {one_line(client.src)} (Gradio {one_line(client.app_version)})"]
    for endpoint in endpoints:
        fields = fields_of(client.config, endpoint)
        taken = ", ".join(f"{one.name}: {type_of(one)}{_default(one)}" for one in fields)
        returned = ", ".join(f"{label}: {kind}" for label, kind, _ in returns_of(endpoint))
        streams = " streams" if endpoint.generator else ""
        lines.append(f"{endpoint.title}({taken}) -> {returned or 'nothing'}{streams}")
        if endpoint.description.strip():
            lines.append(f"  {plain_text(endpoint.description).replace(chr(10), ' ')}")
        lines += [f"  {one.name}: {note}" for one in fields if (note := about(one))]
    lines.append(
        f"call: gradlink call {shlex.quote(one_line(app))} ENDPOINT NAME=VALUE NAME:=JSON FILE=@PATH"
    )
    return "\n".join(map(one_line, lines))


def _endpoint(client: Client, endpoint: Endpoint) -> dict[str, Any]:
    return {
        "name": endpoint.api_name,
        "fn_index": endpoint.fn_index,
        "description": endpoint.description,
        "streams": endpoint.generator,
        "queued": endpoint.queued,
        "state": endpoint.stateful,
        "parameters": [_parameter(one) for one in fields_of(client.config, endpoint)],
        "returns": [
            {"label": label, "type": kind, "component": component}
            for label, kind, component in returns_of(endpoint)
        ],
    }


def _parameter(field: Field) -> dict[str, Any]:
    parameter, control = field.parameter, field.control
    told: dict[str, Any] = {
        "name": parameter.name,
        "type": type_of(field),
        "label": parameter.label,
        "component": parameter.component,
        "required": not parameter.has_default,
        "default": parameter.default,
        "description": parameter_note(parameter.description),
        "choices": list(choices_of(field)),
        "minimum": control.minimum,
        "maximum": control.maximum,
        "step": control.step,
        "file_types": list(control.file_types),
    }
    if not parameter.has_default:
        del told["default"]
    return {key: value for key, value in told.items() if value not in (None, [], "") or key == "default"}


def _default(field: Field) -> str:
    return f" = {default_text(field.parameter.default)}" if field.parameter.has_default else ""


def some(texts: Sequence[str], separator: str) -> str:
    """Return the first of ``texts``, and how many more there are."""
    shown = separator.join(one_line(text[:200]) for text in texts[:MAX_SHOWN])
    more = len(texts) - MAX_SHOWN
    return f"{shown}{separator}… {more} more" if more > 0 else shown
