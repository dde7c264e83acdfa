"""What the project's own programs are run against."""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from benches.servers import serving
from tests.live.servers import Servers


@pytest.fixture(scope="session")
def stub_url(server: Servers) -> Iterator[str]:
    """Serve the benches' minimal server, which describes itself as the test app does."""
    with serving(["-m", "benches.stub", server().url], dict(os.environ)) as url:
        yield url
