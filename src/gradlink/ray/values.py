"""From the cells of a data set to the arguments of a call, then from its value to cells."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, Final, cast

from gradlink._local.files import MemoryFile
from gradlink._local.sources import handle_file
from gradlink._local.values.libraries import is_array
from gradlink._local.values.wanted import Wanted, wanted_by
from gradlink._protocol.datauri import is_data_uri
from gradlink._protocol.filedata import FileData
from gradlink._protocol.schema import Endpoint, Parameter
from gradlink._text import one_line
from gradlink.errors import ArgumentError
from gradlink.ray.settings import Settings

# What data sets of images and sound have in a cell: the content, and the name that the file had.
_FILE_KEYS: Final = ("bytes", "path")


class Inputs:
    """Which column of a data set is which argument of an endpoint."""

    def __init__(self, settings: Settings, endpoint: Endpoint, columns: Sequence[str]) -> None:
        """Raise ArgumentError if what is needed is not there, or what is named is not."""
        self._endpoint = endpoint
        known = {parameter.name: parameter for parameter in endpoint.parameters}
        named = settings.inputs
        if named is None:
            named = {name: name for name in known if name in columns and name not in settings.arguments}
        listed = ", ".join(map(repr, known)) or "none"
        for name in (*named, *settings.arguments):
            if name not in known:
                raise self._wrong(f"it has no parameter {name!r}; its parameters are {listed}")
        has = ", ".join(map(repr, columns)) or "none"
        for name, column in named.items():
            if column not in columns:
                raise self._wrong(f"no column {column!r} is there for {name!r}; the columns are {has}")
        for parameter in endpoint.parameters:
            name = parameter.name
            if not (parameter.has_default or name in named or name in settings.arguments):
                raise self._wrong(
                    f"nothing is given for {name!r}; the columns are {has}: "
                    f"name one with inputs={{{name!r}: 'COLUMN'}}, or a value for all rows with arguments="
                )
        self._columns = dict(named)
        self._wanted = {name: _wanted(known[name]) for name in named}
        self._fixed = settings.arguments

    @property
    def columns(self) -> list[str]:
        """The columns that are read."""
        return list(dict.fromkeys(self._columns.values()))

    def arguments(self, row: Mapping[str, Any]) -> dict[str, Any]:
        """Return the arguments of the call of a row. Raises ArgumentError for a file that is neither bytes nor a URL."""
        arguments = dict(self._fixed)
        for name, column in self._columns.items():
            try:
                arguments[name] = _argument(row[column], self._wanted[name])
            except _NoFileError as exc:
                raise self._wrong(
                    f"{name!r} takes files, and the column {column!r} has the text {exc}: actors have files "
                    "as bytes (ray.data.read_binary_files, read_parquet) or as http(s) URLs"
                ) from None
        return arguments

    def _wrong(self, what: str) -> ArgumentError:
        title = self._endpoint.title
        return ArgumentError(f"{title}: {what}", endpoint=title, execution="not started")


def check_outputs(settings: Settings, endpoint: Endpoint) -> None:
    """Raise ArgumentError unless there is a column for each output, which may be None."""
    count = len(endpoint.shown(endpoint.output_types))
    if len(settings.outputs) not in {count, max(count, 1)}:
        raise ArgumentError(
            f"{endpoint.title} has {count} outputs, and output= names {len(settings.outputs)} columns; "
            "give a list with a name for each, or None for one that is left out",
            endpoint=endpoint.title,
            execution="not started",
        )


def cells(value: Any, count: int) -> list[Any]:
    """Return the value of a call as the cells of ``count`` columns.

    Files are bytes, or addresses. Lists and objects without bytes in them are JSON, since rows may differ in them.
    """
    parts = (
        cast("tuple[Any, ...]", value)  # type: ignore[redundant-cast]  # pyright needs it
        if isinstance(value, tuple)
        else (value,)
    )
    return [_cell(part) for part in [*parts, *[None] * count][:count]]


class _NoFileError(Exception):
    """A text stands where a file is wanted; the message is the text."""


def _wanted(parameter: Parameter) -> Wanted:
    return wanted_by(parameter, dict)


def _argument(cell: Any, wanted: Wanted) -> Any:
    """Return a cell as an argument, with what stands for files in it as files."""
    given: object = cell
    if isinstance(given, str) and wanted.takes_file and not wanted.takes_text:
        if given.startswith(("http://", "https://")):
            return handle_file(given)
        if is_data_uri(given):
            return given
        raise _NoFileError(one_line(repr(given[:80])))
    if isinstance(given, Mapping) and wanted.takes_file:
        return _named_file(cast("Mapping[str, Any]", given), wanted)
    parts: Any = cell.tolist() if is_array(cell) and cell.dtype == object else cell
    if isinstance(parts, list):
        return [_argument(part, wanted.inside(0)) for part in cast("Sequence[Any]", parts)]
    return cell


def _named_file(cell: Mapping[str, Any], wanted: Wanted) -> Any:
    if set(cell) != set(_FILE_KEYS):
        return dict(cell)
    content, name = cell["bytes"], cell["path"]
    if content is None:
        return None if name is None else _argument(name, wanted)
    return handle_file(content, name.replace("\\", "/").rpartition("/")[2] or None if name else None)


def _cell(value: Any) -> Any:
    found: tuple[Any, bool] = _plain(value)
    plain, has_bytes = found
    return json.dumps(plain) if type(plain) in {dict, list} and not has_bytes else plain


def _plain(value: Any) -> tuple[Any, bool]:
    """Return ``value`` with its files as bytes or addresses, and whether bytes are in it."""
    if isinstance(value, MemoryFile):
        return value.bytes(), True
    if isinstance(value, FileData):
        return value.url, False
    if isinstance(value, Mapping):
        pairs = {str(name): _plain(part) for name, part in cast("Mapping[object, object]", value).items()}
        return {name: part for name, (part, _) in pairs.items()}, any(has for _, has in pairs.values())
    if isinstance(value, (list, tuple)):
        found = [_plain(part) for part in cast("Sequence[object]", value)]
        return [part for part, _ in found], any(has for _, has in found)
    return value, False
