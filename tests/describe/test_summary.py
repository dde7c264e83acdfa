"""Endpoints in few words."""

from __future__ import annotations

from typing import Any

import pytest

from gradlink._describe.fields import fields_of
from gradlink._describe.summary import about, client_line, range_text, some, summary
from gradlink._protocol.schema import AppSchema, read_app


def app(*inputs: tuple[dict[str, Any], dict[str, Any]], **dependency: Any) -> AppSchema:
    """Return an app with one function, whose inputs are components and what /info says of them."""
    components = [{"id": place, "props": {}, **component} for place, (component, _) in enumerate(inputs)]
    function = {"id": 0, "api_name": "go", "inputs": list(range(len(inputs))), "outputs": [], **dependency}
    config: Any = {
        "version": "6.31.0",
        "protocol": "sse_v3",
        "components": components,
        "dependencies": [function],
    }
    parameters = [
        {"parameter_name": f"p{place}", "label": f"p{place}", "type": {"type": "string"}, **said}
        for place, (_, said) in enumerate(inputs)
    ]
    info: Any = {"named_endpoints": {"/go": {"parameters": parameters, "returns": []}}}
    return read_app(config, info)


def words(component: dict[str, Any], said: dict[str, Any]) -> str:
    schema = app((component, said))
    return about(fields_of(schema.config, schema.endpoints[0])[0])


@pytest.mark.parametrize(
    ("component", "said", "expected"),
    [
        ({"type": "textbox"}, {"component": "Textbox"}, "Textbox"),
        ({"type": "textbox"}, {"component": "Textbox", "label": "Your name"}, "Your name (Textbox)"),
        ({"type": "textbox"}, {"component": "", "label": "Your name"}, "Your name"),
        (
            {"type": "dropdown", "props": {"choices": [["A", "a"], ["B", "b"]], "allow_custom_value": True}},
            {"component": "Dropdown"},
            "Dropdown; one of: 'a', 'b'; or anything else",
        ),
        (
            {"type": "checkboxgroup", "props": {"choices": [["A", "a"]]}},
            {"component": "CheckboxGroup"},
            "CheckboxGroup; any of: 'a'",
        ),
        (
            {"type": "slider", "props": {"minimum": 0, "maximum": 2.5}},
            {"component": "Slider", "type": {"type": "number"}},
            "Slider; 0 to 2.5",
        ),
        ({"type": "file", "props": {"file_types": [".txt", "image"]}}, {"component": "File"}, "File; files: .txt, image"),
        (
            {"type": "textbox"},
            {"component": "Textbox", "python_type": {"type": "str", "description": "what to say\nand how"}},
            "Textbox; what to say",
        ),
    ],
)  # fmt: skip
def test_a_parameter_says_what_else_is_to_be_known(component: Any, said: Any, expected: str) -> None:
    assert words(component, said) == expected


def test_bounds_are_words() -> None:
    assert [range_text(*bounds) for bounds in ((None, None), (1, None), (None, 2.5), (1, 2))] == [
        "",
        "from 1",
        "up to 2.5",
        "1 to 2",
    ]


def test_a_long_list_is_counted() -> None:
    assert some(["a", "b"], ", ") == "a, b"
    assert some([str(number) for number in range(14)], " ") == "0 1 2 3 4 5 6 7 8 9 10 11 … 2 more"
    assert some(["\x1b"], " ") == r"\x1b"


def test_an_endpoint_is_a_line_for_its_call_and_one_for_each_parameter() -> None:
    schema = app(
        ({"type": "textbox"}, {"component": "Textbox"}),
        ({"type": "number"}, {"component": "", "parameter_has_default": True, "parameter_default": "x"}),
        types={"generator": True},
        api_description="Go\nsomewhere \u202e.",
    )
    assert summary(schema.config, schema.endpoints[0]) == [
        "/go(p0: str, p1: str = 'x') -> nothing streams",
        r"  Go somewhere \u202e.",
        "  p0: Textbox",
    ]


def test_an_endpoint_returns_values_under_their_labels() -> None:
    schema = app()
    info: Any = {"returns": [{"label": "said", "type": {"type": "string"}}, {"type": {"type": "number"}}]}
    schema = read_app(schema.config, {"named_endpoints": {"/go": {"parameters": [], **info}}})
    assert summary(schema.config, schema.endpoints[0]) == ["/go() -> said: str, value 1: float"]


def test_a_client_is_one_line_with_its_public_endpoints() -> None:
    assert client_line("<Client>", app()) == "<Client>: /go; client.view_api() describes them"
    hidden = client_line("<Client>\n", app(api_visibility="private"))
    assert hidden == r"<Client>\n: no public endpoints; client.view_api() describes them"
