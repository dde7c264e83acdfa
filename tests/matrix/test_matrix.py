"""Every scenario with every release, for both clients."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.live.shells import AsyncShell, Shell, SyncShell
from tests.matrix.scenarios import SCENARIOS, Scenario, login_is_wanted
from tests.matrix.servers import ReleaseServers, tool

SHELLS = (SyncShell(), AsyncShell("asyncio", "asyncio"))


def chosen(config: pytest.Config) -> list[str]:
    wanted: str = config.getoption("--releases", "small")
    if wanted in {"small", "all"}:
        names: list[str] = tool().names(small=wanted == "small")
        return names
    return wanted.split(",")


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if "release" in metafunc.fixturenames:
        # Grouped by release, so that few servers run at a time and each xdist worker has some of its own.
        marks = {name: pytest.mark.xdist_group(name) for name in chosen(metafunc.config)}
        metafunc.parametrize("release", [pytest.param(name, marks=mark) for name, mark in marks.items()])


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell.name)
@pytest.mark.parametrize("scenario", SCENARIOS, ids=lambda scenario: scenario.name)
def test_a_release(
    releases: ReleaseServers, release: str, scenario: Scenario, shell: Shell, tmp_path: Path
) -> None:
    lacks = tool().lacks(tool().environments()[release].release)
    missing = [lacks[need] for need in scenario.needs if need in lacks]
    if missing:
        pytest.skip(f"{release} cannot: {missing[0]}")
    url = releases(release, scenario.variant)
    with shell(url, download_files=tmp_path / "results", **dict(scenario.options)) as client:
        scenario.play(client, tmp_path)


@pytest.mark.parametrize("shell", SHELLS, ids=lambda shell: shell.name)
def test_a_login_is_asked_for(releases: ReleaseServers, release: str, shell: Shell) -> None:
    login_is_wanted(releases(release, "auth"), shell)


def test_a_batch_that_would_kill_the_queue_is_refused(releases: ReleaseServers, release: str) -> None:
    if "batch" not in tool().lacks(tool().environments()[release].release):
        pytest.skip(f"{release} can: its queue survives a batch")
    with SyncShell()(releases(release, "base")) as client:
        with pytest.raises(ValueError, match="stops the app's queue"):
            client.predict(1, api_name="/batch_double")
        assert client.predict("x", api_name="/echo") == "x"
