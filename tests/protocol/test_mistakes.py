"""Arguments that cannot be values of their parameters, and what was probably meant by them."""

from __future__ import annotations

from typing import Any

import pytest

from gradlink import AppError, ArgumentError, handle_file
from gradlink._local.filesource import FileSource
from gradlink._protocol.dialect import NEWEST, Dialect, dialect_of
from gradlink._protocol.job import Failed, JobTracker
from gradlink._protocol.messages import read_message
from gradlink._protocol.payload import Payload, bind, rebind
from gradlink._protocol.routes import Routes
from gradlink._protocol.schema import Endpoint, Parameter
from gradlink._protocol.version import AppVersion

ONE, MANY = {"type": "object"}, {"type": "array"}
ROUTES = Routes("http://app/")
OLD = dialect_of("sse_v3", AppVersion("5.0.2"))
OLDEST = dialect_of("ws", AppVersion("3.50.2"))
LONG = "in" * 60


def bound(component: str, value: Any, *, schema: Any = ONE, dialect: Dialect = NEWEST) -> Payload:
    taken = Parameter("a", "A", component, "", "", False, None, 0, schema=schema)
    endpoint = Endpoint(3, "/f", parameters=(taken,), input_count=1)
    return bind(endpoint, [value], {}, ROUTES, dialect, FileSource)


def said(payload: Payload) -> list[str]:
    return [mistake.text for mistake in payload.mistakes]


@pytest.mark.parametrize(
    ("component", "schema", "value", "text"),
    [
        ("Image", ONE, "in.png", "a is a file: did you mean handle_file('in.png')?"),
        ("Audio", ONE, "https://x.y/a.wav", "a is a file: did you mean handle_file('https://x.y/a.wav')?"),
        ("Image", ONE, LONG, f"a is a file: did you mean handle_file('{LONG[:77]}...')?"),
        ("Image", ONE, "", "a is a file: did you mean None?"),
        ("Image", ONE, "data:image/png;base64,AA==", "a is a file: give its content as bytes, not as a data URI"),
        ("Video", ONE, 3, "a is a file, not 3"),
        ("File", ONE, ["in.txt"], "a is one file: did you mean handle_file('in.txt')?"),
        ("File", ONE, [handle_file(b"x")], "a is one file, not a list of 1"),
        ("File", ONE, [], "a is one file, not a list of 0"),
        ("File", MANY, "in.txt", "a is a list of files: did you mean [handle_file('in.txt')]?"),
        ("File", MANY, "in{}.txt", "a is a list of files: did you mean [handle_file('in{}.txt')]?"),
        ("UploadButton", MANY, ["in.txt", "b"], "a is a list of files: did you mean [handle_file('in.txt'), ...]?"),
        ("File", MANY, handle_file(b"x"), "a is a list of files: put the one in brackets, [...]"),
        ("File", MANY, False, "a is a list of files, not False"),
        ("MultimodalTextbox", ONE, "hi", "a is a text with files: did you mean {'text': 'hi', 'files': []}?"),
    ],
)  # fmt: skip
def test_what_the_app_is_certain_to_refuse_is_not_sent(
    component: str, schema: Any, value: Any, text: str
) -> None:
    payload = bound(component, value, schema=schema)
    assert said(payload) == [text]
    with pytest.raises(ArgumentError) as caught:
        payload.refuse_mistakes()
    assert str(caught.value) == f"/f: {text}"
    # A release that does not look at the values of a function that wants them unprocessed may take it.
    older = bound(component, value, schema=schema, dialect=OLD)
    older.refuse_mistakes()
    assert said(older) == [text]


@pytest.mark.parametrize(
    ("component", "value", "text"),
    [
        ("Number", "3", "a is a number: did you mean 3?"),
        ("Slider", "-2.50", "a is a number: did you mean -2.50?"),
        ("Number", "three", "a is a number, not 'three'"),
        ("Number", "", "a is a number, not ''"),
        ("Number", "9" * 100, f"a is a number, not '{'9' * 77}...'"),
    ],
)
def test_what_the_app_may_take_is_sent(component: str, value: Any, text: str) -> None:
    payload = bound(component, value, schema={"type": "number"})
    payload.refuse_mistakes()
    assert said(payload) == [text]
    assert payload.data == [value]


@pytest.mark.parametrize(
    ("component", "schema", "value"),
    [
        ("Image", ONE, None),
        ("Image", ONE, handle_file(b"x")),
        ("Image", ONE, handle_file("https://x.y/in.png")),
        ("File", MANY, None),
        ("File", MANY, []),
        ("File", MANY, [handle_file(b"x")]),
        ("Textbox", {"type": "string"}, "in.png"),
        ("Number", {"type": "number"}, 3),
        ("Number", {"type": "number"}, None),
        ("MultimodalTextbox", ONE, {"text": "hi", "files": []}),
        ("Gallery", MANY, "in.png"),
    ],
)
def test_what_looks_right_is_no_mistake(component: str, schema: Any, value: Any) -> None:
    assert bound(component, value, schema=schema).mistakes == ()


def test_a_release_that_takes_data_uris_is_given_them() -> None:
    assert said(bound("Image", "data:image/png;base64,AA==", dialect=OLDEST)) == []
    assert said(bound("Image", ["in.png"], dialect=OLDEST)) == []
    assert said(bound("Image", "in.png", dialect=OLDEST)) == [
        "a is a file: did you mean handle_file('in.png')?"
    ]


def test_a_default_is_never_a_mistake() -> None:
    number = Parameter("n", "N", "Number", "", "", True, "3", 0)
    payload = bind(Endpoint(3, "/f", parameters=(number,)), [], {}, ROUTES, NEWEST, FileSource)
    assert (payload.mistakes, payload.data) == ((), ["3"])


def test_a_call_that_was_made_already_is_not_refused_by_the_app_after_its_restart() -> None:
    payload = bound("Image", "in.png", dialect=OLD)
    again = rebind(payload, payload.endpoint, ROUTES, NEWEST)
    assert again.data == ["in.png"]


@pytest.mark.parametrize(
    ("output", "text"),
    [
        ({"error": "bad"}, "/f: bad (n is a number: did you mean 3?; b is a file)"),
        ({"error": "bad", "title": "Oops"}, "/f: Oops: bad (n is a number: did you mean 3?; b is a file)"),
        (
            {"error": ""},
            "/f: the app raised an error without a text (AppError) (n is a number: did you mean 3?; b is a file)",
        ),
    ],
)
def test_an_error_of_the_app_says_what_was_probably_meant(output: Any, text: str) -> None:
    job = JobTracker(api_name="/f", mistakes=("n is a number: did you mean 3?", "b is a file"))
    job.receive(read_message({"msg": "process_completed", "output": dict(output), "success": False}))
    assert isinstance(job.outcome, Failed)
    error = job.outcome.error
    assert isinstance(error, AppError)
    assert (str(error), error.message) == (text, output["error"])
    assert error.hint == "n is a number: did you mean 3?; b is a file"


def test_no_argument_is_to_blame_for_a_quota() -> None:
    job = JobTracker(api_name="/f", mistakes=("n is a number: did you mean 3?",))
    text = "You have exceeded your GPU quota (60s requested vs. 0s left). Try again in 1:00:00"
    output: dict[str, Any] = {"error": text, "title": "ZeroGPU quota exceeded"}
    job.receive(read_message({"msg": "process_completed", "output": dict(output), "success": False}))
    assert isinstance(job.outcome, Failed)
    assert str(job.outcome.error) == f"/f: ZeroGPU quota exceeded: {text}"
