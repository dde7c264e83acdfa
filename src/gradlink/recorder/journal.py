"""What a page and its app say to each other, as what happens: requests and replies in, happenings out; pure.

It knows nothing of what a call means: that is :mod:`gradlink.recorder.meaning`'s.
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Sequence
from dataclasses import field
from typing import Final

from gradlink._dataclass import dataclass
from gradlink._protocol.dialect import Dialect
from gradlink._protocol.job import Step, Succeeded
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_int, as_list, as_object, as_text, decode
from gradlink._protocol.messages import (
    Message,
    ProcessCompleted,
    ProcessGenerating,
    SendData,
    Unreadable,
    take_message,
)
from gradlink._protocol.outputs import OutputWalk
from gradlink.errors import ProtocolError
from gradlink.recorder.events import (
    Began,
    Cancelled,
    Chunk,
    Closed,
    Ended,
    Gave,
    Happening,
    Left,
    LoggedIn,
    Refused,
    Uploaded,
)
from gradlink.recorder.multipart import Part

# Those of a page that ticks every second for a day; of a call that is over nothing is kept here.
MAX_CALLS: Final = 100_000
# Messages that came before the answer to the join that they belong to.
MAX_EARLY: Final = 200
# Values of a call that are kept while it runs; a hostile app could send others without end.
MAX_RUNNING: Final = 200


@dataclass(slots=True)
class _Running:
    """A call that has not ended."""

    call: int
    walk: OutputWalk = field(default_factory=OutputWalk)
    steps: int = 0
    values: list[JSONValue] = field(default_factory=list["JSONValue"])


class Journal:
    """The calls of all sessions of one app. Each method takes what was said, and returns what has happened."""

    def __init__(self, *, max_calls: int = MAX_CALLS) -> None:
        self.dialect: Dialect | None = None
        self._max_calls = max_calls
        self._calls = 0
        self._running: OrderedDict[str, _Running] = OrderedDict()
        self._early: OrderedDict[str, list[Message]] = OrderedDict()

    def uploaded(self, files: Sequence[Part] | None, reply: bytes) -> list[Happening]:
        """Take an upload; ``files`` is None if it was too large to be kept."""
        try:
            paths = [path for path in as_list(decode(reply, "an answer")) if isinstance(path, str)]
        except ProtocolError:
            return []
        # The app answers one path for each file; if it does not, which is which cannot be known.
        if files is None or len(paths) != len(files):
            return [Uploaded(path, "file", None) for path in paths]
        return [Uploaded(path, part.name, part.content) for path, part in zip(paths, files, strict=True)]

    def begin(self, body: JSONObject, name: str = "") -> tuple[int | None, list[Happening]]:
        """Take a call as it is sent; return its number, None if it is not recorded."""
        if self._calls >= self._max_calls:
            first = self._calls == self._max_calls
            self._calls += 1
            what = f"more than {self._max_calls} calls"
            return None, [Left(what)] if first else []
        number = self._calls
        self._calls += 1
        fn_index = as_int(body.get("fn_index"))
        began = Began(
            call=number,
            session=as_text(body.get("session_hash")) or "",
            fn_index=fn_index,
            api_name="" if fn_index is not None else name,
            data=as_list(body.get("data")),
            trigger=as_int(body.get("trigger_id")),
            event_data=body.get("event_data"),
        )
        return number, [began]

    def accepted(self, call: int, event_id: str) -> list[Happening]:
        """Take the answer to a join."""
        while len(self._running) >= MAX_RUNNING:
            self._running.popitem(last=False)
        self._running[event_id] = _Running(call)
        happened: list[Happening] = []
        for message in self._early.pop(event_id, []):
            happened += self._take(event_id, message)
        return happened

    def answered(self, call: int, status: int, reply: bytes) -> list[Happening]:
        """Take the answer of the direct route: the result itself."""
        try:
            answer = as_object(decode(reply, "an answer"))
        except ProtocolError:
            return [Refused(call)]
        if isinstance(answer.get("data"), list) and status < 400:
            data = as_list(answer.get("data"))
            return [Gave(call, 1, data), Ended(call, data, 1, "", as_object(answer.get("render_config")))]
        said = as_text(answer.get("error")) or as_text(answer.get("detail")) or "an error"
        return [Ended(call, None, 0, said)]

    def joined(self, call: int, status: int, reply: bytes, given: str | None) -> list[Happening]:
        """Take the answer to a join; ``given`` is the event id where the page knew it before."""
        if status >= 400:
            return [Refused(call)]
        try:
            event_id = as_text(as_object(decode(reply, "an answer")).get("event_id"))
        except ProtocolError:
            event_id = None
        event_id = event_id or given
        return [Refused(call)] if not event_id else self.accepted(call, event_id)

    def message(self, text: str, event_id: str | None = None) -> list[Happening]:
        """Take an event of a stream; ``event_id`` is the stream's own where it has one job only."""
        try:
            message = take_message(text)
        except ProtocolError:
            return []
        named = message.event_id or event_id
        if named is None:
            return []
        if named not in self._running:
            self._keep(named, message)
            return []
        return self._take(named, message)

    def event_id_of(self, text: str) -> str | None:
        """Return the event id that a job's own stream says it has (4.0 - 4.8)."""
        try:
            message = take_message(text)
        except ProtocolError:
            return None
        return message.event_id if isinstance(message, SendData) else None

    def cancelled(self, body: JSONObject) -> list[Happening]:
        """Take a cancel; one of a call that has ended does nothing."""
        running = self._running.pop(as_text(body.get("event_id")) or "", None)
        return [] if running is None else [Cancelled(running.call, running.walk.count)]

    def chunk(self, event_id: str, body: JSONObject) -> list[Happening]:
        """Take further input for a running call."""
        running = self._running.get(event_id)
        return [] if running is None else [Chunk(running.call, as_list(body.get("data")))]

    def closed(self, event_id: str) -> list[Happening]:
        """Take the end of a running call's input."""
        running = self._running.get(event_id)
        return [] if running is None else [Closed(running.call)]

    def logged_in(self, user: str, password: str) -> list[Happening]:
        """Take a login that the app has accepted."""
        return [LoggedIn(user, password)]

    def _take(self, event_id: str, message: Message) -> list[Happening]:
        running = self._running[event_id]
        match message:
            case ProcessGenerating(data=data, streaming=streaming, success=True):
                sends_edits = self.dialect is not None and self.dialect.sends_edits
                edits = sends_edits and running.steps > 0 and not streaming
                running.steps += 1
                output = running.walk.advance(Step(None, data) if edits else Step(data))
                return [] if output is None else self._gave(running, output.data)
            case ProcessCompleted():
                del self._running[event_id]
                return self._completed(running, message)
            case Unreadable(error=error, is_end=True):
                del self._running[event_id]
                return [Ended(running.call, None, running.walk.count, str(error))]
            case _:
                return []

    def _gave(self, running: _Running, data: list[JSONValue]) -> list[Happening]:
        running.values = data
        return [Gave(running.call, running.walk.count, data)]

    def _completed(self, running: _Running, message: ProcessCompleted) -> list[Happening]:
        rendered = as_object(message.output.get("render_config"))
        if not message.success:
            said = as_text(message.output.get("error")) or "an error"
            return [Ended(running.call, None, running.walk.count, said)]
        if message.data is None:
            return [Cancelled(running.call, running.walk.count)]
        happened: list[Happening] = []
        output = running.walk.advance(Succeeded(message.data, is_output=running.steps == 0))
        if output is not None:
            happened += self._gave(running, output.data)
        data = message.data
        if running.steps and all(value is None for value in data):
            data = running.values  # a generator's last message may be empty
        return [*happened, Ended(running.call, data, running.walk.count, "", rendered)]

    def _keep(self, event_id: str, message: Message) -> None:
        if not isinstance(message, (ProcessGenerating, ProcessCompleted)):
            return
        kept = self._early.setdefault(event_id, [])
        if len(kept) < MAX_EARLY:
            kept.append(message)
        while len(self._early) > MAX_EARLY:
            self._early.popitem(last=False)
