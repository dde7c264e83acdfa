"""The table says what is so, and fits where it is read."""

from __future__ import annotations

from typing import Any

from tests.matrix.servers import tool
from tests.matrix.table import SCENARIOS, SHELLS, Cell, all_passed, documented, page, table
from tests.matrix.test_matrix import played


def test_the_table_fits_into_110_columns() -> None:
    assert max(len(line) for line in table(all_passed(), tool().names()).splitlines()) <= 110


def test_the_documented_table_is_what_a_run_makes_in_which_all_passes() -> None:
    assert documented() == page(all_passed())


def test_cells_show_what_came_out() -> None:
    cells = {
        ("echo", "4.44.1"): Cell(passed=frozenset(SHELLS)),
        ("logs", "4.44.1"): Cell(passed=frozenset({"sync"}), failed=frozenset({"asyncio"})),
        ("validator", "4.44.1"): Cell(passed=frozenset(SHELLS)),
        ("batch", "4.44.1"): Cell(passed=frozenset({"sync"})),
        ("sub path", "4.44.1"): Cell(passed=frozenset({"asyncio"})),
    }
    rows = {line[:36].strip(): line[36:].strip() for line in table(cells, ["4.44.1"]).splitlines()}
    shown = {
        name: rows[name] for name in ("Gradio", "echo", "logs", "validator", "batch", "sub path", "state")
    }
    assert shown == {
        "Gradio": "4",
        "echo": "ok",
        "logs": "!!",
        "validator": "17",
        "batch": "s",
        "sub path": "a",
        "state": "--",
    }


def test_what_was_played_with_one_client_is_said_below() -> None:
    one = {("echo", "4.44.1"): Cell(passed=frozenset({"asyncio"}))}
    assert "with AsyncClient; the other one was not tested" in table(one, ["4.44.1"])
    assert "the other one" not in table(all_passed(), ["4.44.1"])


class Options:
    """What a command line says, as far as the matrix asks."""

    def __init__(self, releases: str, *, in_turn: bool) -> None:
        self._options = {"--releases": releases, "--in-turn": in_turn}

    def getoption(self, name: str, default: Any = None) -> Any:
        return self._options.get(name, default)


def cells(releases: str, *, in_turn: bool) -> list[tuple[str, str, str]]:
    options: Any = Options(releases, in_turn=in_turn)
    return [(release, scenario.name, shell) for release, scenario, shell in played(options)]


def test_in_turn_every_scenario_is_played_on_every_release_and_with_both_clients() -> None:
    whole, turns = cells("all", in_turn=False), cells("all", in_turn=True)
    small = set(tool().names(small=True))
    assert [cell for cell in turns if cell[0] in small] == [cell for cell in whole if cell[0] in small]
    assert {cell[:2] for cell in turns} == {cell[:2] for cell in whole}
    others = [cell for cell in turns if cell[0] not in small]
    assert len(others) == len({cell[:2] for cell in others})
    for name in {scenario.name for scenario in SCENARIOS}:
        assert {shell for _, scenario, shell in others if scenario == name} == set(SHELLS)


def test_the_small_releases_are_played_whole() -> None:
    assert cells("small", in_turn=True) == cells("small", in_turn=False)


def test_names_of_scenarios_are_different_and_fit() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(set(names)) == len(names) > 40
    assert max(map(len, names)) <= 33


def test_every_lack_is_needed_and_every_need_can_be_lacking() -> None:
    needed = {scenario.needs for scenario in SCENARIOS if scenario.needs}
    assert needed == {lack.feature for lack in tool().all_lacks()}
    assert [scenario.name for scenario in SCENARIOS if bool(scenario.needs) != bool(scenario.instead)] == []
