"""The table says what is so, and fits where it is read."""

from __future__ import annotations

from tests.matrix.servers import tool
from tests.matrix.table import SCENARIOS, SHELLS, Cell, all_passed, documented, page, table


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
    }
    rows = {line[:36].strip(): line[36:].strip() for line in table(cells, ["4.44.1"]).splitlines()}
    shown = {name: rows[name] for name in ("Gradio", "echo", "logs", "validator", "batch", "state")}
    assert shown == {
        "Gradio": "4",
        "echo": "ok",
        "logs": "!!",
        "validator": "17",
        "batch": "--",
        "state": "--",
    }


def test_names_of_scenarios_are_different_and_fit() -> None:
    names = [scenario.name for scenario in SCENARIOS]
    assert len(set(names)) == len(names) > 40
    assert max(map(len, names)) <= 33


def test_every_lack_is_needed_and_every_need_can_be_lacking() -> None:
    needed = {scenario.needs for scenario in SCENARIOS if scenario.needs}
    assert needed == {lack.feature for lack in tool().all_lacks()}
    assert [scenario.name for scenario in SCENARIOS if bool(scenario.needs) != bool(scenario.instead)] == []
