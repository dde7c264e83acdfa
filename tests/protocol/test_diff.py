"""Edits to values, as servers of every version make them."""

from __future__ import annotations

import copy
import itertools
import json
from contextlib import suppress
from typing import Any, Literal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from gradlink._protocol.diff import apply_edits
from gradlink._protocol.jsonvalue import MAX_DEPTH
from gradlink.errors import ProtocolError

Style = Literal["old indexes", "shifted", "shifted at each level"]

KEYS = st.sampled_from(["a", "b", "c", "0", ""])
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers(-3, 3)
    | st.sampled_from([0.5, 1.0])
    | st.text(alphabet="ab\u2028🙂", max_size=4)
)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4),
    max_leaves=20,
)


def edits_of(old: Any, new: Any, style: Style) -> list[Any]:
    """Return what a server sends for the step from ``old`` to ``new``: it compares position by position."""
    edits: list[list[Any]] = []

    def compare(before: Any, after: Any, path: list[Any]) -> None:
        if before == after:  # as Python sees it: 1 equals 1.0 and true
            return
        if type(before) is not type(after):
            edits.append(["replace", path, after])
        elif isinstance(before, str) and after.startswith(before):
            edits.append(["append", path, after[len(before) :]])
        elif isinstance(before, list):
            compare_lists(before, after, path)
        elif isinstance(before, dict):
            for key in before:
                if key in after:
                    compare(before[key], after[key], [*path, key])
                else:
                    edits.append(["delete", [*path, key], None])
            edits.extend(["add", [*path, key], value] for key, value in after.items() if key not in before)
        else:
            edits.append(["replace", path, after])

    def compare_lists(before: list[Any], after: list[Any], path: list[Any]) -> None:
        first = len(edits)
        common = min(len(before), len(after))
        for index in range(common):
            compare(before[index], after[index], [*path, index])
        first_of_own = len(edits)
        edits.extend(["delete", [*path, index], None] for index in range(common, len(before)))
        edits.extend(["add", [*path, index], after[index]] for index in range(common, len(after)))
        if style == "old indexes":
            return
        # Since 5.29.1 the indexes are those at the time of each edit, but the shift is made
        # once more at every level, over all that was found below.
        concerned = edits[first if style == "shifted at each level" else first_of_own :]
        deletes = [edit for edit in concerned if edit[0] == "delete" and isinstance(edit[1][-1], int)]
        for shift, edit in enumerate(deletes):
            edit[1][-1] -= shift

    compare(old, new, [])
    return copy.deepcopy(edits)


@given(old=VALUES, new=VALUES, style=st.sampled_from(["old indexes", "shifted", "shifted at each level"]))
@example(old=[0, 1, 2, 3], new=[0], style="old indexes")
@example(old=[0, 1, 2, 3], new=[0], style="shifted")
@example(
    old={"headers": [1, 2, 3], "data": [[1, 2, 3], [4, 5, 6], [7, 8, 9]]},
    new={"headers": [1], "data": [[1], [4]]},
    style="shifted at each level",
)
def test_the_edits_of_a_server_lead_to_the_new_value(old: Any, new: Any, style: Style) -> None:
    before = copy.deepcopy(old)
    result = apply_edits(old, edits_of(old, new, style))
    assert result == new
    assert json.dumps(old) == json.dumps(before)  # also where 1 became 1.0


@given(values=st.lists(VALUES, min_size=2, max_size=6))
def test_a_stream_of_edits_keeps_every_value_that_was_handed_out(values: list[Any]) -> None:
    current = values[0]
    handed_out = [current]
    for before, after in itertools.pairwise(values):
        current = apply_edits(current, edits_of(before, after, "shifted at each level"))
        handed_out.append(current)
    assert handed_out == values


@given(old=VALUES, new=VALUES)
def test_what_an_edit_brings_is_not_changed_by_later_ones(old: Any, new: Any) -> None:
    edits = edits_of(old, new, "shifted")
    sent = copy.deepcopy(edits)
    current = apply_edits(old, edits)
    apply_edits(current, edits_of(new, {"a": [1]}, "shifted"))
    assert json.dumps(edits) == json.dumps(sent)


ANY_EDITS = st.lists(
    VALUES
    | st.tuples(
        st.sampled_from(["replace", "append", "add", "delete", "move"]),
        st.lists(KEYS | st.integers(-5, 5) | st.none() | st.booleans(), max_size=4),
        VALUES,
    ).map(list),
    max_size=6,
)


@given(old=VALUES, edits=ANY_EDITS)
def test_edits_of_any_kind_are_applied_or_refused(old: Any, edits: list[Any]) -> None:
    before = json.dumps(old)
    with suppress(ProtocolError):
        json.dumps(apply_edits(old, edits))
    assert json.dumps(old) == before


