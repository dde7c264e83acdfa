"""Counts what becomes of many jobs while the network breaks: ``python -m tests.live.reliability --faults 10000``."""

from __future__ import annotations

import argparse
import gc
import json
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from random import Random
from typing import Any

import httpx2

from gradlink import GradlinkError, JobTimeoutError, Retries, Timeout
from tests.live.proxy import NO_FAULT, Fault, Faults, How, cut, edited, faults, page, says, slow, unread
from tests.live.servers import Server
from tests.live.shells import SHELLS, Shell
from tests.live.waits import gradlink_threads, new_key, threads_left

# A job that has not ended after this is counted as a hang; its own limits are far shorter.
HANG_SECONDS = 90.0
CALLERS = 12
JOBS_OF_A_CLIENT = 72
RETRIES = Retries(count=3, base_seconds=0.005, cap_seconds=0.02)
LIMITS = Timeout(connect=10, idle=1, total=45)
# How many of the requests meet a fault: if all joins failed, nothing else would be tried.
RATES = {
    "/gradio_api/queue/join": 0.3,
    "/gradio_api/queue/data": 0.8,
    "/gradio_api/upload": 0.5,
    "/gradio_api/file=": 0.7,
}
OTHER_RATE = 0.3
TEXT = "".join(f"{number:07}\n" for number in range(5000))  # 40,000 bytes


@dataclass(slots=True)
class Report:
    """What was counted; all but the first four fields should be empty or 0."""

    faults: Counter[str] = field(default_factory=Counter[str])
    jobs: int = 0
    values: int = 0
    errors: Counter[str] = field(default_factory=Counter[str])
    unconnected: Counter[str] = field(default_factory=Counter[str])
    lost: list[str] = field(default_factory=list[str])
    ended_twice: list[str] = field(default_factory=list[str])
    hangs: list[str] = field(default_factory=list[str])
    ran_twice: list[str] = field(default_factory=list[str])
    ran_though_not_started: list[str] = field(default_factory=list[str])
    threads: list[str] = field(default_factory=list[str])
    sockets: int = 0
    files: list[str] = field(default_factory=list[str])

    @property
    def failures(self) -> dict[str, Any]:
        """What should not have happened."""
        names = [
            "lost",
            "ended_twice",
            "hangs",
            "ran_twice",
            "ran_though_not_started",
            "threads",
            "sockets",
            "files",
        ]
        return {name: getattr(self, name) for name in names if getattr(self, name)}

    def text(self) -> str:
        """Return the counts as a table."""
        rows = [
            ("faults injected", self.faults.total()),
            ("jobs", self.jobs),
            ("ended with their value", self.values),
        ]
        rows += [("ended with a typed error", self.errors.total()), ("lost", len(self.lost))]
        rows += [("ended twice", len(self.ended_twice)), ("hangs", len(self.hangs))]
        rows += [("ran twice unasked", len(self.ran_twice))]
        rows += [('ran though "not started"', len(self.ran_though_not_started))]
        rows += [("leaked threads", len(self.threads)), ("leaked file descriptors", self.sockets)]
        rows += [("leaked temporary files", len(self.files))]
        return "\n".join(f"{name:<28}{count:>8,}" for name, count in rows)


@dataclass(slots=True)
class Plan:
    """A call to make.

    Attributes:
        check: tells whether a value is the right one.
        key: what the function notes that it ran under, None if it notes nothing.
    """

    api_name: str
    args: tuple[Any, ...]
    check: Callable[[Any], bool]
    key: str | None = None
    cancels: bool = False
    options: dict[str, Any] = field(default_factory=dict[str, Any])


def plan(rng: Random) -> Plan:
    """Return a call of a random kind."""
    text = f"t{rng.random()}ä€🎈"
    key = new_key()
    kinds = [
        Plan("/echo", (text,), lambda value: value == text),
        Plan("/count", (text, 3), lambda value: value == f"{text}0 {text}1 {text}2 "),
        Plan("/no_output", (key,), lambda value: value is None or value == (), key),
        Plan("/slowgen", (2, 0, key), lambda value: value == "tick 1", key),
        Plan("/slowgen", (100, 0.02, key), lambda value: value == "tick 99", key, cancels=True),
        Plan("/file_digest", (TEXT.encode(),), lambda value: value["size"] == 40_000),
        Plan("/make_file", ("a.txt", TEXT), lambda path: Path(path).read_text("utf-8") == TEXT),
        Plan("/counter", (1,), lambda value: value >= 1),
        Plan("/fast", (text,), lambda value: value == text),
        Plan("/err", (text,), lambda _: False),
        Plan("/echo", (text,), lambda value: value == text, options={"resubmit": True}),
        Plan("/echo", (text,), lambda value: value == text, options={"retries": 0}),
        Plan("/slowgen", (50, 0.02, key), lambda value: value == "tick 49", key, options={"timeout": 0.2}),
    ]
    return rng.choice(kinds)


