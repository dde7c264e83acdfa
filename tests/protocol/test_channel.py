"""What is said on a job's own connection, to servers before 4.9."""

from __future__ import annotations

import json

import pytest

from gradlink import StreamLostError
from gradlink._protocol.channel import answer_to, message_of_job
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._protocol.messages import ProcessStarts, read_message

BODY: JSONObject = {"fn_index": 3, "session_hash": "s", "data": [1]}


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        ({"msg": "send_hash"}, {"fn_index": 3, "session_hash": "s"}),
        ({"msg": "send_data"}, BODY),
        ({"msg": "send_data", "event_id": "e"}, {**BODY, "event_id": "e"}),
        ({"msg": "process_starts"}, None),
    ],
)
def test_what_is_asked_for_is_sent(asked: JSONObject, answer: JSONObject | None) -> None:
    assert answer_to(read_message(asked), BODY) == answer


def test_a_message_of_a_job_is_read() -> None:
    assert isinstance(message_of_job(json.dumps({"msg": "process_starts"})), ProcessStarts)


def test_an_error_of_the_server_breaks_the_connection_off() -> None:
    with pytest.raises(StreamLostError, match="the queue broke"):
        message_of_job(json.dumps({"msg": "unexpected_error", "message": "the queue broke"}))
