"""Doing something again after a pause, as long as that can do no harm."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import TypeVar

from gradlink._facts import with_facts
from gradlink._io import Flow, pause
from gradlink._protocol.policy import Retries, may_repeat
from gradlink._text import one_line
from gradlink.errors import GradlinkError

_log = logging.getLogger("gradlink.connection")

T = TypeVar("T")


def tell_again(seconds: float, attempt: int, error: GradlinkError) -> None:
    """Log that what failed with ``error`` is tried again, for the time number ``attempt``."""
    _log.info("trying again within %.1f s, for the time number %d: %s", seconds, attempt, one_line(error))


def pause_before(retries: Retries, attempt: int) -> Flow[None]:
    """Wait before something is done for the time number ``attempt`` + 1."""
    longest = min(retries.base_seconds * 2 ** max(attempt - 1, 0), retries.cap_seconds)
    yield from pause(0.0, longest)


def retrying(
    retries: Retries, make: Callable[[], Flow[T]], repeatable: Callable[[GradlinkError], bool] = may_repeat
) -> Flow[T]:
    """Return the result of ``make()``, made again while ``retries`` and ``repeatable`` allow it.

    The error that is raised at last says in ``attempts`` how often it was tried.
    """
    attempt = 0
    slept = 0.0
    while True:
        attempt += 1
        try:
            return (yield from make())
        except GradlinkError as exc:
            with_facts(exc, attempts=attempt)
            bounds = retries.pause(attempt, exc) if repeatable(exc) else None
            if bounds is None or slept + bounds[0] > retries.budget_seconds:
                raise
            longest = min(bounds[1], max(retries.budget_seconds - slept, bounds[0]))
            tell_again(longest, attempt, exc)
        slept += yield from pause(bounds[0], longest)
