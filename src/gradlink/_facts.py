"""Where an outer layer adds to an error what only it knows."""

from __future__ import annotations

from typing import TypeVar, Unpack

from gradlink.errors import ErrorFacts, GradlinkError

ErrorT = TypeVar("ErrorT", bound=GradlinkError)


def with_facts(error: ErrorT, *, cause: BaseException | None = None, **facts: Unpack[ErrorFacts]) -> ErrorT:
    """Return ``error`` itself, with these facts in place of those that it was made with.

    An error gets its facts where it is made. This is only for facts known further out: how often a request was
    made, which endpoint it was for, whether anything had been sent before. Nothing else writes to an error.

    Args:
        cause: the cause of an error that is not raised but given to a job, without a ``raise ... from``;
            None leaves it as it is.
    """
    for name, fact in facts.items():
        setattr(error, name, fact)
    if cause is not None:
        error.__cause__ = cause
    return error
