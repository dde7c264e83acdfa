"""Whose requests the proxy hands on."""

from __future__ import annotations

import pytest

from gradlink.recorder.guarding import refusal

HOSTS = frozenset({"127.0.0.1:8000", "localhost:8000"})
OWN = {"host": "127.0.0.1:8000"}


@pytest.mark.parametrize(
    "more",
    [
        {},
        {"sec-fetch-site": "none", "sec-fetch-mode": "navigate"},
        {"sec-fetch-site": "same-origin", "origin": "http://127.0.0.1:8000"},
        {"host": "LOCALHOST:8000", "origin": "http://localhost:8000"},
        {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
    ],
)
def test_the_apps_page_and_links_to_it_are_handed_on(more: dict[str, str]) -> None:
    assert refusal("GET", {**OWN, **more}, HOSTS) is None


@pytest.mark.parametrize(
    ("method", "more", "status"),
    [
        ("GET", {"host": "evil.example:8000"}, 421),
        ("GET", {"host": ""}, 421),
        ("GET", {"sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"}, 403),
        ("GET", {"sec-fetch-site": "same-site", "sec-fetch-mode": "cors"}, 403),
        (
            "GET",
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "iframe"},
            403,
        ),
        (
            "POST",
            {"sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate", "sec-fetch-dest": "document"},
            403,
        ),
        ("POST", {"origin": "http://127.0.0.1:3000"}, 403),
        ("POST", {"origin": "null"}, 403),
    ],
)
def test_other_pages_are_refused(method: str, more: dict[str, str], status: int) -> None:
    found = refusal(method, {**OWN, **more}, HOSTS)
    assert found is not None
    assert found[0] == status
