"""No answer is held that is larger than it may be, packed or not; and what is too large is not read on."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import Any

import pytest

from gradlink import (
    AnswerTooLargeError,
    ArgumentError,
    FileTooLargeError,
    GradlinkError,
    Timeout,
    handle_file,
)
from gradlink._shell.websocket import Frames
from tests.hostile.attacks import ATTACKS, BLOCK, Attack
from tests.hostile.playing import TOP, Hostile
from tests.live.shells import Shell

BOUND = 1 << 20
BOUNDS = {"max_message": BOUND, "max_answer": BOUND, "max_download": BOUND}
BOMBS = [attack for attack in ATTACKS.values() if attack.ends_with == "bound"]
GOOD = [attack for attack in BOMBS if attack.kind != "endless-error"]
ERRORS = [attack for attack in BOMBS if attack.kind == "endless-error" and attack.place != "info"]
# What is not the client's: buffers of both systems, and what the server had written when the client left.
IN_BETWEEN = 16 << 20

# The client, alone in its process. What getrusage() says of a peak includes that of the process that started it.
PROGRAM = """
import json, re, sys
import anyio
from gradlink import AsyncClient, Client, GradlinkError, handle_file

url, met_by, kind, bounds = sys.argv[1], sys.argv[2], sys.argv[3], json.loads(sys.argv[4])
options = dict(verbose=False, retries=0, timeout=60, **bounds)
argument = handle_file(b"content") if met_by == "/up" else "x"

def peak():
    with open("/proc/self/status") as status:
        return int(re.search(r"VmHWM:\\s+(\\d+)", status.read())[1]) << 10

def sync(url):
    with Client(url, **options) as client:
        return None if met_by == "connect" else client.predict(argument, api_name=met_by)

async def acted(url):
    async with AsyncClient(url, **options) as client:
        return None if met_by == "connect" else await client.predict(argument, api_name=met_by)

call = sync if kind == "sync" else lambda url: anyio.run(acted, url)
base = url.rstrip("/").rpartition("/")[0]
met_by, usual = "/echo", met_by
argument, given = "x", argument
call(base + "/honest/")
met_by, argument = usual, given
before = peak()
try:
    call(url)
    name = None
except GradlinkError as exc:
    name = type(exc).__name__
print(json.dumps({"error": name, "grown": peak() - before}))
"""


def peak(url: str, attack: Attack, kind: str, bounds: dict[str, int]) -> dict[str, Any]:
    """Meet the attack in a process of its own; return the error's class and by how much the peak of memory grew."""
    command = [sys.executable, "-c", PROGRAM, url, attack.met_by, kind, json.dumps(bounds)]
    ran = subprocess.run(command, capture_output=True, text=True, cwd=TOP, check=True, timeout=110)
    result: dict[str, Any] = json.loads(ran.stdout)
    return result


def call(client: Any, attack: Attack) -> Any:
    argument: Any = handle_file(b"content") if attack.met_by == "/up" else "x"
    return client.predict(argument, api_name=attack.met_by)


@pytest.mark.parametrize("attack", GOOD, ids=lambda attack: attack.name)
def test_what_is_too_large_is_refused(hostile: Hostile, connect: Shell, attack: Attack) -> None:
    before = len(hostile.asked(attack.name))
    with (
        pytest.raises(FileTooLargeError if attack.place == "file" else AnswerTooLargeError) as caught,
        connect(hostile.app(attack.name), retries=0, timeout=Timeout(total=60), **BOUNDS) as client,
    ):
        call(client, attack)
    if isinstance(caught.value, AnswerTooLargeError):
        described = attack.met_by == "connect"
        assert caught.value.limit == (4 * BOUND if described else BOUND)
        assert caught.value.option == ("max_message" if attack.place in {"run", "stream"} else "max_answer")
        assert f"{caught.value.option}={BOUND:,}" in str(caught.value)
    assert max(asked["sent"] for asked in hostile.asked(attack.name)[before:]) < IN_BETWEEN


