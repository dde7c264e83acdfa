"""A process for each client, so that its time, memory and threads are its own."""

from __future__ import annotations

import gc
import importlib
import multiprocessing
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from benches.rival import Rival

# What is measured, and where it is made: a callable that takes the URL of a server and connects.
RIVALS = {
    "floor": "benches.floor:Floor",
    "pair": "benches.pair:Pair",
    "pair, again": "benches.pair:Pair",
    "async pair": "benches.pair:AsyncPair",
    "gradlink": "benches.clients:gradlink",
    "gradlink by httpx2": "benches.clients:by_httpx",
    "gradlink async": "benches.clients:Async",
    "gradlink async by httpx2": "benches.clients:async_by_httpx",
    "gradlink[fast]": "benches.clients:gradlink",
    "gradio_client": "benches.clients:existing",
}
# Whose process may have msgspec, which all others do without.
FAST = "gradlink[fast]"
THREAD_SAMPLE_SECONDS = 0.005
SPAWN = multiprocessing.get_context("spawn")


@dataclass(frozen=True, slots=True)
class Measure:
    """What one call of a rival's method cost.

    Attributes:
        cpu_seconds: processor time of the whole process, all its threads.
        grown_bytes: how far memory rose above where it was before, at the peak.
        value: what the method returned.
    """

    cpu_seconds: float
    wall_seconds: float
    grown_bytes: int
    value: Any


class RivalFailed(Exception):  # noqa: N818 - says what happened
    """A rival could not do its task."""


class Worker:
    """A rival in a process of its own; it has connected once when this is there."""

    def __init__(self, rival: str, url: str) -> None:
        self.rival = rival
        self._connection, theirs = SPAWN.Pipe()
        self._process = SPAWN.Process(target=serve, args=(theirs, rival, url), daemon=True)
        self._process.start()
        theirs.close()
        self.call("connect")

    def call(self, method: str, *args: Any) -> Measure:
        """Call a method of the rival, or "connect" for another one, and return what it cost."""
        self._connection.send((method, args))
        return self._answer()

    def call_and_count_threads(self, method: str, *args: Any) -> tuple[Measure, int]:
        """Do the same, and return the most threads that were seen meanwhile."""
        self._connection.send((method, args))
        most = self.threads()
        while not self._connection.poll(THREAD_SAMPLE_SECONDS):
            most = max(most, self.threads())
        return self._answer(), most

    def threads(self) -> int:
        """Return the number of threads that the process has now."""
        return int(_status(Path(f"/proc/{self._process.pid}/status"))["Threads"])

    def wake_ups(self) -> int:
        """Return how often threads that live now have waited for something."""
        tasks = Path(f"/proc/{self._process.pid}/task").iterdir()
        return sum(int(_status(task / "status")["voluntary_ctxt_switches"]) for task in tasks)

    def close(self) -> None:
        """End the process."""
        self._connection.close()
        self._process.join(10)
        if self._process.is_alive():
            self._process.kill()

    def _answer(self) -> Measure:
        answer: Measure | RivalFailed = self._connection.recv()
        if isinstance(answer, Measure):
            return answer
        raise answer


def serve(connection: Connection, name: str, url: str) -> None:
    """Do in the worker's process what its owner asks for, until that is gone."""
    if name != FAST:
        sys.modules["msgspec"] = None  # type: ignore[assignment]
    place = RIVALS[name]
    module, _, attribute = place.partition(":")
    make: Callable[[str], Rival] = getattr(importlib.import_module(module), attribute)
    rival: Rival | None = None
    while True:
        try:
            method, args = connection.recv()
        except EOFError:
            return
        if method == "connect":
            if rival is not None:
                rival.close()
            task = partial(make, url)
        else:
            task = partial(getattr(rival, method), *args)
        try:
            measured = measure(task)
        except Exception as error:
            connection.send(RivalFailed(f"{place}: {method} failed with {error!r}"))
            continue
        if method == "connect":
            rival = measured.value
            measured = Measure(measured.cpu_seconds, measured.wall_seconds, measured.grown_bytes, None)
        connection.send(measured)


def measure(task: Callable[[], Any]) -> Measure:
    """Return what ``task`` costs this process."""
    gc.collect()
    # Linux then forgets the peak so far.
    Path("/proc/self/clear_refs").write_text("5", encoding="ascii")
    before = _kibibytes("VmRSS")
    wall, cpu = time.perf_counter(), time.process_time()
    value = task()
    cpu, wall = time.process_time() - cpu, time.perf_counter() - wall
    return Measure(cpu, wall, max(0, _kibibytes("VmHWM") - before) << 10, value)


def _kibibytes(name: str) -> int:
    return int(_status(Path("/proc/self/status"))[name].split()[0])


def _status(path: Path) -> dict[str, str]:
    lines = (line.partition(":") for line in path.read_text("ascii").splitlines())
    return {name: value.strip() for name, _, value in lines}
