"""Whatever pages and apps say: the program stays a program, and nothing is raised."""

from __future__ import annotations

import ast
import json
import tempfile
from pathlib import Path
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from gradlink.recorder.files import RecordedFiles
from tests.recorder.apps import Page, app, component, file, function

COMPONENTS = [component(1, "textbox"), component(2, "file"), component(3, "state"), component(4, "chatbot")]
FUNCTIONS = [
    function(0, "one", [1, 2], [1, 2], collects_event_data=True),
    function(1, "two", [2, 1, 3], [3, 1], types={"generator": True, "cancel": False}),
    function(2, "three", [1], [2, 4], connection="stream", targets=[[1, "change"], [9, "load"]]),
    function(3, False, [], [1]),
]
FILES = st.sampled_from(["/tmp/a.png", "/tmp/b", "../x", "http://127.0.0.1:1/y", ""]).map(file)  # noqa: S108
INLINE = st.sampled_from(["data:image/png;base64,AA", "data:,", "data:x/y;base64,%%"]).map(
    lambda url: {"url": url}
)
# JavaScript does not have every whole number.
LEAVES = (
    st.none()
    | st.booleans()
    | st.integers()
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(max_size=8)
)
VALUES = st.recursive(
    LEAVES | FILES | INLINE,
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=6,
)
UPDATES = VALUES.map(lambda value: {"__type__": "update", "value": value})
DATA = st.lists(VALUES | UPDATES, max_size=4)
CALLS = st.tuples(
    st.integers(-1, 5),
    DATA,
    DATA,
    st.sampled_from(["end", "fail", "cancel", "chunk", "step", "none"]),
    VALUES,
)


def play(page: Page, calls: list[tuple[int, Any, Any, str, Any]]) -> None:
    page.upload("a.png", b"content", "/tmp/a.png")  # noqa: S108
    for fn_index, data, result, what, event in calls:
        event_id = page.start(fn_index, data, event_data=event, trigger_id=event)
        if what in {"chunk", "step"}:
            page.recorder.chunk(event_id, {"data": result})
            page.say(event_id, "process_generating", success=True, output={"data": result})
        match what:
            case "end" | "step":
                page.finish(event_id, *result)
            case "fail":
                page.fail(event_id, json.dumps(event))
            case "cancel":
                page.recorder.cancelled({"event_id": event_id})
            case _:
                page.recorder.closed(event_id)


@given(st.lists(CALLS, max_size=5), st.sampled_from(["python", "typescript"]))
def test_what_is_written_is_a_program(calls: list[Any], language: str) -> None:
    with tempfile.TemporaryDirectory() as folder:
        schema = app(COMPONENTS, FUNCTIONS)
        page = Page(schema, RecordedFiles(Path(folder) / "f", "f"), language=language)
        play(page, calls)
        program = page.recorder.program()
        assert len([path for path in Path(folder).iterdir() if path.name != "f"]) == 0
    if language == "python":
        named = {node.id for node in ast.walk(ast.parse(program)) if isinstance(node, ast.Name)}
        steps = {step.name for step in page.recorder.recording.steps}
        assert named <= {*steps, "client", "handle_file", "print", "Client", "job", "count", "enumerate", "value"} | {
            "suppress", "GradlinkError", "os",
        }  # fmt: skip


@given(st.lists(st.text(max_size=40) | VALUES.map(json.dumps), max_size=5))
def test_messages_of_any_kind_are_heard(texts: list[str]) -> None:
    with tempfile.TemporaryDirectory() as folder:
        page = Page(app(COMPONENTS, FUNCTIONS), RecordedFiles(Path(folder) / "f", "f"))
        event_id = page.start(0, ["x"])
        for text in texts:
            page.recorder.message(text, event_id)
            page.recorder.uploaded(None, text.encode())
            page.recorder.call_answered(0, 200, text.encode())
        compile(page.recorder.program(), "recorded.py", "exec")
