"""What gradlink logs, on standard error: for ``GRADLINK_LOG=debug``, and for the option --verbose of the command."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

from gradlink._protocol.routes import without_credentials
from gradlink._text import one_line

if TYPE_CHECKING:  # loaded when a call is logged
    from gradlink._shell.calllog import CallLog

LEVELS = {"debug": logging.DEBUG, "info": logging.INFO, "warning": logging.WARNING, "error": logging.ERROR}

_log = logging.getLogger("gradlink.http")
_calls = logging.getLogger("gradlink.calls")
_handlers: list[logging.Handler] = []


def log_to_stderr(level: int) -> None:
    """Write what gradlink logs from ``level`` on to standard error; done again, only the level is changed."""
    logger = logging.getLogger("gradlink")
    logger.setLevel(level)
    if not _handlers:
        handler = logging.StreamHandler()
        handler.setFormatter(logging.Formatter("%(asctime)s.%(msecs)03d %(name)s: %(message)s", "%H:%M:%S"))
        logger.addHandler(handler)
        _handlers.append(handler)


def log_as_wanted(value: str) -> None:
    """Log as the environment variable ``GRADLINK_LOG`` says; what is no level is told, and means "debug"."""
    level = LEVELS.get(value.strip().lower())
    log_to_stderr(logging.DEBUG if level is None else level)
    if level is None:
        logging.getLogger("gradlink").warning(
            "GRADLINK_LOG=%s is not a level; the levels are debug, info, warning, error", one_line(value)
        )


def call_log(title: str, now: float) -> CallLog | None:
    """Return what logs a call of the endpoint ``title`` that is made now, None if nothing is to be logged."""
    if not _calls.isEnabledFor(logging.INFO):
        return None
    from gradlink._shell.calllog import CallLog

    return CallLog(title, now)


def log_answer(method: str, url: str, status: int) -> None:
    """Log a request that was answered, without what may be secret: user, password, query, headers."""
    if _log.isEnabledFor(logging.DEBUG):
        _log.debug("%s %s: %d", one_line(method), one_line(without_credentials(url)), status)
