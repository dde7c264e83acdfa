"""No module needs another one at its import that needs it; within a client none does at all, types included."""

from __future__ import annotations

import ast
from collections.abc import Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import pytest

PACKAGE = Path(__file__).resolve().parents[2] / "src" / "gradlink"


def named(node: ast.AST) -> set[str]:
    """Return what an import names: modules, and what may be one."""
    match node:
        case ast.Import(names=names):
            return {name.name for name in names}
        case ast.ImportFrom(module=str(module), names=names):
            return {module, *(f"{module}.{name.name}" for name in names)}
        case _:
            return set()


def imports(text: str, package: str) -> set[str]:
    """Return the modules of ``package`` that a module imports, wherever in it, TYPE_CHECKING included."""
    found = set[str]().union(*map(named, ast.walk(ast.parse(text))))
    inside = (
        name.removeprefix(f"{package}.").split(".")[0] for name in found if name.startswith(f"{package}.")
    )
    return set(inside)


def at_import(text: str, package: str, module: str) -> set[str]:
    """Return the modules of ``package`` that ``module`` imports when it is imported itself."""
    found: set[str] = set()
    inner = (ast.FunctionDef, ast.AsyncFunctionDef, ast.Lambda)
    nodes: list[ast.AST] = [ast.parse(text)]
    while nodes:
        node = nodes.pop()
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test):
            nodes += node.orelse
            continue
        found |= named(node)
        nodes += [child for child in ast.iter_child_nodes(node) if not isinstance(child, inner)]
    # A package is there before its parts are.
    return {name for name in found if name.startswith(f"{package}.") and not module.startswith(f"{name}.")}


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


def test_what_is_imported_late_is_in_no_circle_at_import() -> None:
    text = (
        "import p.a\nif TYPE_CHECKING:\n    import p.b\nelse:\n    import p.c\ndef f():\n    from p import d"
    )
    assert at_import(text, "p", "p.x") == {"p.a", "p.c"}
    assert at_import("class A:\n    from p.q import r\nimport q", "p", "p.q.s") == {"p.q.r"}


def test_no_module_needs_one_at_its_import_that_needs_it() -> None:
    paths = {
        ".".join(path.relative_to(PACKAGE.parent).with_suffix("").parts).removesuffix(".__init__"): path
        for path in PACKAGE.rglob("*.py")
    }
    needs = {
        name: at_import(path.read_text(encoding="utf-8"), "gradlink", name) & paths.keys() - {name}
        for name, path in paths.items()
    }
    assert "gradlink._engine.engine" in needs["gradlink._sync.connection"]
    assert circle(needs) == []


@pytest.mark.parametrize("client", ["_sync", "_async"])
def test_the_modules_of_a_client_are_in_no_circle(client: str) -> None:
    needs = {
        path.stem: imports(path.read_text(encoding="utf-8"), f"gradlink.{client}")
        for path in (PACKAGE / client).glob("*.py")
    }
    assert len(needs) > 10
    assert needs["client"] >= {"connection", "endpoints"}
    assert circle(needs) == []
