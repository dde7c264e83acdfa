"""What happens between a page and its app, as the journal tells it."""

from __future__ import annotations

from dataclasses import field
from typing import TypeAlias

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONObject, JSONValue


@dataclass(frozen=True, slots=True)
class Uploaded:
    """A file was sent.

    Attributes:
        path: what the app calls it.
        name: what the browser called it; not to be trusted.
        content: its bytes, None if it was too large to be kept.
    """

    path: str
    name: str
    content: bytes | None = field(repr=False)


@dataclass(frozen=True, slots=True)
class Began:
    """A function was called.

    Attributes:
        call: number of the call, from 0.
        session: the session's hash.
        fn_index: the function's id, None where the page gave its name only.
        api_name: its name, "" where the page gave its id.
        data: one value per input.
        trigger: id of the component that it was called from, None if none was.
        event_data: what the function's ``gr.EventData`` is made of.
    """

    call: int
    session: str
    fn_index: int | None
    api_name: str
    data: list[JSONValue] = field(repr=False)
    trigger: int | None = None
    event_data: JSONValue = field(default=None, repr=False)


@dataclass(frozen=True, slots=True)
class Gave:
    """A call has given a value: its ``count``-th, one entry per output."""

    call: int
    count: int
    data: list[JSONValue] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Ended:
    """A call is over.

    Attributes:
        data: its result, None if it has none.
        error: what the app said, "" if it did not fail.
        count: values that it has given.
        rendered: what ``gr.render`` has made.
    """

    call: int
    data: list[JSONValue] | None = field(repr=False)
    count: int
    error: str = ""
    rendered: JSONObject = field(default_factory=dict[str, JSONValue], repr=False)


@dataclass(frozen=True, slots=True)
class Refused:
    """A call was not accepted: nothing comes of it."""

    call: int


@dataclass(frozen=True, slots=True)
class Cancelled:
    """The page has cancelled a call after ``count`` values."""

    call: int
    count: int


@dataclass(frozen=True, slots=True)
class Chunk:
    """A running call got further input."""

    call: int
    data: list[JSONValue] = field(repr=False)


@dataclass(frozen=True, slots=True)
class Closed:
    """A running call was told that no further input comes."""

    call: int


@dataclass(frozen=True, slots=True)
class LoggedIn:
    """The person has logged in."""

    user: str = field(repr=False)
    password: str = field(repr=False)


@dataclass(frozen=True, slots=True)
class Left:
    """More happened than is recorded: ``what`` says of what."""

    what: str


Happening: TypeAlias = (
    Uploaded | Began | Gave | Ended | Refused | Cancelled | Chunk | Closed | LoggedIn | Left
)
