"""What a newer server may send is tolerated where it can be, and otherwise named in a ProtocolError.

Every vector is mutated: new fields everywhere, new names of messages, edits, components and protocols.
"""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from gradlink._protocol.dialect import PROTOCOLS, read_dialect
from tests.vectors.cases import Case, app, cases
from tests.vectors.readings import agrees, reading

NEW = {"gradlink_never_heard_of": [{"it": None}]}
# Objects that are values of the app, or types of such: a field more is another value.
VALUES = frozenset({"data", "value", "default", "parameter_default", "props", "enum", "properties", "$defs"})


def with_new_fields(value: Any) -> Any:
    """Return a copy of what a server said with one more field in every object that is not a value of the app."""
    if isinstance(value, dict):
        grown = {key: item if key in VALUES else with_new_fields(item) for key, item in value.items()}
        return {**grown, **NEW}
    return [with_new_fields(item) for item in value] if isinstance(value, list) else value


def grown(case: Case) -> Any:
    """Return the given of ``case`` as a server with more to say would have it."""
    given = copy.deepcopy(case.given)
    match case.kind:
        case "jobs" | "routers":
            given["steps"] = [
                {kind: with_new_fields(what) if kind in {"receive", "stream"} else what for kind, what in step.items()}
                if isinstance(step, dict)
                else step
                for step in given["steps"]
            ]  # fmt: skip
        case "messages" | "replies" if isinstance(given.get("json"), dict):
            given["json"] = with_new_fields(given["json"])
        case "schemas" if "config" in given:
            given = {
                **given,
                **{key: with_new_fields(given[key]) for key in ("config", "info") if key in given},
            }
        case "schemas":
            config, info = app(given.pop("app"))
            given = {
                **given,
                "config": with_new_fields(config),
                "info": None if info is None else with_info(info),
            }
        case _:
            pass
    return given


def with_info(info: Any) -> Any:
    """Return /info with new fields in its endpoints and their parameters."""
    return {
        section: {name: with_new_fields(endpoint) for name, endpoint in endpoints.items()}
        for section, endpoints in info.items()
    }


@pytest.mark.parametrize("case", cases("jobs", "routers", "messages", "replies", "schemas"), ids=str)
def test_new_fields_change_nothing(case: Case) -> None:
    given = grown(case)
    assert "text" in given or given != case.given or not _objects(case.given)
    actual = reading(case.kind, given)
    assert agrees(actual, case.expect), actual


def _objects(given: Any) -> bool:
    """Tell whether anything that a server said is in ``given``."""
    steps = given.get("steps", [])
    return any(isinstance(step, dict) and {"receive", "stream"} & set(step) for step in steps)


def test_the_new_fields_are_really_there() -> None:
    changed = [
        case
        for case in cases("jobs", "routers", "messages", "replies", "schemas")
        if grown(case) != case.given
    ]
    assert len(changed) > 300


@pytest.mark.parametrize("case", cases("jobs"), ids=str)
def test_new_messages_between_the_others_change_nothing(case: Case) -> None:
    unknown = {"receive": {"msg": "process_dreaming", "event_id": "EVENT1", "output": {"data": ["x"]}}}
    steps = case.given["steps"]
    between = [step for old in steps for step in (old, unknown)]
    # An unknown message is none before the first: it cannot be the answer to anything.
    assert agrees(reading("jobs", {**case.given, "steps": [*between, unknown]}), case.expect)


# Releases that take one run for another are of the past, and know no other edits.
OF_THE_FUTURE = [case for case in cases("jobs") if "run_edges" not in case.file]


@pytest.mark.parametrize("case", OF_THE_FUTURE, ids=str)
def test_edits_of_a_new_kind_lose_steps_but_never_the_result(case: Case) -> None:
    given = _each_edit(case.given, lambda edit: ["whirl", *edit[1:]])
    actual, expected = reading("jobs", given), case.expect
    assert len(actual["updates"]) == len(expected["updates"])
    for new, old in zip(actual["updates"], expected["updates"], strict=True):
        if "succeeded" in old:
            assert new["succeeded"] == old["succeeded"]
        elif "output" not in old:
            assert agrees(new, old)


def _each_edit(given: Any, change: Callable[[list[Any]], list[Any]]) -> Any:
    given = copy.deepcopy(given)
    dialect = read_dialect(given)
    for step in given["steps"]:
        message = step.get("receive", {}) if isinstance(step, dict) else {}
        if message.get("msg") == "process_generating" and dialect.sends_edits:
            for edits in message["output"].get("data", []):
                if (
                    isinstance(edits, list)
                    and edits
                    and all(isinstance(e, list) and len(e) == 3 for e in edits)
                ):
                    edits[:] = [change(edit) for edit in edits]
    return given


SCHEMAS = [case for case in cases("schemas") if "app" in case.given]


@pytest.mark.parametrize("case", SCHEMAS, ids=str)
def test_new_components_keep_every_endpoint(case: Case) -> None:
    config, info = app(case.given["app"])
    config = copy.deepcopy(config)
    for component in config["components"]:
        if component["type"] not in {"state", "button"}:
            component["type"] = "hologram"
            component.pop("api_info", None)
    given = {**case.given, "config": config, "info": info}
    del given["app"]
    actual = reading("schemas", given)
    assert list(actual["endpoints"]) == list(case.expect["endpoints"])
    for title, endpoint in case.expect["endpoints"].items():
        assert [p["slot"] for p in actual["endpoints"][title]["parameters"]] == [
            p["slot"] for p in endpoint["parameters"]
        ]


@pytest.mark.parametrize("case", SCHEMAS, ids=str)
@pytest.mark.parametrize("announced", ["carrier_pigeon", "ws2", "", None, 7, ["sse_v3"]], ids=repr)
def test_a_new_protocol_is_named_with_those_that_are_known(case: Case, announced: object) -> None:
    config, info = app(case.given["app"])
    actual = reading("schemas", {"config": {**config, "protocol": announced}, "info": info})
    assert actual["error"] == "ProtocolError"
    assert repr(announced) in actual["says"]
    for known in PROTOCOLS:
        assert known in actual["says"]


@pytest.mark.parametrize("case", SCHEMAS, ids=str)
def test_a_newer_protocol_of_the_family_is_read_as_the_newest_known(case: Case) -> None:
    config, info = app(case.given["app"])
    endpoints = case.given["endpoints"]
    given = {"config": {**config, "protocol": "sse_v4.2"}, "info": info, "endpoints": endpoints}
    actual = reading("schemas", given)
    assert actual["protocol"] == PROTOCOLS[-1]
    assert list(actual["endpoints"]) == list(case.expect["endpoints"])
