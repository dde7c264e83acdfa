"""An app's endpoints as tables for people."""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from gradlink._describe.fields import Field, choices_of, fields_of, returns_of, type_of
from gradlink._describe.shapes import AnyJson
from gradlink._describe.signature import default_text, plain_text
from gradlink._describe.summary import about, some
from gradlink._text import one_line
from gradlink.cli.console import safe

if TYPE_CHECKING:
    from rich.console import RenderableType

    from gradlink import Client
    from gradlink._protocol.schema import Endpoint

_NAME = "bold cyan"
_DIM = "dim"


def heading(client: Client, waiting: int | None) -> Text:
    """Return the line that says what the app is, and how many jobs wait in its queue if that is known."""
    text = safe(client.src, "bold")
    text.append_text(safe(f"  Gradio {client.app_version}, {client.protocol}", _DIM))
    title = client.config.get("title")
    if isinstance(title, str) and title not in {"", "Gradio"}:
        text.append_text(safe(f"  {title[:200]}"))
    if waiting is not None:
        text.append_text(safe(f"  {waiting} waiting in the queue", _DIM))
    return text


def overview(endpoints: Sequence[Endpoint]) -> Table:
    """Return a table with a line for each endpoint."""
    table = _table()
    table.add_column("Endpoint", style=_NAME, overflow="fold")
    table.add_column("Takes", overflow="fold")
    table.add_column("Returns", overflow="fold")
    table.add_column("", style=_DIM, overflow="fold")
    for endpoint in endpoints:
        names = [one.name if one.has_default is False else f"[{one.name}]" for one in endpoint.parameters]
        note = endpoint.description.strip().partition("\n")[0]
        table.add_row(
            safe(endpoint.title),
            safe(some(names, " ")),
            safe(some(list(endpoint.returns), ", ")),
            safe(f"{'streams. ' if endpoint.generator else ''}{note[:200]}".strip()),
        )
    return table


def details(client: Client, endpoint: Endpoint) -> Iterator[RenderableType]:
    """Yield what is to be known of one endpoint."""
    yield safe(endpoint.title, _NAME)
    if endpoint.description:
        yield Padding(Text(plain_text(endpoint.description)), (0, 0, 0, 2))
    if notes := ", ".join(_notes(endpoint)):
        yield Padding(Text(notes, style=_DIM), (0, 0, 0, 2))
    fields = fields_of(client.config, endpoint)
    yield Text("\nTakes" if fields else "\nTakes nothing", style="bold")
    if fields:
        table = _table()
        table.add_column("Name", style=_NAME, overflow="fold")
        table.add_column("Type", overflow="fold")
        table.add_column("Default", overflow="fold")
        table.add_column("", style=_DIM, overflow="fold")
        for field in fields:
            default = default_text(field.parameter.default) if field.parameter.has_default else "required"
            table.add_row(safe(field.name), safe(_kind(field)), safe(default), safe(about(field)))
        yield table
    returns = returns_of(endpoint)
    yield Text("\nReturns" if returns else "\nReturns nothing", style="bold")
    if returns:
        table = _table()
        table.add_column("Name", style=_NAME, overflow="fold")
        table.add_column("Type", overflow="fold")
        table.add_column("", style=_DIM, overflow="fold")
        for label, kind, component in returns:
            table.add_row(safe(label), safe(kind), safe(component))
        yield table
    yield Text()


def hint(endpoint: Endpoint, app: str, fields: Sequence[Field] | None = None) -> Text:
    """Return the command that shows an endpoint, or calls one whose fields are known."""
    name = shlex.quote(one_line(endpoint.api_name or str(endpoint.fn_index)))
    if fields is None:
        return Text(f"More: gradlink info {shlex.quote(one_line(app))} {name}", style=_DIM)
    verb = "stream" if endpoint.generator else "call"
    given = " ".join(
        shlex.quote(one_line(f"{one.name}=...")) for one in fields if not one.parameter.has_default
    )
    return Text(f"Call it: gradlink {verb} {shlex.quote(one_line(app))} {name} {given}".rstrip(), style=_DIM)


def _kind(field: Field) -> str:
    """Return the type for people: what can be chosen stands beside it."""
    if isinstance(field.shape, AnyJson):
        return "any JSON"
    if not choices_of(field):
        return type_of(field)
    return "choices" if field.control.multiple else "choice"


def _notes(endpoint: Endpoint) -> Iterator[str]:
    if endpoint.generator:
        yield "streams"
    if endpoint.stateful:
        yield "has state: calls of one client follow on each other"
    if endpoint.batch:
        yield "runs in batches"
    if endpoint.takes_oauth_token:
        yield "acts with your Hugging Face token"
    if not endpoint.queued:
        yield "does not go through the queue"


def _table() -> Table:
    return Table(box=None, padding=(0, 2, 0, 0), show_edge=False, header_style="dim", pad_edge=False)
