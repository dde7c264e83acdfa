"""The table of what works on which release, as text of 110 columns and as a page of the documentation."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar

from tests.matrix import access, calls, cancels, description, files, streams
from tests.matrix.scenarios import Scenario
from tests.matrix.servers import PROJECT, tool

PAGE = PROJECT / "docs" / "servers.md"
BEGIN = '<!-- Made by `make test-matrix ARGS="--write-table"`; not to be edited by hand. -->\n'
END = "<!-- The end of what is made. -->"

TOPICS = tuple(module.topic for module in (calls, streams, cancels, files, access, description))
SCENARIOS: list[Scenario] = [scenario for topic in TOPICS for scenario in topic.scenarios]
SHELLS = ("sync", "asyncio")

_NAME = 36
_CELL = 3
_FAILED, _NOT_PLAYED = "!!", "--"


@dataclass(frozen=True, slots=True)
class Cell:
    """One scenario on one release: the clients that passed, and those that failed."""

    PROPERTY: ClassVar[str] = "matrix"

    passed: frozenset[str] = frozenset()
    failed: frozenset[str] = frozenset()


Cells = Mapping[tuple[str, str], Cell]


def all_passed() -> Cells:
    """Return the cells of a run in which everything passed."""
    cell = Cell(frozenset(SHELLS))
    return {(scenario.name, name): cell for scenario in SCENARIOS for name in tool().names()}


def reasons() -> list[str]:
    """Return why cells hold less than they could, each reason once; the cells show its number, from 1."""
    return list(dict.fromkeys(lack.why for lack in tool().all_lacks()))


def table(cells: Cells, names: Sequence[str]) -> str:
    """Return the table and its notes."""
    lines = _heading(names)
    for topic in TOPICS:
        lines += ["", topic.title]
        for scenario in topic.scenarios:
            row = "".join(f"{_shown(cells, scenario, name):>{_CELL}}" for name in names)
            lines.append(f"  {scenario.name:{_NAME - 2}}{row}")
    return "\n".join([*lines, "", *_notes(cells, names)])


def _heading(names: Sequence[str]) -> list[str]:
    """Return the versions, one number below the other."""
    lines = [
        f"{what:{_NAME}}"
        + "".join(f"{name.split('.')[place].replace('-aged', 'a'):>{_CELL}}" for name in names)
        for place, what in enumerate(("Gradio", "", ""))
    ]
    return [*lines, "-" * len(lines[0])]


def _shown(cells: Cells, scenario: Scenario, name: str) -> str:
    cell = cells.get((scenario.name, name), Cell())
    if cell.failed:
        return _FAILED
    if not cell.passed:
        return _NOT_PLAYED
    lack = scenario.missing(name)
    if lack is not None:
        return str(reasons().index(lack.why) + 1)
    return "ok" if cell.passed == set(SHELLS) else min(cell.passed)[0]


def _notes(cells: Cells, names: Sequence[str]) -> list[str]:
    lines = [f"ok  works with Client and AsyncClient.   {_FAILED}  fails.   {_NOT_PLAYED}  was not tested."]
    if any(len(cell.passed) == 1 for cell in cells.values()):
        lines.append(" s  works with Client, a with AsyncClient; the other one was not tested.")
    if any(name.endswith("-aged") for name in names):
        lines.append("2a  is 5.0.2 on newer libraries, where / and /info answer 500.")
    lines.append("A number says why the release does not support it; what applies instead was tested:")
    return [*lines, *(f"{number:>2}  {why}" for number, why in enumerate(reasons(), 1))]


def page(cells: Cells) -> str:
    """Return the part of the page that a run of all releases makes."""
    rows = [
        f"| {name} | `{e.protocol}` | {e.why} |"
        for name, e in tool().environments().items()
        if name in tool().names()
    ]
    found = [f"| {d.first} - {d.below} | {d.why} |" for d in description.DIFFERENCES]
    parts = [
        "| release | protocol | why it is here |\n|---|---|---|",
        *rows,
        "",
        "```text",
        table(cells, tool().names()),
        "```",
        "",
        "Where `view_api()` says less than for 6.31.0, or something else; the first version is included, the second is not:",
        "",
        "| versions | why |\n|---|---|",
        *dict.fromkeys(line.replace("| 0 -", "| up to") for line in found),
    ]
    return "\n".join(parts) + "\n"


def documented() -> str:
    """Return that part as it stands in the documentation."""
    return PAGE.read_text(encoding="utf-8").partition(BEGIN)[2].partition(END)[0]


def write(cells: Cells) -> None:
    """Put it into the documentation."""
    before, _, rest = PAGE.read_text(encoding="utf-8").partition(BEGIN)
    PAGE.write_text(f"{before}{BEGIN}{page(cells)}{END}{rest.partition(END)[2]}", encoding="utf-8")
