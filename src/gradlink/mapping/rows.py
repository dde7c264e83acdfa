"""What goes into a map and comes out of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar, cast

from gradlink._dataclass import dataclass
from gradlink._describe.functions import call_arguments
from gradlink._protocol.filedata import FileData
from gradlink._protocol.schema import Endpoint
from gradlink.errors import ArgumentError, GradlinkError

JobT = TypeVar("JobT")


@dataclass(frozen=True, slots=True)
class MapRow:
    """One row of :meth:`gradlink.Client.map`, with what became of it.

    Attributes:
        index: its place among the rows that were given, from 0.
        row: what was given: a dict of arguments by name, a tuple of them by position, or the only one.
        value: what the call gave; None if it failed.
        error: why there is no value; None if there is one. Its ``execution`` says whether the function ran.
        attempts: how often it was called, by all programs that had the journal; 0 if that was never tried.
        key: its name in the journal, None without one.
        replayed: it is as the journal has it, and was not called now.
    """

    index: int
    row: Any
    value: Any = None
    error: GradlinkError | None = None
    attempts: int = 1
    key: str | None = None
    replayed: bool = False

    @property
    def ok(self) -> bool:
        """The call has given a value."""
        return self.error is None


def submitted(submit: Callable[..., JobT], endpoint: Endpoint, row: object) -> JobT:
    """Submit the call of a row and return its job. Raises ArgumentError for a row that is none, or what ``submit`` raises."""
    args, kwargs = arguments_of(row)
    # By position goes what it would take for an option of its own.
    more, named = call_arguments(endpoint, kwargs) if kwargs else ((), kwargs)
    try:
        return submit(*args, *more, api_name=endpoint.api_name, fn_index=endpoint.fn_index, **named)
    except GradlinkError:
        raise
    except (
        TypeError
    ) as exc:  # an argument with the name of one of its own options, which the endpoint does not take
        raise ArgumentError(f"{endpoint.title}: {exc}", execution="not started") from exc


def arguments_of(row: object) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments of a row, by position and by name. Raises ArgumentError for names that are no texts."""
    if isinstance(row, tuple):
        return cast("tuple[Any, ...]", row), {}  # type: ignore[redundant-cast]  # pyright needs it
    # A file is a mapping as well, and a single value.
    if isinstance(row, Mapping) and not isinstance(row, FileData):
        named = dict(cast("Mapping[Any, Any]", row))  # type: ignore[redundant-cast]  # pyright needs it
        if odd := [name for name in named if not isinstance(name, str)]:
            raise ArgumentError(
                f"a row has the argument {odd[0]!r}: the names of arguments are texts",
                execution="not started",
            )
        return (), named
    return (row,), {}
