"""Tables: frames of pandas and polars as Gradio's Dataframe has them, and back."""

from __future__ import annotations

import importlib
import importlib.util
from collections.abc import Callable, Iterable
from typing import Any, cast

from gradlink._flows.delivery import FramesOf
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_list, as_object
from gradlink.errors import ArgumentError, ProtocolError

# A frame has as many cells in each row; what an app sends may not.
_MAX_FILLED = 1_000_000
_MAX_GROWTH = 10


def check_library(library: FramesOf | None) -> None:
    """Raise ArgumentError if frames of a library are wanted that is not installed."""
    if library is not None and importlib.util.find_spec(library) is None:
        raise ArgumentError(f"frames={library!r} needs {library}, which is not installed")


def table_of(frame: Any, cell: Callable[[Any], JSONValue]) -> JSONObject:
    """Return the value of a Dataframe for a ``DataFrame`` of pandas or polars; an index is left out, as Gradio does.

    ``cell`` gives what is sent for each of its values.
    """
    headers: list[JSONValue] = [str(name) for name in frame.columns]
    # By their places: two columns of pandas may have one name.
    by_place = hasattr(frame, "iloc")
    columns: list[list[Any]] = [
        (frame.iloc[:, place].tolist() if by_place else frame.to_series(place).to_list())
        for place in range(len(headers))
    ]
    rows: list[JSONValue] = [[cell(value) for value in row] for row in zip(*columns, strict=True)]
    return {"headers": headers, "data": rows, "metadata": None}


def table_of_rows(rows: list[Any], name: object = None) -> JSONObject:
    """Return the value of a Dataframe for rows of JSON, or for the cells of one column.

    Columns without a name are numbered from 1, as on the page.
    """
    data: list[JSONValue] = [row if isinstance(row, list) else [row] for row in rows]
    width = max((len(as_list(row)) for row in data), default=0)
    headers: list[JSONValue] = [str(place + 1) for place in range(width)] if name is None else [str(name)]
    return {"headers": headers, "data": data, "metadata": None}


def frame_of(value: object, library: FramesOf) -> object:
    """Return the value of a Dataframe as a frame of ``library``, with the types that its values have.

    What is no value of a Dataframe, such as None, is returned as it is.
    """
    table = as_object(value)
    if not isinstance(table.get("data"), list):
        return value
    rows = [as_list(row) for row in as_list(table["data"])]
    # An empty table is [[]]: one row without cells.
    rows = [row for row in rows if row]
    width = max([*map(len, rows), len(as_list(table.get("headers")))], default=0)
    _check_size(width * len(rows), sum(map(len, rows)))
    names = _names(as_list(table.get("headers")), width)
    columns = {
        name: [row[place] if place < len(row) else None for row in rows] for place, name in enumerate(names)
    }
    module = importlib.import_module(library)
    if library == "pandas":
        return module.DataFrame(columns)
    return module.DataFrame({name: _polars_column(module, cells) for name, cells in columns.items()})


def _names(headers: list[JSONValue], width: int) -> list[str]:
    """Return a name for each of ``width`` columns, no two the same."""
    names: dict[str, None] = {}
    numbers: dict[str, int] = {}
    for place in range(width):
        given = name = str(headers[place]) if place < len(headers) else str(place + 1)
        while name in names:
            numbers[given] = numbers.get(given, 1) + 1
            name = f"{given}_{numbers[given]}"
        names[name] = None
    return list(names)


def _check_size(filled: int, sent: int) -> None:
    """Raise ProtocolError for a table whose short rows would have to be filled up to many times what the app has sent."""
    if filled > max(_MAX_FILLED, _MAX_GROWTH * sent):
        raise ProtocolError(
            f"the app's table has {sent:,} cells, in rows of such different lengths that a frame would have {filled:,}"
        )


def _polars_column(polars: Any, cells: Iterable[JSONValue]) -> Any:
    """Return a column of polars, which has one type: that of the values, or text where they have several."""
    cells = list(cells)
    kinds = {type(cell) for cell in cells if cell is not None}
    if kinds == {int, float}:
        cells = [None if cell is None else float(cast("float", cell)) for cell in cells]
    elif len(kinds) > 1:
        cells = [cell if cell is None or isinstance(cell, str) else str(cell) for cell in cells]
    return polars.Series(values=cells)
