"""What the page sends, made into arguments and into what snippets are written from."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from gradlink._describe.controls import Control
from gradlink._describe.fields import Field
from gradlink._describe.schema_reader import read_shape
from gradlink._protocol.filedata import FileData
from gradlink._protocol.filedata import LocalFile as SentFile
from gradlink._protocol.schema import Parameter
from gradlink.codegen.snippets.calls import LocalFile, WebFile
from gradlink.docs_page.files import Picked
from gradlink.docs_page.giving import NEEDED, Arguments, arguments

FILE = {"properties": {"path": {"type": "string"}, "meta": {}}}
OF_APP = {"path": "/srv/a.png", "url": "http://app/file=/srv/a.png", "meta": {"_type": "gradio.FileData"}}


def read(schema: Any, value: Any = None, *, picked: Picked | None = None, **default: Any) -> Arguments:
    """Read the value of the only parameter, ``x``; without one it is left out."""
    parameter = Parameter("x", "x", "", "", "", bool(default), default.get("default"), 0, schema=schema)
    field = Field(parameter, Control(), read_shape(schema))
    document: Any = {
        "required": not default,
        "default": default.get("default"),
        "default_long": False,
    }
    given = {} if value is None else {"x": value}
    return arguments([field], [document], given, lambda key: picked if key == "key" else None)


def test_values_are_checked_and_taken() -> None:
    done = read({"type": "integer"}, 3)
    assert (done.values, done.written, done.problems) == ({"x": 3}, {"x": 3}, {})
    assert read({"type": "integer"}, "3").problems == {"x": "3 is not a number"}


def test_what_is_needed_and_missing_is_said() -> None:
    assert read({"type": "integer"}).problems == {"x": NEEDED}
    assert read({"type": "integer"}, default=1) == Arguments()


@pytest.mark.parametrize(
    ("default", "value"), [(1, 1), ("a", "a"), ([{"a": [1]}], [{"a": [1]}]), (True, True)]
)
def test_what_is_the_default_is_left_out(default: Any, value: Any) -> None:
    assert read({}, value, default=default) == Arguments()


@pytest.mark.parametrize(
    ("default", "value"), [(1, True), (0, False), ([1], [True]), ("1", 1), ({}, {"a": 1})]
)
def test_what_is_only_like_the_default_is_not(default: Any, value: Any) -> None:
    assert read({}, value, default=default).values == {"x": value}


def test_a_file_that_was_picked_is_sent_under_its_name(tmp_path: Path) -> None:
    path = tmp_path / "stored"
    path.write_bytes(b"content")
    done = read(FILE, {"gradlink_picked": "key"}, picked=Picked(path, "own name.txt"))
    sent = done.values["x"]
    assert isinstance(sent, SentFile)
    assert sent.source.name == "own name.txt"
    assert done.written == {"x": LocalFile("own name.txt")}


def test_a_file_that_is_not_here_any_more_has_to_be_picked_again() -> None:
    assert "pick it again" in read(FILE, {"gradlink_picked": "other"}).problems["x"]


def test_an_address_that_was_typed_is_a_file_there() -> None:
    done = read({"type": "array", "items": FILE}, [{"gradlink_url": "https://example.com/a.png"}])
    assert isinstance(done.values["x"][0], FileData)
    assert done.written == {"x": [WebFile("https://example.com/a.png")]}


@pytest.mark.parametrize(
    "url", ["file:///etc/passwd", "javascript:alert(1)", "/etc/passwd", "http://", "http://[", "x"]
)
def test_other_addresses_are_none(url: str) -> None:
    assert "not a URL" in read(FILE, {"gradlink_url": url}).problems["x"]


@pytest.mark.parametrize(
    "value", ["@/etc/passwd", "/etc/passwd", "http://169.254.169.254/", ["@/etc/passwd"]]
)
def test_a_text_of_an_app_names_no_file(value: Any) -> None:
    schema = {"type": "array", "items": FILE} if isinstance(value, list) else FILE
    done = read(schema, value)
    assert done.values == {}
    assert set(done.problems) == {"x"}


def test_a_file_of_the_app_goes_back_as_it_is() -> None:
    done = read(FILE, OF_APP)
    assert done.values == {"x": OF_APP}
    assert type(done.values["x"]) is dict
    assert done.written == {"x": WebFile("http://app/file=/srv/a.png")}


def test_what_is_nested_too_deep_is_no_value() -> None:
    value: Any = 1
    for _ in range(500):
        value = [value]
    assert "deep" in read({}, value).problems["x"]
