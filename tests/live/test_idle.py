"""A client that is connected and not used does nothing: it has no thread that wakes up, and no timer."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from gradlink import Client
from tests.live.programs import ended, start
from tests.live.servers import Servers

SYNC = """
import sys, threading
from gradlink import Client

with Client(sys.argv[1], verbose=False) as client:
    print(client.predict("x", api_name="/echo"))
    print(list(client.submit("w", 2, api_name="/count")))
    # One may start another: what looks after a stream that was left starts a reader.
    while working := [
        thread for thread in threading.enumerate()
        if thread.name.startswith("gradlink") and thread.name not in sys.argv[2:]
    ]:
        working[0].join()
    print(sorted(thread.name for thread in threading.enumerate()), flush=True)
    sys.stdin.readline()
    print(client.predict("y", api_name="/echo"))
"""

ASYNC = """
import sys
import anyio
from gradlink import AsyncClient

async def main():
    async with AsyncClient(sys.argv[1], verbose=False) as client:
        print(await client.predict("x", api_name="/echo"))
        print([value async for value in client.submit("w", 2, api_name="/count")])
        print("one thread", flush=True)
        await anyio.to_thread.run_sync(sys.stdin.readline)
        print(await client.predict("y", api_name="/echo"))

anyio.run(main, backend="BACKEND")
"""
PROGRAMS = {
    "sync": SYNC,
    "asyncio": ASYNC.replace("BACKEND", "asyncio"),
    "trio": ASYNC.replace("BACKEND", "trio"),
}


def wakeups(pid: int) -> int:
    """Return how often the threads of a process have gone to sleep, which is how often they were awake."""
    statuses = [path.read_text("ascii") for path in Path(f"/proc/{pid}/task").glob("*/status")]
    fields = [line.split() for status in statuses for line in status.splitlines()]
    return sum(int(field[1]) for field in fields if field[0] == "voluntary_ctxt_switches:")


def watch(pid: int, other: Client, periods: int) -> list[int]:
    """Return the wake-ups of a process during each of several calls of another one, of a second each."""
    other.predict(0.5, api_name="/slow")  # what it did last is over then
    counts = [wakeups(pid)]
    for _ in range(periods):
        assert other.predict(1, api_name="/slow") == "slept 1"
        counts.append(wakeups(pid))
    return [after - before for before, after in pairwise(counts)]


@pytest.mark.parametrize("shell", PROGRAMS)
def test_an_idle_client_sleeps(server: Servers, shell: str) -> None:
    base = server("nostate")
    with Client(base.url, verbose=False) as other, start(PROGRAMS[shell], base.url) as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        assert lines[:2] == ["x\n", "['w0 ', 'w0 w1 ']\n"]
        assert lines[2] == ("['MainThread']\n" if shell == "sync" else "one thread\n")
        assert watch(process.pid, other, 2) == [0, 0]
        assert ended(process, "go on\n") == ["y"]


@pytest.mark.parametrize("shell", PROGRAMS)
def test_an_idle_client_sleeps_between_heartbeats(server: Servers, shell: str) -> None:
    base = server()
    with (
        Client(base.url, verbose=False) as other,
        start(PROGRAMS[shell], base.url, "gradlink-reader-1") as process,
    ):
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        assert lines[:2] == ["x\n", "['w0 ', 'w0 w1 ']\n"]
        assert lines[2] == ("['MainThread', 'gradlink-reader-1']\n" if shell == "sync" else "one thread\n")
        # The server sends a heartbeat every 15 s, so at most one of three periods of a second has one.
        assert sorted(watch(process.pid, other, 3))[:2] == [0, 0]
        assert ended(process, "go on\n") == ["y"]
