"""Every scenario with every release, for both clients."""

from __future__ import annotations

from collections.abc import Callable, Iterator
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


def played(config: pytest.Config) -> Iterator[tuple[str, Scenario, str]]:
    """Yield what is played, releases slowest in the order: they are what takes long to change."""
    both = set(tool().names(small=True)) if config.getoption("--in-turn") else None
    for number, release in enumerate(chosen(config)):
        for place, scenario in enumerate(SCENARIOS):
            turn = None if both is None or release in both else SHELLS[(number + place) % len(SHELLS)]
            yield from ((release, scenario, shell) for shell in SHELLS if turn in {None, shell})


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    names = ("release", "scenario", "shell")
    given = [
        pytest.param(release, scenario, shell, id=f"{release}-{scenario.name}-{shell}")
        for release, scenario, shell in played(metafunc.config)
    ]
    metafunc.parametrize(names, given)


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
