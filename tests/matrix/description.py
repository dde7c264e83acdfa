"""What a client tells of an app: one expectation for all releases, and where and why they differ from it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.matrix.scenarios import Topic
from tests.matrix.servers import tool

topic = Topic("Description")

Lines = tuple[list[str], list[str]]

FILE_DATA = (
    "dict(path: str | None (Path to a local file), url: str | None (Publicly available url or base64 encoded image), "
    "size: int | None (Size of image in bytes), orig_name: str | None (Original filename), "
    "mime_type: str | None (mime type of image), is_stream: bool (Can always be set to False), meta: dict(str, Any))"
)
FILE_DATA_3 = (
    "dict(name: str (name of file), data: str (base64 representation of file), size: int (size of image in bytes), "
    "is_file: bool (true if the file has been uploaded to the server), orig_name: str (original name of the file))"
)
JSON_TYPE = "str | float | bool | list | dict"
LABEL_TYPE_OLD = "dict(label: str, confidences: list[dict(label: str, confidence: float)])"
LABEL_TYPE = (
    "dict(label: str | int | float | None, "
    "confidences: list[dict(label: str | int | float | None, confidence: float | None)] | None)"
)

# The parameters and the return values of some endpoints: label, type, component, default.
EXPECTED: dict[str, Lines] = {
    "/echo": (["text: str Textbox"], ["out: str Textbox"]),
    "/ping": ([], ["out: str Textbox"]),
    "/add": (
        ["a: float Number", "b: float Number = 10", "op: Literal['add', 'sub'] Radio = 'add'"],
        ["result: float Number"],
    ),
    "/multi": (
        ["text: str Textbox"],
        ["out: str Textbox", "result: float Number", f"label: {LABEL_TYPE} Label"],
    ),
    "/kitchen": (
        [
            "text: str Textbox",
            "n: float Number = 3",
            "slider: float Slider = 5",
            "check: bool Checkbox = True",
            "op: Literal['add', 'sub'] Radio = 'add'",
            "drop: Literal['x', 'y'] Dropdown = 'x'",
            "multi_drop: list[Literal['p', 'q', 'r']] Dropdown = []",
            f"json_in: {JSON_TYPE} Json",
        ],
        [f"json_out: {JSON_TYPE} Json"],
    ),
    "/counter": (["n: float Number = 3"], ["result: float Number"]),
    "/file_upper": (["file: filepath File"], ["file_out: filepath File"]),
    "/files_info": (["files: list[filepath] File"], [f"json_out: {JSON_TYPE} Json"]),
    "/image_flip": (["image: filepath Image"], ["image_out: filepath Image"]),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """Lines that releases from ``first`` to ``below`` have otherwise: ``old``, an expression, gives way to ``new``.

    ``unless`` names an environment that does not have it.
    """

    first: str
    below: str
    old: str
    new: str
    why: str
    unless: str = ""

    def concerns(self, name: str) -> bool:
        """Tell whether the environment has it."""
        release = _numbers(tool().environments()[name].release)
        return name != self.unless and _numbers(self.first) <= release < _numbers(self.below)


_AGED = "5.0.2-aged"
_SHAPE_3 = "a file, an image or a label is described in the form that Gradio 3 sends it"
_NO_INFO = "there is no /info, and /config says little of types"
DIFFERENCES = (
    Difference(
        "0", "5.49", r"(?<=Dropdown) = \[\]$", "", "an empty multiple choice is not given as the default"
    ),
    Difference("0", "4", r"Literal\[[^]]*\]", "str", "choices are not listed"),
    Difference("3.26", "4", r"float (?=Number|Slider)", "int | float ", "int and float are distinguished"),
    Difference("0", "4.16", r"(?<=Number = )(\d+)$", r"\1.0", "numbers that components hold are floats"),
    Difference("0", "4.23", r"(?<=text: str Textbox)$", " = ''", "a text has the empty text as its default"),
    Difference("0", "3.26", re.escape(JSON_TYPE), "Any", _NO_INFO),
    Difference("3.26", "5.1", re.escape(JSON_TYPE), "dict[Any, Any]", "JSON is described as a dict", _AGED),
    Difference("0", "3.26", re.escape(LABEL_TYPE), LABEL_TYPE_OLD, _NO_INFO),
    Difference("3.26", "4", re.escape(LABEL_TYPE), "dict[Any, Any]", _SHAPE_3),
    Difference(
        "4", "4.8", r"float \| None(?=, confidences)", "float", "the name of a label cannot be missing"
    ),
    Difference("0", "3.26", r"list\[filepath\]", "filepath", _NO_INFO),
    Difference("3.26", "4", r"filepath(?=\]? File)", f"str | {FILE_DATA_3}", _SHAPE_3),
    Difference("3.26", "4", r"filepath(?= Image)", "str", _SHAPE_3),
    # 6.31 does not have it any more.
    Difference("5", "6.1", r"filepath(?= Image)", FILE_DATA, "an image is described by its fields", _AGED),
)


def _numbers(text: str) -> tuple[int, ...]:
    return tuple(int(part) for part in text.split("."))


def expected(name: str) -> dict[str, Lines]:
    """Return what the client says of the environment's app."""
    differences = [difference for difference in DIFFERENCES if difference.concerns(name)]

    def adapt(line: str) -> str:
        for difference in differences:
            line = re.sub(difference.old, difference.new, line)
        return line

    return {
        key: ([adapt(line) for line in parameters], [adapt(line) for line in returns])
        for key, (parameters, returns) in EXPECTED.items()
    }


