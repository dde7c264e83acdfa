"""Errors are of the classes and have the words that programs test for, and keep all that gradlink knows of them."""

from __future__ import annotations

import copy
import pickle
import sys
from collections.abc import Callable
from functools import partial
from typing import Any

import httpx
import httpx2
import pytest
from hypothesis import given
from hypothesis import strategies as st

from gradlink import errors
from gradlink._protocol.replies import HIDDEN
from gradlink._shell.networkerror import failure_of
from gradlink.compat._classes import as_both
from gradlink.compat._translating import translated, translated_connect, translating
from gradlink.compat.client import Client
from gradlink.errors import GradlinkError

KINDS: list[type[GradlinkError]] = [
    kind
    for kind in vars(errors).values()
    if isinstance(kind, type) and issubclass(kind, GradlinkError) and kind.__module__ == errors.__name__
]
SRC = "http://app.example/"


def of_httpx(error: BaseException) -> set[str]:
    return {base.__name__ for base in type(error).__mro__ if base.__module__.partition(".")[0] == "httpx"}


# What programs catch or look for -> the error of a call, and what str() of it begins with.
OF_CALLS: list[tuple[GradlinkError, str | None, str]] = [
    (errors.AppError(f"/f: {HIDDEN}"), None, "The upstream Gradio app has raised an exception: /f: "),
    (errors.AppError("Out of paint"), None, "Out of paint"),
    (errors.QueueError("/f: full"), None, "Queue is full! Please try again: /f: full"),
    (errors.FileTooLargeError("big"), None, "The file exceeds the maximum file size: big"),
    (errors.EndpointError("no /g"), None, "Cannot find a function with `api_name` or `fn_index`: no /g"),
    (errors.InvalidAPIEndpointError("private"), None, "This endpoint is not valid for the API: private"),
    (errors.ArgumentError("wrong"), None, "wrong"),
    (errors.ConnectError("down", url=SRC), "ConnectError", "down"),
    (errors.ConnectTimeoutError("slow"), "ConnectTimeout", "slow"),
    (errors.ConnectTimeoutError("slow"), "ReadTimeout", "slow"),
    (errors.StreamSilentError("silent"), "ReadTimeout", "silent"),
    (errors.JobTimeoutError("late"), "ReadTimeout", "late"),
    (errors.StreamLostError("lost"), "RemoteProtocolError", "lost"),
    (errors.DownloadInterruptedError("half"), "ReadError", "half"),
    (errors.ResponseError("500", status=500), "HTTPStatusError", "500"),
    (errors.TooManyRequestsError("429"), "HTTPStatusError", "Too many requests to the API, please try again later: 429"),
    (errors.HubError("hub"), None, "hub"),
]  # fmt: skip


@pytest.mark.parametrize(
    ("error", "expected", "text"), OF_CALLS, ids=[f"{type(case[0]).__name__}-{case[1]}" for case in OF_CALLS]
)
def test_the_error_of_a_call(error: GradlinkError, expected: str | None, text: str) -> None:
    fitting = translated(error)
    assert isinstance(fitting, type(error))
    assert str(fitting).startswith(text)
    if expected is None:
        assert of_httpx(fitting) == set()
    else:
        assert expected in of_httpx(fitting)
        assert isinstance(fitting, httpx.HTTPError)


@pytest.mark.parametrize(
    ("error", "text"),
    [
        (errors.NotFoundError("no app"), f"Could not fetch config for {SRC}: no app"),
        (errors.ResponseError("502"), f"Could not fetch config for {SRC}: 502"),
        (errors.ProtocolError("broken"), f"Could not fetch config for {SRC}: broken"),
        (errors.QueueError("503"), f"Could not fetch config for {SRC}: 503"),
        (
            errors.AuthenticationError("the login: refused"),
            "Could not load, as credentials were not provided",
        ),
        (errors.AuthenticationError("the login: x/login refused y"), f"Could not login to {SRC}: "),
        (errors.SpaceNotFoundError("none"), f"Could not find Space: {SRC}: none"),
        (
            errors.SpaceNotRunningError("paused", stage="PAUSED"),
            "The current space is in the invalid state: PAUSED",
        ),
    ],
)
def test_an_app_that_does_not_answer_as_one_is_a_value_error(error: GradlinkError, text: str) -> None:
    fitting = translated_connect(error, SRC)
    assert isinstance(fitting, ValueError)
    assert isinstance(fitting, type(error))
    assert not isinstance(fitting, httpx.HTTPError)
    assert str(fitting).startswith(text)


