"""Every exception that gradlink raises on purpose, in one tree.

The class says who must act: the caller (:class:`ArgumentError`, :class:`EndpointError`), the app
(:class:`AppError`, :class:`ValidationError`), the network (:class:`TransportError`) or gradlink itself
(:class:`ProtocolError`). The text says what failed, with which value, and what would work; the attributes
say the same to programs::

    GradlinkError
    ├── ArgumentError                   TypeError
    ├── EndpointError                   ValueError
    │   └── InvalidAPIEndpointError
    ├── FileError                       ValueError
    │   └── FileTooLargeError
    ├── AppError                        ValueError
    │   └── QuotaExceededError
    ├── ValidationError                 ValueError
    ├── QueueError
    ├── JobCancelledError               concurrent.futures.CancelledError
    ├── JobTimeoutError                 TimeoutError
    │   ├── ConnectTimeoutError         and ConnectError
    │   └── StreamSilentError           and StreamLostError
    ├── TransportError                  ConnectionError
    │   ├── ConnectError
    │   │   └── ConnectTimeoutError     and JobTimeoutError
    │   ├── DownloadInterruptedError
    │   ├── StreamLostError
    │   │   ├── SessionLostError
    │   │   ├── ServerStoppedError
    │   │   └── StreamSilentError       and JobTimeoutError
    │   ├── RedirectError
    │   ├── ResponseError
    │   │   ├── NotFoundError
    │   │   ├── RequestRejectedError    ValueError
    │   │   ├── AuthenticationError     ValueError
    │   │   └── TooManyRequestsError
    │   ├── NoCopyError
    │   └── HubError
    │       ├── HubRateLimitError       and TooManyRequestsError
    │       ├── HubAuthenticationError  and AuthenticationError
    │       ├── SpaceNotFoundError      and NotFoundError, ValueError
    │       └── SpaceDuplicationError
    ├── ProtocolError                   ValueError
    │   └── AnswerTooLargeError
    ├── SpaceNotRunningError            ValueError
    ├── ClientClosedError               RuntimeError
    ├── NotConnectedError               RuntimeError
    ├── JournalError                    ValueError
    ├── LoadError                       ValueError
    ├── CopiesDifferError               ValueError
    ├── TicketError                     ValueError
    │   ├── DetachError
    │   ├── MalformedTicketError
    │   ├── ForeignTicketError
    │   ├── TicketInUseError
    │   └── LostTicketError
    │       ├── RestartedTicketError
    │       └── CollectedTicketError
    ├── MissingPackageError             ImportError
    └── SerializationSetupError         ValueError

The right column names the built-in class that a class also inherits from. Import from this module; most of it is
also at the top level (``gradlink.AppError``). :mod:`gradlink.compat`
has what programs written for Gradio's own client test for.

Facts about a failure are passed to the constructor by name: ``StreamLostError("...", url=url, attempts=2)``.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import CancelledError as _FutureCancelledError
from typing import Any, ClassVar, Literal, TypedDict, Unpack

from gradlink._text import lines, one_line

Execution = Literal["not started", "failed", "unknown"]
"""Whether the app's function ran: it did not, it ran and failed, or it is unknown."""


class ErrorFacts(TypedDict, total=False):
    """What every error can be given, as :class:`GradlinkError` describes it."""

    endpoint: str | None
    event_id: str | None
    url: str | None
    status: int | None
    server_text: str | None
    attempts: int | None
    logs: tuple[str, ...]
    execution: Execution | None


class GradlinkError(Exception):
    """Base class of all errors of gradlink.

    ``str(error)`` is safe to print and to log, whatever an app said: control characters, bidirectional controls and lone
    surrogates are escaped. The attributes hold the original text.

    Args:
        args: the text, as for any exception. All others are keyword arguments.

    Attributes (and arguments of the same names; None, or no logs, if they do not apply):
        endpoint: name of the endpoint that was called, such as ``/predict``.
        event_id: the server's name for the job.
        url: address of the request that failed, without credentials.
        status: HTTP status of the answer.
        server_text: what the server answered, at most 2,000 characters of it.
        attempts: how many times the request was sent.
        logs: messages that the app sent with ``gr.Info`` and ``gr.Warning`` before the failure.
        execution: whether the app's function ran.
    """

    _has_lines: ClassVar[bool] = False

    def __init__(
        self,
        *args: object,
        endpoint: str | None = None,
        event_id: str | None = None,
        url: str | None = None,
        status: int | None = None,
        server_text: str | None = None,
        attempts: int | None = None,
        logs: tuple[str, ...] = (),
        execution: Execution | None = None,
    ) -> None:
        super().__init__(*args)
        self.endpoint = endpoint
        self.event_id = event_id
        self.url = url
        self.status = status
        self.server_text = server_text
        self.attempts = attempts
        self.logs = logs
        self.execution: Execution | None = execution

    def __str__(self) -> str:
        text = super().__str__()
        return lines(text) if self._has_lines else one_line(text)


