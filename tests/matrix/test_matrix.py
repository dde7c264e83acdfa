"""Every scenario with every release, for both clients."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.live.shells import AsyncShell, Shell, SyncShell
from tests.matrix.scenarios import Scenario
from tests.matrix.servers import ReleaseServers, tool
from tests.matrix.table import SCENARIOS, SHELLS, Cell

MAKE: dict[str, Shell] = {"sync": SyncShell(), "asyncio": AsyncShell("asyncio", "asyncio")}


def chosen(config: pytest.Config) -> list[str]:
    wanted: str = config.getoption("--releases", "small")
    if wanted in {"small", "all"}:
        names: list[str] = tool().names(small=wanted == "small")
        return names
    return wanted.split(",")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    # Releases first in the names and slowest in the order: they are what takes long to change.
    metafunc.parametrize("release", chosen(metafunc.config))
    metafunc.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
    metafunc.parametrize("shell", SHELLS)


def test_a_release(
    releases: ReleaseServers,
    release: str,
    scenario: Scenario,
    shell: str,
    tmp_path: Path,
    record_property: Callable[[str, object], None],
) -> None:
    record_property(Cell.PROPERTY, [scenario.name, release, shell])
    scenario.run(releases(release), MAKE[shell], tmp_path)
