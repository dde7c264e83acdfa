"""What servers say on streams and sockets, decoded once."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any, get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import LogEvent, ProgressUnit
from gradlink._protocol.filedata import find_files
from gradlink._protocol.messages import (
    CloseStream,
    Estimation,
    HeartbeatMessage,
    Log,
    Message,
    ProcessCompleted,
    ProcessGenerating,
    ProcessStarts,
    Progress,
    QueueFull,
    SendData,
    SendHash,
    UnexpectedError,
    Unknown,
    Unreadable,
    decode_message,
    take_message,
)
from gradlink.errors import ProtocolError

OUTPUT = {"data": ["x"], "is_generating": False, "duration": 0.1, "average_duration": 0.1}

# As servers from 3.16 to 6.31 send them.
MESSAGES: dict[str, tuple[dict[str, Any], Message]] = {
    "send_hash": ({"msg": "send_hash"}, SendHash()),
    "send_data of 3.x": ({"msg": "send_data"}, SendData(None)),
    "send_data of 4.0": ({"msg": "send_data", "event_id": "e"}, SendData("e")),
    "queue_full": ({"msg": "queue_full"}, QueueFull()),
    "estimation of 3.x": (
        {
            "msg": "estimation",
            "rank": 0,
            "queue_size": 1,
            "avg_event_process_time": 2.5,
            "avg_event_concurrent_process_time": 2.5,
            "rank_eta": 2.5,
            "queue_eta": 5,
        },
        Estimation(None, 0, 1, 2.5),
    ),
    "estimation": (
        {"msg": "estimation", "event_id": "e", "rank": 3, "queue_size": 4, "rank_eta": None},
        Estimation("e", 3, 4, None),
    ),
    "process_starts": ({"msg": "process_starts", "event_id": "e", "eta": 1}, ProcessStarts("e", 1)),
    "process_starts of 3.x": ({"msg": "process_starts"}, ProcessStarts(None, None)),
    "progress": (
        {
            "msg": "progress",
            "event_id": "e",
            "progress_data": [
                {"index": 1, "length": 3, "unit": "steps", "progress": None, "desc": "Working"},
                {"index": None, "length": None, "unit": "it", "progress": 0.5, "desc": None},
            ],
        },
        Progress(
            "e",
            (ProgressUnit(1, 3, "steps", None, "Working"), ProgressUnit(None, None, "it", 0.5, None)),
        ),
    ),
    "log of 3.36": (
        {"msg": "log", "log": "hi", "level": "info"},
        Log(None, LogEvent("hi", "info")),
    ),
    "log": (
        {
            "msg": "log",
            "event_id": "e",
            "log": "hi",
            "level": "warning",
            "duration": 3,
            "visible": False,
            "title": "My title",
        },
        Log("e", LogEvent("hi", "warning", "My title", 3, visible=False)),
    ),
    "process_generating": (
        {"msg": "process_generating", "event_id": "e", "output": OUTPUT, "success": True},
        ProcessGenerating("e", ["x"], OUTPUT, success=True),
    ),
    "process_streaming": (
        {
            "msg": "process_streaming",
            "event_id": "e",
            "output": OUTPUT,
            "success": True,
            "time_limit": 30,
        },
        ProcessGenerating("e", ["x"], OUTPUT, success=True, streaming=True),
    ),
    "process_completed": (
        {"msg": "process_completed", "event_id": "e", "output": OUTPUT, "success": True},
        ProcessCompleted("e", ["x"], OUTPUT, success=True, title=None, used_cache=False),
    ),
    "process_completed from a cache": (
        {
            "msg": "process_completed",
            "event_id": "e",
            "output": OUTPUT,
            "success": True,
            "title": None,
            "used_cache": "full",
            "cache_duration": 0.1,
            "avg_time": 0.2,
        },
        ProcessCompleted("e", ["x"], OUTPUT, success=True, title=None, used_cache=True),
    ),
    "process_completed that failed": (
        {
            "msg": "process_completed",
            "event_id": "e",
            "output": {"error": "bad"},
            "success": False,
            "title": "Oops",
        },
        ProcessCompleted("e", None, {"error": "bad"}, success=False, title="Oops", used_cache=False),
    ),
    "process_completed that was cancelled": (
        {"msg": "process_completed", "event_id": "e", "output": {}, "success": True},
        ProcessCompleted("e", None, {}, success=True, title=None, used_cache=False),
    ),
    "heartbeat": ({"msg": "heartbeat"}, HeartbeatMessage()),
    "heartbeat of 4.44": ({"msg": "heartbeat", "event_id": None}, HeartbeatMessage()),
    "close_stream": ({"msg": "close_stream", "event_id": None}, CloseStream()),
    "unexpected_error of 4.10": (
        {"msg": "unexpected_error", "message": "404: Session not found.", "success": False},
        UnexpectedError(None, "404: Session not found.", session_not_found=True),
    ),
    "unexpected_error of 5.38": (
        {
            "msg": "unexpected_error",
            "event_id": None,
            "message": "404: Not Found",
            "session_not_found": True,
            "success": False,
        },
        UnexpectedError(None, "404: Not Found", session_not_found=True),
    ),
    "unexpected_error of a shutdown": (
        {"msg": "unexpected_error", "message": "Server stopped unexpectedly.", "success": False},
        UnexpectedError(None, "Server stopped unexpectedly.", session_not_found=False),
    ),
    "unexpected_error without a reason": (
        {"msg": "unexpected_error", "message": None},
        UnexpectedError(None, "the server gave no reason", session_not_found=False),
    ),
    "a message of the future": (
        {"msg": "process_paused", "event_id": "e", "until": 1},
        Unknown("e", "process_paused"),
    ),
}


@pytest.mark.parametrize("name", MESSAGES)
def test_each_message_is_understood(name: str) -> None:
    raw, message = MESSAGES[name]
    assert decode_message(json.dumps(raw)) == message
    assert decode_message(json.dumps(raw, ensure_ascii=False).encode()) == message
    assert decode_message(json.dumps({**raw, "a_field_of_the_future": [1]})) == message


def test_every_class_of_message_is_seen_above() -> None:
    assert {type(message) for _, message in MESSAGES.values()} == set(get_args(Message)) - {Unreadable}


@pytest.mark.parametrize("spaces", ["", " "])
@pytest.mark.parametrize(("msg", "is_end"), [("process_completed", True), ("progress", False)])
def test_what_cannot_be_read_ends_the_job_that_it_names(msg: str, is_end: bool, spaces: str) -> None:
    text = f'{{"msg":{spaces}"{msg}","event_id":{spaces}"e1","output":' + "[" * 100_000
    message = take_message(text)
    assert isinstance(message, Unreadable)
    assert (message.event_id, message.is_end) == ("e1", is_end)
    assert "nested too deep" in str(message.error)


@pytest.mark.parametrize(
    "text", ["<html>", '{"event_id":5,', '{"log": "\\"event_id\\": \\"e1\\"",', '{"event_id": null,']
)
def test_what_cannot_be_read_and_names_no_job_is_an_error(text: str) -> None:
    with pytest.raises(ProtocolError):
        take_message(text)


@pytest.mark.parametrize(
    ("text", "second_end"),
    [
        ("'0123456789abcdef0123456789abcdef'", True),
        ("0123456789abcdef0123456789abcdef", False),
        ("'0123456789abcdef0123456789abcdef' and more", False),
        ("'0123456789ABCDEF0123456789abcdef'", False),
        ("'some key'", False),
    ],
)
def test_a_second_end_is_known_by_the_id_in_quotes(text: str, second_end: bool) -> None:
    message = decode_message(json.dumps({"msg": "unexpected_error", "message": text}))
    assert isinstance(message, UnexpectedError)
    assert message.is_second_end is second_end


@pytest.mark.parametrize(
    ("raw", "message"),
    [
        (
            {"msg": "estimation", "rank": "0", "queue_size": True, "rank_eta": []},
            Estimation(None, None, None, None),
        ),
        ({"msg": "process_starts", "event_id": 5, "eta": "1"}, ProcessStarts(None, None)),
        ({"msg": "progress", "progress_data": None}, Progress(None, ())),
        (
            {"msg": "progress", "progress_data": [7]},
            Progress(None, (ProgressUnit(None, None, None, None, None),)),
        ),
        ({"msg": "log"}, Log(None, LogEvent("", "info"))),
        ({"msg": "log", "log": None, "level": 1}, Log(None, LogEvent("", "info"))),
        ({"msg": "log", "log": 5}, Log(None, LogEvent("5", "info"))),
        ({"msg": "process_generating"}, ProcessGenerating(None, [], {}, success=True)),
        (
            {"msg": "process_generating", "output": {"data": "x"}},
            ProcessGenerating(None, [], {"data": "x"}, True),
        ),
        (
            {"msg": "process_completed", "output": [], "title": 1},
            ProcessCompleted(None, None, {}, success=True, title=None, used_cache=False),
        ),
        ({"msg": ""}, Unknown(None, "")),
    ],
)
def test_a_field_of_a_wrong_type_counts_as_missing(raw: dict[str, Any], message: Message) -> None:
    assert decode_message(json.dumps(raw)) == message


@pytest.mark.parametrize(
    "text", ["null", "[]", '"msg"', "5", "{}", '{"msg": null}', '{"msg": 5}', '{"MSG": "heartbeat"}']
)
def test_what_has_no_msg_is_refused(text: str) -> None:
    with pytest.raises(ProtocolError, match=r"^a message from the server has no 'msg': "):
        decode_message(text)


@pytest.mark.parametrize(
    "text", [" ", "{", "heartbeat", "{'msg': 'heartbeat'}", b"\xff", '{"msg": "log"} x', "[" * 100_000]
)
def test_what_is_no_json_is_refused(text: str | bytes) -> None:
    with pytest.raises(ProtocolError, match=r"^a message of the server is (not JSON|nested too deep): ") as e:
        decode_message(text)
    assert len(str(e.value)) < 300


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=10,
)
FIELDS = [
    "event_id",
    "rank",
    "queue_size",
    "rank_eta",
    "eta",
    "progress_data",
    "log",
    "level",
    "title",
    "duration",
    "visible",
    "output",
    "success",
    "used_cache",
    "message",
    "session_not_found",
    "data",
    "index",
    "length",
    "unit",
    "progress",
    "desc",
    "error",
]
KINDS = sorted({str(raw["msg"]) for raw, _ in MESSAGES.values()})


@given(
    msg=st.sampled_from(KINDS) | st.text(max_size=5),
    fields=st.dictionaries(st.sampled_from(FIELDS), ANY_JSON, max_size=6),
    inner=st.dictionaries(st.sampled_from(FIELDS), ANY_JSON, max_size=4),
)
def test_any_object_with_a_msg_is_a_message(msg: str, fields: dict[str, Any], inner: dict[str, Any]) -> None:
    raw = {**fields, "output": inner, "progress_data": [inner], "msg": msg}
    message = decode_message(json.dumps(raw))
    assert isinstance(message, get_args(Message))
    assert message.event_id is None or isinstance(message.event_id, str)


FILES: list[Any] = [
    {"path": "p", "meta": {"_type": "gradio.FileData"}},
    {"url": "u", "meta": {"_type": "gradio.FileData"}},
    {"path": "p", "url": None, "orig_name": None, "size": None, "mime_type": None},
    {"name": "n", "data": None, "is_file": True},
]


@pytest.mark.parametrize("file", FILES)
@pytest.mark.parametrize("msg", ["process_generating", "process_completed"])
def test_files_are_looked_for_however_they_are_written(file: Any, msg: str) -> None:
    text = json.dumps({"msg": msg, "output": {"data": [[file]]}})
    for written in (text, text.replace("_", "\\u005f"), text.replace(": ", ":"), text.encode()):
        message = decode_message(written)
        assert isinstance(message, (ProcessGenerating, ProcessCompleted))
        assert find_files(message.data or [])
        assert message.may_hold_files
    message = decode_message(json.dumps({"msg": msg, "output": {"data": ['a "text" of\n\\']}}))
    assert isinstance(message, (ProcessGenerating, ProcessCompleted))
    assert not message.may_hold_files


@given(value=ANY_JSON)
def test_any_json_is_a_message_or_refused(value: Any) -> None:
    with suppress(ProtocolError):
        assert isinstance(decode_message(json.dumps(value)), get_args(Message))


@given(text=st.text(max_size=30) | st.binary(max_size=30))
def test_any_text_is_a_message_or_refused(text: str | bytes) -> None:
    with suppress(ProtocolError):
        assert isinstance(decode_message(text), get_args(Message))
