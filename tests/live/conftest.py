"""Tests in this folder talk to real Gradio servers."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.live.servers import Servers
from tests.live.shells import SHELLS, Shell

HERE = Path(__file__).parent


# What differs between event loops is in the streams, the cancels and the sending of files; the other suites are
# played on trio by `make test-all`.
ON_EVERY_LOOP = frozenset({"test_streams.py", "test_cancel.py", "test_files_in.py"})


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--every-loop", action="store_true", help="play all live tests on trio, too")


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out: list[pytest.Item] = []
    for item in items:
        if not item.path.is_relative_to(HERE):
            continue
        item.add_marker(pytest.mark.live)
        on_trio = "trio" in getattr(item, "callspec", _NO_CALL).id.split("-")
        if on_trio and item.path.name not in ON_EVERY_LOOP and not config.getoption("--every-loop"):
            left_out.append(item)
    if left_out:
        config.hook.pytest_deselected(items=left_out)
        items[:] = [item for item in items if item not in set(left_out)]


class _NO_CALL:  # noqa: N801 - stands where a test has no parameters
    id = ""


@pytest.fixture(scope="session")
def server() -> Iterator[Servers]:
    """Give a server of a variant, started when first asked for: ``server("auth").url``."""
    servers = Servers()
    yield servers
    servers.stop()


@pytest.fixture(params=SHELLS, ids=lambda shell: shell.name)
def connect(request: pytest.FixtureRequest) -> Shell:
    """Make a client of each kind: ``with connect(server().url) as client``."""
    shell: Shell = request.param
    return shell