class ArgumentError(GradlinkError, TypeError):
    """The arguments of a call do not fit the endpoint, or an option is wrong; nothing was sent."""

    def __init__(self, *args: object, **facts: Unpack[ErrorFacts]) -> None:
        super().__init__(*args, **facts)
        self.execution = self.execution or "not started"


class EndpointError(GradlinkError, ValueError):
    """No endpoint of the app has this name or index."""


class InvalidAPIEndpointError(EndpointError):
    """The app does not let this endpoint be called through its API."""


class FileError(GradlinkError, ValueError):
    """A file cannot be sent or stored: it is missing, a directory, too large or has no usable name."""


class FileTooLargeError(FileError):
    """A file is larger than the app accepts, or than ``max_download``.

    It was found out before anything was sent, or the server says so (HTTP 413).
    """


class AppError(GradlinkError, ValueError):
    """The app's function raised an error.

    ``str(error)`` names the endpoint and the title, and ends with the hint, where there are any.

    Attributes:
        message: text of the ``gr.Error``; HTML is possible, and "" if it has none.
        title: heading of the message, "Error" unless the app chose one.
        duration: seconds that the app's page shows it; None or 0 means until it is closed.
        visible: whether the app's page shows it at all.
        print_exception: whether the app prints the traceback to its own console.
        hint: what was probably meant by arguments that look wrong, "" if none does.
    """

    _has_lines: ClassVar[bool] = True
    hint: str = ""

    def __init__(
        self,
        message: str = "Error raised.",
        duration: float | None = 10,
        visible: bool = True,
        title: str = "Error",
        print_exception: bool = True,
        **facts: Unpack[ErrorFacts],
    ) -> None:
        super().__init__(message, **facts)
        self.message = message
        self.duration = duration
        self.visible = visible
        self.title = title
        self.print_exception = print_exception

    @property
    def said(self) -> str:
        """The text without the endpoint and the title, safe to show."""
        text = self.message or f"the app raised an error without a text ({type(self).__name__})"
        return lines(f"{text} ({self.hint})" if self.hint else text)

    def __str__(self) -> str:
        title = self.title if self.title != "Error" else ""
        return "".join([*(f"{one_line(one)}: " for one in (self.endpoint, title) if one), self.said])


class QuotaExceededError(AppError):
    """The caller's ZeroGPU quota is used up, or too small for this call; the function did not get a GPU.

    Attributes (each None, the default, if the Space does not say):
        requested: seconds of GPU time that the function asks for.
        left: seconds of GPU time that are left.
        retry_after: seconds until there is quota again.
    """

    def __init__(
        self,
        message: str = "Error raised.",
        duration: float | None = 10,
        visible: bool = True,
        title: str = "Error",
        print_exception: bool = True,
        *,
        requested: float | None = None,
        left: float | None = None,
        retry_after: float | None = None,
        **facts: Unpack[ErrorFacts],
    ) -> None:
        super().__init__(message, duration, visible, title, print_exception, **facts)
        self.requested = requested
        self.left = left
        self.retry_after = retry_after


class ValidationError(GradlinkError, ValueError):
    """The app's validator refused the values; the function did not run.

    Attributes:
        problems: one ``(parameter, message)`` pair for each value that was refused.
        places: for each of them, its place among the values that the page sends, State included.
    """

    _has_lines: ClassVar[bool] = True

    def __init__(
        self,
        message: str,
        problems: Sequence[tuple[str, str]] = (),
        places: Sequence[int] = (),
        **facts: Unpack[ErrorFacts],
    ) -> None:
        super().__init__(message, **facts)
        self.problems = tuple(problems)
        self.places = tuple(places)


class QueueError(GradlinkError):
    """The app's queue is full or stopped; the job was not accepted."""


class JobCancelledError(GradlinkError, _FutureCancelledError):
    """The job was cancelled, by this program or by the app."""


