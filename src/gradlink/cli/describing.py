"""An app's endpoints described: as JSON for programs, as text for language models."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from gradlink._describe.fields import Field, choices_of, fields_of, returns_of, type_of
from gradlink._describe.signature import parameter_note
from gradlink._describe.summary import summary
from gradlink._text import one_line

if TYPE_CHECKING:
    from gradlink import Client
    from gradlink._protocol.schema import Endpoint


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
        lines += summary(client.config, endpoint)
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
