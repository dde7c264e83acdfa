"""What gradio checks of values that a visitor sends, and does not of those that are a loaded app's.

- ``processing_utils.check_all_files_in_cache``: refuses all properties of a component, and before 6 what happened to one, with
  a file that lies elsewhere. Those of a loaded app do.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Sequence
from typing import Any, cast
from weakref import WeakSet

from gradio import processing_utils

_LOADED: WeakSet[Any] = WeakSet()


def leave_files(loaded: Any) -> None:
    """Let the files of a loaded app pass, those that its ``owns`` knows by their names; they are of no use to anybody else."""
    _LOADED.add(loaded)
    checks: Any = processing_utils.check_all_files_in_cache
    if not getattr(checks, "gradlink_made", False):
        processing_utils.check_all_files_in_cache = _but_loaded(checks)


def _but_loaded(checks: Callable[[Any], None]) -> Any:
    @functools.wraps(checks)
    def check_all_files_in_cache(data: Any) -> None:
        checks(_without_loaded(data))

    patched: Any = check_all_files_in_cache
    patched.gradlink_made = True
    return patched


def _without_loaded(data: Any) -> Any:
    match data:
        case dict():
            fields = cast("dict[str, Any]", data)
            path = fields.get("path")
            if isinstance(path, str) and any(loaded.owns(path) for loaded in list(_LOADED)):
                return None
            return {key: _without_loaded(item) for key, item in fields.items()}
        case list() | tuple():
            return [_without_loaded(item) for item in cast("Sequence[Any]", data)]
        case _:
            return data