def message(**fields: Any) -> bytes:
    return f"data: {json.dumps(fields)}\n\n".encode()


FOREIGN = message(msg="process_completed", event_id="0" * 32, success=True, output={"data": ["another's"]})
NOT_FOUND = message(
    msg="unexpected_error", message="Session not found.", success=False, session_not_found=True
)
STOPPED = message(msg="server_stopped", message="Server stopped unexpectedly.", success=False)


class Chooser:
    """Chooses the faults: for each request one that its exchange can meet."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng

    def __call__(self, method: str, path: str) -> Fault:
        rate = next((rate for prefix, rate in RATES.items() if path.startswith(prefix)), OTHER_RATE)
        if self._rng.random() > rate:
            return NO_FAULT
        if path.startswith("/gradio_api/queue/data"):
            return self._of_stream()
        if path.startswith("/gradio_api/file="):
            return self._rng.choice(
                [self._cut(30_000), self._cut(30_000), self._gateway(), self._stall(), slow(999)]
            )
        if path.startswith("/gradio_api/upload"):
            return self._rng.choice([self._unread(30_000), self._cut(20), self._gateway()])
        return self._rng.choice([self._unread(100), self._cut(50), self._gateway(), self._gateway()])

    def _of_stream(self) -> Fault:
        rng = self._rng
        kind = rng.randrange(16)
        events = [
            b": comment\n\n",
            message(msg="novelty"),
            FOREIGN,
            message(msg="heartbeat"),
            b"data: {no json\n\n",
        ]
        if kind < 5:
            return self._cut(600)
        if kind < 7:
            return self._gateway()
        if kind < 9:
            return slow(rng.randint(1, 9))
        if kind < 13:
            event = rng.choice(events)
            return edited("strange event", lambda piece: event + piece)
        if kind == 13:
            return edited("crlf", lambda piece: piece.replace(b"\n", b"\r\n"))
        if kind == 14:
            return says(200, rng.choice([NOT_FOUND, STOPPED]), content_type="text/event-stream")
        return self._stall()

    def _cut(self, longest: int) -> Fault:
        how: How = self._rng.choice(["close", "reset", "half", "garbage"])
        # Garbage within a file's length would be the file.
        if how == "garbage" and longest > 10_000:
            how = "reset"
        return cut(self._rng.choice([-1, 0, 1, self._rng.randint(2, longest)]), how)

    def _unread(self, longest: int) -> Fault:
        return unread(self._rng.choice(["close", "reset", "half"]), self._rng.randrange(longest))

    def _gateway(self) -> Fault:
        status = self._rng.choice([429, 429, 500, 502, 503, 504, 307])
        if status == 429:
            return says(429, b"slowly", **({"retry_after": "0"} if self._rng.random() < 0.5 else {}))
        if status == 307:
            return says(307, location="http://localhost:1/elsewhere")
        return page(status)

    def _stall(self) -> Fault:
        return cut(self._rng.choice([-1, 0, 40]), "stall")


@dataclass(slots=True)
class Watched:
    """A job and how often it ended."""

    plan: Plan
    ends: list[Any] = field(default_factory=list[Any])
    error: GradlinkError | None = None
    resent: int = 0


class Run:
    """Makes calls through a proxy and counts how they end."""

    def __init__(self, server: Server, proxy: Faults, folder: Path, rng: Random) -> None:
        self._server = server
        self._proxy = proxy
        self._folder = folder
        self._rng = rng
        self._lock = threading.Lock()
        self.report = Report()

    def clients(self, shells: tuple[Shell, ...]) -> None:
        """Make a client of each kind, at the same time, and calls with them."""
        plans = [[plan(self._rng) for _ in range(JOBS_OF_A_CLIENT)] for _ in shells]
        with ThreadPoolExecutor(len(shells)) as makers:
            for made in [
                makers.submit(self._client, shell, own) for shell, own in zip(shells, plans, strict=True)
            ]:
                made.result()

    def _client(self, shell: Shell, plans: list[Plan]) -> None:
        """Make a client and calls with it, several at a time."""
        jobs: list[Watched] = []
        options: dict[str, Any] = {
            "retries": RETRIES,
            "timeout": LIMITS,
            "download_files": self._folder,
            "httpx_kwargs": {"timeout": httpx2.Timeout(10, read=1.5)},
        }
        try:
            with shell(self._proxy.url, **options) as client, ThreadPoolExecutor(CALLERS) as callers:
                jobs += callers.map(partial(self._call, client), plans)
        except GradlinkError as exc:
            with self._lock:
                self.report.unconnected[type(exc).__name__] += 1
        self._settle(jobs)

    def _call(self, client: Any, one: Plan) -> Watched:
        watched = Watched(one)
        began = time.monotonic()
        error: BaseException | None = None
        value: Any = None
        try:
            job = client.submit(*one.args, api_name=one.api_name, **one.options)
        except GradlinkError as exc:
            # Refused before there was a job: State that was lost.
            self._count(watched, exc, None)
            client.reset_session()
            return watched
        try:
            job.add_done_callback(watched.ends.append)
            if one.cancels:
                threading.Event().wait(0.05)  # anywhere in its life
                job.cancel()
            value = job.result(timeout=HANG_SECONDS)
        except BaseException as exc:
            error = exc
        # The limit of the client is there for hangs: nothing that is called here takes so long.
        given_up = isinstance(error, JobTimeoutError) and error.seconds == LIMITS.total
        if given_up or time.monotonic() - began >= HANG_SECONDS:
            with self._lock:
                self.report.hangs.append(one.api_name)
        watched.resent = getattr(job, "_inner", job)._core.resent
        self._count(watched, error, value)
        return watched

    def _count(self, watched: Watched, error: BaseException | None, value: Any) -> None:
        with self._lock:
            self.report.jobs += 1
            if isinstance(error, GradlinkError):
                watched.error = error
                self.report.errors[type(error).__name__] += 1
            elif error is not None:
                self.report.lost.append(f"{watched.plan.api_name}: {error!r}")
            elif watched.plan.check(value):
                self.report.values += 1
            else:
                self.report.lost.append(f"{watched.plan.api_name}: wrong value {value!r:.200}")

    def _settle(self, jobs: list[Watched]) -> None:
        """When a client is closed, nothing may end any more: look at how its jobs did."""
        for watched in jobs:
            title = watched.plan.api_name
            if len(watched.ends) > 1:
                self.report.ended_twice.append(title)
            if watched.plan.key is not None:
                counts = self._server.counts(watched.plan.key)
                ran = counts.get("started", 0) + counts.get("seen", 0)
                # A session that is said to be unknown is tried once more; see docs/reliability.md.
                if ran > 1 + watched.resent:
                    self.report.ran_twice.append(title)
                if ran and watched.error is not None and watched.error.execution == "not started":
                    self.report.ran_though_not_started.append(f"{title}: {watched.error!r}")


def descriptors() -> int:
    """Return how many file descriptors this process has open."""
    gc.collect()
    return len(list(Path("/proc/self/fd").iterdir())) if sys.platform == "linux" else 0


@contextmanager
def scratch() -> Iterator[Path]:
    """Let temporary files of this process be made in a folder of their own."""
    before = tempfile.tempdir
    with tempfile.TemporaryDirectory(prefix="reliability-") as folder:
        tempfile.tempdir = str(Path(folder, "temporary"))
        Path(tempfile.tempdir).mkdir()
        try:
            yield Path(folder)
        finally:
            tempfile.tempdir = before


def count(server: Server, wanted: int, seed: int, shells: tuple[Shell, ...] = SHELLS) -> Report:
    """Make calls until ``wanted`` faults were injected; return what became of them."""
    rng = Random(seed)  # noqa: S311  # it is to be repeated
    with scratch() as folder:
        for shell in shells:
            with shell(server.url) as client:  # what is loaded once is not a leak
                client.predict("x", api_name="/echo")
        before = descriptors()
        with faults(server.url) as proxy:
            proxy.keeps = False
            proxy.chooser = Chooser(Random(seed + 1))  # noqa: S311
            run = Run(server, proxy, folder / "downloads", rng)
            run.report.faults = proxy.injected
            while proxy.injected.total() < wanted:
                run.clients(shells)
        report = run.report
        report.threads = threads_left(gradlink_threads())
        report.sockets = max(0, descriptors() - before)
        left = [*(folder / "temporary").rglob("*"), *(folder / "downloads").rglob(".partial*")]
        report.files = [str(path) for path in left]
    return report


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition(":")[0])
    parser.add_argument("--faults", type=int, default=500)
    parser.add_argument("--seed", type=int, default=1)
    arguments = parser.parse_args()
    began = time.monotonic()
    server = Server("base")
    try:
        report = count(server, arguments.faults, arguments.seed)
    finally:
        server.stop()
    print(report.text())  # noqa: T201  # what it is for
    print(f"{'seconds':<28}{time.monotonic() - began:>8,.0f}")  # noqa: T201
    print("faults: ", dict(report.faults.most_common()))  # noqa: T201
    print("errors: ", dict(report.errors.most_common()))  # noqa: T201
    if report.failures:
        raise SystemExit(f"this should not be: {report.failures}")


if __name__ == "__main__":
    main()
