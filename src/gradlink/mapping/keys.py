"""Makes the names that rows have in a journal: the same for the same call, whatever the program that makes it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from hashlib import blake2b
from typing import TYPE_CHECKING, Any, Final, cast

from gradlink._local.files import FileObject
from gradlink._local.filesource import FileSource
from gradlink._protocol.filedata import local_source
from gradlink._protocol.jsonvalue import MAX_DEPTH
from gradlink.errors import ArgumentError, FileError

if TYPE_CHECKING:
    from _typeshed import SupportsRead

# So many that no two of any data set are the same by chance.
KEY_BYTES: Final = 16
_CHUNK: Final = 1 << 20


def key_of_arguments(args: Sequence[Any], kwargs: Mapping[str, Any]) -> str:
    """Return the key of a row with these arguments; files count by their content, URLs by their text.

    Raises:
        ArgumentError: an argument has no content that a later run would know again.
        FileError: a file cannot be read.
    """
    return _digest({"args": list(args), "kwargs": dict(kwargs)})


def key_of_name(name: object) -> str:
    """Return the key of a row that the caller has named. Raises ArgumentError for what is no JSON value."""
    return _digest({"name": name})


def is_plain(row: object) -> bool:
    """Tell whether a row has neither files nor anything nested, so that its key is made at once."""
    parts: Iterable[object] = (row,)
    if isinstance(row, Mapping):
        parts = cast("Mapping[object, object]", row).values()
    elif isinstance(row, tuple):
        parts = cast("tuple[object, ...]", row)
    return all(part is None or isinstance(part, (str, int, float)) for part in parts)


def _digest(value: object) -> str:
    plain = _plain(value, 0)
    text = json.dumps(plain, sort_keys=True, ensure_ascii=True, separators=(",", ":"))
    return blake2b(text.encode("ascii"), digest_size=KEY_BYTES).hexdigest()


def _plain(value: Any, depth: int) -> Any:
    """Return ``value`` as JSON, with what files hold in their places."""
    if value is None or isinstance(value, (str, int, float)):
        return value
    if depth > MAX_DEPTH:
        raise ArgumentError("a row is nested too deep", execution="not started")
    if isinstance(value, Mapping):
        mapping = cast("Mapping[object, object]", value)
        if (source := local_source(mapping)) is not None:
            return _content(cast("FileSource", source))
        # Names are texts in JSON, whatever they were.
        return {"dict": {str(name): _plain(part, depth + 1) for name, part in mapping.items()}}
    if isinstance(value, (list, tuple)):
        return [_plain(part, depth + 1) for part in cast("Sequence[Any]", value)]
    if isinstance(value, FileObject):
        return {"url": value.url}
    if (source := FileSource.found(value)) is not None:
        return _content(source)
    raise ArgumentError(
        f"a row has a {type(value).__name__}, of which no key for the journal can be made: "
        "give key=, a function of a row that names it",
        execution="not started",
    )


def _content(source: FileSource) -> dict[str, str]:
    if not source.can_rewind:
        raise ArgumentError(
            f"the file {source.name!r} can be read only once: give key=, a function of a row that names it",
            execution="not started",
        )
    try:
        with source.open() as opened:
            if isinstance(source.given, (str, bytes)):
                return {"file": _hash(opened)}
            place = opened.tell()
            try:
                return {"file": _hash(opened)}
            finally:
                opened.seek(place)
    except OSError as exc:
        raise FileError(f"the file {source.name!r} cannot be read: {exc}", execution="not started") from exc


def _hash(opened: SupportsRead[bytes]) -> str:
    digest = blake2b(digest_size=KEY_BYTES)
    while chunk := opened.read(_CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
