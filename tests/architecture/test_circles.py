"""No module of a client needs another one that needs it, types included."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "gradlink"


def imports(text: str, package: str) -> set[str]:
    """Return the modules of ``package`` that a module imports, wherever in it, TYPE_CHECKING included."""
    found: set[str] = set()
    for node in ast.walk(ast.parse(text)):
        match node:
            case ast.Import(names=names):
                found |= {name.name for name in names}
            case ast.ImportFrom(module=str(module), names=names):
                found |= {module, *(f"{module}.{name.name}" for name in names)}
            case _:
                pass
    inside = (
        name.removeprefix(f"{package}.").split(".")[0] for name in found if name.startswith(f"{package}.")
    )
    return set(inside)


def circle(needs: Mapping[str, set[str]]) -> list[str]:
    """Return modules of which each needs the next, and the last is the first again; none if there are no such."""
    try:
        TopologicalSorter(needs).prepare()
    except CycleError as exc:
        found: list[str] = exc.args[1]
        return found
    return []


def test_a_circle_is_found() -> None:
    later = "from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    from p.a import A"
    texts = {"a": "from p.b import B", "b": "from p import c", "c": later}
    needs = {name: imports(text, "p") for name, text in texts.items()}
    assert set(circle(needs)) == {"a", "b", "c"}
    assert circle({**needs, "c": set()}) == []


@pytest.mark.parametrize("client", ["_sync", "_async"])
def test_the_modules_of_a_client_are_in_no_circle(client: str) -> None:
    needs = {
        path.stem: imports(path.read_text(encoding="utf-8"), f"gradlink.{client}")
        for path in (PACKAGE / client).glob("*.py")
    }
    assert len(needs) > 10
    assert needs["client"] >= {"connection", "endpoints"}
    assert circle(needs) == []