class TransportError(GradlinkError, ConnectionError):
    """The network, a proxy or the server broke the exchange.

    ``str(error)`` names the endpoint and the job of a call that may have run.
    """

    def __str__(self) -> str:
        text = super().__str__()
        if self.execution != "unknown" or not self.endpoint:
            return text
        endpoint = one_line(self.endpoint)
        named = text if f" {endpoint}" in text or text.startswith(endpoint) else f"{endpoint}: {text}"
        job = f"job {one_line(self.event_id)}" if self.event_id else "call"
        return f"{named}; the {job} may have run"


class ConnectError(TransportError):
    """No connection to the server could be made.

    Attributes:
        transient: it may go better next time, the default; False if the server's certificate is not trusted.
    """

    def __init__(self, *args: object, transient: bool = True, **facts: Unpack[ErrorFacts]) -> None:
        super().__init__(*args, **facts)
        self.transient = transient

    @property
    def passing(self) -> bool:
        """The former name of ``transient``, until 1.0."""
        return self.transient


class DownloadInterruptedError(TransportError):
    """A download broke; what was received is kept for a while, so that it can be resumed.

    Attributes:
        received: bytes that came, 0 by default.
        partial: what holds them, None by default.
    """

    def __init__(
        self, *args: object, received: int = 0, partial: Any = None, **facts: Unpack[ErrorFacts]
    ) -> None:
        super().__init__(*args, **facts)
        self.received = received
        self.partial = partial


class StreamLostError(TransportError):
    """The stream that carried a job's messages broke before the job ended."""


class SessionLostError(StreamLostError):
    """The server does not know the session that a job was sent under."""


class ServerStoppedError(StreamLostError):
    """The server said that it is shutting down while a job was pending."""


class ResponseError(TransportError):
    """The server answered a request with a status that gradlink cannot use."""


class NotFoundError(ResponseError):
    """The server has nothing at this address (HTTP 404)."""


class RequestRejectedError(ResponseError, ValueError):
    """The server considers the request malformed (HTTP 400, or 422 that is not from an app's validator)."""


class AuthenticationError(ResponseError, ValueError):
    """The app requires a login, or refused the one it was given (HTTP 401)."""


class TooManyRequestsError(ResponseError):
    """The server, or a proxy in front of it, limits the rate of requests (HTTP 429).

    Attributes:
        retry_after: seconds that the server asks to wait; None, the default, if it does not say.
    """

    def __init__(self, *args: object, retry_after: float | None = None, **facts: Unpack[ErrorFacts]) -> None:
        super().__init__(*args, **facts)
        self.retry_after = retry_after


class RedirectError(TransportError):
    """The server sent a request that carries credentials to another host, which was not followed."""


class NoCopyError(TransportError):
    """No copy of a pool can be used."""


class JobTimeoutError(GradlinkError, TimeoutError):
    """A call exceeded one of its time limits; the server was asked to cancel it.

    Attributes:
        phase: the limit that ran out: "connect", "upload", "queue", "run", "idle" or "total", which is the default.
        seconds: how long it was, 0 by default.
    """

    def __init__(
        self, *args: object, phase: str = "total", seconds: float = 0.0, **facts: Unpack[ErrorFacts]
    ) -> None:
        super().__init__(*args, **facts)
        self.phase = phase
        self.seconds = seconds


class ConnectTimeoutError(ConnectError, JobTimeoutError):
    """The client could not connect, or load the app's description, within the limit for connecting."""

    def __init__(
        self, *args: object, transient: bool = True, seconds: float = 0.0, **facts: Unpack[ErrorFacts]
    ) -> None:
        super().__init__(*args, transient=transient, **facts)
        self.phase = "connect"
        self.seconds = seconds


class StreamSilentError(StreamLostError, JobTimeoutError):
    """The stream that carried a job's messages was silent for longer than the limit; closing it lets the server know."""

    def __init__(self, *args: object, seconds: float = 0.0, **facts: Unpack[ErrorFacts]) -> None:
        super().__init__(*args, **facts)
        self.phase = "idle"
        self.seconds = seconds


class ClientClosedError(GradlinkError, RuntimeError):
    """The client was closed before the job could end, or is used after ``close()``."""


class NotConnectedError(GradlinkError, RuntimeError):
    """An AsyncClient was asked about its app before it has connected."""


class JournalError(GradlinkError, ValueError):
    """The journal of a map cannot be used: it is another app's, another endpoint's, or none; the message says which."""


