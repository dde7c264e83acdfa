"""Which values a parameter takes where its schema alone does not say it."""

from __future__ import annotations

from typing import Any

import pytest

from gradlink._describe.shapes import Anything, File, Many, Null, Number, Shape, Text, union
from gradlink._describe.taken import returned_shape, speaks_of_text, taken_shape
from gradlink._protocol.schema import Parameter

FILE = {"properties": {"path": {"type": "string"}, "meta": {}}}
VIDEO = {"type": "object", "properties": {"video": FILE, "subtitles": FILE}}
EITHER = {"anyOf": [{"type": "string"}, FILE]}


def parameter(component: str, schema: Any, stated: str = "", description: str = "") -> Parameter:
    return Parameter("x", "x", component, stated, description, False, None, 0, schema=schema)


@pytest.mark.parametrize(
    ("component", "schema", "multiple", "shape"),
    [
        ("Image", {"type": "string", "description": "base64 representation of an image"}, False, File()),
        ("Image", FILE, False, File()),
        ("Image", {"anyOf": [FILE, {"type": "null"}]}, False, union([File(), Null()])),
        ("Image", None, False, File()),
        ("File", EITHER, False, File()),
        ("File", {"type": "array", "items": EITHER}, False, Many(File())),
        ("File", {"type": "array", "items": FILE}, True, Many(File())),
        ("UploadButton", EITHER, True, Many(File())),
        ("Textbox", {"type": "string"}, False, Text()),
        ("Textbox", None, False, Anything()),
    ],
)
def test_files_are_files_whatever_old_schemas_call_them(
    component: str, schema: Any, multiple: bool, shape: Shape
) -> None:
    assert taken_shape(parameter(component, schema), multiple=multiple) == shape


def test_an_object_of_files_stays_one() -> None:
    shape = taken_shape(parameter("Video", VIDEO), multiple=False)
    assert not isinstance(shape, File)
    assert not speaks_of_text(shape)


def test_what_the_server_states_counts_where_it_has_no_schema() -> None:
    assert taken_shape(parameter("Number", None, "int | float"), multiple=False) == Number()
    assert taken_shape(parameter("Number", {"type": "integer"}, "str"), multiple=False) == Number(whole=True)
    json = parameter("Json", None, "str", "filepath to JSON file")
    assert taken_shape(json, multiple=False) == Anything()


def test_what_an_output_brings_is_read_the_same_way() -> None:
    assert returned_shape({"type": {"type": "string"}}, "image") == File()
    assert returned_shape({"python_type": {"type": "bool"}}, "checkbox") != Anything()
    assert returned_shape({}, "json") == Anything()