def _lines(listed: Any, key: str) -> Lines:
    endpoint = listed["named_endpoints"][key]
    return [_line(entry) for entry in endpoint["parameters"]], [_line(entry) for entry in endpoint["returns"]]


def _line(entry: Any) -> str:
    line = f"{entry['label']}: {_spelled(entry['python_type']['type'])} {entry['component']}"
    return f"{line} = {entry['parameter_default']!r}" if entry.get("parameter_has_default") else line


def _spelled(text: str) -> str:
    """Return a type in the spelling of today: ``Dict`` is ``dict`` now, and choices are in quotes."""
    text = re.sub(r"\b(Dict|List|Tuple)\b", lambda found: found[0].lower(), text).replace(
        "dict()", "dict(str, Any)"
    )
    return re.sub(r"Literal\[([^]']+)\]", lambda found: f"Literal{found[1].split(', ')}", text)


@topic(visits=True)
def described_by_view_api(connect: Any, folder: Path, release: str) -> None:
    with connect() as client:
        listed = client.view_api(print_info=False, return_format="dict")
        text = client.view_api(print_info=False, return_format="str")
    assert {key: _lines(listed, key) for key in EXPECTED} == expected(release)
    assert 'predict(a, b, op, api_name="/add") -> result' in text
    assert 'predict(text, api_name="/multi") -> (out, result, label)' in text


@topic(needs="parameter_names")
def parameters_by_their_own_names(client: Any, folder: Path) -> None:
    assert client.predict(text="w", steps=2, api_name="/count") == "w0 w1 "
    with pytest.raises(TypeError, match="no parameter 'n'"):
        client.predict(text="w", n=2, api_name="/count")


@parameters_by_their_own_names.without
def parameters_by_their_labels(client: Any, folder: Path) -> None:
    assert client.predict(text="w", n=2, api_name="/count") == "w0 w1 "
    with pytest.raises(TypeError, match="no parameter 'steps'"):
        client.predict(text="w", steps=2, api_name="/count")


@topic(visits=True)
def version_and_protocol(connect: Any, folder: Path, release: str) -> None:
    environment = tool().environments()[release]
    with connect() as client:
        # 3.34 and older say it with a newline at its end.
        assert str(client.app_version) == environment.release
        assert client.protocol == environment.protocol
        assert client.config["version"].strip() == environment.release
