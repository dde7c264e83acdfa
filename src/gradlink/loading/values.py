"""JSON of a loaded app, made what every page can be sent.

gradio writes its pages, its /config and its streams with an encoder that takes no half characters, no whole numbers of more
than 64 bits and nothing nested too deep, and fails whole: one value of an app would take the outer app's page with it.
"""

from __future__ import annotations

import re
from typing import Final

from gradlink._protocol.jsonvalue import MAX_DEPTH, JSONValue
from gradlink.errors import ProtocolError

_HALF: Final = re.compile("[\ud800-\udfff]")
_MAX_BITS: Final = 63
# Of those that a float can hold.
_MAX_FLOAT_BITS: Final = 1023


def too_deep() -> ProtocolError:
    """Return the error for a value that is nested too deep."""
    return ProtocolError(f"the loaded app sent a value that is nested more than {MAX_DEPTH} deep")


def sound(value: JSONValue, depth: int = 0) -> JSONValue:
    """Return ``value`` as a page would read it, where it can be written. Raises ProtocolError if it is nested too deep."""
    if depth > MAX_DEPTH:
        raise too_deep()
    match value:
        case str():
            return sound_text(value)
        case list():
            return [sound(item, depth + 1) for item in value]
        case dict():
            return {sound_text(key): sound(item, depth + 1) for key, item in value.items()}
        case int():
            return sound_number(value)
        case _:
            return value


def sound_text(text: str) -> str:
    """Return ``text`` with the sign for what is unknown in place of half characters."""
    return text if text.isascii() else _HALF.sub("\ufffd", text)


def sound_number(number: int) -> int | float | None:
    """Return the nearest number that can be written; None, as for infinity, if there is none."""
    bits = number.bit_length()
    if bits <= _MAX_BITS:
        return number
    return float(number) if bits <= _MAX_FLOAT_BITS else None
