"""An app and its endpoints."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from gradlink._dataclass import dataclass
from gradlink._describe.describe import Row, call_of, notes_of, parameter_rows, return_rows, select
from gradlink._describe.signature import default_text, parameter_names, returned, shown_type
from gradlink._describe.typehints import parameter_type
from gradlink._html.page import framed, link, safe, tag
from gradlink._protocol.jsonvalue import JSONObject, as_list, as_text
from gradlink._protocol.schema import AppSchema, Endpoint, Parameter

# An app may have thousands.
_MAX_ENDPOINTS = 50
_MAX_TEXT = 300


@dataclass(frozen=True, slots=True)
class Card:
    """What is known of an app beside its endpoints; ``schema`` is None before the client has connected."""

    kind: str
    url: str
    space_id: str | None
    schema: AppSchema | None


def client_html(card: Card) -> str:
    """Return what a client shows of itself: its app, and how to call it."""
    schema = card.schema
    if schema is None:
        return framed(_card(card, "not connected", ""))
    shown = [endpoint for endpoint in schema.endpoints.values() if _is_listed(endpoint)]
    rows = "".join(map(_endpoint_row, shown[:_MAX_ENDPOINTS]))
    more = len(shown) - _MAX_ENDPOINTS
    if more > 0:
        rows += f'<tr><td colspan="3" class="gl-dim">and {more} more: client.view_api()</td></tr>'
    table = _table(("Endpoint", "Takes", "Returns"), rows) if rows else ""
    return framed(_card(card, f"Gradio {schema.version}", table, as_text(schema.config.get("title")) or ""))


def api_html(info: Mapping[str, object], all_endpoints: bool | None = None) -> str:
    """Return what ``view_api`` shows: each endpoint with its parameters and what it returns."""
    selection = select(info, all_endpoints)
    every = [*selection.named.items(), *selection.unnamed.items()]
    # One that is alone is read at once; of many, the one that is looked for.
    opened = " open" if len(every) == 1 else ""
    body = "".join(_endpoint(key, endpoint, opened) for key, endpoint in every)
    head = tag("div", "title", selection.title) + tag("div", "note", selection.advice)
    return framed(f'<div class="gl-card">{head}{body}{tag("div", "note", selection.left_out)}</div>')


def _is_listed(endpoint: Endpoint) -> bool:
    return endpoint.callable and endpoint.api_name is not None and endpoint.visibility == "public"


def _card(card: Card, version: str, body: str, title: str = "") -> str:
    parts = [tag("span", "title", title or card.kind), f"<span>{link(card.url)}</span>"]
    parts += [tag("span", "dim", text) for text in (card.space_id, version) if text]
    return f'<div class="gl-card"><div class="gl-head">{"".join(parts)}</div>{body}</div>'


def _endpoint_row(endpoint: Endpoint) -> str:
    names = parameter_names(endpoint.parameters)
    takes = ", ".join(map(_parameter, names, endpoint.parameters))
    gives = ", ".join(label for label, _ in returned(endpoint.info))
    cells = [f'<td class="gl-name">{tag("code", "code", endpoint.title)}</td>']
    cells += [f"<td>{tag('code', 'code', _cut(takes))}</td>", f"<td>{safe(_cut(gives))}</td>"]
    return f"<tr>{''.join(cells)}</tr>"


def _parameter(name: str, parameter: Parameter) -> str:
    type_text = shown_type(parameter_type(parameter), parameter.has_default, parameter.default)
    default = f" = {default_text(parameter.default)}" if parameter.has_default else ""
    return f"{name}: {type_text}{default}"


def _endpoint(key: str, endpoint: JSONObject, opened: str) -> str:
    parameters = list(parameter_rows(as_list(endpoint.get("parameters"))))
    returns = list(return_rows(as_list(endpoint.get("returns"))))
    notes = "".join(tag("div", "note", note) for note in notes_of(key, endpoint, ()))
    body = notes + _rows("Parameter", parameters) + _rows("Returns", returns)
    call = tag("code", "code", call_of(key, parameters, returns))
    return f"<details{opened}><summary>{call}</summary>{body}</details>"


def _rows(heading: str, rows: Sequence[Row]) -> str:
    if not rows:
        return ""
    return _table((heading, "Component", "Type", ""), "".join(map(_row, rows)))


def _row(row: Row) -> str:
    cells = [tag("code", "code", row.name), safe(row.component), tag("code", "code", _cut(row.type_text))]
    cells.append(safe(_cut(row.status)) + tag("div", "note", _cut(row.note)))
    return f"<tr>{''.join(f'<td>{cell}</td>' for cell in cells)}</tr>"


def _table(headings: Iterable[str], rows: str) -> str:
    head = "".join(f"<th>{heading}</th>" for heading in headings)
    return f'<table class="gl-table"><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table>'


def _cut(text: str) -> str:
    return text if len(text) <= _MAX_TEXT else f"{text[:_MAX_TEXT]}…"
