"""Nothing that an app does makes a call, or connecting, last longer than its limit; and nothing is read for nobody."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from gradlink import (
    ConnectTimeoutError,
    GradlinkError,
    JobTimeoutError,
    StreamSilentError,
    Timeout,
    TransportError,
    handle_file,
)
from tests.hostile.attacks import ATTACKS, KINDS, PLACES, Attack
from tests.hostile.playing import Hostile
from tests.live.shells import Shell

SHORT = 0.4
SILENT = 1.0
# What hangs does so for ever: this is not a claim of how long an end takes.
HANG_SECONDS = 60.0
# How long an AsyncClient that closes waits for a cancel to be sent, which none of these apps answers.
CANCEL_SECONDS = 0.2
SLOW = [kind for kind, (_, ends_with) in KINDS.items() if ends_with == "limit"]


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("gradlink._async.connection.CANCEL_SECONDS", CANCEL_SECONDS)


def ends(meet: Callable[[Attack], object], attacks: list[Attack]) -> dict[str, Any]:
    """Meet all ``attacks`` at once and return what each raises, by its place; fails if one does not end."""
    errors: dict[str, Any] = {}

    def run(attack: Attack) -> None:
        try:
            meet(attack)
        except Exception as exc:  # is what it returns
            errors[attack.place] = exc
        else:
            errors[attack.place] = None

    threads = [threading.Thread(target=run, args=(attack,), daemon=True) for attack in attacks]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(HANG_SECONDS)
    assert [thread for thread in threads if thread.is_alive()] == [], "it does not end"
    return errors


def call(client: Any, attack: Attack, **options: Any) -> Any:
    """Make the call that meets the attack."""
    argument: Any = handle_file(b"content") if attack.met_by == "/up" else "x"
    return client.predict(argument, api_name=attack.met_by, **options)


def left(hostile: Hostile, attack: Attack, before: int) -> None:
    """Wait until every request that was attacked, after the first ``before`` ones, was given up by the client."""
    until = time.monotonic() + HANG_SECONDS
    while any(asked["ended"] is None for asked in hostile.asked(attack.name)[before:]):
        assert time.monotonic() < until, "the connection is still open"


@pytest.mark.parametrize("kind", SLOW)
def test_a_limit_ends_it(hostile: Hostile, connect: Shell, kind: str) -> None:
    """Each of slow head, slow body, endless informational answers and silence, at all seven places at once."""
    before = {name: len(hostile.asked(name)) for name in ATTACKS}

    def meet(attack: Attack) -> None:
        limits = Timeout(connect=SHORT) if attack.met_by == "connect" else Timeout(total=SHORT)
        with connect(hostile.app(attack.name), timeout=limits) as client:
            call(client, attack)

    errors = ends(meet, [ATTACKS[f"{kind}@{place}"] for place in PLACES])
    shown = {place: (type(error), error.phase, error.seconds) for place, error in errors.items()}
    connecting = dict.fromkeys(("config", "info"), (ConnectTimeoutError, "connect", SHORT))
    calling = {place: (JobTimeoutError, "total", SHORT) for place in PLACES if place not in connecting}
    assert shown == connecting | calling
    for place in PLACES:
        attack = ATTACKS[f"{kind}@{place}"]
        left(hostile, attack, before[attack.name])


@pytest.mark.parametrize("kind", SLOW)
def test_without_a_limit_of_the_call_the_exchange_has_one(
    hostile: Hostile, connect: Shell, kind: str
) -> None:
    """That of silence is a floor of progress as well: a byte now and then is none."""
    options = {"httpx_kwargs": {"timeout": SILENT}, "timeout": Timeout(idle=SILENT), "retries": 0}

    def meet(attack: Attack) -> None:
        with connect(hostile.app(attack.name), **options) as client:
            call(client, attack)

    # A function that is called without the queue may take as long as it likes to begin its answer.
    places = ["join", "upload", "file", "stream", *(["run"] if kind == "slow-body" else [])]
    errors = ends(meet, [ATTACKS[f"{kind}@{place}"] for place in places])
    assert {place for place in places if not isinstance(errors[place], TransportError)} == set()
    assert isinstance(errors["stream"], StreamSilentError)


@pytest.mark.parametrize("place", ["join", "upload", "run"])
def test_nothing_waits_for_a_job_that_was_cancelled(
    hostile: Hostile, connect: Shell, place: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    # How long a join that is on its way may take to be answered, so that the server can be told.
    monkeypatch.setattr("gradlink._sync.performer.LATE_JOIN_SECONDS", SHORT)
    monkeypatch.setattr("gradlink._async.performer.LATE_JOIN_SECONDS", SHORT)
    attack = ATTACKS[f"slow-body@{place}"]
    before = len(hostile.asked(attack.name))
    with connect(hostile.app(attack.name)) as client:
        argument: Any = handle_file(b"content") if place == "upload" else "x"
        job = client.submit(argument, api_name=attack.met_by)
        until = time.monotonic() + HANG_SECONDS
        while not any(asked["sent"] for asked in reached(hostile, attack, before)):
            assert time.monotonic() < until
        assert job.cancel()
        left(hostile, attack, before)


def reached(hostile: Hostile, attack: Attack, before: int) -> list[dict[str, Any]]:
    """Return the requests that came to where the attack is."""
    part = {"join": "/queue/join", "upload": "/upload", "run": "/run/"}[attack.place]
    return [asked for asked in hostile.asked(attack.name)[before:] if part in asked["path"]]


def test_one_limit_does_not_wait_for_the_cancel_of_another(hostile: Hostile, connect: Shell) -> None:
    attack = ATTACKS["silence@join"]
    with connect(hostile.app(attack.name)) as client:
        jobs = [client.submit("x", api_name="/echo", timeout=SHORT) for _ in range(20)]
        errors = [job.exception(timeout=HANG_SECONDS) for job in jobs]
    assert {type(error) for error in errors} == {JobTimeoutError}


def test_a_slow_download_that_goes_on_is_not_cut(hostile: Hostile, connect: Shell) -> None:
    """At a hundred times the floor it takes several times the limit of silence, and is no less welcome."""
    with connect(hostile.app("steady@file"), httpx_kwargs={"timeout": SILENT}) as client:
        assert Path(client.predict("x", api_name="/file")).stat().st_size == 40_000


def test_the_error_names_what_was_waited_for(hostile: Hostile, connect: Shell) -> None:
    said = r"slow-body@config/config did not answer in time: the limit of 0\.4 s for connecting ran out; Timeout\(connect"
    with (
        pytest.raises(GradlinkError, match=said),
        connect(hostile.app("slow-body@config"), timeout=Timeout(connect=SHORT)),
    ):
        pass
