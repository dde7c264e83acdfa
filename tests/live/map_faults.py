"""Runs maps while the network breaks: ``python -m tests.live.map_faults --rows 3000``.

The faults are those of :mod:`tests.live.reliability`. Whether a function ran, and how often, is asked of the server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx2

from gradlink import AsyncClient, AsyncJob, Client, GradlinkError, Job, MapRow
from gradlink.mapping import concurrency
from tests.live.proxy import NO_FAULT, Faults, faults
from tests.live.reliability import LIMITS, RETRIES, Chooser
from tests.live.servers import Server
from tests.live.waits import new_key

ROWS_OF_A_MAP = 100
# A fault is over at once, other than what a server has too much to do for.
PAUSE_SECONDS = 0.01


class NotingClient(Client):
    """A client that notes which jobs it has submitted for a row."""

    noted: dict[str, list[Any]]

    def submit(self, /, *args: Any, **kwargs: Any) -> Job:
        job = super().submit(*args, **kwargs)
        self.noted.setdefault(args[0], []).append(job)
        return job


class NotingAsyncClient(AsyncClient):
    """The same on an event loop."""

    noted: dict[str, list[Any]]

    def submit(self, /, *args: Any, **kwargs: Any) -> AsyncJob:
        job = super().submit(*args, **kwargs)
        self.noted.setdefault(args[0], []).append(job)
        return job


@dataclass(slots=True)
class Report:
    """What was counted; the lists should be empty.

    Attributes:
        again: rows that were called a second time with the same journal, without faults, since they had not run.
        lost: rows that did not come out once, or are finished in the journal and did not run.
        doubled: rows that ran more often than they were sent.
        ran_though_not_started: rows that ran although their error says otherwise.
    """

    faults: Counter[str] = field(default_factory=Counter[str])
    rows: int = 0
    values: int = 0
    errors: Counter[str] = field(default_factory=Counter[str])
    attempts: int = 0
    again: int = 0
    unconnected: int = 0
    lost: list[str] = field(default_factory=list[str])
    doubled: list[str] = field(default_factory=list[str])
    ran_though_not_started: list[str] = field(default_factory=list[str])

    @property
    def failures(self) -> dict[str, list[str]]:
        """What should not have happened."""
        names = ("lost", "doubled", "ran_though_not_started")
        return {name: getattr(self, name)[:20] for name in names if getattr(self, name)}

    def text(self) -> str:
        """Return the counts as a table."""
        counts = {
            "faults injected": self.faults.total(),
            "rows": self.rows,
            "with their value": self.values,
            "with a typed error": self.errors.total(),
            "sent again in the same map": self.attempts - self.rows,
            "called again with the journal": self.again,
            "lost": len(self.lost),
            "doubled": len(self.doubled),
            'ran though "not started"': len(self.ran_though_not_started),
        }
        return "\n".join(f"{name:<40}{count:>8,}" for name, count in counts.items())


class Run:
    """Maps through a proxy, and counts what becomes of the rows."""

    def __init__(self, server: Server, proxy: Faults, folder: Path) -> None:
        self._server = server
        self._proxy = proxy
        self._folder = folder
        self.report = Report()

    def map(self, *, asynchronous: bool) -> None:
        """Run one map through the proxy, and once more without faults, and compare both with what ran."""
        keys = [new_key() for _ in range(ROWS_OF_A_MAP)]
        # The journal is told the app's address, which has to be the same both times.
        path, noted = self._folder / f"{keys[0]}.db", dict[str, list[Any]]()
        options: dict[str, Any] = {
            "retries": RETRIES,
            "timeout": LIMITS,
            "verbose": False,
            "httpx_kwargs": {"timeout": httpx2.Timeout(10, read=1.5)},
        }
        take = self._asynchronous if asynchronous else self._synchronous
        try:
            rows = take(keys, path, noted, options)
        except GradlinkError:  # it could not connect
            self.report.unconnected += 1
            return
        ran = {key: self._server.counts(key).get("seen", 0) for key in keys}
        self._count(keys, rows, ran, noted)
        chooser, self._proxy.chooser = self._proxy.chooser, lambda _method, _path: NO_FAULT
        try:
            again = take(keys, path, noted, {"verbose": False})
        finally:
            self._proxy.chooser = chooser
        ran_again = {key: self._server.counts(key).get("seen", 0) for key in keys}
        self._count_again(rows, again, ran, ran_again)

    def _synchronous(
        self, keys: list[str], path: Path, noted: dict[str, list[Any]], options: dict[str, Any]
    ) -> list[MapRow]:
        with NotingClient(self._proxy.url, **options) as client:
            client.noted = noted
            return list(client.map("/no_output", keys, journal=path, errors="yield"))

    def _asynchronous(
        self, keys: list[str], path: Path, noted: dict[str, list[Any]], options: dict[str, Any]
    ) -> list[MapRow]:
        async def rows() -> list[MapRow]:
            async with NotingAsyncClient(self._proxy.url, **options) as client:
                client.noted = noted
                return [row async for row in client.map("/no_output", keys, journal=path, errors="yield")]

        return asyncio.run(rows())

    def _count(
        self, keys: list[str], rows: list[MapRow], ran: dict[str, int], noted: dict[str, list[Any]]
    ) -> None:
        report = self.report
        seen = Counter(row.row for row in rows)
        report.lost += [f"{key}: came {seen[key]} times" for key in keys if seen[key] != 1]
        for row in rows:
            report.rows += 1
            report.attempts += row.attempts
            if row.error is None:
                report.values += 1
            else:
                report.errors[type(row.error).__name__] += 1
            # A session that is said to be unknown is tried once more; see docs/reliability.md.
            resent = sum(job._core.resent for job in noted.get(row.row, []) if _core(job) is not None)
            if row.ok and not ran[row.row]:
                report.lost.append(f"{row.row}: finished, and has not run")
            if ran[row.row] > 1 + resent:
                report.doubled.append(row.row)
            if row.error is not None and row.error.execution == "not started" and ran[row.row] > resent:
                report.ran_though_not_started.append(f"{row.row}: {row.error!r}")

    def _count_again(
        self, rows: list[MapRow], again: list[MapRow], ran: dict[str, int], ran_again: dict[str, int]
    ) -> None:
        report, second = self.report, {row.row: row for row in again}
        for row in rows:
            now = second.get(row.row)
            called = row.error is not None and row.error.execution == "not started"
            report.again += called
            if now is None or now.ok != (row.ok or called) or now.replayed == called:
                report.lost.append(f"{row.row}: {row.error!r}, then {now}")
            if ran_again[row.row] != ran[row.row] + called:
                report.doubled.append(f"{row.row}: {ran[row.row]}, then {ran_again[row.row]}")


def _core(job: Any) -> Any:
    """Return the job as its connection has it, None if it never was one."""
    return job._submission.core if isinstance(job, AsyncJob) else job._core


def count(server: Server, wanted: int, seed: int) -> Report:
    """Run maps until they had so many rows; return what became of these."""
    before, concurrency.PAUSE_SECONDS = concurrency.PAUSE_SECONDS, PAUSE_SECONDS  # type: ignore[misc]
    with tempfile.TemporaryDirectory(prefix="gradlink-map-") as folder, faults(server.url) as proxy:
        proxy.keeps = False
        proxy.chooser = Chooser(Random(seed))  # noqa: S311  # it is to be repeated
        run = Run(server, proxy, Path(folder))
        run.report.faults = proxy.injected
        turns = turn()
        while run.report.rows < wanted:
            run.map(asynchronous=next(turns))
    concurrency.PAUSE_SECONDS = before  # type: ignore[misc]
    return run.report


def turn() -> Iterator[bool]:
    """Yield which client is next."""
    while True:
        yield from (False, True)


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition(":")[0])
    parser.add_argument("--rows", type=int, default=3000)
    parser.add_argument("--seed", type=int, default=1)
    given = parser.parse_args()
    began = time.monotonic()
    server = Server("base")
    try:
        report = count(server, given.rows, given.seed)
    finally:
        server.stop()
    print(report.text())  # noqa: T201  # what it is for
    print(f"{'seconds':<40}{time.monotonic() - began:>8,.0f}")  # noqa: T201
    print("faults: ", json.dumps(dict(report.faults.most_common())))  # noqa: T201
    print("errors: ", json.dumps(dict(report.errors.most_common())))  # noqa: T201
    if report.failures:
        sys.exit(f"this should not be: {report.failures}")


if __name__ == "__main__":
    main()
