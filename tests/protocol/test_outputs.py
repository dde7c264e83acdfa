"""From the steps of a job to the values that a caller sees."""

from __future__ import annotations

from typing import Any

import pytest

from gradlink import GradlinkError, LogEvent, Status, StatusEvent
from gradlink._protocol.job import Failed, Step, Succeeded, Update
from gradlink._protocol.outputs import Output, OutputWalk, apply_all, arrange, brings_file

FILE = {"path": "/srv/a.txt", "url": None, "orig_name": "a.txt", "meta": {"_type": "gradio.FileData"}}


def walked(*updates: Update) -> list[Any]:
    walk = OutputWalk()
    outputs = [walk.advance(update) for update in updates]
    found = [output for output in outputs if output is not None]
    assert walk.count == len(found)
    return [output.data for output in found]


def test_edits_lead_from_value_to_value() -> None:
    assert walked(
        Step(["a", None]),
        Step(None, [[["append", [], "b"]], []]),
        Step(None, [[["append", [], "c"]], [["replace", [], 1]]]),
        Succeeded(["abc", 1], is_output=False),
    ) == [["a", None], ["ab", None], ["abc", 1]]


@pytest.mark.parametrize("end", [False, True])
def test_values_without_files_are_not_looked_through(end: bool) -> None:
    walk = OutputWalk()
    whole = Succeeded([FILE], True, may_hold_files=False) if end else Step([FILE], may_hold_files=False)
    output = walk.advance(whole)
    assert output is not None
    assert not output.has_files


def test_an_output_that_was_not_there_was_nothing() -> None:
    assert walked(Step(["a"]), Step(None, [[], [["replace", [], "b"]]])) == [["a"], ["a", "b"]]


def test_a_step_that_changes_nothing_is_a_value_all_the_same() -> None:
    assert walked(Step(["same"]), Step(None, [[]]), Step(None, [[]])) == [["same"]] * 3


def test_outputs_that_were_handed_out_do_not_change() -> None:
    walk = OutputWalk()
    updates = [
        Step([[{"content": "a"}]]),
        Step(None, [[["append", [0, "content"], "b"], ["add", [1], {"content": "c"}]]]),
        Step(None, [[["delete", [1], None], ["replace", [0, "content"], "d"]]]),
    ]
    outputs = [walk.advance(update) for update in updates]
    assert [output.data if output else None for output in outputs] == [
        [[{"content": "a"}]],
        [[{"content": "ab"}, {"content": "c"}]],
        [[{"content": "d"}]],
    ]


def test_what_did_not_change_is_shared() -> None:
    walk = OutputWalk()
    first = walk.advance(Step([{"big": [1, 2, 3], "s": "a"}, ["beside"]]))
    second = walk.advance(Step(None, [[["append", ["s"], "b"]], []]))
    assert first is not None
    assert second is not None
    before: Any = first.data
    after: Any = second.data
    assert after[0]["big"] is before[0]["big"]
    assert after[1] is before[1]


def test_the_edits_come_along_with_the_value() -> None:
    walk = OutputWalk()
    assert walk.advance(Step(["a"])) == Output(["a"], None, has_files=False)
    edits: list[Any] = [[["append", [], "b"]]]
    assert walk.advance(Step(None, edits)) == Output(["ab"], edits, has_files=False)


def test_a_result_is_an_output_unless_it_repeats_the_last() -> None:
    assert walked(Succeeded(["x"], is_output=True)) == [["x"]]
    assert walked(Step(["x"]), Succeeded(["x"], is_output=False)) == [["x"]]
    assert walked(Succeeded([None], is_output=False)) == []


@pytest.mark.parametrize(
    "update", [StatusEvent(Status.PROCESSING), LogEvent("x", "info"), Failed(GradlinkError("x"))]
)
def test_what_brings_no_value_is_no_output(update: Update) -> None:
    assert walked(Step(["a"]), update, Step(None, [[["append", [], "b"]]])) == [["a"], ["ab"]]


def test_progress_is_lost_after_an_edit_that_does_not_fit_and_the_result_is_not() -> None:
    assert walked(
        Step(["a"]),
        Step(None, [[["append", ["nowhere"], "x"]]]),
        Step(None, [[["append", [], "b"]]]),
        Succeeded(["abc"], is_output=False),
    ) == [["a"], ["abc"]]


def test_a_full_value_takes_up_the_thread_again() -> None:
    assert walked(
        Step(["a"]),
        Step(None, [["nonsense"]]),
        Step(["x"]),
        Step(None, [[["append", [], "y"]]]),
        Succeeded(["xy"], is_output=False),
    ) == [["a"], ["x"], ["xy"]]


def test_edits_may_come_for_outputs_that_were_not_there() -> None:
    assert apply_all(["a"], [[], [["replace", [], "b"]]]) == ["a", "b"]
    assert apply_all([], [[["add", [], "a"]]]) == ["a"]
    assert apply_all(["a", "b"], [[["append", [], "x"]]]) == ["ax", "b"]
    assert apply_all(["a"], [None]) == ["a"]


def test_files_are_looked_for_where_edits_may_have_brought_one() -> None:
    walk = OutputWalk()

    def has_files(update: Update) -> bool:
        output = walk.advance(update)
        assert output is not None
        return output.has_files

    has_files(Step([{"s": "a"}]))
    assert not has_files(Step(None, [[["append", ["s"], "b"]]]))
    assert has_files(Step(None, [[["add", ["file"], FILE]]]))
    assert has_files(Step(None, [[["append", ["s"], "c"]]]))  # it is still there


@pytest.mark.parametrize(
    ("edit", "brings"),
    [
        (["replace", [], FILE], True),
        (["add", [0], {"deep": [FILE]}], True),
        (["add", ["meta"], {"_type": "gradio.FileData"}], True),
        (["replace", [0, "path"], "/srv/b.txt"], True),
        (["add", ["is_file"], True], True),
        (["replace", [], "text"], False),
        (["append", [0, "content"], "text"], False),
        (["replace", [0], {"content": "x"}], False),
        (["delete", ["path"], None], True),
        ("nonsense", False),
    ],
)
def test_an_edit_may_bring_a_file(edit: Any, brings: bool) -> None:
    assert brings_file([[edit]]) is brings
    assert brings_file([[["append", [], "x"]], [edit]]) is brings


def test_edits_of_no_output_bring_no_file() -> None:
    assert not brings_file([])
    assert not brings_file([None, []])


@pytest.mark.parametrize(
    ("values", "skipped", "shown"),
    [
        (["x"], [False], "x"),
        ([None], [False], None),
        ([["x"]], [False], ["x"]),
        (["x", "y"], [False, False], ("x", "y")),
        (["x", None], [False, True], "x"),
        ([None, "x", "y"], [True, False, False], ("x", "y")),
        ([], [], ()),
        ([None], [True], ()),
        (["x", "extra"], [False], "x"),
        ([], [False], ()),
        (["x"], [False, False], ("x",)),
    ],
)
def test_one_output_comes_bare_and_several_as_a_tuple(
    values: list[Any], skipped: list[bool], shown: object
) -> None:
    assert arrange(values, skipped) == shown
