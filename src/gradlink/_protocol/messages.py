"""Messages of the server, decoded once into one class per ``msg``.

Wire: gradio server_messages.py; the fields by version stand in docs/protocol.md. Vectors: messages.
"""

from __future__ import annotations

import re
from dataclasses import field
from typing import TypeAlias

from gradlink._dataclass import dataclass
from gradlink._protocol.events import LogEvent
from gradlink._protocol.filedata import may_hold_files
from gradlink._protocol.jsonvalue import (
    JSONObject,
    JSONValue,
    as_int,
    as_list,
    as_number,
    as_object,
    as_text,
    decode,
)
from gradlink._protocol.status import ProgressUnit
from gradlink.errors import ProtocolError

# Gradio writes both before anything that an app says, and in a string the quotes would be escaped.
_EVENT_ID = re.compile(r'"event_id": ?+"([^"\\]{1,99}+)"')
_LAST = re.compile(r'"msg": ?+"process_completed"')
_QUOTED_ID = re.compile(r"'[0-9a-f]{32}'")


@dataclass(frozen=True, slots=True)
class SendHash:
    """3.x: the server asks which function and session this socket is for."""

    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class SendData:
    """3.x and 4.0 - 4.8: the server asks for the job's data."""

    event_id: str | None


@dataclass(frozen=True, slots=True)
class QueueFull:
    """3.x and 4.0 - 4.8: the job was not accepted."""

    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class Estimation:
    """The job waits; ``rank`` 0 is next, ``eta`` in seconds."""

    event_id: str | None
    rank: int | None
    queue_size: int | None
    eta: float | None


@dataclass(frozen=True, slots=True)
class ProcessStarts:
    """The function starts; ``eta`` in seconds, None before any call of it has ended."""

    event_id: str | None
    eta: float | None


@dataclass(frozen=True, slots=True)
class Progress:
    """Bars of ``gr.Progress``, the outermost first."""

    event_id: str | None
    units: tuple[ProgressUnit, ...]


@dataclass(frozen=True, slots=True)
class Log:
    """A call of ``gr.Info``, ``gr.Warning`` or ``gr.Success``."""

    event_id: str | None
    log: LogEvent


@dataclass(frozen=True, slots=True)
class ProcessGenerating:
    """A value of a generator.

    Attributes:
        data: one entry per output; the first time values, then (sse_v2 and later) lists of edits.
        streaming: the message was ``process_streaming``, whose data always are values.
        may_hold_files: files are to be looked for in its values.
    """

    event_id: str | None
    data: list[JSONValue]
    output: JSONObject
    success: bool
    streaming: bool = False
    may_hold_files: bool = field(default=True, compare=False)

    @property
    def render_config(self) -> JSONValue:
        """What ``gr.render`` has made, None if nothing."""
        return self.output.get("render_config")

    @property
    def changed_states(self) -> tuple[int, ...]:
        """The ids of the State components that have changed, as far as a function listens to that."""
        return changed_states(self.output)


@dataclass(frozen=True, slots=True)
class ProcessCompleted:
    """The job has ended.

    Attributes:
        data: None if it was cancelled or has failed.
        may_hold_files: files are to be looked for in it.
    """

    event_id: str | None
    data: list[JSONValue] | None
    output: JSONObject
    success: bool
    title: str | None
    used_cache: bool
    may_hold_files: bool = field(default=True, compare=False)


@dataclass(frozen=True, slots=True)
class HeartbeatMessage:
    """Nothing happened for a while, the stream lives."""

    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class UnexpectedError:
    """The stream itself has failed; ``session_not_found`` if the server does not know the session."""

    event_id: str | None
    message: str
    session_not_found: bool

    @property
    def is_second_end(self) -> bool:
        """One event ended twice, which breaks the stream of servers before 5.46 and nothing else.

        It is a KeyError of the server: the text is the event id in quotes. The session's jobs go on, and a
        new stream brings everything that has not been read. Seen on 4.31.5, 4.44.1 and 5.0.2.
        """
        return _QUOTED_ID.fullmatch(self.message) is not None


