"""What a server can do: protocol and version on one side, named abilities on the other.

This is the only place that compares protocols or versions; everything else asks the app's dialect. A new protocol is
one more name in PROTOCOLS, and a change in the row of each ability in which it differs from the one before.
Wire: docs/protocol.md. Vectors: dialects.
"""

from __future__ import annotations

from collections.abc import Callable
from enum import Enum
from typing import Generic, TypeVar

from gradlink._dataclass import dataclass
from gradlink._protocol.jsonvalue import JSONObject, as_text
from gradlink._protocol.version import AppVersion
from gradlink.errors import ProtocolError

T = TypeVar("T")
K = TypeVar("K")

# As /config announces them, in the order in which they came; an app of the first one announces none.
PROTOCOLS = ("ws", "sse", "sse_v1", "sse_v2", "sse_v2.1", "sse_v3")
# An unknown protocol with this prefix is treated as the newest known one.
_FAMILY = "sse_v"


class FileForm(Enum):
    """How a file stands in the data of a call."""

    FILE_DATA = "file data"
    """Uploaded, a dict with its path."""
    NAMED = "named"
    """Uploaded, a dict with its name."""
    INLINE = "inline"
    """A dict with the content as a data URI."""
    DATA_URI = "data uri"
    """The content as a data URI, nothing else."""


class FileMark(Enum):
    """What makes a dict in a result a file."""

    IS_FILE = "is_file"
    """It says so in ``is_file``, and has a name."""
    FIELDS = "fields"
    """It has all fields of a file."""
    META = "meta"
    """It says so in ``meta``, and has a path, or since 5.0 perhaps only a url."""


class CancelWay(Enum):
    """How a server cancels a job."""

    CONNECTION = "connection"
    """The job has a connection of its own, which is closed."""
    RESET = "reset"
    """By event id; nothing more is sent for it, and the session's stream does not end any more."""
    RUNNING = "running"
    """By session and function. A job that waits in the queue cannot be taken out of it: it would run anyway, and
    until 5.45 its second end breaks the session's stream."""
    SESSION = "session"
    """By session and function; a job that waits is taken out of the queue."""


@dataclass(frozen=True, slots=True)
class Dialect:
    """What one app's server can do, does or gets wrong; see :func:`dialect_of`. Sections are those of docs/protocol.md.

    Attributes:
        protocol: how jobs travel, one of PROTOCOLS.
        release: the app's Gradio version as text, for messages.
    """

    protocol: str
    release: str

    websocket: bool
    """A job has a WebSocket of its own (until 3.50; "Six protocols")."""
    resets_alone: bool
    """A job on a stream of its own is cancelled by its event id (4.0 - 4.8; "Six protocols")."""
    shares_stream: bool
    """All jobs of a session come on one stream (since 4.9; "Join and stream")."""
    sends_edits: bool
    """``process_generating`` carries edits after the first full value (since 4.17; "Edits")."""
    closes_explicitly: bool
    """The stream ends with ``close_stream``; without it an end is an accident (since 4.22; "Join and stream")."""

    polls_queue: bool
    """The queue is asked for a job again and again, which gradlink does not speak (before 3.1.5; "Six protocols")."""
    file_form: FileForm
    """How files are sent (named since 3.19, file data since 4.0; "Files")."""
    image_form: FileForm
    """How files are sent to an Image (as others since 4.0, before as a data URI; "Files")."""
    file_mark: FileMark
    """What a file of a result is known by (all its fields since 4.0, ``meta`` since 4.21; "Files")."""
    checks_files: bool
    """What is sent for a file is refused if it is none, also where the function wants it unprocessed (since 5.49 at the
    latest, not in 5.0; "Files")."""
    inline_results: bool
    """Files of a result may be data URIs in its values (before 4.0; "Files")."""
    tells_generators: bool
    """/config says which functions stream (since 3.20; "Names and defaults")."""
    queue_may_stop: bool
    """Some calls, such as one of a batch function, stop the queue for everybody, and joins go on being accepted
    (4.0 - 4.15; "What gradlink does not do to a server")."""
    mixes_batches: bool
    """Jobs that are batched together all get the result of one (until 4.19; "What gradlink does not do to a server")."""
    quotes_errors: bool
    """The text of an error is a Python repr (before 5.2; "Errors")."""
    mixes_runs: bool
    """A generator after one that was cancelled or has failed may begin with edits to the last value of that one (4.17 - 6.26;
    "Edits")."""
    spoils_direct_json: bool
    """The direct route answers JSON with the text "root=..." (5.49 - 5.50; "Join and stream")."""
    cancels: CancelWay
    """How a job is cancelled (by event since 4.9, by session since 4.31, in the queue, too, since 6.14; "Cancelling")."""
    calls_by_name: bool
    """``POST call/NAME`` and ``GET call/NAME/EVENT`` serve programs that have no client (since 4.20; "Without a client")."""
    names_arguments: bool
    """``POST call/v2/NAME`` takes arguments by name and fills in the defaults (since 6.13; "Without a client")."""
    calls_in_sessions: bool
    """The result of such a call is found if it was made in a session (since 6.25; "Without a client")."""


