"""Errors as callers see them: with their own line, and without the ways that an error takes inside."""

from __future__ import annotations

import functools
import logging
from collections.abc import Callable, Coroutine
from typing import Any, ParamSpec, TypeVar

from gradlink._facts import without_insides
from gradlink.errors import GradlinkError

P = ParamSpec("P")
T = TypeVar("T")

_log = logging.getLogger("gradlink")


def public(method: Callable[P, T]) -> Callable[P, T]:
    """Return ``method``, a public one, whose errors have one frame of gradlink and a cause of one line.

    A program that logs gradlink at the level DEBUG gets all of it.
    """

    @functools.wraps(method)
    def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return method(*args, **kwargs)
        except GradlinkError as error:
            raise _shown(error)

    return call


def public_async(method: Callable[P, Coroutine[Any, Any, T]]) -> Callable[P, Coroutine[Any, Any, T]]:
    """Return the coroutine function ``method`` with such errors."""

    @functools.wraps(method)
    async def call(*args: P.args, **kwargs: P.kwargs) -> T:
        try:
            return await method(*args, **kwargs)
        except GradlinkError as error:
            raise _shown(error)

    return call


def _shown(error: GradlinkError) -> GradlinkError:
    return error if _log.isEnabledFor(logging.DEBUG) else without_insides(error)
