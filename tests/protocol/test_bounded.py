"""What a client does with a description or a value grows no faster than what the app has said; counted, not timed."""

from __future__ import annotations

import sys
from collections.abc import Callable
from itertools import pairwise
from typing import Any

import pytest

from gradlink._describe.describe import describe, listing
from gradlink._describe.functions import function_names
from gradlink._describe.signature import docstring, returned, signature
from gradlink._protocol.diff import apply_edits
from gradlink._protocol.filedata import find_files, find_inline, replaced
from gradlink._protocol.job import Step
from gradlink._protocol.jsonvalue import MAX_DEPTH, JSONValue
from gradlink._protocol.names import identifiers
from gradlink._protocol.outputs import OutputWalk
from gradlink._protocol.schema import AppSchema, read_app
from gradlink.codegen.typescript import _Types, typescript_module
from tests.protocol.counting import work

LONG = {"enum": ["c" * 40, "d" * 40]}


def info(endpoints: int, parameters: int, label: str = "x", **entry: Any) -> Any:
    entries = [
        {"label": label.format(n), "component": "Textbox", "type": {"type": "string"}, **entry}
        for n in range(parameters)
    ]
    named = {f"/{label} {n}": {"parameters": entries, "returns": entries} for n in range(endpoints)}
    return {"named_endpoints": named, "unnamed_endpoints": {}}


def config(endpoints: int, parameters: int, label: str = "x") -> Any:
    ids = list(range(parameters))
    return {
        "version": "4.20.0",
        "protocol": "sse_v1",
        "components": [{"id": n, "type": "textbox", "props": {"label": label}} for n in ids],
        "dependencies": [
            {"id": n, "api_name": f"{label} {n}", "inputs": ids, "outputs": ids, "backend_fn": True}
            for n in range(endpoints)
        ],
    }


def use(schema: AppSchema) -> None:
    """Do with an app's description all that a client does."""
    function_names(schema.endpoints.values())
    for endpoint in schema.endpoints.values():
        returns = returned(endpoint.info)
        signature(endpoint.parameters, returns)
        docstring(endpoint.title, endpoint.description, endpoint.parameters, returns)
    describe(schema.info, all_endpoints=True)
    listing(schema.info)
    typescript_module(schema, "http://h/")


def read(config_: Any, info_: Any) -> Callable[[], None]:
    return lambda: use(read_app(config_, info_))


def different(endpoints: int) -> Any:
    """Return endpoints whose types are long and different, and would have one name."""
    named: dict[str, Any] = {}
    for number in range(endpoints):
        (endpoint,) = info(1, 1, type={"enum": ["c" * 80, number]})["named_endpoints"].values()
        named[f"/{'x' * 80} {number}"] = endpoint
    return {"named_endpoints": named, "unnamed_endpoints": {}}


def named(types: int) -> Callable[[], object]:
    """Name as many long types, all of the same words."""
    given = _Types()
    return lambda: [given.short("x" * 80 + str(number), "same") for number in range(types)]


def nested(depth: int, value: Any) -> Any:
    for _ in range(depth):
        value = [value]
    return value


FILE: JSONValue = {"path": "/a", "meta": {"_type": "gradio.FileData"}}


def files(value: Any) -> Callable[[], object]:
    return lambda: replaced(value, {file.path: "x" for file in find_files(value)})


def edits(value: Any, made: list[Any]) -> Callable[[], object]:
    return lambda: apply_edits(value, made)


def walked(steps: list[Step]) -> Callable[[], object]:
    walk = OutputWalk()
    return lambda: [walk.advance(step) for step in steps]


FAMILIES: dict[str, Callable[[int], Callable[[], object]]] = {
    "equal labels": lambda n: lambda: identifiers(["Value"] * n),
    "labels that take each other's numbers": lambda n: lambda: identifiers(
        [*(f"a_{k}" for k in range(n)), *["a"] * n, *(f"a_{k}" for k in range(n))]
    ),
    "labels that are not names": lambda n: lambda: identifiers(["1-é "] * n + ["*"] * n),
    "many endpoints": lambda n: read(config(n, 2), info(n, 2)),
    "many endpoints of long types": lambda n: read(config(n, 2), info(n, 2, type=LONG)),
    "many endpoints of different long types": lambda n: read(config(n, 1, "x" * 80), different(n)),
    "names of long types": named,
    "many parameters of one name": lambda n: read(config(2, n), info(2, n)),
    "many parameters of one given name": lambda n: read(config(2, n), info(2, n, parameter_name="x")),
    "many parameters with defaults": lambda n: read(
        config(2, n), info(2, n, "x{}", parameter_has_default=True, parameter_default=None)
    ),
    "many parameters of long types": lambda n: read(config(2, n), info(2, n, type=LONG)),
    "an app without a description": lambda n: read(config(n, 2), None),
    "edits deep in a value": lambda n: edits(nested(100, ""), [["append", [0] * 100, "x"]] * n),
    "edits of different parts": lambda n: edits(
        [[0] * 10 for _ in range(n)], [["replace", [k, k % 10], 1] for k in range(n)]
    ),
    "edits of what was replaced": lambda n: edits([0], [["replace", [0], [0] * n], ["replace", [0, 0], 1]] * 10),
    "edits deep in a value, one in each step": lambda n: walked(
        [Step([nested(100, 0)])] + [Step(None, [[["replace", [0] * 100, k]]]) for k in range(n)]
    ),
    "files": lambda n: files([[FILE] * n]),
    "files deep in a value": lambda n: files(nested(150, [FILE] * n)),
    "deep values without files": lambda n: files([nested(150, 0)] * n),
    "wide values below deep ones": lambda n: files(nested(150, [[]] * n)),
    "data URIs deep in a value": lambda n: lambda: find_inline(nested(150, ["data:;base64,"] * n), "image"),
}  # fmt: skip


@pytest.mark.slow("counts the work on inputs that grow")
@pytest.mark.parametrize("family", FAMILIES)
def test_the_work_grows_no_faster_than_what_was_said(family: str) -> None:
    counts = [work(FAMILIES[family](size)) for size in (100, 200, 400)]
    for before, after in pairwise(counts):
        assert after <= 2.3 * before + 500, counts


def test_the_work_on_a_nested_value_grows_no_faster_than_its_depth() -> None:
    counts = [work(files(nested(depth, [FILE]))) for depth in (50, 100, 200)]
    for before, after in pairwise(counts):
        assert after <= 2.3 * before + 500, counts


def test_a_deep_value_is_walked_through_from_a_deep_stack() -> None:
    value = nested(900, [FILE])

    def deep(frames: int) -> Any:
        return deep(frames - 1) if frames else (find_files(value), files(nested(150, [FILE]))())

    found, new = deep(sys.getrecursionlimit() - 200)
    assert found == []  # deeper than any app's files
    assert new == nested(150, ["x"])


def test_files_are_found_as_deep_as_values_may_be() -> None:
    (found,) = find_files(nested(MAX_DEPTH - 1, FILE))
    assert found.path == (0,) * (MAX_DEPTH - 1)
