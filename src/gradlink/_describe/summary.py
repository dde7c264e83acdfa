"""Endpoints in few words: what a line has room for, and all that a language model has to know."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from gradlink._describe.fields import Field, choices_of, fields_of, returns_of, type_of
from gradlink._describe.signature import default_text, parameter_note, plain_text
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink._text import one_line

# Of a list that is longer, the rest is counted.
MAX_SHOWN: Final = 12


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


def summary(config: JSONObject, endpoint: Endpoint) -> list[str]:
    """Return all that is to be known of an endpoint, in a line for its call and one for each parameter.

    ``config`` is the app's /config.
    """
    fields = fields_of(config, endpoint)
    taken = ", ".join(f"{one.name}: {type_of(one)}{_default(one)}" for one in fields)
    returned = ", ".join(f"{label}: {kind}" for label, kind, _ in returns_of(endpoint))
    streams = " streams" if endpoint.generator else ""
    lines = [f"{endpoint.title}({taken}) -> {returned or 'nothing'}{streams}"]
    if endpoint.description.strip():
        lines.append(f"  {plain_text(endpoint.description).replace(chr(10), ' ')}")
    lines += [f"  {one.name}: {note}" for one in fields if (note := about(one))]
    return [one_line(line) for line in lines]


def client_line(client: str, schema: AppSchema) -> str:
    """Return a client, as it is shown, and the names of its app's endpoints, on one line."""
    named = [
        one
        for one in schema.endpoints.values()
        if one.api_name and one.callable and one.visibility == "public"
    ]
    names = some([one.title for one in named], ", ") or "no public endpoints"
    return one_line(f"{client}: {names}; client.view_api() describes them")


def some(texts: Sequence[str], separator: str) -> str:
    """Return the first of ``texts``, and how many more there are."""
    shown = separator.join(one_line(text[:200]) for text in texts[:MAX_SHOWN])
    more = len(texts) - MAX_SHOWN
    return f"{shown}{separator}… {more} more" if more > 0 else shown


def _default(field: Field) -> str:
    return f" = {default_text(field.parameter.default)}" if field.parameter.has_default else ""
