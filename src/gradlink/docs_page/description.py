"""An app described as one document: what its page shows, and what is exported of it. Pure."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from gradlink._describe.fields import Field, choices_of, fields_of, returns_of, type_of
from gradlink._describe.functions import callable_endpoints
from gradlink._describe.signature import default_text, parameter_note, plain_text
from gradlink._protocol.jsonvalue import JSONValue, as_text, encode
from gradlink._protocol.routes import Routes
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink._text import one_line
from gradlink.docs_page.document import (
    Choice,
    Document,
    EndpointDocument,
    ParameterDocument,
    ReturnDocument,
)
from gradlink.docs_page.drawn import control_of, is_whole
from gradlink.docs_page.examples import Examples

# What a document says of one thing: enough for everything that was written for people.
MAX_DESCRIPTION: Final = 20_000
MAX_LABEL: Final = 500
MAX_DEFAULT: Final = 20_000
MAX_CHOICES: Final = 2_000
# A list of endpoints that is longer has groups, of several endpoints each.
_UNGROUPED: Final = 12
_MIN_GROUP: Final = 3
# What Gradio says of a component without a label.
_NO_LABEL: Final = re.compile(r"parameter_\d+")


def described(schema: AppSchema, source: str, url: str, *, everything: bool = False) -> Document:
    """Return the document of an app.

    Args:
        source: the app as its user names it: a URL, or the name of a Space.
        url: its URL, with a slash at the end.
        everything: also endpoints without a name, and those that the app does not list.
    """
    endpoints = callable_endpoints(schema.endpoints.values(), everything=everything)
    examples = Examples(schema.config, Routes(url, schema.prefix), schema.dialect)
    slugs, groups = _slugs(endpoints), _groups(endpoints)
    title = as_text(schema.config.get("title")) or ""
    return {
        "app": {
            "title": _label(title) or "Gradio app",
            "source": source,
            "url": url,
            "version": one_line(schema.version),
            "protocol": one_line(schema.dialect.protocol),
            "max_file_size": schema.max_file_size,
        },
        "endpoints": [
            _endpoint(schema, examples, endpoint, slug, group)
            for endpoint, slug, group in zip(endpoints, slugs, groups, strict=True)
        ],
    }


def plain(value: Any) -> Any:
    """Return ``value`` as every reader of JSON takes it: numbers that JSON does not have are texts."""
    if isinstance(value, float) and not math.isfinite(value):
        return "NaN" if math.isnan(value) else f"{'-' if value < 0 else ''}Infinity"
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    return value


def _endpoint(
    schema: AppSchema, examples: Examples, endpoint: Endpoint, slug: str, group: str
) -> EndpointDocument:
    fields = fields_of(schema.config, endpoint)
    return {
        "id": endpoint.fn_index,
        "name": endpoint.api_name,
        "title": one_line(endpoint.title),
        "slug": slug,
        "group": group,
        "description": plain_text(endpoint.description[:MAX_DESCRIPTION]),
        "streams": endpoint.generator,
        "queued": endpoint.queued,
        "state": endpoint.stateful,
        "batch": endpoint.batch,
        "live": endpoint.live,
        "login": endpoint.takes_oauth_token or "",
        "parameters": [_parameter(schema, examples, endpoint, field) for field in fields],
        "returns": [_returned(*one) for one in returns_of(endpoint)],
        "examples": plain(examples.of(endpoint)),
    }


def _parameter(schema: AppSchema, examples: Examples, endpoint: Endpoint, field: Field) -> ParameterDocument:
    parameter, control = field.parameter, field.control
    props = schema.input_props(endpoint, parameter.slot)
    long = parameter.has_default and len(encode(parameter.default)) > MAX_DEFAULT
    given = parameter.has_default and not long
    return {
        "name": parameter.name,
        "label": "" if _NO_LABEL.fullmatch(parameter.label) else _label(parameter.label),
        "component": _label(parameter.component),
        "type": one_line(type_of(field)),
        "required": not parameter.has_default,
        "default": plain(examples.with_addresses(parameter.default)) if given else None,
        "default_text": one_line(default_text(parameter.default)) if parameter.has_default else "",
        "default_long": long,
        "control": control_of(field, secret=props.get("type") == "password"),
        "choices": list(_choices(field)),
        "custom": control.custom,
        "multiple": control.multiple,
        "minimum": control.minimum,
        "maximum": control.maximum,
        "step": control.step,
        "whole": is_whole(field),
        "file_types": [_label(one) for one in control.file_types],
        "info": plain_text(control.info[:MAX_DESCRIPTION]),
        "note": parameter_note(parameter.description[:MAX_DESCRIPTION]),
        "placeholder": _label(as_text(props.get("placeholder")) or ""),
    }


def _returned(label: str, type_text: str, component: str) -> ReturnDocument:
    return {"label": _label(label), "type": one_line(type_text), "component": _label(component)}


def _choices(field: Field) -> Iterator[Choice]:
    if field.choices:
        for label, value in field.choices[:MAX_CHOICES]:
            yield {"label": _label(label), "value": plain(value)}
        return
    for value in choices_of(field)[:MAX_CHOICES]:
        yield {"label": _label(_as_label(value)), "value": plain(value)}


def _as_label(value: JSONValue) -> str:
    return value if isinstance(value, str) else default_text(value)


def _label(text: str) -> str:
    """Return a label that is safe to show; what stands for a text in the language of a browser is none."""
    return "" if text.startswith("__i18n__") else one_line(text[:MAX_LABEL].strip())


def _slugs(endpoints: Sequence[Endpoint]) -> list[str]:
    """Return what names each endpoint in an address: its name, or its number where that names another one, too."""
    taken: set[str] = set()
    slugs: list[str] = []
    for endpoint in endpoints:
        # Half a character cannot stand in an address.
        name = (endpoint.api_name or "").lstrip("/").encode("utf-8", "backslashreplace").decode("utf-8")
        slug = name if name and name not in taken else f"fn-{endpoint.fn_index}"
        while slug in taken:
            slug += "-"
        taken.add(slug)
        slugs.append(slug)
    return slugs


def _groups(endpoints: Sequence[Endpoint]) -> list[str]:
    """Return the group of each endpoint: the first word of its name, where several have it, in a list that is long."""
    if len(endpoints) <= _UNGROUPED:
        return [""] * len(endpoints)
    words = [_first_word(endpoint.api_name or "") for endpoint in endpoints]
    sizes = Counter(words)
    return [one_line(word) if sizes[word] >= _MIN_GROUP else "" for word in words]


def _first_word(name: str) -> str:
    found = re.match(r"/?([^/_\-. ]{2,40})[/_\-. ]", name)
    return found[1] if found else ""
