"""The endpoints of an app, written for people: what ``view_api`` prints and returns."""

from __future__ import annotations

import copy
import textwrap
from collections.abc import Container, Iterable, Iterator, Mapping, Sequence
from typing import Final

from gradlink._dataclass import dataclass
from gradlink._describe.signature import default_text, parameter_note, plain_text, shown_type
from gradlink._describe.typehints import entry_type, python_type
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_list, as_object, as_text, get_path
from gradlink._protocol.names import identifiers
from gradlink.errors import ProtocolError

_WIDTH: Final = 100
_INDENT: Final = " " * 4
_GAP: Final = "  "
# Cells up to these widths stand in columns; the type is last, so that a long one wraps beside the others.
_COLUMNS: Final = (24, 16, 36)
_SECTIONS: Final = ("named_endpoints", "unnamed_endpoints")
# What the existing client takes out of the dict that programs get.
_SERVER_FIELDS: Final = frozenset({"code_snippets", "api_visibility", "show_api"})


@dataclass(frozen=True, slots=True)
class Row:
    """One parameter or return value; ``status`` is "required", "default 3" or "" for a return value."""

    name: str
    component: str
    type_text: str
    status: str
    note: str


@dataclass(frozen=True, slots=True)
class Selection:
    """The endpoints that are described, as ``/info`` has them.

    Attributes:
        advice: what is to be known for all of them, "" for nothing.
        left_out: how many are not described, and how to see them, "" for none.
    """

    title: str
    advice: str
    named: Mapping[str, JSONObject]
    unnamed: Mapping[str, JSONObject]
    left_out: str


def describe(
    info: Mapping[str, object], all_endpoints: bool | None = None, generators: Container[str] = ()
) -> str:
    """Return the endpoints of ``/info`` as text of 100 columns: how to call each, what it takes and returns.

    ``info`` is what the server gave with ``all_endpoints=true``, of any version; what it lacks is left out.

    Shapes:
        all_endpoints: True adds the unnamed and the undocumented ones, False leaves them out, None adds
            them only if there are no others.
        generators: keys of the endpoints that are known to stream, such as "/chat" or "30".
    """
    selection = select(info, all_endpoints)
    blocks = [f"{selection.title}\n{'=' * len(selection.title)}"]
    if selection.advice:
        blocks.append(selection.advice)
    blocks += [_endpoint(key, endpoint, generators) for key, endpoint in selection.named.items()]
    if selection.unnamed:
        blocks.append(f"{_count(len(selection.unnamed), 'unnamed endpoint')}:")
        blocks += [_endpoint(key, endpoint, generators) for key, endpoint in selection.unnamed.items()]
    if selection.left_out:
        blocks.append(selection.left_out)
    return "\n\n".join(blocks)


def select(info: Mapping[str, object], all_endpoints: bool | None = None) -> Selection:
    """Return the endpoints of ``/info`` that are described, and what is said of them together."""
    named, unnamed = (_endpoints(info, section) for section in _SECTIONS)
    listed = {key: endpoint for key, endpoint in named.items() if not _undocumented(endpoint)}
    show_all = all_endpoints if all_endpoints is not None else not listed
    if show_all:
        listed = named
    advice = left_out = ""
    if not _has_names([*listed.values(), *unnamed.values()]):
        advice = "The server gives no names for parameters: pass them by position, in this order."
    if not show_all and (left := _left_out(len(named) - len(listed), len(unnamed))):
        left_out = f"Not shown: {left}. See them with view_api(all_endpoints=True)."
    title = f"API of the app: {_count(len(listed), 'named endpoint')}"
    return Selection(title, advice, listed, unnamed if show_all else {}, left_out)


def listing(info: Mapping[str, object], all_endpoints: bool | None = None) -> JSONObject:
    """Return the endpoints of ``/info`` as a dict that the caller may keep and change.

    Code snippets and visibility are left out; undocumented endpoints are there only if ``all_endpoints``.
    """
    kept: JSONObject = {}
    for section in _SECTIONS:
        endpoints: JSONObject = {}
        for key, endpoint in _endpoints(info, section).items():
            if all_endpoints or not _undocumented(endpoint):
                own = {field: value for field, value in endpoint.items() if field not in _SERVER_FIELDS}
                try:
                    endpoints[key] = _typed(copy.deepcopy(own))
                except RecursionError as exc:
                    raise ProtocolError(f"the description of {key[:200]} is nested too deep") from exc
        kept[section] = endpoints
    return kept


def _typed(endpoint: JSONObject) -> JSONObject:
    """Add the type texts of /info to an ``endpoint`` that was made from /config, where the schemas alone say them."""
    for entry in [*as_list(endpoint.get("parameters")), *as_list(endpoint.get("returns"))]:
        python = as_object(get_path(entry, "python_type"))
        if python.get("type") == "":
            python["type"] = python_type(get_path(entry, "type"))
    return endpoint


def _endpoints(info: Mapping[str, object], section: str) -> dict[str, JSONObject]:
    found = {key: as_object(value) for key, value in as_object(info.get(section)).items()}
    return {key: value for key, value in found.items() if value and value.get("api_visibility") != "private"}


def _undocumented(endpoint: JSONObject) -> bool:
    # show_api until 5.x, api_visibility since 6.0.
    return endpoint.get("show_api") is False or endpoint.get("api_visibility") == "undocumented"


def _has_names(endpoints: Iterable[JSONObject]) -> bool:
    """Tell whether the server names parameters, as it does since 4.23; True if there are none."""
    entries = [entry for endpoint in endpoints for entry in as_list(endpoint.get("parameters"))]
    return not entries or any(get_path(entry, "parameter_name") is not None for entry in entries)


