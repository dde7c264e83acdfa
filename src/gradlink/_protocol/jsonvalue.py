"""JSON values: their type, and the one way in which gradlink writes and reads them."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any, TypeAlias, cast

from gradlink._facts import with_facts
from gradlink.errors import GradlinkError, ProtocolError

JSONValue: TypeAlias = "bool | int | float | str | list[JSONValue] | dict[str, JSONValue] | None"
JSONObject: TypeAlias = "dict[str, JSONValue]"

# Deeper than any app's values, shallower than what makes the standard library's parser fail.
MAX_DEPTH = 200
# Python makes no whole number of more digits, unless the program has set another limit.
_MAX_DIGITS = 4_000
# The largest whole numbers that are less than the largest float: JSON's have no limit, and others raise OverflowError.
_MAX_BITS = 1023
# Characters that are read before msgspec is loaded: until then that would take longer than it saves.
_WORTH_LOADING = 1 << 20
# How often msgspec may refuse what is read all the same, as NaN: reading twice is slower than reading.
_MAX_REFUSED = 100


class FastReader:
    """Reads JSON with msgspec, where that is installed (``gradlink[fast]``) and pays; what it refuses the standard library reads."""

    def __init__(self) -> None:
        self._wanted = _WORTH_LOADING
        self._refused = 0
        self._read: Callable[[str | bytes], Any] | None = None

    def reads(self, size: int) -> Callable[[str | bytes], Any] | None:
        """Return what reads a text of so many characters, None for the standard library."""
        if self._wanted > 0:
            self._wanted -= size
            if self._wanted <= 0:
                self._read = _msgspec()
        return self._read

    def refused(self) -> None:
        """Note that the standard library could read what it did not take."""
        self._refused += 1
        if self._refused >= _MAX_REFUSED:
            self._read = None


_fast = FastReader()


def encode(value: Any) -> bytes:
    """Return ``value`` as compact JSON; NaN and infinities are written as Gradio reads them."""
    return json.dumps(value, separators=(",", ":")).encode("ascii")


def decode(text: str | bytes, what: str) -> JSONValue:
    """Return the value that ``text`` stands for; ``what`` names its origin in the error.

    Raises ProtocolError if it is not JSON.
    """
    read = _fast.reads(len(text))
    if read is None:
        return decode_plain(text, what)
    try:
        fast: JSONValue = read(text)
    except Exception:
        value = decode_plain(text, what)
        _fast.refused()
        return value
    return fast


def decode_plain(text: str | bytes, what: str) -> JSONValue:
    """Do the same with the standard library."""
    try:
        try:
            value: JSONValue = json.loads(text)
        except json.JSONDecodeError:
            raise
        except ValueError:
            # A number of more digits than Python makes whole numbers of; or bytes that are not text, which fail again.
            value = json.loads(text, parse_int=_whole_number)
    except (ValueError, RecursionError) as exc:
        shown = text[:200] if isinstance(text, str) else text[:200].decode("utf-8", "replace")
        problem = "is nested too deep" if isinstance(exc, RecursionError) else "is not JSON"
        raise ProtocolError(f"{what} {problem}: {shown!r}") from exc
    return value


def _msgspec() -> Callable[[str | bytes], Any] | None:
    try:
        import msgspec
    except ImportError:
        return None
    return msgspec.json.Decoder().decode


def _whole_number(digits: str) -> int | float:
    return int(digits) if len(digits) < _MAX_DIGITS else float(digits)


def misread(cause: Exception, what: str) -> GradlinkError:
    """Return the error for ``what`` the server sent, at which ``cause`` was raised: it is nothing that an app says."""
    if isinstance(cause, GradlinkError):
        return cause
    # The texts of some errors hold what they are about, whole.
    error = ProtocolError(f"{what} cannot be read: {type(cause).__name__}: {str(cause)[:200]}")
    return with_facts(error, cause=cause)


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
