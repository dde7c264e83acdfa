"""Batches in each format of Ray Data: what is read from them, and what they are with more columns."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest

from gradlink.ray.batches import columns_of, count_of, rows_of, with_columns

CELLS = {"text": ["a", "b"], "number": [1, 2]}
FORMATS: list[Any] = [
    {name: np.array(cells) for name, cells in CELLS.items()},
    pd.DataFrame(CELLS, index=[7, 9]),
    pa.table(CELLS),
]
each_format = pytest.mark.parametrize("batch", FORMATS, ids=["numpy", "pandas", "pyarrow"])


def table_of(batch: Any) -> pa.Table:
    """Return a batch as Ray makes blocks of it."""
    if isinstance(batch, dict):
        return pa.table(batch)
    return pa.Table.from_pandas(batch, preserve_index=False) if isinstance(batch, pd.DataFrame) else batch


@each_format
def test_rows_are_read(batch: Any) -> None:
    assert columns_of(batch) == ["text", "number"]
    assert count_of(batch) == 2
    assert rows_of(batch, ["number"]) == [{"number": 1}, {"number": 2}]
    assert rows_of(batch, []) == [{}, {}]


@each_format
def test_columns_are_added_and_replaced_in_the_same_format(batch: Any) -> None:
    made = with_columns(batch, {"more": ("any", [b"x\0", None]), "text": ("text", [None, None])})
    assert type(made) is type(batch)
    table = table_of(made)
    assert table.column_names == ["text", "number", "more"]
    assert table.column("more").to_pylist() == [b"x\0", None]
    assert table.column("number").to_pylist() == [1, 2]
    # A file of rows that all went well is of the same types as one with errors.
    assert table.schema.field("text").type == pa.string()
    assert columns_of(batch) == ["text", "number"]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["a", 1, None, 2.5], ["a", "1", None, "2.5"]),
        ([b"\xff", "a", None], [b"\xff", b"a", None]),
        ([1, 2**70], ["1", str(2**70)]),
        ([1, 2.5], [1.0, 2.5]),
        ([True, None], [True, None]),
        (["\ud800"], ["\\ud800"]),
        ([[b"a", b"b"], None], [[b"a", b"b"], None]),
    ],
)
def test_a_column_has_one_type_whatever_an_app_says(cells: list[Any], expected: list[Any]) -> None:
    assert with_columns({}, {"x": ("any", cells)})["x"].to_pylist() == expected


def test_what_is_no_batch_is_named() -> None:
    with pytest.raises(TypeError, match="not a list"):
        columns_of([1])


def test_no_columns_are_no_rows() -> None:
    assert count_of({}) == 0
