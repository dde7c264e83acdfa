"""Headers and cookies that a program gives: those that cannot be sent are named."""

from __future__ import annotations

from typing import Any

import pytest

from gradlink import ArgumentError
from gradlink._protocol.headers import check_cookies, check_headers

NAMES: list[tuple[Any, str]] = [
    ("", "its name is empty"),
    (5, "its name is a string, not a int"),
    ("x y", "a name has letters of ASCII, digits and"),
    ("x:", "a name has letters of ASCII, digits and"),
    ("x\n", "a name has letters of ASCII, digits and"),
    ("\u00fc", "a name has letters of ASCII, digits and"),
]
VALUES: list[tuple[Any, str]] = [
    ("secret\n", "its value has a line break"),
    ("secret\r\nx-evil: 1", "its value has a line break"),
    ("secret\x00", r"its value has the control character '\x00'"),
    ("secret\x7f", r"its value has the control character '\x7f'"),
    (" secret", "its value begins or ends with a space"),
    ("secret\t", "its value begins or ends with a space"),
    (None, "its value is a string, not a NoneType"),
    (5, "its value is a string, not a int"),
    (b"secret", "its value is a string, not a bytes"),
]


@pytest.mark.parametrize(("name", "says"), NAMES)
@pytest.mark.parametrize(("check", "what"), [(check_headers, "header"), (check_cookies, "cookie")])
def test_a_name_that_cannot_be_sent_is_shown(check: Any, what: str, name: Any, says: str) -> None:
    with pytest.raises(ArgumentError) as e:
        check("option", {"good": "1", name: "1"})
    assert str(e.value).startswith(f"option: the {what} {name!r} cannot be sent: {says}")


@pytest.mark.parametrize(
    ("check", "what", "value", "says"),
    [
        *((check_headers, "header", *row) for row in [*VALUES, ("secret\u20ac", "its value has letters outside of Latin-1")]),
        *((check_headers, "header", *row) for row in [("\ud800", "its value has letters outside of Latin-1")]),
        *((check_cookies, "cookie", *row) for row in [*VALUES, ("secret\u00fc", "its value has letters outside of ASCII")]),
        (check_cookies, "cookie", "secret; x", "its value has a semicolon, which ends it"),
    ],
)  # fmt: skip
def test_a_value_that_cannot_be_sent_is_named_and_not_shown(
    check: Any, what: str, value: Any, says: str
) -> None:
    with pytest.raises(ArgumentError) as e:
        check("option", {"x-own": value})
    assert str(e.value) == f"option: the {what} 'x-own' cannot be sent: {says}"


def test_what_can_be_sent_is_nothing_to_say() -> None:
    check_headers(
        "option", {"x-own": "a\tb \u00fc\u00ff !~", "!#$%&'*+-.^_`|~": "", "Authorization": "Bearer x=="}
    )
    check_headers("option", None)
    check_cookies("option", {"a": 'b c,d="e"'})


@pytest.mark.parametrize("given", ["x: y", [("x", "y")], 5])
def test_what_is_no_mapping_is_refused(given: Any) -> None:
    with pytest.raises(
        ArgumentError, match=f"^headers is a mapping of names to values, not a {type(given).__name__}$"
    ):
        check_headers("headers", given)
