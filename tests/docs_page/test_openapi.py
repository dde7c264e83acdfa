"""The OpenAPI document of an app: valid for every app, and inert for one that is hostile."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from jsonschema import Draft202012Validator

from gradlink._protocol.schema import AppSchema, read_app
from gradlink.docs_page.exports.openapi import openapi_document
from tests.codegen.hostile import HOSTILE, hostile_app
from tests.describe.test_typehints import JSON
from tests.docs_page.documents import SAID, URL, big_app, operations, schema, valid

SLOW = pytest.mark.slow("the validator takes seconds for the document of an app")
RELEASES = sorted(path.name for path in (Path(__file__).parents[2] / "vectors" / "apps").iterdir())


def document_of(app_schema: AppSchema, url: str = URL, **options: bool) -> Any:
    return openapi_document(app_schema, url, **options)


def made_app(
    parameters: list[dict[str, Any]],
    returns: list[dict[str, Any]] | None = None,
    names: tuple[str, ...] = ("go",),
) -> AppSchema:
    """Return an app whose functions all take and return the same, without components."""
    config: Any = {
        "version": "6.31.0",
        "protocol": "sse_v3",
        "api_prefix": "/gradio_api",
        "components": [],
        "dependencies": [
            {"id": place, "inputs": [], "outputs": [], "backend_fn": True, "api_name": name}
            for place, name in enumerate(names)
        ],
    }
    info: Any = {
        "named_endpoints": {
            f"/{name}": {"parameters": parameters, "returns": returns or []} for name in names
        }
    }
    return read_app(config, info)


def made(
    parameters: list[dict[str, Any]],
    returns: list[dict[str, Any]] | None = None,
    names: tuple[str, ...] = ("go",),
) -> Any:
    """Return the document of such an app."""
    return valid(document_of(made_app(parameters, returns, names)))


def parameter(name: str, schema: Any, **more: Any) -> dict[str, Any]:
    return {"parameter_name": name, "label": name, "component": "Api", "type": schema, **more}


def properties(document: Any, name: str = "GoInput") -> Any:
    return document["components"]["schemas"][name]["properties"]


@SLOW
@pytest.mark.parametrize("release", RELEASES)
def test_the_document_of_an_app_of_any_release_is_valid(release: str) -> None:
    document = valid(document_of(schema(release), login=True, token=True))
    names = list(operations(document))
    assert "echo" in names
    assert len(names) == len(set(names)) == sum(map(len, document["paths"].values()))
    assert all(re.fullmatch(r"[a-z][a-z0-9_]*", name, re.IGNORECASE) for name in names)
    assert all(re.fullmatch(r"[A-Z][A-Za-z0-9]*", name) for name in document["components"]["schemas"])


@pytest.mark.parametrize(
    ("release", "paths"),
    [
        ("3.50.2", ["/api/echo"]),
        ("4.17.0", ["/api/echo"]),
        ("4.20.1", ["/call/echo", "/call/echo/{event_id}"]),
        ("6.0.2", ["/gradio_api/call/echo", "/gradio_api/call/echo/{event_id}"]),
        ("6.31.0", ["/gradio_api/call/v2/echo", "/gradio_api/call/echo/{event_id}"]),
    ],
)
def test_a_call_is_what_the_server_of_its_release_has(release: str, paths: list[str]) -> None:
    document = document_of(schema(release))
    assert [path for path in document["paths"] if re.search("/echo(/|$)", path)] == paths


def test_what_is_sent_has_its_words_choices_bounds_and_defaults() -> None:
    document = valid(document_of(schema()))
    found = document["components"]["schemas"]["AddInput"]
    assert found["required"] == ["a"]
    assert found["additionalProperties"] is False
    assert found["properties"]["op"]["enum"] == ["add", "sub"]
    assert found["properties"]["op"]["default"] == "add"
    assert found["properties"]["op"]["x-gradio"] == {"component": "Radio"}
    operation = operations(document)["add"][2]
    assert operation["x-gradio"]["outputs"] == ["number"]
    assert set(operation["responses"]) == {"200", "400", "422", "500", "503"}


@pytest.mark.parametrize(
    ("release", "example"), [("6.31.0", {"a": 3, "b": 3, "op": "add"}), ("6.0.2", {"data": [3, 3, "add"]})]
)
def test_examples_are_what_the_document_allows(release: str, example: Any) -> None:
    document = document_of(schema(release))
    bodies = [
        operation["requestBody"]["content"]["application/json"]
        for _, method, operation in operations(document).values()
        if method == "post" and "calls" in operation["tags"]
    ]
    shown = [body for body in bodies if "example" in body]
    assert len(shown) > 20
    for body in shown:
        root = {**body["schema"], "components": document["components"]}
        assert list(Draft202012Validator(root).iter_errors(body["example"])) == []
    add = operations(document)["add"][2]["requestBody"]["content"]["application/json"]
    assert add["example"] == example


def test_state_has_its_place_among_what_is_sent_and_what_comes() -> None:
    schemas = valid(document_of(schema()))["components"]["schemas"]
    sent = schemas["CounterInput"]["properties"]
    assert [one.get("title") for one in sent["data"]["prefixItems"]] == ["inc", None]
    assert sent["data"]["prefixItems"][1]["type"] == "null"
    assert (sent["data"]["minItems"], sent["data"]["maxItems"]) == (2, 2)
    assert "session_hash" in sent
    assert len(schemas["CounterOutput"]["prefixItems"]) == 2
    old = valid(document_of(schema("6.0.2")))["components"]["schemas"]
    assert "session_hash" not in old["CounterInput"]["properties"], "its result would not be found"


def test_logins_are_there_for_apps_that_want_them() -> None:
    plain = document_of(schema())
    assert "/login" not in plain["paths"]
    assert "security" not in plain
    document = valid(document_of(schema(), login=True, token=True))
    assert document["security"] == [{"login": [], "space": []}]
    assert document["components"]["securitySchemes"]["space"]["scheme"] == "bearer"
    assert document["paths"]["/login"]["post"]["security"] == []
    assert "401" in operations(document)["echo"][2]["responses"]


def test_files_are_sent_as_the_release_takes_them() -> None:
    def files(release: str) -> Any:
        document = document_of(schema(release))
        return document["components"]["schemas"]["FileToSend"]["required"], any(
            path.endswith("/upload") for path in document["paths"]
        )

    assert files("6.31.0") == (["path", "meta"], True)
    assert files("3.50.2") == (["name", "data", "is_file"], True)
    assert files("3.16.2") == (["name", "data"], False)


def test_an_object_has_one_name_wherever_it_comes_up() -> None:
    one = {"type": "object", "properties": {"a": {"type": "string"}}, "required": ["a"]}
    document = made([parameter("x", one), parameter("y", {"type": "array", "items": one})])
    reference = {"$ref": "#/components/schemas/GoInputX"}
    assert properties(document)["x"] == {**reference, "x-gradio": {"component": "Api"}}
    assert properties(document)["y"]["items"] == reference


def test_values_of_several_types_are_an_enumeration_for_each() -> None:
    choices = {"enum": ["a", 1, 0.5, True, None, "b", [1]]}
    document = made([parameter("x", choices)])
    assert properties(document)["x"]["anyOf"] == [
        {"type": "string", "enum": ["a", "b"]},
        {"type": "integer", "enum": [1]},
        {"type": "number", "const": 0.5},
        {"type": "boolean", "const": True},
        {"type": "null"},
        {"type": "array", "items": {}},
    ]


def test_choices_of_which_no_constants_can_be_made_get_names() -> None:
    document = made([parameter("x", {"enum": ["a b", "A_B", "+", ""]})])
    names = properties(document)["x"]["x-enum-varnames"]
    assert names == ["A_B", "A_B_N2", "VALUE", "VALUE_N2"]


def test_a_default_stands_where_generators_can_read_it() -> None:
    given_default = {"parameter_has_default": True}
    document = made(
        [
            parameter("text", {"type": "string"}, **given_default, parameter_default="x"),
            parameter("none", {"type": "string"}, **given_default, parameter_default=None),
            parameter("wrong", {"type": "integer"}, **given_default, parameter_default="x"),
            parameter("any", {}, **given_default, parameter_default={"a": 1}),
            parameter("long", {"type": "string"}, **given_default, parameter_default="x" * 3_000),
            parameter("nan", {"type": "number"}, **given_default, parameter_default=float("nan")),
        ]
    )
    found = properties(document)
    assert found["text"]["default"] == "x"
    assert found["none"]["default"] is None
    assert {"type": "null"} in found["none"]["anyOf"]
    assert "default" not in found["wrong"]
    assert found["wrong"]["x-gradio"]["default"] == "x"
    assert found["any"]["x-gradio"]["default"] == {"a": 1}
    assert "default" not in json.dumps([found["long"], found["nan"]])
    assert "required" not in document["components"]["schemas"]["GoInput"]


def test_names_are_different_in_any_spelling() -> None:
    document = made([], names=("go", "Go", "g_o", "upload", "1", "über", "a\ud800", "go_n2", "go-result"))
    names = list(operations(document))
    assert names[:4] == ["go", "go_result", "Go_n2", "Go_n2_result"]
    assert "go_result_n2" in names
    assert len({name.replace("_", "").lower() for name in names}) == len(names)
    assert document["info"]["description"].endswith("Clients for Gradio can call them.")


def test_what_no_path_can_hold_is_said() -> None:
    document = made([], names=("v1/run", "..", "a?b#c{d}"))
    assert [path for path in document["paths"] if "call" in path] == [
        "/gradio_api/call/v2/a%3Fb%23c%7Bd%7D",
        "/gradio_api/call/a%3Fb%23c%7Bd%7D/{event_id}",
    ]
    assert (
        "Not here, since their names cannot be part of an address: /.., /v1/run."
        in document["info"]["description"]
    )


def test_a_document_of_hundreds_of_endpoints_is_valid() -> None:
    document = document_of(big_app())
    assert len([path for path in document["paths"] if path.endswith("{event_id}")]) > 240
    assert len(json.dumps(document)) < 2_000_000


@pytest.mark.parametrize("thorough", [False, True])
@pytest.mark.parametrize("said", SAID)
def test_an_app_can_say_what_it_wants(said: str, thorough: bool) -> None:
    document = document_of(hostile_app(said, thorough=thorough))
    text = json.dumps(document, allow_nan=False)
    assert text.isascii()
    assert all(name.isalnum() for name in document["components"]["schemas"])
    for path in document["paths"]:
        assert re.fullmatch(r"/[\w./%~=-]*(\{(event_id|path)\})?", path, re.ASCII), path


@SLOW
@pytest.mark.parametrize(
    "said", ["template", "backslashes and quotes", "surrogates", "directives", "end of a parameter"]
)
def test_the_document_of_a_hostile_app_is_valid(said: str) -> None:
    valid(document_of(hostile_app(HOSTILE[said]), f"{URL}a/"))


@SLOW
@settings(max_examples=30)
@given(JSON, JSON)
def test_any_json_as_a_schema_makes_a_valid_document(taken: Any, returned: Any) -> None:
    made(
        [parameter("x", taken, parameter_has_default=True, parameter_default=returned, example_input=taken)],
        [{"label": "y", "type": returned, "component": "Api"}],
    )
