"""The options of a map, checked."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, cast, get_args

from gradlink._dataclass import dataclass
from gradlink._flows.delivery import ResultForm
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._protocol.schema import Endpoint
from gradlink.errors import ArgumentError
from gradlink.mapping.concurrency import Bounds
from gradlink.mapping.keys import key_of_arguments, key_of_name
from gradlink.mapping.rows import arguments_of
from gradlink.mapping.schedule import Item
from gradlink.mapping.standing import Again

if TYPE_CHECKING:
    from gradlink.mapping.journal import Journal

OnError: TypeAlias = Literal["raise", "yield", "skip"]
Width: TypeAlias = 'Literal["auto"] | int | tuple[int, int]'
JournalPath: TypeAlias = str | os.PathLike[str]

NO_MORE: Final = Again()
_BATCH: Final = 4  # what Gradio takes where an app says nothing


@dataclass(frozen=True, slots=True)
class MapOptions:
    """What a caller asks for.

    Attributes:
        concurrency: how many rows are at the server at a time.
        ordered: rows are handed out in their order.
        errors: what becomes of a row without a value: its error is raised, it is handed out, or it is left out.
        journal: path of the journal, None for none.
        key: names a row for the journal; None for a hash of its arguments.
        again: which rows are called that may have run, or whose function failed.
    """

    concurrency: Width = "auto"
    ordered: bool = False
    errors: OnError = "raise"
    journal: JournalPath | None = None
    key: Callable[[Any], object] | None = None
    again: Again = NO_MORE

    def check(self, form: ResultForm) -> None:
        """Raise ArgumentError for an option that is none, or does not go with what the client makes of results."""
        if self.errors not in get_args(OnError):
            raise ArgumentError(f'errors is "raise", "yield" or "skip", not {self.errors!r}')
        if not isinstance(cast("object", self.journal), (str, os.PathLike, type(None))):
            raise ArgumentError(f"journal is a path, not {self.journal!r}")
        if self.journal is None and (self.key is not None or self.again.failed):
            raise ArgumentError("key= and retry_failed= are for a journal: give journal=")
        if self.journal is not None and form.frames is not None:
            raise ArgumentError(f"frames={form.frames!r}: a journal keeps JSON, so its values have no frames")
        Bounds.of(self.concurrency, 1)

    def bounds(self, endpoint: Endpoint, config: JSONObject, most: int) -> Bounds:
        """Return how many rows may be at the server at a time; ``most`` is what the client has there."""
        return Bounds.of(self.concurrency, most, _batch_of(endpoint, config) if endpoint.batch else 1)

    def open_journal(self, app: str, endpoint: Endpoint) -> Journal | None:
        """Open the journal of this map, None if it has none. Raises JournalError if that is another's."""
        if self.journal is None:
            return None
        from gradlink.mapping.journal import Journal, Subject

        return Journal(self.journal, Subject(app, endpoint.title), self.again)

    def named(self, item: Item) -> Item:
        """Return a row with its key. Raises ArgumentError or FileError if it has none."""
        if self.journal is None:
            return item
        if self.key is not None:
            return replace(item, key=key_of_name(self.key(item.row)))
        return replace(item, key=key_of_arguments(*arguments_of(item.row)))


def _batch_of(endpoint: Endpoint, config: JSONObject) -> int:
    """Return how many calls the server may run at once."""
    dependencies = config.get("dependencies")
    for place, dependency in enumerate(dependencies if isinstance(dependencies, list) else []):
        if isinstance(dependency, dict) and dependency.get("id", place) == endpoint.fn_index:
            size = dependency.get("max_batch_size")
            return size if type(size) is int and size > 0 else _BATCH
    return _BATCH
