"""The snippets of the page: a call in every language, with stand-ins for what is not given yet."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from gradlink._describe.fields import fields_of
from gradlink._describe.shapes import Shape
from gradlink._protocol.schema import AppSchema, Endpoint
from gradlink.codegen.snippets import programs
from gradlink.codegen.snippets.calls import Call, LocalFile, Snippet, Target, Value
from gradlink.docs_page.document import (
    ControlKind,
    Document,
    EndpointDocument,
    ParameterDocument,
    SnippetDocument,
)
from gradlink.docs_page.giving import written
from gradlink.docs_page.samples import sample

_FILES: Final[Mapping[str, str]] = {"audio": "audio.wav", "video": "video.mp4", "model3d": "model.glb"}


class Programs:
    """Writes the snippets of one app."""

    def __init__(self, schema: AppSchema, target: Target) -> None:
        self._target = target
        self._schema = schema
        self._names = programs.names_of(schema)

    def of(
        self, endpoint: Endpoint, document: EndpointDocument, values: Mapping[str, Value]
    ) -> list[Snippet]:
        """Return the programs that call ``endpoint`` with ``values``; what they need and lack has a stand-in."""
        shapes = {field.name: field.shape for field in fields_of(self._schema.config, endpoint)}
        given = {
            one["name"]: values[one["name"]] if one["name"] in values else stand_in(one, shapes[one["name"]])
            for one in document["parameters"]
            if one["name"] in values or one["required"]
        }
        return programs.snippets(Call(self._target, endpoint, given), self._names)

    def with_snippets(self, document: Document) -> Document:
        """Return the document with the snippets of each endpoint, and of each of its examples."""
        return {**document, "endpoints": [self._with_snippets(one) for one in document["endpoints"]]}

    def _with_snippets(self, document: EndpointDocument) -> EndpointDocument:
        endpoint = self._schema.endpoints[document["id"]]
        names = {one["name"] for one in document["parameters"]}
        return {
            **document,
            "snippets": [as_json(one) for one in self.of(endpoint, document, {})],
            "examples": [
                {
                    **example,
                    "snippets": [
                        as_json(one)
                        for one in self.of(
                            endpoint,
                            document,
                            {
                                name: written(value, lambda _: None)
                                for name, value in example["values"].items()
                                if name in names
                            },
                        )
                    ],
                }
                for example in document["examples"]
            ],
        }


def as_json(snippet: Snippet) -> SnippetDocument:
    """Return a snippet as the page has it."""
    return {
        "language": snippet.language,
        "title": programs.TITLES[snippet.language],
        "code": snippet.code,
        "impossible": snippet.impossible,
    }


def stand_in(parameter: ParameterDocument, shape: Shape) -> Value:
    """Return a value that stands where none is given: of the right kind, and plainly not the user's."""
    kind: ControlKind = parameter["control"]
    file = LocalFile(_FILES.get(parameter["component"].lower(), _file_name(parameter)))
    match kind:
        case "text" | "password":
            return "..."
        case "date":
            return "2025-01-31 12:00:00"
        case "color":
            return "#336699"
        case "number" | "range":
            return _least(parameter)
        case "checkbox":
            return False
        case "choice":
            return parameter["choices"][0]["value"] if parameter["choices"] else "..."
        case "choices":
            return [one["value"] for one in parameter["choices"][:1]]
        case "file":
            return file
        case "files":
            return [file]
        case "gallery":
            return [{"image": file, "caption": None}]
        case "picture":
            return {"background": file, "layers": [], "composite": None}
        case "message":
            return {"text": "...", "files": []}
        case "dataframe":
            return {"headers": ["a", "b"], "data": [[1, 2]], "metadata": None}
        case "json":
            return sample(shape)


def _least(parameter: ParameterDocument) -> float:
    minimum = parameter["minimum"]
    if minimum is None:
        return 0
    return int(minimum) if float(minimum).is_integer() else minimum


def _file_name(parameter: ParameterDocument) -> str:
    if parameter["component"].lower() in {"image", "imageeditor", "gallery"}:
        return "image.png"
    suffix = next((one for one in parameter["file_types"] if one.startswith(".")), "")
    return f"file{suffix}" if suffix and suffix[1:].isalnum() else "file.txt"