def test_an_address_that_is_none_is_a_value_error() -> None:
    with pytest.raises(ValueError, match=r"^'no address' is not the URL of a Gradio app") as caught:
        Client("no address", verbose=False)
    assert isinstance(caught.value, errors.ArgumentError)
    assert not isinstance(translated_connect(errors.ArgumentError("Client() has no option"), SRC), ValueError)


@pytest.mark.parametrize("error", [errors.ConnectError("down"), errors.ConnectTimeoutError("slow")])
def test_an_app_that_is_not_there_is_an_error_of_the_network(error: GradlinkError) -> None:
    fitting = translated_connect(error, SRC)
    assert isinstance(fitting, httpx.TransportError)
    assert not isinstance(fitting, ValueError)


def test_what_has_broken_is_named_as_httpx_names_it() -> None:
    for name in ["ReadTimeout", "WriteError", "RemoteProtocolError", "PoolTimeout", "ReadError"]:
        error = errors.TransportError("broke")
        error.__cause__ = failure_of(getattr(httpx2, name)("x"))
        assert name in of_httpx(translated(error))
    error = errors.TransportError("broke")
    error.__cause__ = OSError("x")
    assert "ReadError" in of_httpx(translated(error))


def test_an_error_of_httpx_has_its_request_and_its_answer() -> None:
    error: Any = translated(errors.ResponseError("500", status=503, url=SRC, server_text="busy"))
    assert (error.response.status_code, error.response.text, str(error.request.url)) == (503, "busy", SRC)
    nameless: Any = translated(errors.ResponseError("500"))
    assert nameless.response.status_code == 500
    with pytest.raises(RuntimeError):
        _ = nameless.request


def test_without_httpx_the_errors_are_those_of_gradlink(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "httpx", None)
    error = errors.ConnectError("down")
    assert translated(error) is error


def pickled(error: GradlinkError) -> Any:
    return pickle.loads(pickle.dumps(error))  # noqa: S301 - made a moment ago


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("again", [copy.copy, copy.deepcopy, pickled])
def test_a_translated_error_keeps_its_facts(kind: Any, again: Any) -> None:
    cause = OSError("x")
    given = kind("text", endpoint="/f", url=SRC, status=418, execution="failed", logs=("said",))
    given.__cause__ = cause
    ways: list[Callable[[GradlinkError], GradlinkError]] = [translated, partial(translated_connect, src=SRC)]
    for translate in ways:
        fitting = translate(given)
        assert isinstance(fitting, kind)
        assert {**vars(fitting), "message": ""} == {**vars(given), "message": ""}
        assert fitting.__cause__ is cause
        assert translate(fitting) is fitting
        copied = again(fitting)
        assert (type(copied), str(copied), vars(copied)) == (type(fitting), str(fitting), vars(fitting))


def test_the_message_of_an_app_error_is_its_text() -> None:
    error = translated(errors.AppError(f"/f: {HIDDEN}", title="Oh"))
    assert isinstance(error, errors.AppError)
    assert (error.message, error.title) == (str(error), "Oh")


@given(st.text(max_size=50))
def test_any_text_stays_in_the_error(text: str) -> None:
    error = translated(errors.QueueError(text))
    assert error.args[0].endswith(text)


def test_the_class_of_two_is_made_once() -> None:
    assert as_both(errors.ConnectError, (httpx.ConnectError,)) is as_both(
        errors.ConnectError, (httpx.ConnectError,)
    )
    made = as_both(errors.ConnectError, (httpx.ConnectError,))
    assert (made.__name__, made.__module__) == ("ConnectError", "gradlink.errors")


def test_the_traceback_of_a_translated_error_begins_where_it_was_raised() -> None:
    def fail() -> None:
        raise errors.QueueError("full")

    with pytest.raises(errors.QueueError, match=r"^Queue is full") as caught, translating():
        fail()
    assert "fail" in [entry.name for entry in caught.traceback]
    assert caught.value.__suppress_context__
    with pytest.raises(errors.ArgumentError) as plain, translating():
        raise errors.ArgumentError("wrong")
    assert plain.value.__context__ is None
