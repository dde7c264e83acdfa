"""What is said in one exchange of a page with its app, handed to the recorder."""

from __future__ import annotations

from dataclasses import field

from starlette.requests import Request

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_text
from gradlink.recorder.asked import Asked, Subject
from gradlink.recorder.forwarding import Sides
from gradlink.recorder.multipart import fields_of, files_of
from gradlink.recorder.recorder import Recorder


@dataclass(slots=True)
class Exchange:
    """One request and what is known of it.

    Attributes:
        sides: where the proxy stands, as this browser has it.
        body: what was sent, None if it is not read.
        json: the same as JSON.
        call: the number of the call that it is, None if it is none.
        answered: the status of the reply.
    """

    asked: Asked
    request: Request
    sides: Sides
    body: bytes | None = field(default=None, repr=False)
    json: JSONObject = field(default_factory=dict[str, JSONValue], repr=False)
    call: int | None = None
    answered: int = 0


def hear_input(recorder: Recorder, said: Exchange) -> None:
    """Take further input for a running call, or its end."""
    if said.asked.subject is Subject.CLOSE:
        recorder.closed(said.asked.name)
    else:
        recorder.chunk(said.asked.name, said.json)


def hear_reply(recorder: Recorder, said: Exchange, reply: bytes) -> None:
    """Take what the app has answered; ``reply`` is empty if it was too large to be read."""
    match said.asked.subject:
        case Subject.JOIN | Subject.CALL if said.call is not None:
            given = as_text(said.json.get("event_id"))
            recorder.call_joined(said.call, said.answered, reply, given)
        case Subject.RUN if said.call is not None:
            recorder.call_answered(said.call, said.answered, reply)
        case Subject.UPLOAD if said.answered < 400:
            kind = said.request.headers.get("content-type", "")
            files = None if said.body is None else files_of(said.body, kind)
            recorder.uploaded(files, reply)
        case Subject.CANCEL:
            recorder.cancelled(said.json)
        case Subject.LOGIN if said.answered < 400 and said.body is not None:
            fields = fields_of(said.body, said.request.headers.get("content-type", ""))
            recorder.logged_in(fields.get("username", ""), fields.get("password", ""))
        case _:
            return
