"""Messages that say the same as one before, but for the text that they append.

A model that writes sends thousands of them. Such a message is compared with the one before instead of being parsed,
which takes a fraction of the time. Property tests: tests/protocol/test_repeats.py.
"""

from __future__ import annotations

import json
import re

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONObject, JSONValue, as_object, decode
from gradlink._protocol.messages import Message, ProcessGenerating, take_message
from gradlink.errors import ProtocolError

# What a message of Gradio begins with until its event id has ended: jobs that share a stream do not disturb each other.
_BEGINNING = 72
_MAX_PATTERNS = 64
# No number of Python or of JavaScript is written with more digits.
_NUMBER = re.compile(r"-?(?:0|[1-9][0-9]{0,30}+)(?:\.[0-9]{1,30}+)?+(?:[eE][-+]?[0-9]{1,3}+)?+")
# Before and after the text that is appended, no more of a message than this is compared: none of Gradio has more.
_MAX_AROUND = 4_000

_read_value = json.JSONDecoder().raw_decode


@dataclass(frozen=True, slots=True)
class _Pattern:
    """What messages of one job have in common.

    Attributes:
        before: all up to the quote that begins the text.
        tail: what follows the quote that ends the text, up to the first number.
        rest: what follows each of the numbers.
        event_id: of the job.
        data: the edits of all outputs, none for the one that grows.
        index: the output that grows.
        path: where in it.
    """

    before: str
    tail: str
    rest: tuple[str, ...]
    event_id: str | None
    data: list[JSONValue]
    index: int
    path: JSONValue


class Repeated(ProcessGenerating):
    """A message that was not parsed."""

    __slots__ = ("_text",)
    _text: str
    success = True
    streaming = False
    may_hold_files = False

    def __init__(self, event_id: str | None, data: list[JSONValue], text: str) -> None:
        put = object.__setattr__  # it is frozen
        put(self, "event_id", event_id)
        put(self, "data", data)
        put(self, "_text", text)

    @property
    def output(self) -> JSONObject:  # pyright: ignore[reportIncompatibleVariableOverride]  # neither can be set
        """Return what the message says beside its data."""
        return as_object(as_object(decode(self._text, "a message of the server")).get("output"))

    @property
    def render_config(self) -> JSONValue:
        return None

    @property
    def changed_states(self) -> tuple[int, ...]:
        return ()


class RepeatDecoder:
    """Decodes the messages of one stream after the other."""

    __slots__ = ("_last", "_patterns")

    def __init__(self) -> None:
        self._patterns: dict[str, _Pattern] = {}
        self._last: _Pattern | None = None

    def take(self, text: str) -> Message:
        """Return the message that ``text`` stands for, and raise, as :func:`take_message` does."""
        last = self._last
        if last is not None:
            if (again := _repeated_by(text, last)) is not None:
                return again
            pattern = self._patterns.get(text[:_BEGINNING])
            if (
                pattern is not None
                and pattern is not last
                and (again := _repeated_by(text, pattern)) is not None
            ):
                self._last = pattern
                return again
        message = take_message(text)
        if isinstance(message, ProcessGenerating) and (found := _pattern_of(text, message)) is not None:
            if len(self._patterns) >= _MAX_PATTERNS:
                self._patterns.clear()
            self._patterns[text[:_BEGINNING]] = self._last = found
        return message


def _repeated_by(text: str, pattern: _Pattern) -> Repeated | None:
    """Return the message that ``text`` stands for if it is one of the pattern."""
    before = pattern.before
    if not text.startswith(before):
        return None
    try:
        added, place = _read_value(text, len(before))
    except (ValueError, RecursionError):
        return None  # whoever parses all of it finds the same
    tail = pattern.tail
    if not isinstance(added, str) or not text.startswith(tail, place):
        return None
    place += len(tail)
    for piece in pattern.rest:
        number = _NUMBER.match(text, place)
        if number is None:
            return None
        place = number.end()
        if not text.startswith(piece, place):
            return None
        place += len(piece)
    if place != len(text):
        return None
    data = pattern.data.copy()
    data[pattern.index] = [["append", pattern.path, added]]
    return Repeated(pattern.event_id, data, text)


def _pattern_of(text: str, message: ProcessGenerating) -> _Pattern | None:
    """Return the pattern of a message that appends text in one place and does nothing else."""
    data = message.data
    if not message.success or message.streaming or _says_more(message.output):
        return None
    index = next((index for index, edits in enumerate(data) if edits != []), len(data))
    match data[index:]:
        # The first message of a job brings values, which may look like anything.
        case [[["append", [*path], str() as added]], *rest] if all(edits == [] for edits in rest):
            pass
        case _:
            return None
    # Servers write text as it is, without spaces or as Python does; of any other writing nothing is found.
    written = json.dumps(added, ensure_ascii=False)
    for comma in (",", ", "):
        place = text.find(f"{written}]]{f'{comma}[]' * len(rest)}]")
        before, after = text[:place], text[place + len(written) :]
        # Numbers may be others in what follows, so what is taken from it may not be there.
        if '"event_id"' in after or '"msg"' in after:
            continue
        if 0 <= place <= _MAX_AROUND and len(after) <= _MAX_AROUND and "\\" not in after:
            other: JSONValue = [["append", [*path], added + "."]]
            expected = [*data[:index], other, *rest]
            # It may stand there twice, and what is meant be written in another way.
            if _data_of(before + json.dumps(added + ".") + after) == expected:
                tail, *pieces = _NUMBER.split(after)
                if "" in pieces[:-1]:
                    return None  # what was split is no number
                quiet = [*data[:index], [], *rest]
                return _Pattern(before, tail, tuple(pieces), message.event_id, quiet, index, [*path])
    return None


def _says_more(output: JSONObject) -> bool:
    return output.get("render_config") is not None or output.get("changed_state_ids") not in (None, [])


def _data_of(text: str) -> JSONValue:
    try:
        raw = decode(text, "a message of the server")
    except ProtocolError:
        return None  # what was found is no text of its own
    return as_object(as_object(raw).get("output")).get("data")