class LoadError(GradlinkError, ValueError):
    """An app cannot be loaded into another one; the message says why."""


class CopiesDifferError(GradlinkError, ValueError):
    """What a pool was made of are not copies of one app.

    Attributes:
        differences: what is different, a line for each.
    """

    def __init__(self, *args: object, differences: tuple[str, ...] = (), **facts: Unpack[ErrorFacts]) -> None:
        super().__init__(*args, **facts)
        self.differences = differences


class TicketError(GradlinkError, ValueError):
    """A job cannot be detached, or its ticket does not collect it."""


class DetachError(TicketError):
    """This call cannot outlive its client; the text says why, and nothing was sent."""


class MalformedTicketError(TicketError):
    """This is no ticket, or not all of one; nothing was asked for."""


class ForeignTicketError(TicketError):
    """The ticket is of another app, or of an endpoint that this one does not have; it remains good there."""


class TicketInUseError(TicketError):
    """This client collects the ticket already: a second reader would take messages from the first one."""


class LostTicketError(TicketError):
    """The server has nothing for the ticket (any more), and will not have it again."""


class RestartedTicketError(LostTicketError):
    """The app was restarted since the job was detached, and its jobs are gone with it."""


class CollectedTicketError(LostTicketError):
    """The server knows the session of the ticket, but has no message of its job: somebody else has read them."""


class MissingPackageError(GradlinkError, ImportError):
    """What was asked for needs a package that is not installed; the text says how to install it."""


class ProtocolError(GradlinkError, ValueError):
    """The server sent something that gradlink does not support."""


class AnswerTooLargeError(ProtocolError):
    """An answer or a message of the server is larger than the client accepts; it was not read any further.

    Attributes:
        limit: bytes that it may have, after decoding; 0 by default.
        option: the client's option that sets the limit, "" by default.
    """

    def __init__(self, *args: object, limit: int = 0, option: str = "", **facts: Unpack[ErrorFacts]) -> None:
        super().__init__(*args, **facts)
        self.limit = limit
        self.option = option


class HubError(TransportError):
    """The Hugging Face Hub refused a request, or cannot be reached.

    Attributes:
        code: what the Hub calls the refusal, such as "RepoNotFound"; None, the default, if it does not say.
    """

    def __init__(self, *args: object, code: str | None = None, **facts: Unpack[ErrorFacts]) -> None:
        super().__init__(*args, **facts)
        self.code = code


class HubRateLimitError(HubError, TooManyRequestsError):
    """The Hugging Face Hub limits the rate of requests (HTTP 429)."""

    def __init__(
        self,
        *args: object,
        code: str | None = None,
        retry_after: float | None = None,
        **facts: Unpack[ErrorFacts],
    ) -> None:
        super().__init__(*args, code=code, **facts)
        self.retry_after = retry_after


class HubAuthenticationError(HubError, AuthenticationError):
    """The Hugging Face Hub requires a token, or refuses the one it was given."""


class SpaceNotFoundError(HubError, NotFoundError, ValueError):
    """The Hub shows the caller no Space of this name: it does not exist, or it is private.

    Attributes:
        space_id: the name that was asked for, "" by default.
        asked_with_token: the Hub was asked with a token, so the token's account cannot see such a Space either; False
            by default.
    """

    def __init__(
        self,
        *args: object,
        code: str | None = None,
        space_id: str = "",
        asked_with_token: bool = False,
        **facts: Unpack[ErrorFacts],
    ) -> None:
        super().__init__(*args, code=code, **facts)
        self.space_id = space_id
        self.asked_with_token = asked_with_token


class SpaceNotRunningError(GradlinkError, ValueError):
    """A Space does not run, and waiting would not help or did not help.

    Attributes ("" by default):
        space_id: the Space's name.
        stage: where it stands, a value of :class:`gradlink.SpaceStage`.
        link: the page on the Hub where its state and its logs are shown.
    """

    def __init__(
        self, *args: object, space_id: str = "", stage: str = "", link: str = "", **facts: Unpack[ErrorFacts]
    ) -> None:
        super().__init__(*args, **facts)
        self.space_id = space_id
        self.stage = stage
        self.link = link


class SpaceDuplicationError(HubError):
    """The Hub refused to duplicate a Space, or to set the copy up."""


class SerializationSetupError(GradlinkError, ValueError):
    """Kept for programs that catch it; gradlink has no serializers and never raises it."""
