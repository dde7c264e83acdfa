"""What the server's HTTP answers mean, by version and by whose fault it is."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import (
    AppError,
    AuthenticationError,
    FileError,
    FileTooLargeError,
    GradlinkError,
    NotFoundError,
    ProtocolError,
    QueueError,
    QuotaExceededError,
    RequestRejectedError,
    ResponseError,
    TooManyRequestsError,
    ValidationError,
)
from gradlink._io import HttpReply
from gradlink._protocol.dialect import NEWEST, dialect_of
from gradlink._protocol.replies import (
    app_error,
    event_id_of,
    reply_error,
    reply_json,
    retry_after,
    run_output,
    uploaded_paths,
)
from gradlink._protocol.version import AppVersion

URL = "http://me:secret@app.example:7860/gradio_api/queue/join?token=secret"
SHOWN = "http://app.example:7860/gradio_api/queue/join"


def reply(status: int, body: Any = b"", **headers: str) -> HttpReply:
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    return HttpReply(status, {name.replace("_", "-"): value for name, value in headers.items()}, content, URL)


# Bodies as servers of several releases send them; what the error says follows "the join: URL answered STATUS: ".
REFUSALS: dict[str, tuple[int, Any, type[GradlinkError], str]] = {
    "401 of 3.x": (
        401,
        {"detail": "Not authenticated"},
        AuthenticationError,
        "login required; pass auth=(username, password) (Not authenticated)",
    ),
    "401 of 5.36": (
        401,
        {"detail": {"error": "Not authenticated", "auth_message": "Please log in"}},
        AuthenticationError,
        "login required; pass auth=(username, password) (Please log in)",
    ),
    "401 of 5.36 without a message": (
        401,
        {"detail": {"error": "Not authenticated", "auth_message": None}},
        AuthenticationError,
        "login required; pass auth=(username, password) (Not authenticated)",
    ),
    "401 for a wrong password": (
        401,
        {"detail": "Incorrect credentials."},
        AuthenticationError,
        "the app refused this username and password (Incorrect credentials.)",
    ),
    "401 of a proxy": (
        401,
        b"<html>who are you</html>",
        AuthenticationError,
        "login required; pass auth=(username, password) (<html>who are you</html>)",
    ),
    "404": (404, {"detail": "Not Found"}, NotFoundError, "Not Found"),
    "404 without a word": (404, b"", NotFoundError, "no text"),
    "413": (
        413,
        b"File size exceeded maximum allowed size of 65536 bytes.",
        FileTooLargeError,
        "File size exceeded maximum allowed size of 65536 bytes.",
    ),
    "422 for a body": (
        422,
        {"detail": [{"type": "missing", "loc": ["body", "data"], "msg": "Field required", "input": {}}]},
        RequestRejectedError,
        "body.data: Field required",
    ),
    "422 for several things": (
        422,
        {"detail": [{"loc": ["body", 0], "msg": "a"}, {"msg": "b"}, "c"]},
        RequestRejectedError,
        "body.0: a; b; c",
    ),
    "422 in other words": (422, {"detail": "no good"}, RequestRejectedError, "no good"),
    "422 with a validator that found nothing": (
        422,
        {"detail": [{"__type__": "validate", "is_valid": True, "message": ""}]},
        RequestRejectedError,
        "{'__type__': 'validate', 'is_valid': True, 'message': ''}",
    ),
    "400": (400, {"detail": "Session hash not found."}, RequestRejectedError, "Session hash not found."),
    "429": (429, b"slow down", TooManyRequestsError, "too many requests, try again later (slow down)"),
    "503 of a full queue": (
        503,
        {"detail": "Queue is full. Max size is 1 and size is 1."},
        QueueError,
        "Queue is full. Max size is 1 and size is 1.",
    ),
    "503 of a stopped queue": (503, {"detail": "Queue is stopped."}, QueueError, "Queue is stopped."),
    "503 of a proxy": (503, b"<html>down</html>", ResponseError, "<html>down</html>"),
    "502": (502, b"<html>Bad gateway</html>", ResponseError, "<html>Bad gateway</html>"),
    "500 in plain text": (500, b"Internal Server Error", ResponseError, "Internal Server Error"),
    "500 with an error": (500, {"error": "x"}, ResponseError, '{"error": "x"}'),
    "405": (405, {"detail": "Method Not Allowed"}, ResponseError, "Method Not Allowed"),
    "307": (307, b"", ResponseError, "no text"),
    "a list": (500, [1], ResponseError, "[1]"),
}


@pytest.mark.parametrize("name", REFUSALS)
def test_a_refusal_has_its_own_class_and_text(name: str) -> None:
    status, body, kind, text = REFUSALS[name]
    error = reply_error(reply(status, body), "the join")
    assert type(error) is kind
    assert str(error) == f"the join: {SHOWN} answered {status}: {text}"
    assert (error.status, error.url) == (status, SHOWN)
    # A file that is too large and a full queue are not failures of the network.
    assert isinstance(error, ConnectionError) is (kind not in {FileTooLargeError, QueueError})
    content = body if isinstance(body, bytes) else json.dumps(body).encode()
    assert error.server_text == (content.decode() or "no text")
    assert "secret" not in str(error)


@pytest.mark.parametrize(
    ("status", "body", "also"),
    [
        (401, b"", ValueError),
        (413, b"", FileError),
        (422, {"detail": "x"}, ValueError),
        (404, b"", ConnectionError),
    ],
)
def test_refusals_are_caught_as_what_they_are(status: int, body: Any, also: type[Exception]) -> None:
    assert isinstance(reply_error(reply(status, body), "x"), also)


def test_a_validator_names_each_parameter() -> None:
    detail = [
        {"__type__": "validate", "is_valid": False, "message": "n must be positive", "parameter_name": "n"},
        {"__type__": "validate", "is_valid": True, "message": "fine", "parameter_name": "m"},
        {"__type__": "validate", "is_valid": False, "message": None},
    ]
    error = reply_error(reply(422, {"detail": detail}), "the join")
    assert isinstance(error, ValidationError)
    assert error.problems == (("n", "n must be positive"), ("parameter_2", ""))
    assert str(error) == "2 parameter(s) failed validation:\n- n: n must be positive\n- parameter_2: "
    assert (error.status, error.url) == (422, SHOWN)
    assert isinstance(error, ValueError)


def test_a_long_answer_is_shown_in_part() -> None:
    error = reply_error(reply(500, b"x" * 5000), "the join")
    assert error.server_text == "x" * 2000
    assert str(error).endswith(": " + "x" * 2000)


def test_bytes_that_are_no_text_are_shown_all_the_same() -> None:
    assert reply_error(reply(500, b"\xff\xfe"), "x").server_text == "\ufffd\ufffd"


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("5", 5.0),
        (" 1.5 ", 1.5),
        ("0", 0.0),
        ("-1", None),
        ("inf", None),
        ("nan", None),
        ("soon", None),
        ("", None),
        ("Wed, 21 Oct 2026 07:28:00 GMT", None),
    ],
)
def test_a_server_may_say_how_long_to_wait(header: str, seconds: float | None) -> None:
    assert retry_after({"retry-after": header}) == seconds
    error = reply_error(reply(429, b"x", retry_after=header), "x")
    assert isinstance(error, TooManyRequestsError)
    assert error.retry_after == seconds


def test_nothing_is_said_without_the_header() -> None:
    assert retry_after({}) is None


# Good answers


def test_a_join_has_an_event_id() -> None:
    assert event_id_of(reply(200, {"event_id": "e"})) == "e"


@pytest.mark.parametrize("body", [{}, {"event_id": None}, [], None, "e"])
def test_a_join_without_an_event_id_is_an_error(body: Any) -> None:
    with pytest.raises(ProtocolError, match=r"^the answer to the join has no event_id: ") as e:
        event_id_of(reply(200, body))
    assert e.value.execution == "unknown"  # it was accepted all the same


@pytest.mark.parametrize(
    ("status", "body", "execution"),
    [
        (503, {"detail": "Queue is full."}, "not started"),
        (500, b"Internal Server Error", "not started"),
        (200, b"<html>", "unknown"),
    ],
)
def test_a_join_that_was_refused_has_not_started(status: int, body: Any, execution: str) -> None:
    with pytest.raises(GradlinkError) as e:
        event_id_of(reply(status, body))
    assert e.value.execution == execution


def test_what_is_no_json_is_an_error() -> None:
    with pytest.raises(ProtocolError, match=r"^the answer to the cancel is not JSON: '<html>'$"):
        reply_json(reply(200, b"<html>"), "the cancel")
    assert reply_json(reply(200, b"null"), "x") is None


def test_an_upload_names_the_files() -> None:
    assert uploaded_paths(reply(200, ["/a", "/b"]), 2) == ["/a", "/b"]


@pytest.mark.parametrize(
    ("body", "named"), [(["/a", "/b", "/c"], 3), ([], 0), (["/a", 5], 1), ({"a": 1}, 0), (None, 0)]
)
def test_an_upload_that_names_others_is_an_error(body: Any, named: int) -> None:
    with pytest.raises(ProtocolError, match=rf"^2 files were uploaded, the server named {named}: "):
        uploaded_paths(reply(200, body), 2)


def test_the_direct_route_brings_values() -> None:
    assert run_output(reply(200, {"data": ["x", None], "duration": 1}), NEWEST, "/f") == ["x", None]


@pytest.mark.parametrize("body", [{}, {"data": None}, {"data": "x"}, [], "x"])
def test_the_direct_route_without_values_is_an_error(body: Any) -> None:
    with pytest.raises(ProtocolError, match=r"^the answer of /f has no list 'data': "):
        run_output(reply(200, body), NEWEST, "/f")


@pytest.mark.parametrize(
    ("version", "output", "message", "title"),
    [
        ("6.31.0", {"error": "bad", "title": "Oops", "duration": 5, "visible": True}, "bad", "Oops"),
        ("4.44.1", {"error": "'bad'"}, "bad", "Error"),
    ],
)
def test_the_direct_route_brings_errors_of_the_app(
    version: str, output: Any, message: str, title: str
) -> None:
    with pytest.raises(AppError) as e:
        run_output(reply(500, output), dialect_of("sse_v3", AppVersion(version)), "/f")
    assert (e.value.message, e.value.title, e.value.execution) == (message, title, "failed")


@pytest.mark.parametrize("output", [{"error": None}, {"error": None, "title": None}])
def test_the_direct_route_may_hide_the_error(output: Any) -> None:
    with pytest.raises(AppError, match=r"^/f: the app raised an exception and hides its details; its author"):
        run_output(reply(500, output), NEWEST, "/f")


@pytest.mark.parametrize("body", [b"Internal Server Error", {"detail": "x"}, []])
def test_the_direct_route_may_fail_in_other_ways(body: Any) -> None:
    with pytest.raises(ResponseError, match=r"^the call of /f: .* answered 500: "):
        run_output(reply(500, body), NEWEST, "/f")


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["detail", "error", "loc", "msg", "__type__", "is_valid"]), inner)
    ),
    max_leaves=12,
)


@given(status=st.integers(100, 599), body=ANY_JSON.map(lambda v: json.dumps(v).encode()) | st.binary())
def test_any_answer_has_a_meaning(status: int, body: bytes) -> None:
    error = reply_error(reply(status, body), "the join")
    assert isinstance(error, GradlinkError)
    assert (error.status, error.url) == (status, SHOWN)
    assert str(error)


def test_an_error_about_a_quota_has_its_numbers() -> None:
    said = "You have exceeded your free GPU quota (60s requested vs. 20s left). Try again in 0:10:00"
    error = app_error({"error": said}, "ZeroGPU quota exceeded", NEWEST, "/f")
    assert isinstance(error, QuotaExceededError)
    assert (error.requested, error.left, error.retry_after) == (60.0, 20.0, 600.0)
    assert error.execution == "failed"
