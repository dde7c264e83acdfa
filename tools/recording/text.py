"""Write vectors so that a person can read them and a diff shows what has changed."""

from __future__ import annotations

import json
from typing import Any

STEP_WIDTH = 240  # One message of a job, with all its fields.
ENTRY_WIDTH = 12_000  # One component, function or endpoint, with its schemas.


def vector_text(value: Any, width: int) -> str:
    """Return JSON in which whatever fits in ``width`` is one line."""
    return _text(value, 0, width) + "\n"


def _text(value: Any, indent: int, width: int) -> str:
    flat = json.dumps(value, ensure_ascii=_is_unsafe(value))
    if not isinstance(value, dict | list) or not value or indent + len(flat) <= width:
        return flat
    pad = " " * (indent + 2)
    if isinstance(value, dict):
        lines = [f"{json.dumps(key)}: {_text(item, indent + 2, width)}" for key, item in value.items()]
        return "{\n" + ",\n".join(pad + line for line in lines) + f"\n{' ' * indent}}}"
    lines = [_text(item, indent + 2, width) for item in value]
    return "[\n" + ",\n".join(pad + line for line in lines) + f"\n{' ' * indent}]"


def _is_unsafe(value: Any) -> bool:
    """Say whether the text holds characters that editors take for the end of a line."""
    return any(
        character in json.dumps(value, ensure_ascii=False) for character in "\u2028\u2029\u0085\x0b\x0c"
    )
