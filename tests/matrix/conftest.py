"""Servers of many releases, and the table of what works on which."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.register_assert_rewrite(
    *(f"tests.matrix.{name}" for name in ("access", "calls", "cancels", "description", "files", "streams"))
)

from tests.matrix.servers import ReleaseServers, tool  # noqa: E402 - what they import is to be rewritten
from tests.matrix.table import SHELLS, Cell, table, write  # noqa: E402


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--write-table", action="store_true", help="put the table of all releases into docs/servers.md"
    )


def pytest_configure(config: pytest.Config) -> None:
    if config.getoption("--write-table", default=False) and config.getoption("--releases") != "all":
        raise pytest.UsageError("--write-table needs --releases all")


# Not for the session: in a whole run the servers would idle beside all other tests, which costs a third of a core.
@pytest.fixture(scope="module")
def releases() -> Iterator[ReleaseServers]:
    """Give a release by name; the one before is ended."""
    servers = ReleaseServers()
    yield servers
    servers.close()


def pytest_terminal_summary(terminalreporter: Any, config: pytest.Config) -> None:
    """Print the table, and write it if that is wanted and nothing failed."""
    cells = _cells(terminalreporter.stats)
    names = [name for name in tool().names() if any(release == name for _, release in cells)]
    if not names:
        return
    terminalreporter.section("what works on which release")
    terminalreporter.write_line(table(cells, names))
    if not config.getoption("--write-table", default=False):
        return
    if any(cell.failed or cell.passed != set(SHELLS) for cell in cells.values()):
        terminalreporter.write_line("docs/servers.md was left as it is: not everything was played and passed")
    else:
        write(cells)


def _cells(stats: dict[str, list[Any]]) -> dict[tuple[str, str], Cell]:
    found: dict[tuple[str, str], Cell] = {}
    for outcome in ("passed", "failed"):
        for report in stats.get(outcome, []):
            for name, value in getattr(report, "user_properties", ()):
                if name == Cell.PROPERTY and report.when == "call":
                    scenario, release, shell = value
                    cell = found.get((scenario, release), Cell())
                    if outcome == "passed":
                        found[scenario, release] = Cell(cell.passed | {shell}, cell.failed)
                    else:
                        found[scenario, release] = Cell(cell.passed, cell.failed | {shell})
    return found
