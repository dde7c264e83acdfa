"""Servers of many releases, and the table of what works on which."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.matrix.servers import ReleaseServers


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--releases", default="small", help="small, all, or names joined by commas")


@pytest.fixture(scope="session")
def releases() -> Iterator[ReleaseServers]:
    """Give a server of a release and variant, started when first asked for."""
    servers = ReleaseServers()
    yield servers
    servers.close()
