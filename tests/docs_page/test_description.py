"""What the document says of an app."""

from __future__ import annotations

import json
import math
from typing import Any

import pytest

from gradlink._protocol.schema import AppSchema, read_app
from gradlink.docs_page.description import described, plain
from gradlink.docs_page.document import Document, EndpointDocument, ParameterDocument
from tests.codegen.hostile import HOSTILE, hostile_app
from tests.vectors.cases import app

URL = "http://127.0.0.1:7860/"


def schema(release: str = "6.31.0") -> AppSchema:
    config, info = app(release)
    return read_app(config, info)


def made(
    components: list[dict[str, Any]], parameters: list[dict[str, Any]], names: tuple[str, ...] = ("go",)
) -> Document:
    """Return the document of an app whose functions all have the components in front as their inputs."""
    inputs = [one["id"] for one in components[: len(parameters)]]
    config: Any = {
        "version": "6.31.0",
        "protocol": "sse_v3",
        "title": "Made",
        "api_prefix": "/gradio_api",
        "components": components,
        "dependencies": [
            {"id": index, "inputs": inputs, "outputs": [], "backend_fn": True, "api_name": name}
            for index, name in enumerate(names)
        ],
    }
    info: Any = {"named_endpoints": {f"/{name}": {"parameters": parameters, "returns": []} for name in names}}
    return described(read_app(config, info), URL, URL)


def component(key: int, kind: str, **props: Any) -> dict[str, Any]:
    return {"id": key, "type": kind, "props": props}


def parameter(name: str, component: str, schema: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"parameter_name": name, "label": name, "component": component, "type": schema, **more}


FILE = {
    "type": "object",
    "properties": {"path": {"type": "string"}, "url": {}, "meta": {"_type": {"const": "gradio.FileData"}}},
    "title": "FileData",
}


def of(document: Document, title: str) -> EndpointDocument:
    return next(one for one in document["endpoints"] if one["title"] == title)


def only(document: Document) -> ParameterDocument:
    (endpoint,) = document["endpoints"]
    return endpoint["parameters"][0]


@pytest.mark.parametrize(
    ("kind", "props", "parameter_schema", "control"),
    [
        ("textbox", {}, {"type": "string"}, "text"),
        ("textbox", {"type": "password"}, {"type": "string"}, "password"),
        ("number", {}, {"type": "number"}, "number"),
        ("slider", {"minimum": 0, "maximum": 5}, {"type": "number"}, "range"),
        ("checkbox", {}, {"type": "boolean"}, "checkbox"),
        ("radio", {"choices": [["A", "a"]]}, {"type": "string", "enum": ["a"]}, "choice"),
        ("dropdown", {"choices": [["A", "a"]], "multiselect": True}, {"type": "array"}, "choices"),
        ("image", {}, FILE, "file"),
        ("file", {"file_count": "multiple"}, {"type": "array", "items": FILE}, "files"),
        ("colorpicker", {}, {"type": "string"}, "color"),
        ("datetime", {}, {"type": "string"}, "date"),
        ("datetime", {}, {"type": "number"}, "number"),
        ("json", {}, {}, "json"),
        ("api", {}, {"anyOf": [{"type": "string"}, {"type": "null"}]}, "text"),
        ("api", {}, {"type": "object"}, "json"),
    ],
)
def test_a_parameter_is_drawn_as_what_it_takes(
    kind: str, props: dict[str, Any], parameter_schema: dict[str, Any], control: str
) -> None:
    document = made([component(1, kind, **props)], [parameter("p", kind.title(), parameter_schema)])
    assert only(document)["control"] == control


def test_the_bounds_and_the_default_of_a_slider_are_told() -> None:
    slider = component(1, "slider", minimum=0, maximum=5, step=0.5, info="How much")
    given = parameter(
        "p", "Slider", {"type": "number"}, parameter_has_default=True, parameter_default=math.nan
    )
    told = only(made([slider], [given]))
    assert (told["minimum"], told["maximum"], told["step"], told["info"]) == (0, 5, 0.5, "How much")
    assert (told["required"], told["default"], told["default_text"]) == (False, "NaN", "nan")


def test_a_default_that_is_too_large_is_left_out() -> None:
    given = parameter(
        "p", "Textbox", {"type": "string"}, parameter_has_default=True, parameter_default="x" * 30_000
    )
    told = only(made([component(1, "textbox")], [given]))
    assert told["default"] is None
    assert told["default_long"]


def test_examples_are_those_whose_components_are_inputs() -> None:
    picture = {
        "path": "/there/a.png",
        "url": "http://other/gradio_api/file=/there/a.png",
        "meta": {"_type": "gradio.FileData"},
    }
    components = [
        component(1, "textbox"),
        component(2, "image"),
        component(3, "textbox"),
        component(7, "dataset", component_ids=[3], samples=[["elsewhere"]]),
        component(8, "dataset", component_ids=[1], samples=[["one"]], sample_labels=["The first"]),
        component(9, "dataset", component_ids=[2, 3, 1], samples=[[picture, "x", "two"]]),
    ]
    parameters = [
        parameter("text", "Textbox", {"type": "string"}),
        parameter("image", "Image", FILE),
    ]
    (endpoint,) = made(components, parameters)["endpoints"]
    assert endpoint["examples"] == [
        {
            "label": "two, a.png",
            "values": {
                "text": "two",
                "image": {**picture, "url": f"{URL}gradio_api/file=/there/a.png"},
            },
        },
        {"label": "The first", "values": {"text": "one"}},
    ]


def test_a_long_list_has_groups_of_names_that_begin_alike() -> None:
    names = (*(f"image_{number}" for number in range(10)), "load_a", "load_b", "x")
    endpoints = made([], [], names)["endpoints"]
    assert [one["group"] for one in endpoints] == ["image"] * 10 + [""] * 3


def test_every_endpoint_has_an_address_of_its_own() -> None:
    endpoints = made([], [], ("a", "b", "a"))["endpoints"]
    assert [one["slug"] for one in endpoints] == ["a", "b", "fn-2"]


@pytest.mark.parametrize("release", ["3.16.2", "3.50.2", "4.0.0", "4.44.1", "5.49.1", "6.31.0"])
def test_apps_of_every_release_are_described(release: str) -> None:
    document = described(schema(release), URL, URL)
    assert len(document["endpoints"]) > 10
    json.dumps(document, allow_nan=False)


@pytest.mark.parametrize("said", HOSTILE)
def test_what_people_read_of_a_hostile_app_is_safe_to_show(said: str) -> None:
    document = described(hostile_app(HOSTILE[said]), URL, URL)
    json.dumps(document, allow_nan=False)
    for endpoint in document["endpoints"]:
        texts = [endpoint["title"], *endpoint["description"].split("\n")]
        for one in endpoint["parameters"]:
            texts += [one["label"], one["type"], one["default_text"], *one["info"].split("\n")]
        assert all(text.isprintable() or not _unsafe(text) for text in texts)


def _unsafe(text: str) -> bool:
    return any(ord(letter) < 32 or letter in "\u202e\u2066\u2069\u200f\u061c\u2028\u2029" for letter in text)


def test_numbers_that_json_does_not_have_are_texts() -> None:
    assert plain({"a": [math.inf, -math.inf, (math.nan, 1.5)]}) == {
        "a": ["Infinity", "-Infinity", ["NaN", 1.5]]
    }