@pytest.mark.parametrize(
    ("old", "edits", "new"),
    [
        ("ab", [["append", [], "c"]], "abc"),
        ("ab", [["replace", [], 1]], 1),
        ("ab", [], "ab"),
        (None, [["add", [], "x"]], "x"),
        ([1], [["delete", [], None]], None),
        ({"a": "x"}, [["append", ["a"], "y"]], {"a": "xy"}),
        ({"a": 1}, [["add", ["b"], None]], {"a": 1, "b": None}),
        ({"a": 1, "b": 2}, [["delete", ["a"], None]], {"b": 2}),
        ([1, 2, 3], [["add", [3], 4]], [1, 2, 3, 4]),
        ([1, 2, 3], [["delete", [1], None], ["delete", [2], None]], [1]),
        ([1, 2, 3], [["delete", [1], None], ["delete", [1], None]], [1]),
        ([1, 2, 3], [["delete", [1], None], ["delete", [0], None]], [1]),
        ([1, 2, 3], [["delete", [-1], None]], [1, 2]),
        ([[1], [2]], [["replace", [1, 0], 3]], [[1], [3]]),
        ([], [["add", [0], {"t": "u"}], ["append", [0, "t"], "v"]], [{"t": "uv"}]),
        ({"": {"0": "x"}}, [["append", ["", "0"], "y"]], {"": {"0": "xy"}}),
    ],
)
def test_each_edit(old: Any, edits: list[Any], new: Any) -> None:
    assert apply_edits(old, edits) == new


def test_only_the_way_to_a_change_is_copied() -> None:
    old: dict[str, Any] = {"kept": [1, [2]], "changed": {"way": ["x"], "beside": [3]}}
    new: Any = apply_edits(old, [["append", ["changed", "way", 0], "y"]])
    assert new == {"kept": [1, [2]], "changed": {"way": ["xy"], "beside": [3]}}
    assert new is not old
    assert new["changed"] is not old["changed"]
    assert new["changed"]["way"] is not old["changed"]["way"]
    assert new["kept"] is old["kept"]
    assert new["changed"]["beside"] is old["changed"]["beside"]


def test_many_edits_copy_a_container_once() -> None:
    class Counting(list[Any]):
        copies = 0

        def copy(self) -> list[Any]:
            Counting.copies += 1
            return Counting(self)

    old: Any = Counting([0] * 100)
    new = apply_edits(old, [["replace", [index], 1] for index in range(100)])
    assert (new, old, Counting.copies) == ([1] * 100, [0] * 100, 1)


@pytest.mark.parametrize(
    ("old", "edit"),
    [
        ({}, ["delete", ["a"], None]),
        ({}, ["replace", ["a"], 1]),
        ({"a": 1}, ["add", ["a", "b"], 1]),
        ({"a": 1}, ["append", ["a"], "x"]),
        ({"a": "x"}, ["append", ["a"], 1]),
        ({"a": []}, ["replace", ["a", 0], 1]),
        ([], ["delete", [0], None]),
        ([], ["replace", [0], 1]),
        ([1], ["replace", ["0"], 1]),
        ({"0": 1}, ["replace", [0], 1]),
        ([1], ["replace", [1.0], 1]),
        ("text", ["replace", [0], "T"]),
        (None, ["append", [], "x"]),
        ([1], ["append", [], [2]]),
    ],
)
def test_an_edit_that_does_not_fit_is_refused(old: Any, edit: list[Any]) -> None:
    with pytest.raises(ProtocolError, match=r"^the server's edit .* does not fit the value before it$"):
        apply_edits(old, [edit])
    with pytest.raises(ProtocolError, match=r"^the server's edit .* does not fit the value before it$"):
        apply_edits(old, [edit, edit])


@pytest.mark.parametrize(
    "edit",
    [
        None,
        "replace",
        [],
        ["replace", []],
        ["replace", [], 1, 2],
        ["move", [], 1],
        ["replace", "a", 1],
        ["replace", None, 1],
        [["replace"], [], 1],
        {"action": "replace"},
    ],
)
def test_an_edit_of_another_form_is_refused(edit: Any) -> None:
    with pytest.raises(
        ProtocolError,
        match=r"^the server sent the edit .*; supported are \[action, path, value\] with the actions "
        "replace, append, add and delete$",
    ):
        apply_edits(None, [edit])


def test_a_long_edit_is_shown_in_part() -> None:
    with pytest.raises(ProtocolError) as e:
        apply_edits(None, [["replace", ["a"], "x" * 1000]])
    assert len(str(e.value)) < 200


def test_edits_do_not_nest_a_value_deeper_than_it_can_be_walked_through() -> None:
    value: Any = []
    for depth in range(MAX_DEPTH):
        value = apply_edits(value, [["add", [0] * (depth + 1), []]])
    with pytest.raises(
        ProtocolError, match=r"^the server's edit \['add', .* leads more than 200 levels deep$"
    ):
        apply_edits(value, [["add", [0] * (MAX_DEPTH + 1), []]])
