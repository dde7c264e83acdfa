"""Apps and their documents for tests, and whether an OpenAPI document is valid and its server holds to it."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

import httpx2
import pytest
from jsonschema import Draft202012Validator
from openapi_spec_validator import OpenAPIV31SpecValidator

from gradlink._protocol.schema import AppSchema, read_app
from gradlink.codegen.snippets.programs import target_of
from gradlink.docs_page.description import described
from gradlink.docs_page.document import Document
from gradlink.docs_page.exports.openapi import openapi_document
from gradlink.docs_page.programs import Programs
from tests.codegen.hostile import HOSTILE
from tests.vectors.cases import app

URL = "http://127.0.0.1:7860/"
# What hostile apps say: all at once in unit tests, and one after the other.
EVERYTHING = "".join(text for name, text in HOSTILE.items() if name != "very long" and "/" not in text)
SAID = [
    pytest.param(EVERYTHING, id="everything"),
    *(
        pytest.param(text, id=name, marks=pytest.mark.slow("reads what is written of a whole app"))
        for name, text in HOSTILE.items()
    ),
]


def schema(release: str = "6.31.0") -> AppSchema:
    config, info = app(release)
    return read_app(config, info)


def big_app(count: int = 300) -> AppSchema:
    """Return an app with ``count`` endpoints, those of the newest uniform app again and again under other names."""
    config, info = copy.deepcopy(app("6.31.0"))
    named = [one for one in config["dependencies"] if f"/{one['api_name']}" in info["named_endpoints"]]
    made: list[Any] = []
    for number in range(count):
        one = {**named[number % len(named)], "id": number}
        name = f"/{one['api_name']}_{number}"
        info["named_endpoints"][name] = info["named_endpoints"][f"/{one['api_name']}"]
        made.append({**one, "api_name": name[1:]})
    return read_app({**config, "dependencies": made}, info)


def valid(document: Any) -> Any:
    """Return ``document``, as a file of it is read; fail if it is no OpenAPI 3.1."""
    read = json.loads(json.dumps(document, allow_nan=False))
    errors = [error.message for error in OpenAPIV31SpecValidator(read).iter_errors()]
    assert errors == []
    return read


def operations(document: Any) -> dict[str, tuple[str, str, Any]]:
    """Return path, method and operation of each ``operationId``."""
    return {
        operation["operationId"]: (path, method, operation)
        for path, methods in document["paths"].items()
        for method, operation in methods.items()
    }


class Checked:
    """Asks a server by what a document says, and holds the answers to it."""

    def __init__(self, app_schema: AppSchema, url: str, http: httpx2.Client, *, login: bool = False) -> None:
        self.document = valid(openapi_document(app_schema, url, login=login))
        self._operations = operations(self.document)
        self._http = http

    def ask(self, operation_id: str, *, status: int = 200, right: bool = True, **request: Any) -> Any:
        """Send a request, and return what it is answered with: JSON, or a text.

        Args:
            right: its body is as the document wants it; else it is not.
            request: the body (``json``, ``data``, ``files``), and what stands in the path.
        """
        path, method, operation = self._operations[operation_id]
        for parameter in operation.get("parameters", []):
            value = request.pop(parameter["name"])
            path = path.replace(f"{{{parameter['name']}}}", quote(value, safe=""))
        if "json" in request:
            wanted = operation["requestBody"]["content"]["application/json"]["schema"]
            assert (self.problems(wanted, request["json"]) == []) is right
        answer = self._http.request(method.upper(), self.document["servers"][0]["url"] + path, **request)
        assert answer.status_code == status, answer.text
        described = self._resolved(operation["responses"][str(status)])
        kind = answer.headers["content-type"].partition(";")[0]
        content = described["content"].get(kind) or described["content"]["*/*"]
        body = answer.json() if kind == "application/json" else answer.text
        assert self.problems(content["schema"], body) == []
        return body

    def call(self, name: str, body: Any) -> list[tuple[str, Any]]:
        """Make a call of two requests, and return its events."""
        event_id = self.ask(name, json=body)["event_id"]
        text = self.ask(f"{name}_result", event_id=event_id)
        path, method, _ = self._operations[f"{name}_result"]
        answer = self.document["paths"][path][method]["responses"]["200"]
        described = answer["content"]["text/event-stream"]["schema"]["contentSchema"]
        events = [
            {key: value for line in event.splitlines() for key, value in [line.split(": ", 1)]}
            for event in text.split("\n\n")
            if event
        ]
        assert self.problems(described, events) == []
        return [(event["event"], self._data(described["items"]["anyOf"], event)) for event in events]

    def problems(self, described: Any, value: Any) -> list[str]:
        """Return what in ``value`` is not as a schema of the document says."""
        root = {**described, "components": self.document["components"]}
        return [error.message for error in Draft202012Validator(root).iter_errors(value)]

    def _data(self, kinds: list[Any], event: Mapping[str, str]) -> Any:
        """Return the JSON of an event, which is as the document says of events of this name."""
        kind = next(one for one in map(self._resolved, kinds) if self.problems(one, event) == [])
        data = json.loads(event["data"])
        assert self.problems(kind["properties"]["data"].get("contentSchema", {}), data) == []
        return data

    def _resolved(self, described: Any) -> Any:
        if "$ref" not in described:
            return described
        found = self.document
        for key in described["$ref"].split("/")[1:]:
            found = found[key]
        return found


def document_of(app_schema: AppSchema, *, everything: bool = False) -> Document:
    """Return the document of an app, with its snippets."""
    document = described(app_schema, URL, URL, everything=everything)
    return Programs(app_schema, target_of(app_schema, URL, URL)).with_snippets(document)
