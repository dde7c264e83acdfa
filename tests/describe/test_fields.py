"""The fields of an endpoint's form."""

from __future__ import annotations

from typing import Any

from gradlink._describe.fields import choices_of, fields_of, returns_of, type_of
from gradlink._describe.functions import callable_endpoints
from gradlink._protocol.schema import read_app

CONFIG: dict[str, Any] = {
    "version": "6.31.0",
    "protocol": "sse_v3",
    "components": [
        {"id": 0, "type": "radio", "props": {"choices": [["Short", "s"], ["Long", "l"]]}},
        {"id": 1, "type": "slider", "props": {"minimum": 1, "maximum": 20, "step": 1}},
        {"id": 2, "type": "textbox", "props": {}},
        {"id": 3, "type": "label", "props": {}},
    ],
    "dependencies": [
        {"id": 0, "api_name": "go", "inputs": [0, 1, 2], "outputs": [3, 2], "targets": []},
        {"id": 1, "api_name": False, "inputs": [], "outputs": [], "targets": []},
        {"id": 2, "api_name": "hidden", "inputs": [], "outputs": [], "targets": [], "show_api": False},
    ],
}
INFO: dict[str, Any] = {
    "named_endpoints": {
        "/go": {
            "parameters": [
                {
                    "parameter_name": "how", "label": "How", "component": "Radio",
                    "type": {"enum": ["s", "l"], "type": "string"},
                },
                {
                    "parameter_name": "count", "label": "Count", "component": "Slider", "type": {"type": "number"},
                    "parameter_has_default": True, "parameter_default": 3,
                },
                {
                    "parameter_name": "words", "label": "Words", "component": "Textbox",
                    "type": {"type": "array", "items": {"enum": ["a", "b"]}},
                },
            ],
            "returns": [{"label": "kind", "type": {"type": "object"}}, {"type": {"type": "string"}}],
        }
    },
    "unnamed_endpoints": {},
}  # fmt: skip
SCHEMA = read_app(CONFIG, INFO)


def test_a_field_has_the_parameter_and_what_its_component_offers() -> None:
    how, count, words = fields_of(SCHEMA.config, SCHEMA.endpoints[0])
    assert (how.name, how.label, type_of(how)) == ("how", "How", "Literal['s', 'l']")
    assert how.choices == (("Short", "s"), ("Long", "l"))
    assert choices_of(how) == ("s", "l")
    assert (count.control.minimum, count.control.maximum, choices_of(count)) == (1, 20, ())
    assert choices_of(words) == ("a", "b")


def test_what_an_endpoint_returns_has_labels_types_and_components() -> None:
    assert returns_of(SCHEMA.endpoints[0]) == [
        ("kind", "dict[str, Any]", "label"),
        ("value 1", "str", "textbox"),
    ]


def test_endpoints_that_are_not_listed_come_when_all_are_asked_for() -> None:
    endpoints = SCHEMA.endpoints.values()
    assert [e.title for e in callable_endpoints(endpoints)] == ["/go"]
    assert {e.title for e in callable_endpoints(endpoints, everything=True)} >= {"/go", "/hidden"}
