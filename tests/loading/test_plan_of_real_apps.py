"""Plans of apps as Gradio itself describes them."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from gradlink._protocol.jsonvalue import as_list, as_object
from gradlink.loading.plan import Chained, Trigger
from gradlink.loading.reading import read_plan

pytestmark = pytest.mark.live

TOP = Path(__file__).parents[2]


@pytest.fixture(scope="module")
def configs() -> dict[str, Any]:
    """Give the descriptions of the apps by their names."""
    made = subprocess.run(
        [sys.executable, "-m", "tests.loading.describing"], stdout=subprocess.PIPE, check=True, cwd=TOP
    )
    described: dict[str, Any] = json.loads(made.stdout.splitlines()[-1])
    return described


def ids_of(layout: Any) -> list[int]:
    return [
        n
        for child in as_list(layout["children"])
        for n in (as_object(child)["id"], *ids_of({"children": [], **as_object(child)}))
    ]


@pytest.mark.parametrize("name", ["interface", "chat"])
def test_all_of_an_app_is_there(configs: dict[str, Any], name: str) -> None:
    config = configs[name]
    plan = read_plan(config, trust=True)
    assert [part.id for part in plan.walk()] == ids_of(config["layout"])
    assert plan.left_out == ()
    assert len(plan.events) == len(config["dependencies"])


def test_an_interface_needs_no_trust(configs: dict[str, Any]) -> None:
    plan = read_plan(configs["interface"], trust=False)
    assert plan.left_out == ()
    assert any(event.javascript and event.javascript.startswith("() => [") for event in plan.events)


def test_the_scripts_of_a_chat_are_named(configs: dict[str, Any]) -> None:
    plan = read_plan(configs["chat"], trust=False)
    assert all(note.startswith("the JavaScript of ") for note in plan.left_out)


def test_of_tabs_what_cannot_be_carried_over_is_named(configs: dict[str, Any]) -> None:
    config = configs["tabs"]
    plan = read_plan(config, trust=False)
    untrusted = "the app is not trusted (trust=True)"
    assert plan.left_out == (
        f"the JavaScript of button 'Go'.click: {untrusted}; its function is called all the same",
        f"the JavaScript of what follows button 'Go'.click: {untrusted}",
        "what gr.render makes (textbox 'Name'.change)",
    )
    go = next(part.id for part in plan.walk() if part.props.get("value") == "Go")
    clicked = next(event for event in plan.events if event.triggers == (Trigger(go, "click"),))
    assert clicked.inputs == clicked.outputs
    assert [event.triggers.when for event in plan.events if isinstance(event.triggers, Chained)] == ["then"]
    assert len(plan.states) == 1
    cancelling = [event for event in plan.events if clicked.id in event.cancels]
    assert len(cancelling) == 1


def test_of_several_pages_there_is_the_first(configs: dict[str, Any]) -> None:
    plan = read_plan(configs["pages"], trust=False)
    assert [part.props.get("label") for part in plan.walk() if part.kind == "textbox"] == ["First"]
    assert [event.api_name for event in plan.events] == ["first"]
    assert plan.left_out == ("the page 'Settings': an app inside another one has one page",)
