"""The apps that the golden modules are made from, served."""

from __future__ import annotations

from collections.abc import Iterator

import pytest


@pytest.fixture(scope="package")
def apps_url() -> Iterator[str]:
    """Serve the apps in ``apps/``; give the address below which they are."""
    from tests.codegen.goldens import APPS
    from tests.live.mounting import served

    with served(APPS) as url:
        yield url
