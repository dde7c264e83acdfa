"""The description of an app as one file of Markdown, for people who read it on GitHub."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Final

from gradlink._describe.signature import default_text
from gradlink._describe.summary import MAX_SHOWN, range_text
from gradlink.docs_page.document import (
    Document,
    EndpointDocument,
    ExampleDocument,
    ParameterDocument,
    SnippetDocument,
)
from gradlink.docs_page.exports.marked import block, code, folded, line, table, text

_LANGUAGES: Final = {
    "python": "python",
    "python-async": "python",
    "python-typed": "python",
    "typescript": "typescript",
    "curl": "bash",
    "shell": "bash",
}


def markdown(document: Document) -> str:
    """Return the Markdown of a document that has its snippets; nothing that the app says is markup in it."""
    return "\n\n".join(_parts(document)) + "\n"


def _parts(document: Document) -> Iterator[str]:
    app, endpoints = document["app"], document["endpoints"]
    count = f"{len(endpoints)} {'endpoint' if len(endpoints) == 1 else 'endpoints'}"
    yield f"# {line(app['title']) or 'Gradio app'}"
    yield f"{code(app['source'])} · Gradio {line(app['version']) or 'unknown'} · {count}"
    if endpoints:
        yield "\n".join(_listed(number, one) for number, one in enumerate(endpoints))
    for number, endpoint in enumerate(endpoints):
        yield from _endpoint(number, endpoint)


def _listed(number: int, endpoint: EndpointDocument) -> str:
    first = line(endpoint["description"].partition("\n")[0])
    return f"- [{line(endpoint['title'])}](#endpoint-{number}){f': {first}' if first else ''}"


def _endpoint(number: int, endpoint: EndpointDocument) -> Iterator[str]:
    # Of its own: what GitHub makes of a heading cannot be foretold for every name.
    yield f'<a id="endpoint-{number}"></a>'
    yield f"## {line(endpoint['title'])}"
    if endpoint["description"]:
        yield text(endpoint["description"])
    if notes := list(_notes(endpoint)):
        yield " ".join(notes)
    if endpoint["parameters"]:
        rows = [_parameter(one) for one in endpoint["parameters"]]
        yield table(["Parameter", "Type", "Default", "About"], rows)
    else:
        yield "It takes nothing."
    if endpoint["returns"]:
        returned = [
            [line(one["label"]), code(one["type"]), line(one["component"])] for one in endpoint["returns"]
        ]
        yield table(["Returns", "Type", "Component"], returned)
    else:
        yield "It returns nothing."
    if endpoint["examples"]:
        yield folded("Examples", "\n\n".join(map(_example, endpoint["examples"][:MAX_SHOWN])))
    yield from _programs(endpoint.get("snippets", []))


def _notes(endpoint: EndpointDocument) -> Iterator[str]:
    if endpoint["streams"]:
        yield "It streams: its values come one after the other."
    if endpoint["state"]:
        yield "It keeps something for each session (State)."
    if endpoint["login"]:
        yield f"A login with Hugging Face is {line(endpoint['login'])}."


def _parameter(parameter: ParameterDocument) -> list[str]:
    default = "required" if parameter["required"] else code(parameter["default_text"])
    return [
        code(parameter["name"]),
        code(parameter["type"]),
        default,
        "; ".join(filter(None, _about(parameter))),
    ]


def _about(parameter: ParameterDocument) -> Iterator[str]:
    label, component = line(parameter["label"]), line(parameter["component"])
    named = label and parameter["label"].lower() != parameter["name"].lower()
    yield f"{label} ({component})" if named and component else label if named else component
    if choices := parameter["choices"]:
        shown = ", ".join(code(default_text(one["value"])) for one in choices[:MAX_SHOWN])
        more = f", … {len(choices) - MAX_SHOWN} more" if len(choices) > MAX_SHOWN else ""
        several = "any of" if parameter["multiple"] else "one of"
        yield f"{several} {shown}{more}{', or anything else' if parameter['custom'] else ''}"
    yield range_text(parameter["minimum"], parameter["maximum"])
    if parameter["file_types"]:
        yield f"files: {line(', '.join(parameter['file_types'][:MAX_SHOWN]))}"
    yield line(parameter["info"])
    if not parameter["choices"]:
        yield line(parameter["note"])


def _example(example: ExampleDocument) -> str:
    shown = block(json.dumps(example["values"], indent=2), "json")
    return f"{line(example['label'])}\n\n{shown}" if example["label"] else shown


def _programs(snippets: list[SnippetDocument]) -> Iterator[str]:
    for number, snippet in enumerate(snippets):
        if not snippet["code"]:
            continue
        program = block(snippet["code"], _LANGUAGES.get(snippet["language"], ""))
        yield program if number == 0 else folded(snippet["title"], program)
