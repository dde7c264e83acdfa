"""What a client says on a job's own connection: the sockets of 3.x and the streams of 4.0 - 4.8.

Wire: docs/protocol.md, "Join and stream". Vectors: calls.
"""

from __future__ import annotations

from gradlink._protocol.job import stream_error
from gradlink._protocol.jsonvalue import JSONObject
from gradlink._protocol.messages import Message, SendData, SendHash, UnexpectedError, take_message


def answer_to(message: Message, body: JSONObject) -> JSONObject | None:
    """Return what the server is to be sent after ``message``, None if nothing.

    Args:
        body: the whole body of the job.
    """
    match message:
        case SendHash():
            return {"fn_index": body["fn_index"], "session_hash": body["session_hash"]}
        case SendData(event_id=None):
            return body
        case SendData(event_id=event_id):
            return {**body, "event_id": event_id}
        case _:
            return None


def message_of_job(text: str) -> Message:
    """Return the message in ``text``. Raises StreamLostError if it breaks the job's connection off."""
    message = take_message(text)
    if isinstance(message, UnexpectedError):
        raise stream_error(message)
    return message
