"""Writes the result of a call: to standard output, and its files to where they are wanted."""

from __future__ import annotations

import shutil
from collections.abc import Iterator, Mapping
from dataclasses import field
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from gradlink._dataclass import dataclass
from gradlink._local.values.contents import names_folder
from gradlink.cli.console import json_text, say, write
from gradlink.errors import FileError

if TYPE_CHECKING:
    from gradlink._protocol.schema import Endpoint


@dataclass
class Results:
    """How results are written.

    Attributes:
        json: as JSON, for programs.
        target: file or directory for the files of the result; None to leave them where they were downloaded to.
        downloads: the directory that the client downloads to for ``target``: only files in it are files of the result.
    """

    json: bool
    target: str | None
    downloads: str | None
    _taken: set[Path] = field(default_factory=set[Path])

    def write(self, value: Any, endpoint: Endpoint) -> None:
        """Write the result of a call of ``endpoint``."""
        value = self.placed(value)
        if self.json:
            write(json_text(value))
            return
        labels = list(endpoint.returns)
        values = list(cast("tuple[object, ...]", value)) if isinstance(value, tuple) else [value]
        if len(values) == 1:
            write(text_of(values[0]))
            return
        for position, one in enumerate(values):
            label = labels[position] if position < len(labels) else f"value {position}"
            text = text_of(one)
            write(f"{label}:\n{text}\n" if "\n" in text else f"{label}: {text}")

    def placed(self, value: Any) -> Any:
        """Return ``value`` with the paths of its files as they are after they were put to where they are wanted."""
        if self.target is None or self.downloads is None:
            return value
        files = list(dict.fromkeys(_files(value, self.downloads)))
        if not files:
            raise FileError(
                f"--output {self.target}: the result has no files; it is: {json_text(value, indent=None)[:200]}"
            )
        moved = {file: str(self._place(Path(file), only=len(files) == 1)) for file in files}
        for path in moved.values():
            say(f"wrote {path}")
        return _replaced(value, moved)

    def _place(self, file: Path, *, only: bool) -> Path:
        assert self.target is not None  # noqa: S101  # who calls it has looked
        target = Path(self.target)
        if target.is_dir() or not only or names_folder(self.target):
            target.mkdir(parents=True, exist_ok=True)
            place = _free(target / file.name, self._taken)
        else:
            place = target
        self._taken.add(place)
        # Moved, not copied: nobody else knows of what was downloaded for this run.
        shutil.move(file, place)
        return place


def text_of(value: Any) -> str:
    """Return a value for people: a text as it is, anything else as JSON."""
    if value is None:
        return ""
    return value if isinstance(value, str) else json_text(value)


def _files(value: Any, downloads: str) -> Iterator[str]:
    """Yield the paths of the files in ``value``: those texts that are files in the directory of this run's downloads."""
    if isinstance(value, str):
        if len(value) < 4096 and value.startswith(downloads) and Path(value).is_file():
            yield value
    elif isinstance(value, Mapping):
        for part in cast("Mapping[str, Any]", value).values():
            yield from _files(part, downloads)
    elif isinstance(value, (list, tuple)):
        for part in cast("list[Any]", value):
            yield from _files(part, downloads)


def _replaced(value: Any, moved: Mapping[str, str]) -> Any:
    if isinstance(value, str):
        return moved.get(value, value)
    if isinstance(value, Mapping):
        return {key: _replaced(part, moved) for key, part in cast("Mapping[str, Any]", value).items()}
    if isinstance(value, tuple):
        return tuple(_replaced(part, moved) for part in cast("tuple[object, ...]", value))
    if isinstance(value, list):
        return [_replaced(part, moved) for part in cast("list[object]", value)]
    return value


def _free(place: Path, taken: set[Path]) -> Path:
    """Return ``place``, or one beside it with a number: several files of a result may have one name."""
    candidate, number = place, 1
    while candidate in taken or candidate.exists():
        candidate = place.with_stem(f"{place.stem}-{number}")
        number += 1
    return candidate
