"""What docs/architecture.md says of the folders and layers is what is there."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parents[2]
PACKAGE = PROJECT / "src" / "gradlink"
PAGE = (PROJECT / "docs" / "architecture.md").read_text(encoding="utf-8")


def plan() -> list[str]:
    """Return the modules and packages of the floor plan, in its order."""
    (tree,) = re.findall(r"```\nsrc/gradlink/\n(.*?)```", PAGE, re.DOTALL)
    lines = re.findall(r"^[├└]── (.*)", tree, re.MULTILINE)
    return [name for line in lines for name in re.findall(r"(?<!\S)(\w+(?:/|\.py))(?=\s|$)", line)]


def modules(folder: Path) -> set[str]:
    return {path.name for path in folder.glob("*.py")} - {"__init__.py"}


def test_the_floor_plan_is_the_listing_of_the_package() -> None:
    packages = {f"{path.parent.name}/" for path in PACKAGE.glob("*/__init__.py")}
    listed = plan()
    assert len(set(listed)) == len(listed)
    assert set(listed) == {"__init__.py", *modules(PACKAGE), *packages}


def test_the_floor_plan_is_in_the_order_in_which_imports_point_down() -> None:
    config = tomllib.loads((PROJECT / "pyproject.toml").read_text(encoding="utf-8"))
    (contract,) = (
        contract
        for contract in config["tool"]["importlinter"]["contracts"]
        if contract["type"] == "layers" and contract["containers"] == ["gradlink"]
    )
    layer_of = {
        name: number for number, layer in enumerate(contract["layers"]) for name in re.findall(r"\w+", layer)
    }
    listed = [name.removesuffix(".py").removesuffix("/") for name in plan()]
    assert set(layer_of) == set(listed) - {"__init__"}
    below = [layer_of[name] for name in listed[listed.index("_sync") :]]
    assert below == sorted(below)


@pytest.mark.parametrize("folder", ["_sync", "_async", "_engine"])
def test_every_file_of_the_clients_is_explained(folder: str) -> None:
    named = set(re.findall(r"`(\w+\.py)`", PAGE))
    assert modules(PACKAGE / folder) - named == set()


def test_no_file_is_explained_that_is_not_there() -> None:
    named = set(re.findall(r"`(?:\w+/)?(\w+\.py)`", PAGE))
    there = {path.name for path in PACKAGE.rglob("*.py")}
    assert named - there == set()