def _count(number: int, what: str) -> str:
    return f"{number} {what}" if number == 1 else f"{number} {what}s"


def _left_out(undocumented: int, unnamed: int) -> str:
    counts = {"unnamed endpoint": unnamed, "undocumented endpoint": undocumented}
    return " and ".join(_count(number, what) for what, number in counts.items() if number)


def _endpoint(key: str, endpoint: JSONObject, generators: Container[str]) -> str:
    parameters = list(parameter_rows(as_list(endpoint.get("parameters"))))
    returns = list(return_rows(as_list(endpoint.get("returns"))))
    lines = _wrapped(call_of(key, parameters, returns), "", _INDENT * 2)
    for note in notes_of(key, endpoint, generators):
        lines += _wrapped(note, _INDENT, _INDENT)
    for heading, rows in (("Parameters", parameters), ("Returns", returns)):
        lines.append(f"{_INDENT}{heading}:" if rows else f"{_INDENT}{heading}: none")
        lines += _table(rows)
    return "\n".join(lines)


def call_of(key: str, parameters: Iterable[Row], returns: Sequence[Row]) -> str:
    """Return how an endpoint is called, and the names of what it returns."""
    target = f'api_name="{_line(key)}"' if key.startswith("/") else f"fn_index={_line(key)}"
    results = ", ".join(row.name for row in returns)
    call = f"predict({', '.join([*(row.name for row in parameters), target])})"
    return f"{call} -> {results if len(returns) == 1 else f'({results})'}"


def notes_of(key: str, endpoint: JSONObject, generators: Container[str]) -> Iterator[str]:
    """Yield what is to be said of an endpoint as a whole, line by line."""
    yield from plain_text(as_text(endpoint.get("description")) or "").splitlines()
    if key in generators:
        yield "Streams: iterate over client.submit(...) to get each value as it is made."
    if need := endpoint.get("oauth_token"):
        yield (
            f"Acts with your Hugging Face token ({_line(as_text(need) or 'required')}): "
            "allow it with Client(..., oauth_token=...)."
        )
    if _undocumented(endpoint):
        yield "Undocumented: the app does not list this endpoint."


def parameter_rows(entries: list[JSONValue]) -> Iterator[Row]:
    """Yield the parameters of an endpoint."""
    stated = [as_text(get_path(entry, "parameter_name")) for entry in entries]
    labels = [(as_text(get_path(entry, "label")) or "").lower() for entry in entries]
    for name, entry in zip(
        identifiers([n or label for n, label in zip(stated, labels, strict=True)]), entries, strict=True
    ):
        optional = get_path(entry, "parameter_has_default") is True
        default = get_path(entry, "parameter_default")
        yield Row(
            name,
            _line(as_text(get_path(entry, "component")) or ""),
            _line(shown_type(entry_type(entry), optional, default)),
            f"default {default_text(default)}" if optional else "required",
            parameter_note(as_text(get_path(entry, "python_type", "description"))),
        )


def return_rows(entries: list[JSONValue]) -> Iterator[Row]:
    """Yield what an endpoint returns."""
    for position, entry in enumerate(entries):
        label = (as_text(get_path(entry, "label")) or "").lower()
        words = "".join(c if c.isalnum() or c == "_" else " " for c in label).split()
        yield Row(
            "_".join(words) or f"value_{position}",
            _line(as_text(get_path(entry, "component")) or ""),
            _line(entry_type(entry)),
            "",
            parameter_note(as_text(get_path(entry, "python_type", "description"))),
        )


def _table(rows: list[Row]) -> list[str]:
    """Return the rows in columns: name, component, type, required or default; then the note."""
    cells = [(row.name, row.component, row.type_text) for row in rows]
    widths = [
        max((len(cell) for cell in column if len(cell) <= limit), default=0)
        for limit, column in zip(_COLUMNS, zip(*cells, strict=True), strict=False)
    ]
    lines: list[str] = []
    for row in rows:
        lines += _row(row, widths)
    return lines


def _row(row: Row, widths: list[int]) -> list[str]:
    head = f"{_INDENT * 2}{row.name:{widths[0]}}{_GAP}{row.component:{widths[1]}}{_GAP}"
    margin = " " * (len(_INDENT * 2) + widths[0] + widths[1] + 2 * len(_GAP))
    line = f"{margin}{row.type_text:{widths[2]}}{_GAP}{row.status}".rstrip()
    if len(line) <= _WIDTH:
        lines = [line]
    else:
        word, _, rest = row.status.partition(" ")
        # "default" stays with its value, even if that is longer than the line.
        status = _wrapped(rest, f"{margin}{word} ", margin + _GAP) if rest else [margin + word]
        lines = [*_wrapped(row.type_text, margin, margin), *(status if word else [])]
    if len(head) == len(margin):
        lines[0] = head + lines[0].removeprefix(margin)
    else:  # a head that is too long for its columns has a line of its own
        lines.insert(0, head.rstrip())
    note = f"{_GAP}({row.note})"
    if row.note and "\n" not in row.note and len(lines) == 1 and len(lines[0]) + len(note) <= _WIDTH:
        return [lines[0] + note]
    for part in row.note.splitlines():
        lines += _wrapped(part, margin, margin)
    return lines


def _line(text: str) -> str:
    return plain_text(text).replace("\n", " ")


def _wrapped(text: str, first: str, rest: str) -> list[str]:
    # A word longer than the line stays whole: it is a URL or a literal that somebody wants to copy.
    return textwrap.wrap(
        text,
        _WIDTH,
        initial_indent=first,
        subsequent_indent=rest,
        break_long_words=False,
        break_on_hyphens=False,
    )