@dataclass(frozen=True, slots=True)
class CloseStream:
    """No job of the session is pending, the server ends the stream (since 4.22)."""

    event_id: str | None = None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A message that this version of gradlink does not know; it is logged and ignored."""

    event_id: str | None
    msg: str


@dataclass(frozen=True, slots=True)
class Unreadable:
    """A message of a job that cannot be read, which ends the job with ``error``.

    Attributes:
        is_end: it was the job's last one.
    """

    event_id: str
    error: ProtocolError
    is_end: bool


Message: TypeAlias = (
    SendHash
    | SendData
    | QueueFull
    | Estimation
    | ProcessStarts
    | Progress
    | Log
    | ProcessGenerating
    | ProcessCompleted
    | HeartbeatMessage
    | UnexpectedError
    | CloseStream
    | Unknown
    | Unreadable
)


def decode_message(text: str | bytes) -> Message:
    """Return the message that ``text`` (one SSE event or WebSocket frame) stands for.

    Raises ProtocolError if it is not a JSON object with a ``msg``. Nothing at all is an unknown message: a proxy's
    way of keeping a connection.
    """
    if not text:
        return Unknown(None, "")
    raw = decode(text, "a message of the server")
    if not isinstance(raw, dict) or not isinstance(raw.get("msg"), str):
        raise ProtocolError(f"a message from the server has no 'msg': {str(raw)[:200]!r}")
    return read_message(raw, text if isinstance(text, str) else None)


def take_message(text: str) -> Message:
    """Return the message that ``text`` stands for, one that cannot be read as the end of the job that it names.

    Raises ProtocolError if it names none.
    """
    try:
        return decode_message(text)
    except ProtocolError as exc:
        named = _EVENT_ID.search(text)
        if named is None:
            raise
        return Unreadable(named[1], exc, is_end=_LAST.search(text) is not None)


def read_message(raw: JSONObject, text: str | None = None) -> Message:  # one return per message
    """Return ``raw``, which was written as ``text``, as the class of its ``msg``; a field of a wrong type counts as missing."""
    event_id = as_text(raw.get("event_id"))
    msg = str(raw.get("msg"))
    match msg:
        case "process_generating" | "process_streaming":
            output = as_object(raw.get("output"))
            data = as_list(output.get("data"))
            return ProcessGenerating(
                event_id,
                data,
                output,
                raw.get("success") is not False,
                streaming=msg == "process_streaming",
                may_hold_files=text is None or may_hold_files(text),
            )
        case "process_completed":
            return _completed(raw, event_id, text)
        case "estimation":
            eta = raw.get("rank_eta")
            return Estimation(
                event_id, as_int(raw.get("rank")), as_int(raw.get("queue_size")), as_number(eta)
            )
        case "process_starts":
            return ProcessStarts(event_id, as_number(raw.get("eta")))
        case "progress":
            units = [_progress_unit(as_object(unit)) for unit in as_list(raw.get("progress_data"))]
            return Progress(event_id, tuple(units))
        case "log":
            return Log(event_id, _log(raw))
        case "heartbeat":
            return HeartbeatMessage(event_id)
        case "close_stream":
            return CloseStream(event_id)
        case "unexpected_error":
            message = as_text(raw.get("message")) or "the server gave no reason"
            # Before 5.38 only the text tells: "404: Session not found."
            lost = raw.get("session_not_found") is True or "session not found" in message.lower()
            return UnexpectedError(event_id, message, lost)
        case "send_hash":
            return SendHash(event_id)
        case "send_data":
            return SendData(event_id)
        case "queue_full":
            return QueueFull(event_id)
        case _:
            return Unknown(event_id, msg)


def changed_states(output: JSONObject) -> tuple[int, ...]:
    """Return the ids of the State components that have changed according to ``output``."""
    ids = output.get("changed_state_ids")
    return tuple(item for item in as_list(ids) if isinstance(item, int)) if ids else ()


def _completed(raw: JSONObject, event_id: str | None, text: str | None) -> ProcessCompleted:
    output = as_object(raw.get("output"))
    data = output.get("data")
    return ProcessCompleted(
        event_id,
        data if isinstance(data, list) else None,
        output,
        raw.get("success") is not False,
        as_text(raw.get("title")),
        bool(raw.get("used_cache")),
        may_hold_files=text is None or may_hold_files(text),
    )


def _progress_unit(raw: JSONObject) -> ProgressUnit:
    return ProgressUnit(
        index=as_number(raw.get("index")),
        length=as_number(raw.get("length")),
        unit=as_text(raw.get("unit")),
        progress=as_number(raw.get("progress")),
        desc=as_text(raw.get("desc")),
    )


def _log(raw: JSONObject) -> LogEvent:
    return LogEvent(
        message="" if raw.get("log") is None else str(raw["log"]),
        level=as_text(raw.get("level")) or "info",
        title=as_text(raw.get("title")),
        duration=as_number(raw.get("duration")),
        visible=raw.get("visible") is not False,
    )
