"""Errors of gradlink with the classes and the words that programs for gradio_client test for; each keeps all its facts."""

from __future__ import annotations

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Any

from gradlink._facts import in_class
from gradlink._protocol.replies import HIDDEN
from gradlink.compat._classes import as_both, httpx_classes, is_translated
from gradlink.errors import (
    AnswerTooLargeError,
    AppError,
    AuthenticationError,
    EndpointError,
    FileTooLargeError,
    GradlinkError,
    InvalidAPIEndpointError,
    ProtocolError,
    QueueError,
    ResponseError,
    SpaceNotFoundError,
    SpaceNotRunningError,
    TooManyRequestsError,
    TransportError,
)


def translated(error: GradlinkError) -> GradlinkError:
    """Return the error of a call as programs for gradio_client expect it: of its class, and of theirs, with their words.

    An error that they know as it is is returned itself.
    """
    if is_translated(error):
        return error
    return _made(error, _words_of_call(error), httpx_classes(error))


def translated_connect(error: GradlinkError, src: str) -> GradlinkError:
    """Return the same for an error of connecting to the app ``src``."""
    if is_translated(error):
        return error
    bases = httpx_classes(error) if _is_of_network(error) else ()
    is_no_app = _is_answer(error) or str(error).startswith(f"{src!r} is not")
    if is_no_app and not isinstance(error, ValueError):
        bases = (ValueError, *bases)
    return _made(error, _words_of_connecting(error, src), bases)


@contextmanager
def translating() -> Generator[None]:
    """Translate the errors of a call that are raised inside."""
    try:
        yield
    except GradlinkError as error:
        fitting = translated(error)
        if fitting is error:
            raise
        raise fitting from error.__cause__


def _made(error: GradlinkError, words: str | None, bases: tuple[type[BaseException], ...]) -> GradlinkError:
    """Return an error like ``error`` that is an instance of ``bases`` too, and begins with ``words``."""
    if words is None and not bases and not isinstance(error, AppError):
        return error
    text = str(error.args[0]) if error.args else ""
    if words is not None and isinstance(error, AppError):
        text = str(error)  # where the app says nothing, ours is all there is
    return in_class(error, as_both(type(error), bases), f"{words}: {text}" if words else text)


def _is_of_network(error: GradlinkError) -> bool:
    return isinstance(error, TransportError) and not isinstance(error, (ResponseError, SpaceNotFoundError))


def _is_answer(error: GradlinkError) -> bool:
    """Tell whether a server has answered with what no app says; the limit of its requests has a class of its own."""
    if isinstance(error, TooManyRequestsError):
        return False
    return isinstance(error, (ResponseError, ProtocolError, QueueError))


_UPSTREAM = "The upstream Gradio app has raised an exception"
_QUEUE = "Queue is full! Please try again"
_SIZE = "The file exceeds the maximum file size"
_RATE = "Too many requests to the API, please try again later"
_PRIVATE = "This endpoint is not valid for the API"
_NAME = "Cannot find a function with `api_name` or `fn_index`"
_CONFIG = "Could not fetch config for"
_LOGIN = "Could not login to"
_CREDENTIALS = "Could not load, as credentials were not provided or are wrong"
_SPACE = "Could not find Space"
_STATE = "The current space is in the invalid state"

_OF_CALLS: list[tuple[type[GradlinkError], str, Callable[[Any], bool] | None]] = [
    (AppError, _UPSTREAM, lambda error: HIDDEN in error.message),
    (QueueError, _QUEUE, None),
    (FileTooLargeError, _SIZE, None),
    (TooManyRequestsError, _RATE, None),
    (InvalidAPIEndpointError, _PRIVATE, None),
    (EndpointError, _NAME, lambda error: error.endpoint is None and error.status is None),
]


def _words_of_call(error: GradlinkError) -> str | None:
    for kind, words, applies in _OF_CALLS:
        if isinstance(error, kind):
            return words if applies is None or applies(error) else None
    return None


def _words_of_connecting(error: GradlinkError, src: str) -> str | None:
    match error:
        case SpaceNotFoundError():
            return f"{_SPACE}: {src}"
        case SpaceNotRunningError():
            return f"{_STATE}: {error.stage}"
        case AuthenticationError():
            return f"{_LOGIN} {src}" if "login refused" in str(error) else _CREDENTIALS
        case TooManyRequestsError():
            return _RATE
        case AnswerTooLargeError() | ResponseError() | ProtocolError() | QueueError():
            return f"{_CONFIG} {src}"
        case _:
            return None
