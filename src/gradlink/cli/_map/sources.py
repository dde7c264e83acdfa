"""Reads the rows of a map from a file: JSON Lines, CSV, or Parquet."""

from __future__ import annotations

import csv
import glob
import json
import sys
from collections.abc import Callable, Iterator
from importlib import import_module
from pathlib import Path
from typing import IO, Any, Final

import click

from gradlink._dataclass import dataclass
from gradlink.errors import MissingPackageError

INSTALL: Final = "Parquet needs pyarrow; install it with: pip install 'gradlink[parquet]'"
_GLOB: Final = frozenset("*?[")


@dataclass(frozen=True, slots=True)
class Source:
    """Where rows come from.

    Attributes:
        rows: gives them: dicts by name, or what else stands in a line.
        texts: their values are texts, which mean what they would mean on the command line.
        count: how many there are, None if that is not known before.
    """

    rows: Callable[[], Iterator[Any]]
    texts: bool = False
    count: int | None = None


def source_of(path: str) -> Source:
    """Return the rows of a file, ``-`` for JSON Lines on standard input. Raises click.UsageError for one of no known kind."""
    if path == "-":
        return Source(lambda: _json_lines(sys.stdin, "standard input"))
    file = Path(path).expanduser()
    if not file.is_file():
        raise click.UsageError(f"there is no file {path!r} with rows")
    match file.suffix.lower():
        case ".jsonl" | ".ndjson":
            return Source(lambda: _opened(file, _json_lines), count=_lines(file))
        case ".csv" | ".tsv":
            return Source(lambda: _opened(file, _csv), texts=True, count=sum(1 for _ in _opened(file, _csv)))
        case ".parquet":
            parquet = parquet_module()
            return Source(lambda: _parquet(file), count=int(parquet.ParquetFile(file).metadata.num_rows))
        case _:
            raise click.UsageError(f"{path!r}: rows are read from .jsonl, .csv, .tsv and .parquet, or from -")


def files_of(name: str, pattern: str) -> Source:
    """Return a row for each file that ``pattern`` names, in the order of their names."""
    found = glob.glob(str(Path(pattern).expanduser()), recursive=True)  # noqa: PTH207  # absolute ones, too
    files = sorted(path for path in found if Path(path).is_file())
    if not files:
        raise click.UsageError(f"{name}: no file is named by {pattern!r}")
    return Source(lambda: ({name: f"@{path}"} for path in files), texts=True, count=len(files))


def is_pattern(text: str) -> bool:
    """Tell whether ``@text`` names many files."""
    return text.startswith("@") and bool(_GLOB & set(text)) and not Path(text[1:]).exists()


def parquet_module(name: str = "pyarrow.parquet") -> Any:
    """Return the module that reads and writes Parquet, or another one of its package. Raises MissingPackageError without it."""
    try:
        return import_module(name)
    except ImportError:
        raise MissingPackageError(INSTALL) from None


def _opened(file: Path, read: Callable[[IO[str], str], Iterator[Any]]) -> Iterator[Any]:
    # Spreadsheets write a mark in front; csv wants line ends as they are.
    with file.open(encoding="utf-8-sig", newline="") as opened:
        yield from read(opened, str(file))


def _lines(file: Path) -> int:
    with file.open("rb") as opened:
        return sum(1 for line in opened if line.strip())


def _json_lines(opened: IO[str], name: str) -> Iterator[Any]:
    for number, line in enumerate(opened, 1):
        if not line.strip():
            continue
        try:
            yield json.loads(line)
        except (ValueError, RecursionError) as exc:
            raise click.UsageError(f"{name}, line {number}: not JSON: {exc}") from exc


def _csv(opened: IO[str], name: str) -> Iterator[dict[str, str]]:
    reader = csv.DictReader(opened, delimiter="\t" if name.endswith(".tsv") else ",", strict=True)
    try:
        for row in reader:
            if None in row or None in row.values():
                raise click.UsageError(
                    f"{name}, line {reader.line_num}: not as many values as there are columns"
                )
            yield row
    except csv.Error as exc:
        raise click.UsageError(f"{name}, line {reader.line_num}: {exc}") from exc


def _parquet(file: Path) -> Iterator[dict[str, Any]]:
    for batch in parquet_module().ParquetFile(file).iter_batches(batch_size=256):
        yield from batch.to_pylist()
