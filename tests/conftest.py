"""What all tests share."""

from __future__ import annotations

import signal
from collections import Counter
from collections.abc import Generator, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings

from tests.hostile.playing import Hostile
from tests.live.servers import Servers
from tests.live.shells import SHELLS, Shell
from tests.unit import FOLDERS, GUARD, is_unit, tries_examples

TESTS = Path(__file__).parent
# The folders whose tests talk to real servers, by each kind of client.
LIVE = frozenset({"live", "hub"})
# What differs between event loops is in the streams, the cancels and the sending of files; the other suites are
# played on trio by `make test-all`.
ON_EVERY_LOOP = frozenset({"test_streams.py", "test_cancel.py", "test_files_in.py"})
# What differs where a client sends its requests with httpx2.
ON_EVERY_DOOR = frozenset({"test_transport.py", "test_connections.py", "test_faults.py"})

# How fast the machine is at the moment is not a property of the code.
settings.register_profile("gradlink", deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("gradlink")
# The same few examples in every run, for an answer in seconds; a run of all tests tries others, and more.
settings.register_profile("unit", settings.get_profile("gradlink"), max_examples=20, derandomize=True)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """Keep all tests of one Gradio release on one worker."""
    from tests.matrix.scheduling import ByRelease

    return ByRelease(config, log)


def pytest_report_header() -> str:
    """Say how many vectors there are, to be compared with the other language's count."""
    from tests.vectors.cases import cases

    counts = Counter(case.kind for case in cases())
    each = ", ".join(f"{kind} {count}" for kind, count in counts.items())
    return f"vectors: {counts.total()} cases ({each})"


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--every-loop", action="store_true", help="play all live tests on trio, and with httpx2, too"
    )
    parser.addoption("--releases", default="small", help="small, all, or names joined by commas")
    parser.addoption(
        "--in-turn",
        action="store_true",
        help="on releases that are not among the small, play each scenario of the matrix with one client, in turn",
    )
    parser.addoption(
        "--unit", action="store_true", help="play only what needs no server, no process and no network"
    )
    parser.addoption(
        "--after-unit",
        action="store_true",
        help="leave out what --unit has just played, but for what tries more examples now",
    )


def pytest_configure(config: pytest.Config) -> None:
    # A run in the background ignores Ctrl-C, and so would all programs that tests start and interrupt.
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    if config.getoption("--unit"):
        settings.load_profile("unit")


def pytest_ignore_collect(collection_path: Path, config: pytest.Config) -> bool | None:
    # Loading what the other tests are made of takes longer than the unit tests of a file.
    other = (
        collection_path.parent == TESTS and collection_path.is_dir() and collection_path.name not in FOLDERS
    )
    return True if other and config.getoption("--unit") else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None, object, object]:
    return (yield from _alone(item))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    return (yield from _alone(item))


def _alone(item: pytest.Item) -> Generator[None, object, object]:
    if not item.config.getoption("--unit"):
        return (yield)
    with GUARD.closed():
        return (yield)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    left_out: list[pytest.Item] = []
    for item in items:
        folder = item.path.relative_to(TESTS).parts[0] if item.path.is_relative_to(TESTS) else ""
        if folder not in LIVE:
            continue
        if folder == "live" or "server" in getattr(item, "fixturenames", ()):
            item.add_marker(pytest.mark.live)
        played_with = getattr(item, "callspec", _NO_CALL).id.split("-")
        on_trio = "trio" in played_with and item.path.name not in ON_EVERY_LOOP
        with_httpx2 = "httpx2" in played_with and item.path.name not in ON_EVERY_DOOR
        if (on_trio or with_httpx2) and not config.getoption("--every-loop"):
            left_out.append(item)
    if config.getoption("--unit"):
        left_out = [item for item in items if not is_unit(item)]
    if config.getoption("--after-unit"):
        left_out += [item for item in items if is_unit(item) and not tries_examples(item)]
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


@pytest.fixture(scope="session")
def hostile() -> Iterator[Hostile]:
    """Give the server that plays hostile apps: ``hostile.app("slow-body@config")``."""
    playing = Hostile()
    yield playing
    playing.stop()


@pytest.fixture(params=SHELLS, ids=lambda shell: shell.label)
def connect(request: pytest.FixtureRequest) -> Shell:
    """Make a client of each kind: ``with connect(server().url) as client``."""
    shell: Shell = request.param
    return shell
