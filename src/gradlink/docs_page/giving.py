"""What the page sends as the values of a call, made into arguments, and into what snippets are written from.

A value is JSON; in the place of a file stands ``{"gradlink_picked": KEY}`` for one that the user has picked,
``{"gradlink_url": URL}`` for one whose address the user has typed, or a file as the app itself gave it.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import field
from typing import Any, Final, cast
from urllib.parse import urlsplit

from gradlink._dataclass import dataclass
from gradlink._describe.fields import Field
from gradlink._describe.fitting import Misfit, fit
from gradlink._local.sources import handle_file
from gradlink._protocol.filedata import FileData, is_file
from gradlink._protocol.jsonvalue import MAX_DEPTH
from gradlink._text import one_line
from gradlink.codegen.snippets.calls import LocalFile, Value, WebFile
from gradlink.docs_page.document import ParameterDocument
from gradlink.docs_page.files import Picked
from gradlink.errors import GradlinkError

PICKED: Final = "gradlink_picked"
TYPED: Final = "gradlink_url"
NEEDED: Final = "a value is needed"


@dataclass(frozen=True, slots=True)
class Arguments:
    """What a form gives.

    Attributes:
        values: by the names of the parameters; what is the app's default is left out.
        written: the same, for snippets.
        problems: what is wrong with a value, by the name of its parameter.
    """

    values: dict[str, Any] = field(default_factory=dict[str, Any])
    written: dict[str, Value] = field(default_factory=dict[str, Value])
    problems: dict[str, str] = field(default_factory=dict[str, str])


def arguments(
    fields: Sequence[Field],
    documents: Sequence[ParameterDocument],
    given: Mapping[str, Any],
    picked: Callable[[str], Picked | None],
) -> Arguments:
    """Read what a form gives for the parameters of an endpoint."""
    read = Arguments()
    for one, document in zip(fields, documents, strict=True):
        name = one.name
        if name not in given:
            if document["required"]:
                read.problems[name] = NEEDED
            continue
        value = given[name]
        if not document["required"] and not document["default_long"] and _same(value, document["default"]):
            continue
        try:
            read.written[name] = written(value, picked)
            read.values[name] = fit(_with_files(value, picked, 0), one, _no_file)
        except (Misfit, GradlinkError) as exc:
            read.problems[name] = one_line(exc)[:1000]
    return read


def written(value: Any, picked: Callable[[str], Picked | None], depth: int = 0) -> Value:
    """Return a value of the page as snippets have it. Raises Misfit for one that is nested too deep."""
    if depth > MAX_DEPTH:
        raise Misfit(f"it is nested more than {MAX_DEPTH} deep")
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value)
        file = _written_file(items, picked)
        if file is not None:
            return file
        return {key: written(item, picked, depth + 1) for key, item in items.items()}
    if isinstance(value, list):
        return [written(item, picked, depth + 1) for item in cast("Sequence[Any]", value)]
    return cast("Value", value)


def _written_file(
    value: Mapping[str, Any], picked: Callable[[str], Picked | None]
) -> LocalFile | WebFile | None:
    if list(value) == [PICKED]:
        file = picked(str(value[PICKED]))
        return LocalFile(file.name if file is not None else "file")
    if list(value) == [TYPED]:
        return WebFile(str(value[TYPED]))
    url = value.get("url")
    if is_file(cast("Any", value)) and isinstance(url, str) and url:
        return WebFile(url)
    return None


def _no_file(_: str) -> Any:
    # What an app gives as an example must not name a file of this machine, or an address in its network.
    raise Misfit("a text is no file here: pick the file, or give its address")


def _with_files(value: Any, picked: Callable[[str], Picked | None], depth: int) -> Any:
    if depth > MAX_DEPTH:
        raise Misfit(f"it is nested more than {MAX_DEPTH} deep")
    if isinstance(value, Mapping):
        items = cast("Mapping[str, Any]", value)
        if list(items) == [PICKED]:
            file = picked(str(items[PICKED]))
            if file is None:
                raise Misfit("the file is not here any more: pick it again")
            return handle_file(file.path, file.name)
        if list(items) == [TYPED]:
            return _at_address(str(items[TYPED]))
        return {key: _with_files(item, picked, depth + 1) for key, item in items.items()}
    if isinstance(value, list):
        return [_with_files(item, picked, depth + 1) for item in cast("Sequence[Any]", value)]
    return value


def _at_address(url: str) -> FileData:
    try:
        parts = urlsplit(url)
    except ValueError as exc:
        raise Misfit(f"{url[:200]!r} is not a URL") from exc
    if parts.scheme not in {"http", "https"} or not parts.netloc:
        raise Misfit(f"{url[:200]!r} is not a URL: it begins with https:// or http://")
    return handle_file(url)


def _same(value: object, default: object) -> bool:
    """Tell whether two JSON values are the same: 1 is not true."""
    if isinstance(value, bool) or isinstance(default, bool):
        return value is default
    if isinstance(value, dict) and isinstance(default, dict):
        one, other = cast("dict[str, object]", value), cast("dict[str, object]", default)
        return one.keys() == other.keys() and all(_same(item, other[key]) for key, item in one.items())
    if isinstance(value, list) and isinstance(default, list):
        items, others = cast("list[object]", value), cast("list[object]", default)
        return len(items) == len(others) and all(map(_same, items, others))
    return value == default
