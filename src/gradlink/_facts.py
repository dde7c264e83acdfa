"""Where an outer layer adds to an error what only it knows, and gives it another class."""

from __future__ import annotations

from collections.abc import Generator
from contextlib import contextmanager
from typing import TypeVar, Unpack

from gradlink.errors import AppError, ErrorFacts, GradlinkError

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


def with_hint(error: AppError, hint: str) -> AppError:
    """Return ``error`` itself, which now says what was probably meant by the arguments of its call."""
    error.hint = hint
    return error


@contextmanager
def before_sending() -> Generator[None]:
    """Say of the errors that are raised inside that the function did not run, where they do not say it themselves."""
    try:
        yield
    except GradlinkError as exc:
        with_facts(exc, execution=exc.execution or "not started")
        raise


def without_insides(error: ErrorT) -> ErrorT:
    """Return ``error`` itself, without the frames that it has come through; its cause is shown without its own ones.

    What a cause was caused by can still be found, as its ``__context__``.
    """
    cause = error.__cause__
    if cause is not None:
        cause.__traceback__ = None
        if cause.__cause__ is not None:
            cause.__context__, cause.__cause__ = cause.__cause__, None
        cause.__suppress_context__ = True
    return error.with_traceback(None)


def in_class(error: GradlinkError, kind: type[ErrorT], text: str) -> ErrorT:
    """Return an error like ``error``, with all its facts, its cause and its traceback, but of ``kind`` and with ``text``.

    ``kind`` is a subclass of the class of ``error``.
    """
    made = kind(text, *error.args[1:])
    for name, fact in vars(error).items():
        setattr(made, name, text if name == "message" else fact)
    made.__cause__, made.__context__ = error.__cause__, error.__context__
    made.__suppress_context__ = error.__suppress_context__
    return made.with_traceback(error.__traceback__)
