"""How long a call may take, and what may be repeated."""

from __future__ import annotations

from typing import Any

import pytest

from gradlink import (
    AppError,
    ArgumentError,
    ConnectError,
    FileTooLargeError,
    GradlinkError,
    NotFoundError,
    QueueError,
    RedirectError,
    ResponseError,
    TooManyRequestsError,
    TransportError,
    ValidationError,
)
from gradlink._protocol.policy import (
    DEFAULT_RETRIES,
    DEFAULT_TIMEOUT,
    Retries,
    Timeout,
    as_retries,
    as_timeout,
    is_retryable_read,
    may_reopen,
    may_repeat,
)


def test_without_limits_only_connecting_and_silence_have_some() -> None:
    assert Timeout() == Timeout(connect=15.0, upload=None, queue=None, run=None, idle=60.0, total=None)
    assert not Timeout().watches
    assert not Timeout(connect=1, idle=1).watches


@pytest.mark.parametrize("phase", ["upload", "queue", "run", "total"])
def test_each_phase_may_have_a_limit(phase: Any) -> None:
    timeout = Timeout(**{phase: 5})
    assert timeout.limit_of(phase) == 5
    assert timeout.watches
    assert Timeout().limit_of(phase) is None


@pytest.mark.parametrize("wrong", [0, -1, "5", True, [5]])
def test_a_limit_is_a_number_above_0(wrong: Any) -> None:
    with pytest.raises(ArgumentError) as e:
        Timeout(run=wrong)
    assert str(e.value) == f"timeout: run is a number of seconds above 0 or None, not {wrong!r}"


def test_a_number_limits_the_whole_call() -> None:
    default = Timeout(connect=1, idle=2, run=3)
    assert as_timeout(5, default) == Timeout(connect=1, idle=2, total=5)
    assert as_timeout(None, default) is default
    assert as_timeout(Timeout(run=1), default) == Timeout(run=1)
    with pytest.raises(
        ArgumentError, match=r"^timeout: total is a number of seconds above 0 or None, not '5'$"
    ):
        as_timeout("5", DEFAULT_TIMEOUT)  # type: ignore[arg-type]


def test_a_number_is_the_count_of_retries() -> None:
    assert as_retries(0, DEFAULT_RETRIES) == Retries(count=0)
    assert as_retries(None, DEFAULT_RETRIES) is DEFAULT_RETRIES
    assert as_retries(Retries(count=9), DEFAULT_RETRIES) == Retries(count=9)


@pytest.mark.parametrize("wrong", [-1, True, False])
def test_a_count_is_a_number_from_0(wrong: Any) -> None:
    with pytest.raises(ArgumentError) as e:
        as_retries(wrong, DEFAULT_RETRIES)
    assert str(e.value) == f"retries is a number from 0 or a Retries, not {wrong!r}"


@pytest.mark.parametrize("wrong", ["3", 1.5, [3]])
def test_a_count_of_another_type_is_refused(wrong: Any) -> None:
    with pytest.raises(ArgumentError, match=r"^retries is a number from 0 or a Retries, not "):
        as_retries(wrong, DEFAULT_RETRIES)


# What failed; whether a call, a request that changes nothing, and a stream may be tried again.
FAILURES: dict[str, tuple[GradlinkError, bool, bool, bool]] = {
    "no connection": (ConnectError("x"), True, True, True),
    "an unknown certificate": (ConnectError("x", transient=False), False, False, False),
    "a full queue": (QueueError("x", status=503), True, True, True),
    "a rate limit": (TooManyRequestsError("x", status=429), True, True, True),
    "a gateway": (ResponseError("x", status=502), True, True, False),
    "a gateway that waited": (ResponseError("x", status=504), True, True, False),
    "a server that is away": (ResponseError("x", status=503), True, True, True),
    "a server that failed": (ResponseError("x", status=500), False, False, False),
    "nothing there": (NotFoundError("x", status=404), False, False, False),
    "a file too large": (FileTooLargeError("x", status=413), False, False, False),
    "another host": (RedirectError("x"), False, False, False),
    "a broken exchange": (TransportError("x", execution="unknown"), False, True, False),
    "a request that was not sent whole": (TransportError("x", execution="not started"), True, True, True),
    "the app": (AppError("x"), False, False, False),
    "the caller": (ArgumentError("x"), False, False, False),
    "a validator": (ValidationError("x"), False, False, False),
}


@pytest.mark.parametrize("name", FAILURES)
def test_what_surely_had_no_effect_may_be_tried_again(name: str) -> None:
    error, call, reading, stream = FAILURES[name]
    assert (may_repeat(error), is_retryable_read(error), may_reopen(error)) == (call, reading, stream)


def test_pauses_are_drawn_between_bounds() -> None:
    retries = Retries(count=4, base_seconds=1, cap_seconds=3)
    error = ConnectError("x")
    assert [retries.pause(attempt, error) for attempt in range(1, 6)] == [
        (0.0, 1),
        (0.0, 2),
        (0.0, 3),
        (0.0, 3),
        None,
    ]
    busy = TooManyRequestsError("x", retry_after=2.5)
    assert retries.pause(1, busy) == (2.5, 2.5)
    assert retries.pause(3, busy) == (2.5, 3)
