"""The fixture for pytest: scripted apps that end with their test."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, Protocol

import pytest

if TYPE_CHECKING:
    from gradlink.testing import FakeApp


class MakesApps(Protocol):
    """What the fixture ``gradlink_app`` is."""

    def __call__(self, endpoints: Mapping[str, Any], *, show_error: bool = True) -> FakeApp:
        """Return a :class:`gradlink.testing.FakeApp`, which is closed at the end of the test."""
        ...


@pytest.fixture
def gradlink_app() -> Iterator[MakesApps]:
    """Make scripted apps, as ``gradlink_app({"/caption": "a cat"})``; they are closed at the end of the test."""
    made: list[FakeApp] = []

    def make(endpoints: Mapping[str, Any], *, show_error: bool = True) -> FakeApp:
        from gradlink.testing import FakeApp

        app = FakeApp(endpoints, show_error=show_error)
        made.append(app)
        return app

    yield make
    for app in made:
        app.close()
