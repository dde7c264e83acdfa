"""JSON values: their type, and the one way in which gradlink writes and reads them."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any, TypeAlias, cast

from gradlink.errors import ProtocolError

JSONValue: TypeAlias = "bool | int | float | str | list[JSONValue] | dict[str, JSONValue] | None"
JSONObject: TypeAlias = "dict[str, JSONValue]"

# Deeper than any app's values, shallower than what makes the standard library's parser fail.
MAX_DEPTH = 200
# The largest whole numbers that are less than the largest float: JSON's have no limit, and others raise OverflowError.
_MAX_BITS = 1023


def encode(value: Any) -> bytes:
    """Return ``value`` as compact JSON; NaN and infinities are written as Gradio reads them."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def decode(text: str | bytes, what: str) -> JSONValue:
    """Return the value that ``text`` stands for; ``what`` names its origin in the error.

    Raises ProtocolError if it is not JSON.
    """
    try:
        value: JSONValue = json.loads(text)
    except (ValueError, RecursionError) as exc:
        shown = text[:200] if isinstance(text, str) else text[:200].decode("utf-8", "replace")
        raise ProtocolError(f"{what} is not JSON: {shown!r}") from exc
    return value


def as_object(value: object) -> JSONObject:
    """Return ``value`` if it is a JSON object, otherwise an empty one."""
    return cast("JSONObject", value) if isinstance(value, dict) else {}


def as_list(value: object) -> list[JSONValue]:
    """Return ``value`` if it is a JSON array, otherwise an empty one."""
    return cast("list[JSONValue]", value) if isinstance(value, list) else []


def as_text(value: object) -> str | None:
    """Return ``value`` if it is a string, otherwise None."""
    return value if isinstance(value, str) else None


def as_number(value: object) -> float | None:
    """Return ``value`` if it is a number that a float can hold, otherwise None."""
    if isinstance(value, int) and (isinstance(value, bool) or value.bit_length() > _MAX_BITS):
        return None
    return value if isinstance(value, (int, float)) else None


def as_int(value: object) -> int | None:
    """Return ``value`` if it is a whole number, otherwise None."""
    return value if isinstance(value, int) and not isinstance(value, bool) else None


def get_path(value: object, *path: str) -> object:
    """Return what lies at ``path`` in nested objects, None where it ends early."""
    for key in path:
        if not isinstance(value, Mapping):
            return None
        value = cast("Mapping[str, object]", value).get(key)
    return value


def shortened(items: Sequence[str], limit: int = 12) -> str:
    """Return ``items`` joined by commas, with the rest counted beyond ``limit``."""
    if len(items) <= limit:
        return ", ".join(items)
    return ", ".join(items[:limit]) + f" and {len(items) - limit} more"