def dialect_of(protocol: str, version: AppVersion) -> Dialect:
    """Return the dialect of an app; an unknown version counts as the newest."""
    place = PROTOCOLS.index(protocol)
    wire = _Row[str](lambda since: PROTOCOLS.index(since) <= place)
    app = _Row[tuple[int, ...]](lambda since: not version.numbers or version.numbers >= since)
    # Each row: how it was at first, then what it became, and since when.
    return Dialect(
        protocol=protocol,
        release=str(version),
        websocket=wire(True, ("sse", False)),
        resets_alone=wire(False, ("sse", True), ("sse_v1", False)),
        shares_stream=wire(False, ("sse_v1", True)),
        sends_edits=wire(False, ("sse_v2", True)),
        closes_explicitly=wire(False, ("sse_v3", True)),
        polls_queue=wire(True, ("sse", False)) and app(True, ((3, 1, 5), False)),
        file_form=app(FileForm.INLINE, ((3, 19), FileForm.NAMED), ((4,), FileForm.FILE_DATA)),
        image_form=app(FileForm.DATA_URI, ((4,), FileForm.FILE_DATA)),
        file_mark=app(FileMark.IS_FILE, ((4,), FileMark.FIELDS), ((4, 21), FileMark.META)),
        checks_files=app(False, ((5, 49), True)),
        inline_results=app(True, ((4,), False)),
        tells_generators=app(False, ((3, 20), True)),
        queue_may_stop=app(False, ((4,), True), ((4, 16), False)),
        mixes_batches=app(True, ((4, 20), False)),
        quotes_errors=app(True, ((5, 2), False)),
        mixes_runs=app(False, ((4, 17), True), ((6, 27), False)),
        spoils_direct_json=app(False, ((5, 49), True), ((6,), False)),
        cancels=app(
            CancelWay.CONNECTION,
            ((4, 9), CancelWay.RESET),
            ((4, 31), CancelWay.RUNNING),
            ((6, 14), CancelWay.SESSION),
        ),
        calls_by_name=app(False, ((4, 20), True)),
        names_arguments=app(False, ((6, 13), True)),
        calls_in_sessions=app(False, ((6, 25), True)),
    )


class _Row(Generic[K]):
    """Finds what a row of the table says of one app."""

    def __init__(self, reached: Callable[[K], bool]) -> None:
        self._reached = reached

    def __call__(self, first: T, *changes: tuple[K, T]) -> T:
        value = first
        for since, then in changes:
            if self._reached(since):
                value = then
        return value


# Of an app that is not known yet.
NEWEST = dialect_of(PROTOCOLS[-1], AppVersion(""))


def read_dialect(config: JSONObject) -> Dialect:
    """Return the dialect of the app that ``config`` is of. Raises ProtocolError for one that gradlink does not speak."""
    announced = config.get("protocol", PROTOCOLS[0])
    version = AppVersion(as_text(config.get("version")) or "")
    if announced not in PROTOCOLS and isinstance(announced, str) and announced.startswith(_FAMILY):
        announced = PROTOCOLS[-1]
    if not isinstance(announced, str) or announced not in PROTOCOLS:
        raise ProtocolError(
            f"the app (Gradio {version}) announces the protocol {announced!r}; gradlink supports "
            + ", ".join(PROTOCOLS)
        )
    dialect = dialect_of(announced, version)
    if dialect.polls_queue:
        raise ProtocolError(
            f"the app runs Gradio {version}, whose queue is polled; gradlink needs 3.1.5 or newer"
        )
    return dialect
