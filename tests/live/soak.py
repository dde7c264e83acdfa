"""Mixed load for minutes, to see that nothing grows: ``python -m tests.live.soak --minutes 10``."""

from __future__ import annotations

import argparse
import ctypes
import gc
import sys
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from random import Random
from typing import Any

import httpx2

from gradlink import Client, GradlinkError
from tests.live.proxy import NO_FAULT, Fault, faults
from tests.live.reliability import LIMITS, RETRIES, Chooser, descriptors, plan, scratch
from tests.live.servers import FORKS, Server
from tests.live.shells import SHELLS
from tests.live.waits import gradlink_threads

CALLERS = 6
FAULTS_OF_REQUESTS = 0.05
# mallopt's number for the most arenas, in glibc.
M_ARENA_MAX = -8
# Pages of which a few bytes are in use cannot be given back, and which those are changes from minute to minute.
ALLOWED_GROWTH = 8 << 20


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What the process holds while no job is pending.

    Attributes:
        memory: bytes, without what was freed.
    """

    memory: int
    descriptors: int
    threads: int

    def text(self) -> str:
        """Return it as a line."""
        return f"{self.memory / 2**20:.1f} MiB, {self.descriptors} file descriptors, {self.threads} threads"


def memory() -> int:
    """Return the bytes of memory that this process holds, without what its allocator keeps of what was freed."""
    if sys.platform != "linux":
        return 0
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").malloc_trim(0)
    pages = int(Path("/proc/self/statm").read_text("ascii").split()[1])
    return pages * 4096


def use_one_arena() -> None:
    """Let all threads share one heap: each of many would keep pages of its own that are almost empty."""
    with suppress(OSError, AttributeError):  # another C library
        ctypes.CDLL("libc.so.6").mallopt(M_ARENA_MAX, 1)


def snapshot() -> Snapshot:
    """Look at the process; its idle threads leave first, and its idle connections close."""
    for thread in gradlink_threads():
        thread.join(60)
    gc.collect()
    return Snapshot(memory(), descriptors(), threading.active_count())


class Occasional:
    """Lets a part of the requests meet a fault."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._choose = Chooser(rng)

    def __call__(self, method: str, path: str) -> Fault:
        return self._choose(method, path) if self._rng.random() < FAULTS_OF_REQUESTS * 2 else NO_FAULT


def _break_now_and_then(connection: Any, server: str, seed: int) -> None:
    """Run a proxy; whenever the other end asks, tell how many faults there were."""
    with faults(server) as proxy, suppress(EOFError):
        proxy.keeps = False
        proxy.chooser = Occasional(Random(seed))  # noqa: S311
        connection.send(proxy.url)
        while True:
            connection.recv()
            connection.send(proxy.injected.total())


class Between:
    """A proxy in a process of its own: what it holds is not what the clients hold."""

    def __init__(self, connection: Any) -> None:
        self._connection = connection
        self.url: str = connection.recv()

    def faults(self) -> int:
        """Return how many faults there were so far."""
        self._connection.send("how many")
        count: int = self._connection.recv()
        return count


@contextmanager
def between(server: str, seed: int) -> Iterator[Between]:
    """Run a proxy to the server at this URL that breaks what passes now and then."""
    connection, theirs = FORKS.Pipe()
    process = FORKS.Process(target=_break_now_and_then, args=(theirs, server, seed), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Between(connection)
    finally:
        connection.close()
        process.join()


class Soak:
    """Makes calls with one long-lived client of each kind, and with short-lived ones."""

    def __init__(self, url: str, server: str, folder: Path) -> None:
        self._url = url
        self._server = server
        self._folder = folder
        self._lock = threading.Lock()
        self.counts: Counter[str] = Counter()

    def during(self, finished: Callable[[], bool], seed: int) -> None:
        """Make calls until that is so; then close all clients."""
        options: dict[str, Any] = {
            "retries": RETRIES,
            "timeout": LIMITS,
            "download_files": self._folder,
            "httpx_kwargs": {"timeout": httpx2.Timeout(10, read=3)},
        }
        with (
            SHELLS[0](self._server, **options),  # idle all the time
            _patient(SHELLS[0], self._url, options) as first,
            _patient(SHELLS[1], self._url, options) as second,
        ):
            callers = [
                threading.Thread(target=self._call, args=(client, finished, Random(seed + number), options))  # noqa: S311
                for number, client in enumerate([first, second] * (CALLERS // 2))
            ]
            for caller in callers:
                caller.start()
            for caller in callers:
                caller.join()

    def _call(self, client: Any, finished: Callable[[], bool], rng: Random, options: dict[str, Any]) -> None:
        while not finished():
            try:
                if rng.random() < 0.02:
                    with Client(self._url, verbose=False, **options) as short:
                        short.predict("x", api_name="/echo")
                    continue
                self._one(client, rng)
            except GradlinkError as exc:
                with self._lock:
                    self.counts[type(exc).__name__] += 1
                if type(exc).__name__ == "SessionLostError":
                    client.reset_session()
            else:
                with self._lock:
                    self.counts["values"] += 1

    def _one(self, client: Any, rng: Random) -> None:
        call = plan(rng)
        job = client.submit(*call.args, api_name=call.api_name, **call.options)
        if call.cancels:
            job.cancel()
        value = job.result(timeout=120)
        if not call.check(value):
            raise AssertionError(f"{call.api_name} gave {value!r:.200}")


class _patient:  # noqa: N801
    """A client of a kind, made again until it could connect."""

    def __init__(self, shell: Any, url: str, options: dict[str, Any]) -> None:
        self._made = shell, url, options
        self._context: Any = None

    def __enter__(self) -> Any:
        shell, url, options = self._made
        while True:
            self._context = shell(url, **options)
            try:
                return self._context.__enter__()
            except GradlinkError:
                continue

    def __exit__(self, *raised: object) -> None:
        self._context.__exit__(*raised)


@dataclass(frozen=True, slots=True)
class Soaked:
    """What a soak found."""

    early: Snapshot
    late: Snapshot
    counts: Counter[str]
    faults: int


def soak(server: Server, warm_up: float, rest: float, seed: int = 1) -> Soaked:
    """Load a client for ``warm_up`` seconds, then for ``rest`` more; look at the process after each."""
    with scratch() as folder, between(server.url, seed) as proxy:
        run = Soak(proxy.url, server.url, folder / "downloads")
        snapshots = []
        for seconds in (warm_up, rest):
            until = time.monotonic() + seconds
            run.during(lambda: time.monotonic() >= until, seed)  # noqa: B023  # called before the next round
            snapshots.append(snapshot())
        return Soaked(snapshots[0], snapshots[1], run.counts, proxy.faults())


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition(":")[0])
    parser.add_argument("--minutes", type=float, default=10)
    arguments = parser.parse_args()
    use_one_arena()
    server = Server("base")
    try:
        found = soak(server, 60, max(arguments.minutes * 60 - 60, 1))
    finally:
        server.stop()
    print(f"after the first minute  {found.early.text()}")  # noqa: T201  # what it is for
    print(f"at the end              {found.late.text()}")  # noqa: T201
    print(f"{sum(found.counts.values()):,} jobs, {found.faults:,} faults; {dict(found.counts.most_common())}")  # noqa: T201
    grown = found.late.memory - found.early.memory
    if (found.early.descriptors, found.early.threads) != (found.late.descriptors, found.late.threads):
        raise SystemExit("file descriptors or threads were leaked")
    if grown > ALLOWED_GROWTH:
        raise SystemExit(f"memory has grown by {grown / 2**20:.1f} MiB")


if __name__ == "__main__":
    main()
