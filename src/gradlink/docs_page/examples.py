"""The examples that an app offers for an endpoint: the rows of its ``gr.Examples``.

Wire: components of type "dataset" in /config. They say the ids of their components since 4.0; before, the function that
loads an example has them as outputs.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Final

from gradlink._protocol.dialect import Dialect
from gradlink._protocol.filedata import file_address, file_name, find_files, is_file, replaced
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_int, as_list, as_object, as_text
from gradlink._protocol.routes import Routes
from gradlink._protocol.schema import Endpoint
from gradlink._text import one_line
from gradlink.docs_page.document import ExampleDocument

MAX_EXAMPLES: Final = 30
_MAX_LABEL: Final = 60


class Examples:
    """All examples of an app."""

    def __init__(self, config: JSONObject, routes: Routes, dialect: Dialect) -> None:
        self._routes = routes
        self._dialect = dialect
        self._inputs = dict(_inputs(config))
        self._tables = list(_tables(config))

    def of(self, endpoint: Endpoint) -> list[ExampleDocument]:
        """Return the examples whose values are values of the endpoint's parameters; those for most of them first."""
        inputs = self._inputs.get(endpoint.fn_index, [])
        found: list[tuple[int, list[ExampleDocument]]] = []
        for components, props in self._tables:
            columns = {key: place for place, key in enumerate(components) if key is not None}
            places = {
                one.name: columns[key]
                for one in endpoint.parameters
                if one.slot < len(inputs) and (key := inputs[one.slot]) in columns
            }
            if places:
                found.append((len(places), list(self._rows(props, places))))
        found.sort(key=lambda one: -one[0])
        return [row for _, rows in found for row in rows][:MAX_EXAMPLES]

    def _rows(self, props: JSONObject, places: Mapping[str, int]) -> Iterator[ExampleDocument]:
        labels = as_list(props.get("sample_labels"))
        for number, sample in enumerate(as_list(props.get("samples"))[:MAX_EXAMPLES]):
            row = as_list(sample)
            values = {
                name: self.with_addresses(row[place]) for name, place in places.items() if place < len(row)
            }
            label = as_text(labels[number]) if number < len(labels) else None
            if values:
                yield {"label": _label(label, list(values.values())), "values": values}

    def with_addresses(self, value: JSONValue) -> JSONValue:
        """Return ``value`` with the addresses from which its files can be fetched."""
        files = {
            found.path: {**found.data, "url": file_address(self._routes, found.data)[0]}
            for found in find_files(value, self._dialect)
        }
        result: JSONValue = replaced(value, files)
        return result


def _inputs(config: JSONObject) -> Iterator[tuple[int, list[int | None]]]:
    """Yield the ids of the inputs of each function."""
    for index, dependency in enumerate(map(as_object, as_list(config.get("dependencies")))):
        own = as_int(dependency.get("id"))
        yield index if own is None else own, [as_int(key) for key in as_list(dependency.get("inputs"))]


def _tables(config: JSONObject) -> Iterator[tuple[list[int | None], JSONObject]]:
    """Yield each table of examples: the ids of the components of its columns, and what /config says of it."""
    loaders = {
        as_int(inputs[0]): as_list(dependency.get("outputs"))
        for dependency in map(as_object, as_list(config.get("dependencies")))
        if (inputs := as_list(dependency.get("inputs")))
    }
    for component in map(as_object, as_list(config.get("components"))):
        if component.get("type") == "dataset":
            props = as_object(component.get("props"))
            ids = as_list(props.get("component_ids")) or loaders.get(as_int(component.get("id")), [])
            yield [as_int(key) for key in ids], props


def _label(given: str | None, values: Sequence[JSONValue]) -> str:
    text = given or ", ".join(filter(None, map(_shown, values))) or "example"
    line = one_line(text.strip())
    return line if len(line) <= _MAX_LABEL else f"{line[: _MAX_LABEL - 1]}…"


def _shown(value: JSONValue) -> str:
    if value is None:
        return ""
    if isinstance(value, str):
        return value[:_MAX_LABEL]
    if isinstance(value, (bool, int, float)):
        return str(value)
    if isinstance(value, list):
        return ", ".join(filter(None, map(_shown, value[:3])))
    return file_name(value) if is_file(value) else as_text(value.get("text")) or ""
