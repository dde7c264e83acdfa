"""What a failure of the network means."""

from __future__ import annotations

import logging
import ssl

import httpcore2
import httpx2

from gradlink._engine.failures import unsendable
from gradlink._facts import with_facts
from gradlink._local.partial import PartialDownload
from gradlink._protocol.routes import without_credentials
from gradlink._shell.attempts import Attempt
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

# What the network stream of a WebSocket raises, which httpx2 has handed over with its own names.
SOCKET_ERRORS = (httpcore2.NetworkError, httpcore2.TimeoutException)


def lost_stream(cause: TransportError) -> StreamLostError:
    """Return what a broken connection means for the jobs on a stream."""
    text = f"the stream of messages broke: {cause}"
    origin = cause.__cause__
    if isinstance(origin, httpx2.ReadTimeout):
        silent = StreamSilentError(text, seconds=_limit_of(origin, "read"), url=cause.url)
        return with_facts(silent, cause=cause)
    return with_facts(StreamLostError(text, url=cause.url), cause=cause)


def unread(exc: Exception, *, opened: bool) -> GradlinkError:
    """Return what ended the reading of a stream; ``opened`` tells whether the stream was there."""
    if isinstance(exc, TransportError):
        # A server that is silent is not asked again.
        return lost_stream(exc) if opened or isinstance(exc.__cause__, httpx2.ReadTimeout) else exc
    if isinstance(exc, GradlinkError):
        return exc
    _log.error("the reader of a stream failed", exc_info=exc)
    return GradlinkError(f"gradlink failed while it read the stream of messages: {exc!r}")


def _limit_of(exc: httpx2.TimeoutException, what: str) -> float:
    """Return the seconds of the limit that ran out, 0 if they are no longer known."""
    try:
        seconds = exc.request.extensions["timeout"][what]
    except (RuntimeError, KeyError):
        return 0.0
    return float(seconds or 0)


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
    exc: Exception, url: str, attempt: Attempt | None = None, *, time_left: bool = True
) -> TransportError:
    """Return the gradlink error for an error of httpx2; without ``time_left`` no other try is made."""
    shown = without_credentials(url)
    reason = _reason(exc)
    if isinstance(exc, (httpx2.ConnectError, httpx2.ConnectTimeout)):
        return _connect_error(exc, shown, reason, time_left=time_left)
    execution: Execution | None = None
    if attempt is not None:
        execution = "unknown" if attempt.sent else "not started"
    if isinstance(exc, httpx2.TimeoutException):
        text = f"{shown} did not answer in time: {reason}"
    else:
        text = f"the exchange with {shown} broke: {reason}"
    return TransportError(text, url=shown, execution=execution)


def _reason(exc: BaseException) -> str:
    """Return the first text among ``exc`` and its causes: trio wraps what OpenSSL says in errors without one."""
    cause: BaseException | None = exc
    while cause is not None and not str(cause):
        cause = cause.__cause__ or cause.__context__
    return type(exc).__name__ if cause is None else str(cause)


def _connect_error(exc: BaseException, shown: str, reason: str, *, time_left: bool) -> ConnectError:
    text = f"no connection to {shown}: {reason}"
    transient = time_left and not _is_distrust(exc)
    facts: ErrorFacts = {"url": shown, "execution": "not started"}
    if isinstance(exc, httpx2.ConnectTimeout):
        return ConnectTimeoutError(text, transient=transient, seconds=_limit_of(exc, "connect"), **facts)
    return ConnectError(text, transient=transient, **facts)


def _is_distrust(exc: BaseException) -> bool:
    """Tell whether the server's certificate is not trusted."""
    cause: BaseException | None = exc
    while cause is not None:
        if isinstance(cause, ssl.SSLCertVerificationError):
            return True
        cause = cause.__cause__ or cause.__context__
    return False


def interrupted(exc: Exception, url: str, partial: PartialDownload) -> DownloadInterruptedError:
    """Return the error for a download that broke after ``partial`` had come."""
    shown = without_credentials(url)
    return DownloadInterruptedError(
        f"the download of {shown} broke after {partial.size:,} bytes: {exc}",
        received=partial.size,
        partial=partial,
        url=shown,
    )
