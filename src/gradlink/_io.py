"""What a flow may ask of a shell: intents, and the replies to them.

A flow is a generator. It yields an intent, the shell performs it, and the flow is sent the reply or has the
error thrown into it. Typed helpers keep flows readable: ``reply = yield from send(request)``.
"""

from __future__ import annotations

from collections.abc import Callable, Generator, Mapping
from contextlib import AbstractContextManager
from dataclasses import field
from typing import Any, BinaryIO, Literal, Protocol, TypeAlias, TypeVar

from gradlink._dataclass import dataclass

T = TypeVar("T")


class Source(Protocol):
    """A file that a caller has handed in, whatever kind of file it is; ``FileSource`` knows the kinds."""

    @property
    def name(self) -> str:
        """The file name to send."""
        ...

    @property
    def path(self) -> str | None:
        """The path, or the URL of one that is remote; None for bytes and open files."""
        ...

    @property
    def remote(self) -> bool:
        """It has to be fetched first."""
        ...

    @property
    def can_rewind(self) -> bool:
        """It can be read once more from its start."""
        ...

    def fetched(self, path: str) -> Source:
        """Return the same file where it was fetched to."""
        ...

    def size(self) -> int | None:
        """Return its size in bytes, None where that cannot be known before it is read."""
        ...

    def open(self) -> AbstractContextManager[BinaryIO]:
        """Return it for reading."""
        ...


class Sources(Protocol):
    """Makes files of what callers hand in."""

    def of(self, given: object, name: str | None = None) -> Source:
        """Return the file that ``given`` is said to be."""
        ...

    def found(self, value: object) -> Source | None:
        """Return the file that ``value`` is without ``handle_file()``; None if it is not one."""
        ...

    def at(self, url: str, name: str) -> Source:
        """Return a file that the client has to fetch first."""
        ...

    def named(self, path: str) -> bool:
        """Tell whether this program has named ``path`` with ``handle_file()``, as far as that is still known."""
        ...


@dataclass(frozen=True, slots=True)
class HttpRequest:
    """One request, answered with an :class:`HttpReply` whatever its status.

    Attributes:
        url: absolute address.
        content: the body, None for none; ``content_type`` names its form.
        files: files of a multipart body; ``content`` is None then.
        no_read_timeout: the answer comes when the app's function is done, so there is no limit on waiting for it.
        warms_stream: the connection that it is made over is one that the next stream can use.
        idempotent: sending it twice does the same as once; otherwise it is only repeated if it was not sent whole.
        begins_job: its answer names a job, which nobody could stop without it.
        same_origin: it goes to the app's own origin, so the client's headers and cookies are sent with it.
        holds: what a good answer has in it, which decides how large it may be.
    """

    method: str
    url: str
    content: bytes | None = None
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict[str, str])
    files: tuple[Source, ...] = ()
    no_read_timeout: bool = False
    warms_stream: bool = False
    idempotent: bool = True
    begins_job: bool = False
    same_origin: bool = True
    holds: Literal["answer", "description", "result"] = "answer"


@dataclass(frozen=True, slots=True)
class HttpReply:
    """An answer, read to its end; of the page of an error only its beginning. Header names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str


class Partial(Protocol):
    """What an interrupted download has left; the shell that made it knows what it is."""

    def discard(self) -> None:
        """Throw it away."""


@dataclass(frozen=True, slots=True)
class HttpDownload:
    """A file to fetch and store, answered with a :class:`Downloaded`.

    Attributes:
        file_name: name the file should have on disk; the shell makes it safe.
        same_origin: the address is the app's own, so the client's headers and cookies are sent with it.
        temporary: it is fetched only to be uploaded again, and kept apart from the files of results.
        trusted: no app has chosen the address, so it may be a private one.
        partial: what an interrupted download has left, to go on from there.
        in_memory: its content is wanted, and it is not stored.
    """

    url: str
    file_name: str
    same_origin: bool = True
    temporary: bool = False
    trusted: bool = False
    partial: Partial | None = None
    in_memory: bool = False


@dataclass(frozen=True, slots=True)
class Downloaded:
    """A finished download: ``path`` or ``content`` on success, otherwise neither, and the answer's text in ``body``."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    url: str
    path: str | None
    content: bytes | None = None

    @property
    def complete(self) -> bool:
        return self.path is not None or self.content is not None


