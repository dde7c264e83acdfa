"""Headers and cookies that a program gives: whether they can be sent at all."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import cast

from gradlink.errors import ArgumentError

# What a name may consist of (RFC 9110, "token"), and what neither a value nor a cookie may hold.
_NAME = re.compile(r"[!#$%&'*+\-.^_`|~0-9A-Za-z]+")
_CONTROL = re.compile(r"[\x00-\x08\x0a-\x1f\x7f]")


def check_headers(option: str, headers: object) -> None:
    """Raise an ArgumentError that names the first of ``headers`` that cannot be sent; it does not show its value."""
    for name, value in _pairs(option, headers):
        wrong = _wrong_name(name) or _wrong_value(value)
        if wrong is None and not _fits(value, "latin-1"):
            wrong = "its value has letters outside of Latin-1"
        if wrong is not None:
            raise ArgumentError(f"{option}: the header {name!r} cannot be sent: {wrong}")


def check_cookies(option: str, cookies: object) -> None:
    """Raise an ArgumentError that names the first of ``cookies`` that cannot be sent; it does not show its value."""
    for name, value in _pairs(option, cookies):
        wrong = _wrong_name(name) or _wrong_value(value)
        if wrong is None and not _fits(value, "ascii"):
            wrong = "its value has letters outside of ASCII"
        if wrong is None and ";" in str(value):
            wrong = "its value has a semicolon, which ends it"
        if wrong is not None:
            raise ArgumentError(f"{option}: the cookie {name!r} cannot be sent: {wrong}")


def _pairs(option: str, given: object) -> list[tuple[object, object]]:
    if given is None:
        return []
    if not isinstance(given, Mapping):
        raise ArgumentError(f"{option} is a mapping of names to values, not a {type(given).__name__}")
    return list(cast("Mapping[object, object]", given).items())


def _wrong_name(name: object) -> str | None:
    if not isinstance(name, str):
        return f"its name is a string, not a {type(name).__name__}"
    if not name:
        return "its name is empty"
    return None if _NAME.fullmatch(name) else "a name has letters of ASCII, digits and !#$%&'*+-.^_`|~ only"


def _wrong_value(value: object) -> str | None:
    if not isinstance(value, str):
        return f"its value is a string, not a {type(value).__name__}"
    control = _CONTROL.search(value)
    if control is not None:
        kind = "a line break" if control[0] in "\r\n" else f"the control character {control[0]!r}"
        return f"its value has {kind}"
    return None if value == value.strip(" \t") else "its value begins or ends with a space"


def _fits(value: object, encoding: str) -> bool:
    try:
        str(value).encode(encoding)
    except UnicodeEncodeError:
        return False
    return True
