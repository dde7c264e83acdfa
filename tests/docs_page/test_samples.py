"""Values that stand in a program until its reader has better ones."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._describe.schema_reader import read_shape
from gradlink._describe.shapes import Never
from gradlink.codegen.snippets.calls import LocalFile
from gradlink.docs_page.samples import sample

PERSON: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string"},
        "age": {"type": "integer", "minimum": 18},
        "nick": {"type": "string"},
    },
    "required": ["name", "age"],
}


@pytest.mark.parametrize(
    ("schema", "expected"),
    [
        (PERSON, {"name": "...", "age": 18}),
        ({"type": "number", "minimum": 0.5}, 0.5),
        ({"anyOf": [{"type": "null"}, {"type": "boolean"}]}, False),
        ({"enum": ["a", "b"]}, "a"),
        ({"type": "array", "items": PERSON}, []),
        ({"type": "array", "prefixItems": [{"type": "string"}, PERSON]}, ["...", {"name": "...", "age": 18}]),
        ({"allOf": [PERSON, {"type": "object", "properties": {"b": {"type": "null"}}, "required": ["b"]}]},
         {"name": "...", "age": 18, "b": None}),
        ({"type": "object", "properties": {"path": {"type": "string"}, "url": {}, "meta": {}, "orig_name": {}}}, LocalFile("file.txt")),
        ({}, {}),
        (False, None),
    ],
)  # fmt: skip
def test_a_sample_is_as_little_as_is_allowed(schema: object, expected: object) -> None:
    assert sample(read_shape(schema)) == expected


@given(
    st.recursive(
        st.sampled_from([{}, {"type": "string"}, {"type": "null"}, False, {"enum": [[1]]}]),
        lambda inner: (
            st.builds(lambda members: {"anyOf": members}, st.lists(inner, max_size=3))
            | st.builds(lambda one: {"type": "object", "properties": {"a": one}, "required": ["a"]}, inner)
        ),
    )
)
def test_every_shape_has_a_sample(schema: object) -> None:
    shape = read_shape(schema)
    assert sample(shape) is not Ellipsis
    assert not isinstance(shape, Never) or sample(shape) is None
