"""What a failure of the network means."""

from __future__ import annotations

import logging
import socket
from collections.abc import Iterator

from gradlink._engine.failures import unsendable
from gradlink._facts import with_facts
from gradlink._local.partial import PartialDownload
from gradlink._protocol.routes import without_credentials
from gradlink._shell.attempts import Attempt
from gradlink._shell.networkerror import NetworkError
from gradlink._shell.trust import late_ssl as ssl
from gradlink.errors import (
    ConnectError,
    ConnectTimeoutError,
    DownloadInterruptedError,
    ErrorFacts,
    Execution,
    GradlinkError,
    StreamLostError,
    StreamSilentError,
    TransportError,
)

_log = logging.getLogger("gradlink.reader")
# What OpenSSL, by its version, calls an answer without TLS.
_PLAIN = {"WRONG_VERSION_NUMBER", "PACKET_LENGTH_TOO_LONG", "RECORD_LAYER_FAILURE"}
# BSD and Windows lack the second, whose number others have given up.
_UNKNOWN = {socket.EAI_NONAME, getattr(socket, "EAI_NODATA", socket.EAI_NONAME)}


def lost_stream(cause: TransportError) -> StreamLostError:
    """Return what a broken connection means for the jobs on a stream."""
    text = f"the stream of messages broke: {cause}"
    origin = cause.__cause__
    if isinstance(origin, NetworkError) and was_silent(cause):
        silent = StreamSilentError(text, seconds=origin.seconds, url=cause.url)
        return with_facts(silent, cause=cause)
    return with_facts(StreamLostError(text, url=cause.url), cause=cause)


def unread(exc: Exception, *, opened: bool) -> GradlinkError:
    """Return what ended the reading of a stream; ``opened`` tells whether the stream was there."""
    if isinstance(exc, TransportError):
        # A server that is silent is not asked again.
        return lost_stream(exc) if opened or was_silent(exc) else exc
    if isinstance(exc, GradlinkError):
        return exc
    _log.error("the reader of a stream failed", exc_info=exc)
    return GradlinkError(f"gradlink failed while it read the stream of messages: {exc!r}")


def was_silent(error: TransportError) -> bool:
    """Tell whether nothing came in time."""
    cause = error.__cause__
    return isinstance(cause, NetworkError) and cause.kind == "ReadTimeout"


def ended_alone(error: Exception, title: str) -> tuple[GradlinkError, bool]:
    """Return what an error means for a job on its own connection, and whether the job may have been accepted."""
    if not isinstance(error, GradlinkError):
        return unsendable(title, error), False
    if isinstance(error, StreamLostError):
        return error, True
    if isinstance(error, TransportError) and error.execution != "not started":
        return lost_stream(error), True
    return error, False


def transport_error(
    failure: NetworkError, url: str, attempt: Attempt | None = None, *, time_left: bool = True
) -> TransportError:
    """Return the error for a failure of the network; without ``time_left`` no other try is made."""
    shown = without_credentials(url)
    if failure.connecting:
        return _connect_error(failure, shown, time_left=time_left)
    execution: Execution | None = None
    if attempt is not None:
        execution = "unknown" if attempt.sent else "not started"
    if failure.kind == "ProxyError":
        text = f"the proxy {failure.proxy or 'in between'} refused to connect to {shown}: {failure}"
    elif failure.timed_out:
        text = f"{shown} did not answer in time: {failure}"
    else:
        text = f"the exchange with {shown} broke: {failure}"
    return TransportError(text, url=shown, execution=execution)


def _connect_error(failure: NetworkError, shown: str, *, time_left: bool) -> ConnectError:
    text = f"no connection to {shown}: {failure}"
    if failure.proxy:
        text = (
            f"no connection to {shown}: the proxy {failure.proxy} cannot be reached ({failure}); it is set by httpx_kwargs or "
            "by a variable such as HTTP_PROXY, and NO_PROXY names the hosts that are reached without it"
        )
    is_distrust, is_plain = _is_distrust(failure), _is_plain(failure)
    if is_distrust:
        text += "; ssl_verify= takes the path of a CA file, an ssl.SSLContext, or False, which checks nothing"
    elif is_plain:
        text += "; what answers there does not speak TLS: an address that begins with http:// may be meant"
    # None of that is otherwise a moment later, and a name that does not exist does not exist then.
    transient = time_left and not (is_distrust or is_plain or _is_unknown_name(failure))
    facts: ErrorFacts = {"url": shown, "execution": "not started"}
    if failure.timed_out:
        return ConnectTimeoutError(text, transient=transient, seconds=failure.seconds, **facts)
    return ConnectError(text, transient=transient, **facts)


def _is_distrust(exc: BaseException) -> bool:
    """Tell whether the server's certificate is not trusted."""
    return any(isinstance(cause, ssl.SSLCertVerificationError) for cause in _causes(exc))


def _is_plain(exc: BaseException) -> bool:
    """Tell whether the server answers without TLS."""
    # One that Python itself raises has no reason.
    return any(
        isinstance(cause, ssl.SSLError) and getattr(cause, "reason", None) in _PLAIN for cause in _causes(exc)
    )


def _is_unknown_name(exc: BaseException) -> bool:
    """Tell whether the host does not exist; a look-up that fails for a moment has another number."""
    return any(isinstance(cause, socket.gaierror) and cause.errno in _UNKNOWN for cause in _causes(exc))


def _causes(exc: BaseException) -> Iterator[BaseException]:
    cause: BaseException | None = exc
    while cause is not None:
        yield cause
        cause = cause.__cause__ or cause.__context__


def interrupted(exc: Exception, url: str, partial: PartialDownload) -> DownloadInterruptedError:
    """Return the error for a download that broke after ``partial`` had come."""
    shown = without_credentials(url)
    return DownloadInterruptedError(
        f"the download of {shown} broke after {partial.size:,} bytes: {exc}",
        received=partial.size,
        partial=partial,
        url=shown,
    )
