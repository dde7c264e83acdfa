"""The files of vectors/: they fit their schema, and what they call recorded was recorded."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from jsonschema import Draft202012Validator

from tests.vectors.cases import VECTORS, Case, cases, files, load

VALIDATOR = Draft202012Validator(load(VECTORS / "schema.json"))
ALL = [*files(), *sorted((VECTORS / "transcripts").glob("*/*.json"))]


def name_of(path: Path) -> str:
    return str(path.relative_to(VECTORS).with_suffix(""))


@pytest.mark.slow("reads every recording")
@pytest.mark.parametrize("folder", sorted({path.parent for path in ALL}), ids=lambda path: path.name)
def test_files_fit_their_schema(folder: Path) -> None:
    for path in sorted(folder.glob("*.json")):
        problems = [error.message[:300] for error in VALIDATOR.iter_errors(load(path))]
        assert not problems, name_of(path)


@pytest.mark.parametrize("path", files(), ids=name_of)
def test_a_derived_file_is_what_it_says(path: Path) -> None:
    document = load(path)
    assert document["id"] == name_of(path)
    assert document["kind"] == path.parent.name
    names = [case["name"] for case in document["cases"]]
    assert len(set(names)) == len(names)
    for source in document["source"]:
        assert (VECTORS / source).with_suffix(".json").is_file(), source
    releases = {source.split("/")[1].removesuffix("-aged") for source in document["source"]}
    stated = document["release"]
    assert releases <= set(stated if isinstance(stated, list) else [stated])


@cache
def recorded(source: str) -> frozenset[str]:
    """Return the messages and answers of a recording, as JSON."""
    steps = load((VECTORS / source).with_suffix(".json"))["exchange"]
    return frozenset(as_text(step["json"]) for step in steps if "json" in step)


def as_text(value: Any) -> str:
    return json.dumps(value, sort_keys=True)


def named(case: Case) -> list[str]:
    """Return the recordings of the release that a case names, or of all."""
    release = case.name.rsplit("(", 1)[-1].split(",")[0].rstrip(")").split(" ")[-1]
    of_release = [source for source in case.sources if source.split("/")[1] == release]
    return of_release or list(case.sources)


RECORDED = [case for case in cases("jobs", "messages", "replies", "calls") if "edges" not in case.file]


@pytest.mark.parametrize("case", RECORDED, ids=str)
def test_what_a_server_said_in_a_case_was_recorded(case: Case) -> None:
    said = frozenset[str]().union(*(recorded(source) for source in named(case)))
    match case.kind:
        case "jobs":
            parts = [step.get("receive", step.get("stream")) for step in case.given["steps"]]
        case "calls":
            parts = [event["json"] for answer in case.given["answers"] for event in answer.get("events", [])]
        case _:
            parts = [case.given.get("json")]
    for part in parts:
        assert part is None or as_text(part) in said, part
