"""Reads the batches of Ray Data in any of their formats, and adds columns to them."""

from __future__ import annotations

import importlib
import json
from collections.abc import Mapping, Sequence
from typing import Any, Literal, TypeAlias, cast

Batch: TypeAlias = Any
"""A dict of numpy arrays, a DataFrame of pandas, or a table of pyarrow."""

Kind: TypeAlias = Literal["text", "any"]


def columns_of(batch: Batch) -> list[str]:
    """Return the names of the columns. Raises TypeError for what is no batch."""
    if isinstance(batch, Mapping):
        return list(cast("Mapping[str, object]", batch))
    if hasattr(batch, "column_names"):
        return list(batch.column_names)
    if hasattr(batch, "iloc"):
        return list(batch.columns)
    raise TypeError(
        f"a batch is a dict of arrays, a DataFrame or a pyarrow.Table, not a {type(batch).__name__}"
    )


def count_of(batch: Batch) -> int:
    """Return the number of rows."""
    if not isinstance(batch, Mapping):
        return len(batch)
    columns = cast("Mapping[str, Sequence[object]]", batch)
    return len(next(iter(columns.values()), ()))


def rows_of(batch: Batch, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows, with these columns alone."""
    cells = {name: _cells(batch, name) for name in columns}
    return [{name: column[row] for name, column in cells.items()} for row in range(count_of(batch))]


def with_columns(batch: Batch, columns: Mapping[str, tuple[Kind, Sequence[Any]]]) -> Batch:
    """Return a batch of the same format with more columns, which take the place of others of their names.

    Args:
        columns: by name, the cells and whether they are texts, which a column without any does not show.
    """
    arrays = {name: _arrow(kind, cells) for name, (kind, cells) in columns.items()}
    if isinstance(batch, Mapping):
        return {**cast("Mapping[str, object]", batch), **arrays}
    if hasattr(batch, "column_names"):
        for name, array in arrays.items():
            place = batch.column_names.index(name) if name in batch.column_names else -1
            batch = batch.append_column(name, array) if place < 0 else batch.set_column(place, name, array)
        return batch
    pandas: Any = importlib.import_module("pandas")
    added = {
        name: pandas.Series(pandas.array(array, dtype=pandas.ArrowDtype(array.type)), index=batch.index)
        for name, array in arrays.items()
    }
    return batch.assign(**added)


def _cells(batch: Batch, name: str) -> Sequence[Any]:
    column: Any = batch[name]
    if isinstance(batch, Mapping):
        return cast("Sequence[Any]", column)
    return column.to_pylist() if hasattr(column, "to_pylist") else list(column)


def _arrow(kind: Kind, cells: Sequence[Any]) -> Any:
    """Return an array of pyarrow, in which values of several types are texts, or bytes if some are."""
    arrow: Any = importlib.import_module("pyarrow")
    if kind == "text":
        return arrow.array([None if cell is None else _text(cell) for cell in cells], arrow.string())
    plain = [_text(cell) if isinstance(cell, str) else cell for cell in cells]
    try:
        return arrow.array(plain)
    except (arrow.ArrowInvalid, arrow.ArrowTypeError, OverflowError):
        texts = [
            cell if cell is None or isinstance(cell, (str, bytes)) else json.dumps(cell, default=repr)
            for cell in plain
        ]
    if any(isinstance(cell, bytes) for cell in texts):
        texts = [cell.encode("utf-8") if isinstance(cell, str) else cell for cell in texts]
    return arrow.array(texts)


def _text(cell: str) -> str:
    """Return a text that can be written: what an app says may be none."""
    return cell.encode("utf-8", "backslashreplace").decode("utf-8")
