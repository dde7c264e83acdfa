"""Writes what became of the rows of a map: JSON Lines, CSV, or Parquet."""

from __future__ import annotations

import csv
import sys
from collections.abc import Generator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import IO, Any, Protocol, cast

import click

from gradlink.cli._map.sources import parquet_module
from gradlink.cli.console import json_text
from gradlink.errors import GradlinkError

# Rows that are held until they are written together.
_GROUP = 1000


class Output(Protocol):
    """Takes what became of rows."""

    def write(
        self, number: int, given: Mapping[str, Any], value: Any, error: GradlinkError | None
    ) -> None: ...


def output_to(path: str, labels: Sequence[str]) -> AbstractContextManager[Output]:
    """Return what writes to ``path``, ``-`` for standard output. Raises click.UsageError for a kind that is not known.

    Args:
        labels: names of the values of a result.
    """
    suffix = Path(path).suffix.lower()
    if path == "-" or suffix in {".jsonl", ".ndjson"}:
        return _json_lines(path)
    if suffix in {".csv", ".tsv"}:
        return _csv(path, labels, "\t" if suffix == ".tsv" else ",")
    if suffix == ".parquet":
        return _parquet(path, labels)
    raise click.UsageError(f"{path!r}: results are written to .jsonl, .csv, .tsv and .parquet, or to -")


def described(error: GradlinkError) -> dict[str, Any]:
    """Return an error as data."""
    return {"class": type(error).__name__, "message": str(error), "execution": error.execution}


class _JsonLines:
    def __init__(self, opened: IO[str]) -> None:
        self._opened = opened

    def write(self, number: int, given: Mapping[str, Any], value: Any, error: GradlinkError | None) -> None:
        end = {"output": value} if error is None else {"error": described(error)}
        self._opened.write(json_text({"index": number, "input": shown(given), **end}, indent=None) + "\n")
        self._opened.flush()


class _Table:
    """Columns: index, those of the rows, one for each value of a result, and error."""

    def __init__(self, labels: Sequence[str]) -> None:
        self._labels = list(labels) or ["output"]

    def record(
        self, number: int, given: Mapping[str, Any], value: Any, error: GradlinkError | None
    ) -> dict[str, str | int | None]:
        values = list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else [value]
        record: dict[str, str | int | None] = {"index": number}
        record |= {name: _cell(part) for name, part in given.items()}
        for place, label in enumerate(self._labels):
            # A column of the rows that has the name of a result keeps it.
            name = f"output {label}" if label in record else label
            record[name] = _cell(values[place]) if error is None and place < len(values) else None
        record["error"] = None if error is None else f"{type(error).__name__}: {error}"
        return record


class _Csv(_Table):
    def __init__(self, opened: IO[str], labels: Sequence[str], delimiter: str) -> None:
        super().__init__(labels)
        self._opened = opened
        self._delimiter = delimiter
        self._writer: csv.DictWriter[str] | None = None

    def write(self, number: int, given: Mapping[str, Any], value: Any, error: GradlinkError | None) -> None:
        record = self.record(number, given, value, error)
        if self._writer is None:
            self._writer = csv.DictWriter(
                self._opened, list(record), delimiter=self._delimiter, extrasaction="ignore"
            )
            self._writer.writeheader()
        self._writer.writerow(record)
        self._opened.flush()


class _Parquet(_Table):
    def __init__(self, path: str, labels: Sequence[str]) -> None:
        super().__init__(labels)
        self._path = path
        self._parquet = parquet_module()
        self._records: list[dict[str, str | int | None]] = []
        self._writer: Any = None

    def write(self, number: int, given: Mapping[str, Any], value: Any, error: GradlinkError | None) -> None:
        self._records.append(self.record(number, given, value, error))
        if len(self._records) >= _GROUP:
            self.flush()

    def flush(self) -> None:
        arrow = parquet_module("pyarrow")
        records, self._records = self._records, []
        if self._writer is None:
            names = list(records[0]) if records else ["index", *self._labels, "error"]
            columns = [(name, arrow.int64() if name == "index" else arrow.string()) for name in names]
            self._writer = self._parquet.ParquetWriter(self._path, arrow.schema(columns))
        self._writer.write_table(arrow.Table.from_pylist(records, self._writer.schema))

    def close(self) -> None:
        self.flush()
        self._writer.close()


@contextmanager
def _json_lines(path: str) -> Generator[Output]:
    if path == "-":
        yield _JsonLines(sys.stdout)
        return
    with Path(path).open("w", encoding="utf-8") as opened:
        yield _JsonLines(opened)


@contextmanager
def _csv(path: str, labels: Sequence[str], delimiter: str) -> Generator[Output]:
    with Path(path).open("w", encoding="utf-8", newline="") as opened:
        yield _Csv(opened, labels, delimiter)


@contextmanager
def _parquet(path: str, labels: Sequence[str]) -> Generator[Output]:
    output = _Parquet(path, labels)
    try:
        yield output
    finally:
        output.close()


def shown(value: Any) -> Any:
    """Return a value of a row as it is written: contents of files are not."""
    if isinstance(value, bytes):
        return f"<{len(value):,} bytes>"
    if isinstance(value, Mapping):
        return {name: shown(part) for name, part in cast("Mapping[str, Any]", value).items()}
    return [shown(part) for part in cast("list[object]", value)] if isinstance(value, list) else value


def _cell(value: Any) -> str | None:
    if value is None or isinstance(value, str):
        return value
    return json_text(shown(value), indent=None)
