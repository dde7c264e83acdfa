"""Exit codes, which scripts can rely on."""

from __future__ import annotations

from concurrent.futures import CancelledError
from typing import Final

from gradlink.errors import (
    AppError,
    ArgumentError,
    AuthenticationError,
    EndpointError,
    FileError,
    ForeignTicketError,
    JobCancelledError,
    JobTimeoutError,
    MalformedTicketError,
    ProtocolError,
    QueueError,
    QuotaExceededError,
    SpaceNotRunningError,
    TooManyRequestsError,
    TransportError,
    ValidationError,
)

OK: Final = 0
FAILED: Final = 1
USAGE: Final = 2
APP_ERROR: Final = 3
VALIDATION: Final = 4
AUTHENTICATION: Final = 5
QUEUE_FULL: Final = 6
CONNECTION: Final = 7
TIMEOUT: Final = 8
CANCELLED: Final = 130
# As a shell reports a program that SIGPIPE ended.
BROKEN_PIPE: Final = 141

# The first that an error is decides: many are several.
_CODES: Final[tuple[tuple[type[BaseException] | tuple[type[BaseException], ...], int], ...]] = (
    ((KeyboardInterrupt, JobCancelledError, CancelledError), CANCELLED),
    (BrokenPipeError, BROKEN_PIPE),
    (AuthenticationError, AUTHENTICATION),
    ((QueueError, QuotaExceededError, TooManyRequestsError), QUEUE_FULL),
    (JobTimeoutError, TIMEOUT),
    (ValidationError, VALIDATION),
    (AppError, APP_ERROR),
    ((ArgumentError, EndpointError, FileError, ForeignTicketError, MalformedTicketError), USAGE),
    ((TransportError, ProtocolError, SpaceNotRunningError), CONNECTION),
    (TimeoutError, TIMEOUT),
)


def exit_code(error: BaseException) -> int:
    """Return the exit code that says what kind of failure ``error`` is."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), FAILED)


def text_of(error: BaseException) -> str:
    """Return what ``error`` says."""
    return str(error) or type(error).__name__