@dataclass(frozen=True, slots=True)
class Pause:
    """Wait for a time drawn between two bounds, in seconds; answered with the time."""

    shortest: float
    longest: float


@dataclass(frozen=True, slots=True)
class UseBaseUrl:
    """The app is at ``base``: cookies that the caller gave are for this host. Answered with None."""

    base: str


@dataclass(frozen=True, slots=True)
class RunCallback:
    """Call ``callback`` with ``event``, and wait for it if it is a coroutine function; answered with None."""

    callback: Callable[[Any], object]
    event: object


@dataclass(frozen=True, slots=True)
class ReadAsDataUri:
    """A file to read whole, answered with its data URI.

    Servers before 3.19 take no uploads, and images stay data URIs until 4.0.
    """

    source: Source


@dataclass(frozen=True, slots=True)
class StoreDataUri:
    """A data URI to store as a file, answered with its path; or to decode ``in_memory``, answered with its bytes."""

    data_uri: str
    file_name: str
    in_memory: bool = False


@dataclass(frozen=True, slots=True)
class Gather:
    """Flows to run side by side, answered with the list of their results, in order.

    The first error is thrown into the flow once all of them have ended.
    """

    flows: tuple[Flow[Any], ...]


@dataclass(frozen=True, slots=True)
class Within:
    """A flow to run within the client's limit for connecting, answered with its result.

    Pauses between its requests do not count.
    """

    flow: Flow[Any]


@dataclass(frozen=True, slots=True)
class Scoped:
    """A flow to run as long as ``scope`` allows, answered with its result; only a shell knows what a scope is."""

    flow: Flow[Any]
    scope: object


Intent: TypeAlias = (
    HttpRequest
    | HttpDownload
    | Pause
    | UseBaseUrl
    | RunCallback
    | ReadAsDataUri
    | StoreDataUri
    | Gather
    | Within
    | Scoped
)
Flow: TypeAlias = Generator[Intent, Any, T]
"""A procedure; its return value is the result."""


def send(request: HttpRequest) -> Flow[HttpReply]:
    """Perform ``request``; the reply has any status. Raises TransportError when there is no reply."""
    reply: HttpReply = yield request
    return reply


def download(request: HttpDownload) -> Flow[Downloaded]:
    """Fetch a file into the shell's file store."""
    saved: Downloaded = yield request
    return saved


def pause(shortest: float, longest: float) -> Flow[float]:
    """Wait for a time between the bounds and return how long it was."""
    seconds: float = yield Pause(shortest, longest)
    return seconds


def use_base_url(base: str) -> Flow[None]:
    """Bind what belongs to the app alone to its address."""
    yield UseBaseUrl(base)


def run_callback(callback: Callable[[Any], object], event: object) -> Flow[None]:
    """Call a function of the caller's; what it raises goes to the caller."""
    yield RunCallback(callback, event)


def read_as_data_uri(source: Source) -> Flow[str]:
    """Return a file as a data URI."""
    uri: str = yield ReadAsDataUri(source)
    return uri


def store_data_uri(data_uri: str, file_name: str) -> Flow[str]:
    """Store a data URI as a file and return its path."""
    path: str = yield StoreDataUri(data_uri, file_name)
    return path


def read_data_uri(data_uri: str, file_name: str) -> Flow[bytes]:
    """Return what is in a data URI, within the limit of files."""
    content: bytes = yield StoreDataUri(data_uri, file_name, in_memory=True)
    return content


def scoped(flow: Flow[T], scope: object) -> Flow[T]:
    """Run ``flow`` as long as ``scope`` allows."""
    result: T = yield Scoped(flow, scope)
    return result


def within_connecting(flow: Flow[T]) -> Flow[T]:
    """Run ``flow`` within the client's limit for connecting; raises ConnectTimeoutError where that runs out."""
    result: T = yield Within(flow)
    return result


def gather(flows: list[Flow[T]]) -> Flow[list[T]]:
    """Run ``flows`` side by side and return their results in order."""
    if len(flows) == 1:
        return [(yield from flows[0])]
    results: list[T] = yield Gather(tuple(flows))
    return results
