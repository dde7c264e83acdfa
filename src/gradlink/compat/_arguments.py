"""The arguments of a call as programs for gradio_client give them."""

from __future__ import annotations

import inspect
import warnings
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from gradlink._local.sources import handle_file
from gradlink._protocol.filedata import FileData, local_source
from gradlink._protocol.payload import takes
from gradlink._protocol.schema import Endpoint
from gradlink._text import one_line
from gradlink.errors import ArgumentError


def fitted(
    endpoint: Endpoint, args: Sequence[Any], kwargs: Mapping[str, Any]
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """Return the arguments as the clean client takes them.

    Positional arguments that no parameter is there for are left out, with a warning; so is what looks like a file of this
    machine replaced by it, with a warning.

    Raises ArgumentError if one is missing.
    """
    parameters = endpoint.parameters
    if len(args) > len(parameters):
        surplus = len(args) - len(parameters)
        text = f"{endpoint.title}: the last {surplus} of {len(args)} positional arguments are left out; {takes(endpoint)}"
        _warn(text)
    args = args[: len(parameters)]
    missing = [p.name for p in parameters[len(args) :] if p.name not in kwargs and not p.has_default]
    # What is missing may have been given under a wrong name: the clean client says that.
    if missing and kwargs.keys() <= {p.name for p in parameters}:
        raise ArgumentError(
            f"No value provided for required argument: {missing[0]}; {endpoint.title}: {takes(endpoint)}",
            endpoint=endpoint.title,
            execution="not started",
        )
    return (
        tuple(_with_files(value) for value in args),
        {name: _with_files(value) for name, value in kwargs.items()},
    )


def _with_files(given: object) -> Any:
    """Return ``given`` with the files that it names in the old way; without any it is ``given`` itself."""
    value: Any = given
    if isinstance(given, dict):
        path = _path_of(value)
        if path is not None:
            _warn(
                f"the file {path} is uploaded because a dict with its path was given; write handle_file({path!r})"
            )
            return handle_file(path)
        new: dict[Any, Any] = {key: _with_files(item) for key, item in value.items()}
        return value if all(new[key] is item for key, item in value.items()) else new
    if type(value) in {list, tuple}:
        made = [_with_files(item) for item in value]
        return value if all(map(_same, made, value)) else type(value)(made)
    return value


def _same(one: object, other: object) -> bool:
    return one is other


def _path_of(fields: Mapping[Any, Any]) -> str | None:
    """Return the path of a dict that stands for a file of this machine; None if it does not."""
    if isinstance(fields, FileData) or local_source(fields) is not None:
        return None
    match fields:
        case {"path": str() as path, "meta": {"_type": "gradio.FileData"}}:
            return path if not fields.get("url") and Path(path).is_file() else None
        case _:
            return None


def _warn(text: str) -> None:
    """Warn, at the line of the program that has made the call."""
    level, frame = 1, inspect.currentframe()
    while frame is not None and str(frame.f_globals.get("__name__")).startswith("gradlink."):
        level, frame = level + 1, frame.f_back
    warnings.warn(one_line(text), UserWarning, stacklevel=level)
