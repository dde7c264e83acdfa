"""Whose requests the proxy hands on."""

from __future__ import annotations

import pytest

from gradlink.recorder.guarding import refusal

OWN = {"host": "127.0.0.1:8000"}
LINK = {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"}


def refused(method: str, more: dict[str, str], listening: str = "127.0.0.1") -> str | None:
    return refusal(method, {name: [value] for name, value in {**OWN, **more}.items()}, listening)


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("GET", {}),
        ("GET", {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"}),
        ("POST", {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8000"}),
        ("POST", {"host": "LOCALHOST:8000", "origin": "http://localhost:8000"}),
        # No browser: a program.
        ("POST", {}),
        ("GET", LINK),
    ],
)
def test_the_apps_page_and_links_to_it_are_handed_on(method: str, more: dict[str, str]) -> None:
    assert refused(method, more) is None


@pytest.mark.parametrize(
    ("method", "more"),
    [
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}),
        ("GET", {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"}),
        ("GET", {**LINK, "sec-fetch-dest": "iframe"}),
        ("POST", LINK),
        ("POST", {"origin": "http://127.0.0.1:3000"}),
        ("POST", {"host": "localhost:8000", "origin": "http://127.0.0.1:8000"}),
        ("POST", {"origin": "null"}),
    ],
)
def test_other_pages_are_refused(method: str, more: dict[str, str]) -> None:
    assert refused(method, more) == "gradlink record: this is only for the app's own page"


@pytest.mark.parametrize("host", ["evil.example:8000", "", "["])
def test_other_names_are_refused(host: str) -> None:
    assert refused("GET", {"host": host}) == "gradlink record: this host name is not this proxy's"


def test_a_host_that_was_named_is_one() -> None:
    assert refused("GET", {"host": "box.lan:8000"}, "box.lan") is None
    assert refused("GET", {"host": "192.0.2.7:8000"}, "0.0.0.0") is None  # noqa: S104
