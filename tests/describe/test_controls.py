"""What the components of an app let a caller choose."""

from __future__ import annotations

from typing import Any

import pytest

from gradlink._describe.controls import Control, controls
from gradlink._protocol.schema import read_app
from tests.vectors.cases import app

KINDS: list[tuple[dict[str, Any], Control]] = [
    ({"type": "textbox", "props": {"info": "Say it."}}, Control(info="Say it.")),
    ({"type": "slider", "props": {"minimum": 0, "maximum": 10, "step": 0.5}}, Control(minimum=0, maximum=10, step=0.5)),
    ({"type": "number", "props": {"minimum": None, "maximum": 3, "step": 0}}, Control(maximum=3)),
    ({"type": "number", "props": {"minimum": float("nan"), "maximum": True}}, Control()),
    (
        {"type": "radio", "props": {"choices": [["A", "a"], ["B", 2]]}},
        Control(choices=(("A", "a"), ("B", 2))),
    ),
    # Before 4.0 a choice is its value.
    ({"type": "radio", "props": {"choices": ["a", 2]}}, Control(choices=(("a", "a"), ("2", 2)))),
    (
        {"type": "dropdown", "props": {"choices": [["A", "a"]], "multiselect": True, "allow_custom_value": True}},
        Control(choices=(("A", "a"),), custom=True, multiple=True),
    ),
    ({"type": "dropdown", "props": {"choices": [[None, "a"]]}}, Control(choices=(("a", "a"),))),
    ({"type": "checkboxgroup", "props": {"choices": []}}, Control(multiple=True)),
    ({"type": "file", "props": {"file_types": [".txt", 3, "image"], "file_count": "multiple"}}, Control(multiple=True, file_types=(".txt", "image"))),
    ({"type": "file", "props": None}, Control()),
    ({}, Control()),
]  # fmt: skip


def of(*components: dict[str, Any], ids: bool = True) -> tuple[Control, ...]:
    """Return the controls of a function that takes these components."""
    dependency: dict[str, Any] = {
        "inputs": list(range(len(components))),
        "outputs": [],
        "api_name": "f",
        "id": 7,
    }
    if not ids:
        del dependency["id"]
    config: dict[str, Any] = {
        "version": "5.0.0",
        "protocol": "sse_v3",
        "components": [{"id": number, **component} for number, component in enumerate(components)],
        "dependencies": [dependency],
    }
    endpoint = read_app(config, None).endpoints[7 if ids else 0]
    return controls(config, endpoint)


@pytest.mark.parametrize(("component", "control"), KINDS)
def test_a_component_is_a_control(component: dict[str, Any], control: Control) -> None:
    assert of(component) == (control,)


def test_each_parameter_has_that_of_its_own_component() -> None:
    slider = {"type": "slider", "props": {"maximum": 1}}
    found = of({"type": "state", "props": {}}, {"type": "textbox"}, slider, ids=False)
    assert [control.maximum for control in found] == [None, 1]


def test_an_endpoint_that_the_config_does_not_have_has_no_controls() -> None:
    config, info = app("6.31.0")
    schema = read_app(config, info)
    endpoint = next(iter(schema.endpoints.values()))
    assert controls({}, endpoint) == (Control(),) * len(endpoint.parameters)


@pytest.mark.parametrize("release", ["3.16.2", "3.50.2", "4.44.1", "6.31.0"])
def test_real_apps_have_sliders_and_choices(release: str) -> None:
    config, info = app(release)
    endpoint = read_app(config, info).find("/kitchen", None)
    found = controls(config, endpoint)
    assert (found[2].minimum, found[2].maximum) == (0, 100)
    assert [value for _, value in found[4].choices] == ["add", "sub"]
    assert (found[5].multiple, found[6].multiple) == (False, True)
