"""What each value of a job adds to its text."""

from __future__ import annotations

import copy
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink._protocol.outputs import Output
from gradlink._protocol.text import TextWalk, text_of


def deltas(*outputs: Any) -> list[str]:
    """Return what is added by outputs that are given as data, or as data with edits."""
    walk = TextWalk()
    return [
        walk.advance(
            Output(*output, has_files=False) if isinstance(output, tuple) else Output(output, None, False)
        )
        for output in outputs
    ]


def history(*texts: str) -> list[Any]:
    return [{"role": ("user", "assistant")[index % 2], "content": text} for index, text in enumerate(texts)]


def test_a_text_that_grows_gives_what_was_added() -> None:
    assert deltas(["a"], ["ab"], ["ab"], ["abcd"]) == ["a", "b", "", "cd"]


def test_edits_are_taken_as_they_are() -> None:
    assert deltas(
        ["a"],
        (["ab"], [[["append", [], "b"]]]),
        (["ab"], [[]]),
        (["abcd"], [[["append", [], "c"], ["append", [], "d"]]]),
        ["abcde"],
    ) == ["a", "b", "", "cd", "e"]


def test_a_text_that_was_replaced_counts_as_new() -> None:
    assert deltas(["first"], ["second"], ["second!"]) == ["first", "second", "!"]
    assert deltas(["first"], (["2nd"], [[["replace", [], "2nd"]]]), (["2nd!"], [[["append", [], "!"]]])) == [
        "first",
        "2nd",
        "!",
    ]


def test_a_text_that_became_shorter_counts_as_new() -> None:
    assert deltas(["abc"], ["ab"], ["abc"]) == ["abc", "ab", "c"]


def test_the_answer_in_a_chat_history_is_the_text() -> None:
    assert deltas(
        ["", history("hi", "")],
        ["", history("hi", "Hel")],
        (["", history("hi", "Hello")], [[], [["append", [1, "content"], "lo"]]]),
        ["", history("hi", "Hello", "and", "Bye")],
    ) == ["", "Hel", "lo", "Bye"]


def test_a_question_is_no_answer() -> None:
    assert deltas([history("hi")], [history("hi", "yes")], [history("hi", "yes", "why")]) == ["", "yes", ""]


def test_an_edit_somewhere_else_adds_nothing() -> None:
    assert deltas(
        [history("hi", "a")],
        ([history("hi!", "a")], [[["append", [0, "content"], "!"]]]),
        ([history("hi!", "ab")], [[["append", [1, "content"], "b"]]]),
    ) == ["a", "", "b"]


def test_pairs_of_older_releases_are_understood() -> None:
    assert deltas([[["hi", None]]], [[["hi", "a"]]], [[["hi", "ab"]]], [[["hi", "ab"], ["x", "c"]]]) == [
        "",
        "a",
        "b",
        "c",
    ]


def test_the_first_output_that_brings_text_is_kept_to() -> None:
    assert deltas(["", "b", 1], ["a", "bc", 1], ["aa", "bcd", 1]) == ["b", "c", "d"]
    assert deltas([1, None, "x"], [1, "y", "xx"]) == ["x", "x"]


def test_an_output_that_went_away_adds_nothing() -> None:
    assert deltas([1, "x"], [1], [1, "xy"]) == ["x", "", "y"]
    assert deltas(["x"], [None], ["xy"]) == ["x", "", "y"]


def test_no_text_adds_nothing() -> None:
    assert deltas([1], [None], [{"a": "b"}], [], [[1, 2]]) == [""] * 5


@pytest.mark.parametrize(
    ("value", "found"),
    [
        ("text", ((), "text")),
        ("", ((), "")),
        ({"role": "assistant", "content": "x"}, (("content",), "x")),
        ({"role": "assistant", "content": [{"type": "text", "text": "x"}]}, (("content", 0, "text"), "x")),
        (
            [
                {
                    "role": "assistant",
                    "content": [{"type": "text", "text": "a"}, {"type": "text", "text": "b"}],
                }
            ],
            ((0, "content", 1, "text"), "b"),
        ),
        (
            [{"role": "assistant", "content": [{"type": "text", "text": "a"}, {"type": "file", "file": {}}]}],
            ((0, "content", 0, "text"), "a"),
        ),
        ([{"role": "assistant", "content": [{"type": "file"}]}], None),
        ([{"role": "assistant", "content": []}], None),
        ([{"role": "assistant", "content": None}], None),
        ([{"role": "user", "content": "x"}], None),
        ({"role": "user", "content": "x"}, None),
        ([["q", "a"]], ((0, 1), "a")),
        ([["q", None]], None),
        ([], None),
        (None, None),
        (5, None),
        ({"content": "x"}, None),
    ],
)
def test_the_text_of_a_value(value: Any, found: Any) -> None:
    assert text_of(value) == found


@given(words=st.lists(st.text(alphabet="ab ", max_size=3), min_size=1, max_size=8), edited=st.booleans())
def test_the_deltas_of_a_growing_text_are_the_text(words: list[str], edited: bool) -> None:
    outputs: list[Any] = [[words[0]]]
    text = words[0]
    for word in words[1:]:
        text += word
        outputs.append(([text], [[["append", [], word]]]) if edited and outputs[0][0] else [text])
    assert "".join(deltas(*copy.deepcopy(outputs))) == text


ANY_VALUE = st.recursive(
    st.none() | st.integers() | st.text(max_size=3),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.fixed_dictionaries({"role": st.sampled_from(["user", "assistant"]), "content": inner})
        | st.fixed_dictionaries({"type": st.just("text"), "text": inner})
    ),
    max_leaves=8,
)


@given(values=st.lists(st.lists(ANY_VALUE, max_size=3), max_size=5))
def test_any_values_have_some_text_or_none(values: list[list[Any]]) -> None:
    assert all(isinstance(added, str) for added in deltas(*values))


def test_edits_that_are_no_list_are_not_read() -> None:
    assert deltas(["a"], (["ab"], ["no edits"])) == ["a", "b"]
