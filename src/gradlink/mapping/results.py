"""Values and errors of calls as a journal keeps them: JSON, and files beside it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from pathlib import Path
from typing import Any, Final, TypeAlias, cast

from gradlink import errors
from gradlink._dataclass import dataclass
from gradlink._local.files import FileObject
from gradlink._protocol.filedata import FileData
from gradlink.errors import AppError, FileError, GradlinkError

Place: TypeAlias = tuple[str | int, ...]
"""Where in a value something is: keys and indexes from the root."""

_FACTS: Final = ("endpoint", "event_id", "url", "status", "server_text", "attempts", "execution")


@dataclass(frozen=True, slots=True)
class Kept:
    """The value of a row as its journal has it.

    Attributes:
        text: JSON of the value, of where in it files are, and of whether it is a tuple.
        value: what the caller gets.
    """

    text: str
    value: Any


def files_in(value: object) -> list[FileObject]:
    """Return the files of a value, each once."""
    found: dict[int, FileObject] = {}
    left = [value]
    while left:
        part = left.pop()
        if isinstance(part, FileObject):
            found[id(part)] = part
        elif isinstance(part, Mapping):
            left.extend(cast("Mapping[str, object]", part).values())
        elif isinstance(part, (list, tuple)):
            left.extend(cast("Sequence[object]", part))
    return list(found.values())


def kept(value: Any, paths: Mapping[int, str], folder: Path) -> Kept:
    """Return a value as it is kept; the caller gets what a later run will read.

    Args:
        paths: by the ``id`` of each file, its path in ``folder``.

    Raises FileError if it is no JSON.
    """
    places = _Places(paths)
    stored = places.stored(value, ())
    whole = {
        "value": stored,
        "files": places.files,
        "file_data": places.file_data,
        "tuple": isinstance(value, tuple),
    }
    try:
        text = json.dumps(whole)  # escaped: a text of an app may be none that SQLite takes
    except (TypeError, ValueError) as exc:
        raise FileError(f"the value cannot be kept in the journal: {exc}", execution="unknown") from exc
    return Kept(text, read_value(text, folder))


def read_value(text: str, folder: Path) -> Any:
    """Return the value of a row from what :func:`kept` has made of it."""
    whole = json.loads(text)
    value = whole["value"]
    for place in whole["files"]:
        value = _put(value, place, lambda path: str(folder / path))
    for place in whole["file_data"]:
        value = _put(value, place, FileData)
    return tuple(value) if whole["tuple"] else value


def write_error(error: GradlinkError) -> str:
    """Return an error as JSON."""
    facts = {name: fact for name in _FACTS if (fact := getattr(error, name)) is not None}
    app = {"title": error.title} if isinstance(error, AppError) else {}
    text = str(error.args[0]) if error.args else ""
    return json.dumps({"class": type(error).__name__, "text": text, "facts": facts, **app})


def read_error(text: str) -> GradlinkError:
    """Return an error from JSON, in its class with its text and facts."""
    said = json.loads(text)
    kind = getattr(errors, said["class"], GradlinkError)
    if not (isinstance(kind, type) and issubclass(kind, GradlinkError)):
        kind = GradlinkError
    more = {"title": said["title"]} if issubclass(kind, AppError) and "title" in said else {}
    error: GradlinkError = kind(said["text"], **more, **said["facts"])
    return error


@dataclass(frozen=True, slots=True)
class _Places:
    """Where in a value its files are, and what else JSON does not tell apart."""

    paths: Mapping[int, str]
    files: list[Place] = field(default_factory=list[Place])
    file_data: list[Place] = field(default_factory=list[Place])

    def stored(self, value: Any, place: Place) -> Any:
        """Return ``value`` with the paths of its files; its places are noted."""
        if isinstance(value, FileObject):
            self.files.append(place)
            return self.paths[id(value)]
        if isinstance(value, FileData):
            self.file_data.append(place)
        if isinstance(value, Mapping):
            parts = cast("Mapping[str, Any]", value)
            return {name: self.stored(part, (*place, name)) for name, part in parts.items()}
        if isinstance(value, (list, tuple)):
            listed = cast("Sequence[Any]", value)
            return [self.stored(part, (*place, number)) for number, part in enumerate(listed)]
        return value


def _put(value: Any, place: list[str | int], change: Callable[[Any], Any]) -> Any:
    """Return ``value`` with what is at ``place`` changed; it is changed itself unless it is there."""
    if not place:
        return change(value)
    parent = value
    for step in place[:-1]:
        parent = parent[step]
    parent[place[-1]] = change(parent[place[-1]])
    return value