@pytest.mark.parametrize("attack", ERRORS, ids=lambda attack: attack.name)
def test_of_the_page_of_an_error_the_beginning_is_enough(
    hostile: Hostile, connect: Shell, attack: Attack
) -> None:
    before = len(hostile.asked(attack.name))
    with (
        pytest.raises(GradlinkError) as caught,
        connect(hostile.app(attack.name), retries=0, timeout=Timeout(total=60), **BOUNDS) as client,
    ):
        call(client, attack)
    assert caught.value.status == (404 if attack.place == "file" else 500)
    assert max(asked["sent"] for asked in hostile.asked(attack.name)[before:]) < IN_BETWEEN


def test_an_endless_error_of_info_is_a_missing_one(hostile: Hostile, connect: Shell) -> None:
    with connect(hostile.app("endless-error@info"), **BOUNDS) as client:
        assert client.predict("x", fn_index=0) == "x"


@pytest.mark.parametrize("kind", ["sync", "async"])
@pytest.mark.parametrize(
    "name", ["gzip-twice@config", "gzip-bomb@stream", "endless@join", "endless-error@file"]
)
def test_memory_stays_within_the_bound(hostile: Hostile, kind: str, name: str) -> None:
    found = peak(hostile.app(name), ATTACKS[name], kind, BOUNDS)
    assert found["error"] in {"AnswerTooLargeError", "NotFoundError"}
    assert found["grown"] < 4 * BOUND + (50 << 20)


def test_what_fills_up_a_whole_answer_is_not_read(hostile: Hostile, connect: Shell) -> None:
    honest = "http://x/honest"
    from tests.hostile.app import config

    url = hostile.script(config_text=json.dumps(config(honest)) + " " * (6 * BOUND))
    with connect(url, **BOUNDS) as client:
        assert client.predict("x", api_name="/echo") == "x"


def test_a_result_may_be_as_large_as_a_message(hostile: Hostile, connect: Shell) -> None:
    text = "x" * (3 * BLOCK)
    with connect(hostile.app("honest"), max_answer=BLOCK, max_message=4 * BLOCK) as client:
        assert client.predict(text, api_name="/run") == text
        assert client.predict(text, api_name="/echo") == text


def test_bounds_can_be_lifted(hostile: Hostile, connect: Shell) -> None:
    with connect(hostile.app("honest"), max_answer=None, max_message=None, max_download=None) as client:
        assert client.predict("x", api_name="/echo") == "x"


@pytest.mark.parametrize("option", ["max_message", "max_answer", "max_download"])
@pytest.mark.parametrize("wrong", [0, -1, True, "1 MB", 1.5])
def test_a_bound_that_is_none_is_refused(hostile: Hostile, connect: Shell, option: str, wrong: Any) -> None:
    with pytest.raises(ArgumentError, match=f"^{option} is a number of bytes from 1 or None, not "):  # noqa: SIM117
        with connect(hostile.app("honest"), **{option: wrong}):
            pass


def test_a_message_on_a_socket_is_bounded_in_all_its_parts() -> None:
    frames = Frames(max_message=1000)
    begin = b"\x01\x7e" + (600).to_bytes(2, "big") + b"x" * 600
    more = b"\x00\x7e" + (600).to_bytes(2, "big") + b"x" * 600
    assert frames.receive(begin) == ([], b"")
    with pytest.raises(
        AnswerTooLargeError, match=r"^a message from the server has more than max_message=1,000 bytes$"
    ):
        frames.receive(more)


def test_messages_on_a_socket_are_counted_one_by_one() -> None:
    frames = Frames(max_message=1000)
    whole = b"\x81\x7e" + (600).to_bytes(2, "big") + b"x" * 600
    assert frames.receive(whole * 3) == (["x" * 600] * 3, b"")
