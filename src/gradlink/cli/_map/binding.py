"""Binds rows to the parameters of an endpoint, as the command line does with arguments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import field
from typing import Any, cast

import click

from gradlink._dataclass import dataclass
from gradlink._describe import fitting
from gradlink._describe.fields import Field
from gradlink._describe.fitting import Misfit
from gradlink.cli import arguments
from gradlink.cli._map.sources import Source
from gradlink.cli.arguments import Given, StandardInput
from gradlink.errors import ArgumentError, FileError, GradlinkError


class BoundRow(dict[str, Any]):
    """The arguments of one row by name, and where they come from.

    Attributes:
        number: its place in the source.
        given: the row as the source has it.
    """

    def __init__(self, number: int, given: Mapping[str, Any], values: Mapping[str, Any]) -> None:
        super().__init__(values)
        self.number = number
        self.given = given


@dataclass(frozen=True, slots=True)
class Unbound:
    """A row that cannot be called, and why."""

    number: int
    given: Mapping[str, Any]
    error: GradlinkError


@dataclass(slots=True)
class Binder:
    """Makes arguments of rows.

    Attributes:
        values: arguments that all rows have; those of a row win.
        unused: columns that the endpoint has no parameter for, as far as rows were read.
    """

    fields: Sequence[Field]
    values: Mapping[str, Any]
    source: Source
    unused: dict[str, None] = field(default_factory=dict[str, None])

    def rows(self) -> Iterator[BoundRow | Unbound]:
        """Yield all rows, bound if that can be done."""
        for number, row in enumerate(self.source.rows()):
            given: Mapping[str, Any] = {}
            try:
                given = self._named(row)
                yield BoundRow(number, given, self._bound(given))
            except (click.UsageError, FileError) as exc:
                text = exc.format_message() if isinstance(exc, click.UsageError) else str(exc)
                yield Unbound(number, given, ArgumentError(text, execution="not started"))

    def _named(self, row: object) -> Mapping[str, Any]:
        if isinstance(row, Mapping):
            return cast("Mapping[str, Any]", row)
        listed = cast("list[object]", row) if isinstance(row, list) else [row]
        if len(listed) > len(self.fields):
            raise click.UsageError(f"the row has {len(listed)} values, the endpoint takes {len(self.fields)}")
        return {one.name: value for one, value in zip(self.fields, listed, strict=False)}

    def _bound(self, given: Mapping[str, Any]) -> dict[str, Any]:
        known = {one.name: one for one in self.fields}
        self.unused.update(dict.fromkeys(name for name in given if name not in known))
        values = dict(self.values)
        for name, one in known.items():
            value = given.get(name)
            # An empty cell, or null where none is taken, is one that was left out.
            if name in given and not (value in ("", None) and (one.parameter.has_default or name in values)):
                values[name] = self._value(one, value)
        missing = [
            one.name for one in self.fields if one.name not in values and not one.parameter.has_default
        ]
        if missing:
            raise click.UsageError(f"missing: {', '.join(missing[:10])}")
        return values

    def _value(self, one: Field, value: Any) -> Any:
        try:
            if self.source.texts:
                return arguments.single(one, Given(value), StandardInput())
            if fitting.takes_one_file(one.shape) and (content := _content(value)) is not None:
                return content
            return fitting.fit(value, one, arguments.file_of)
        except Misfit as exc:
            raise click.UsageError(f"{one.name}: {exc}") from exc


def _content(value: object) -> Any:
    """Return the file that a column of Parquet has as bytes, or as the record of a data set; None for anything else."""
    from gradlink import handle_file

    if isinstance(value, bytes):
        return handle_file(value)
    if isinstance(value, dict):
        record = cast("dict[str, Any]", value)
        if isinstance(content := record.get("bytes"), bytes):
            path = record.get("path")
            return handle_file(content, path if isinstance(path, str) else None)
    return None
