"""Kills a map again and again and looks what became of its rows: ``python -m tests.live.map_kills --rows 20000``.

The map is a process of its own that is killed (SIGKILL) when it has handed out a random number of rows, and started again with
the same journal. Whether a function ran is asked of the server.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Any

import httpx2

from benches import stub
from gradlink import AsyncClient, Client, MapRow
from gradlink.mapping import journal
from tests.live.servers import Server

ROOT = Path(__file__).parents[2]
# Short, so that the rows of a process that was killed need not be waited for half a minute.
LEASE_SECONDS = 3.0
REAL_ENDPOINT = "/no_output"


class CountingStub(stub.Stub):
    """The minimal server, which also says how often each text was echoed."""

    def __init__(self, config: bytes, info: bytes) -> None:
        super().__init__(config, info)
        self.ran: Counter[str] = Counter()

    def _result(self, name: str, data: list[Any]) -> Any:
        self.ran[data[0]] += 1
        return super()._result(name, data)

    async def _answer(
        self, target: Any, headers: stub.Headers, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if target.path == "/ran":
            await stub.reply(writer, json.dumps(self.ran).encode())
        else:
            await super()._answer(target, headers, reader, writer)


@dataclass(slots=True)
class Report:
    """What was counted; the lists should be empty.

    Attributes:
        unknown: rows that may have run, of which the journal says so.
        finished_twice: rows that ran once more although a run had handed out their value.
        ran_twice: rows that ran more than once unasked.
        lost: rows that did not come out, or came out twice, or with the value of another one.
    """

    rows: int = 0
    kills: int = 0
    finished: int = 0
    unknown: int = 0
    seconds: float = 0.0
    finished_twice: list[str] = field(default_factory=list[str])
    ran_twice: list[str] = field(default_factory=list[str])
    lost: list[str] = field(default_factory=list[str])

    @property
    def failures(self) -> dict[str, list[str]]:
        """What should not have happened."""
        found = {name: getattr(self, name) for name in ("finished_twice", "ran_twice", "lost")}
        return {name: rows[:20] for name, rows in found.items() if rows}

    def text(self) -> str:
        """Return the counts as a table."""
        names = {
            "rows": self.rows,
            "kills": self.kills,
            "in the last output with their value": self.finished,
            "in the last output as unknown": self.unknown,
            "lost, or twice in an output": len(self.lost),
            "ran again though finished": len(self.finished_twice),
            "ran twice unasked": len(self.ran_twice),
            "seconds": round(self.seconds),
        }
        return "\n".join(f"{name:<40}{count:>8,}" for name, count in names.items())


def texts(rows: int) -> list[str]:
    """Return the rows of every run."""
    return [f"row {number}" for number in range(rows)]


@dataclass(frozen=True, slots=True)
class Work:
    """A map that is run again and again."""

    url: str
    journal: Path
    rows: int
    endpoint: str = "/echo"
    asynchronous: bool = False

    @contextmanager
    def started(self, *, resubmit: bool = False) -> Iterator[subprocess.Popen[str]]:
        """Run it in a process of its own, which prints a line for each row."""
        arguments = ["work", self.url, str(self.journal), str(self.rows), self.endpoint]
        options = ["--asynchronous"] * self.asynchronous + ["--resubmit"] * resubmit
        command = [sys.executable, "-m", "tests.live.map_kills", *arguments, *options]
        with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
            try:
                yield process
            finally:
                process.kill()

    def killed_after(self, count: int) -> Iterator[dict[str, Any]]:
        """Yield the rows that it hands out until it is killed, after ``count`` of them."""
        with self.started() as process:
            assert process.stdout is not None
            for number, line in enumerate(process.stdout, 1):
                if number == count:
                    process.kill()
                # What the pipe holds was handed out, too; the last line may be cut.
                with suppress(ValueError):
                    yield json.loads(line)

    def whole(self, *, resubmit: bool = False) -> list[dict[str, Any]]:
        """Run it to its end and return all rows."""
        with self.started(resubmit=resubmit) as process:
            assert process.stdout is not None
            rows = [json.loads(line) for line in process.stdout]
            assert process.wait() == 0
            return rows


def kill(work: Work, kills: int, seed: int, counts: Callable[[], Mapping[str, int]]) -> Report:
    """Kill a map so often and let it end; ``counts`` tells how often each row has run."""
    rng, began = Random(seed), time.monotonic()  # noqa: S311  # it is to be repeated
    report = Report(rows=work.rows)
    finished: set[str] = set()
    for left in range(kills, 0, -1):
        # Each run hands out first what the journal has.
        further = (work.rows - len(finished)) // (left + 1)
        after = len(finished) + rng.randint(1, max(1, 2 * further))
        finished.update(row["row"] for row in work.killed_after(after) if row["ok"])
        report.kills += 1
    last, ran = work.whole(), counts()
    unknown = {row["row"] for row in last if row["execution"] == "unknown"}
    report.finished = sum(row["ok"] for row in last)
    report.unknown = len(unknown)
    report.lost = wrong(last, work.rows) + sorted(finished & unknown)
    report.lost += [row["row"] for row in last if row["ok"] != (row["row"] not in unknown)]
    report.lost += [row["row"] for row in last if row["ok"] and ran.get(row["row"]) != 1]
    report.ran_twice = [text for text, count in ran.items() if count > 1]
    again, ran = work.whole(resubmit=True), counts()
    report.lost += wrong(again, work.rows) + [row["row"] for row in again if not row["ok"]]
    report.finished_twice = [text for text in texts(work.rows) if text not in unknown and ran.get(text) != 1]
    report.seconds = time.monotonic() - began
    return report


def wrong(rows: list[dict[str, Any]], count: int) -> list[str]:
    """Return what is wrong with an output: rows that are missing, that came twice, or whose value is another's."""
    seen = Counter(row["row"] for row in rows)
    missing = [f"{text}: {seen[text]} times" for text in texts(count) if seen[text] != 1]
    return missing + [f"{row['row']}: {row['value']}" for row in rows if row["ok"] and not row["right"]]


def run(work: Work, *, resubmit: bool) -> None:
    """Do the work in this process."""
    journal.LEASE_SECONDS = LEASE_SECONDS  # type: ignore[misc]
    options: dict[str, Any] = {"journal": work.journal, "errors": "yield", "resubmit": resubmit}
    if not work.asynchronous:
        with Client(work.url, verbose=False) as client:
            for row in client.map(work.endpoint, texts(work.rows), **options):
                tell(row, work)
        return

    async def all_rows() -> None:
        async with AsyncClient(work.url, verbose=False) as client:
            async for row in client.map(work.endpoint, texts(work.rows), **options):
                tell(row, work)

    asyncio.run(all_rows())


def tell(row: MapRow, work: Work) -> None:
    """Print a row."""
    right = row.value == row.row if work.endpoint == "/echo" else row.value in (None, ())
    said = {"row": row.row, "ok": row.ok, "right": right, "value": row.value}
    said["execution"] = None if row.error is None else row.error.execution
    print(json.dumps(said), flush=True)  # noqa: T201  # the one who started it reads this


@contextmanager
def counting(url: str) -> Iterator[str]:
    """Run the counting server, which describes itself as the app at ``url`` does."""
    command = [sys.executable, "-m", "tests.live.map_kills", "serve", url]
    with subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True) as process:
        try:
            assert process.stdout is not None
            yield json.loads(process.stdout.readline())["url"]
        finally:
            process.kill()


def on_stub(server: Server, rows: int, kills: int, seed: int, *, asynchronous: bool = False) -> Report:
    """Kill a map on the minimal server."""
    with counting(server.url) as url, tempfile.TemporaryDirectory(prefix="gradlink-kills-") as folder:
        work = Work(url, Path(folder, "j.db"), rows, asynchronous=asynchronous)
        return kill(work, kills, seed, lambda: httpx2.get(f"{url}ran", trust_env=False).json())


def on_real_server(server: Server, rows: int, kills: int, seed: int) -> Report:
    """Kill a map on a real app that nobody else uses."""

    def counts() -> dict[str, int]:
        return {text: server.counts(text).get("seen", 0) for text in texts(rows)}

    with tempfile.TemporaryDirectory(prefix="gradlink-kills-") as folder:
        return kill(Work(server.url, Path(folder, "j.db"), rows, REAL_ENDPOINT), kills, seed, counts)


async def serve(url: str) -> None:
    """Serve until the process is ended."""
    config, info = (httpx2.get(url + path, trust_env=False).content for path in ("config", "gradio_api/info"))
    server = CountingStub(config, info)
    listening = await asyncio.start_server(server.serve, "127.0.0.1", 0, limit=1 << 20)
    server.url = f"http://127.0.0.1:{listening.sockets[0].getsockname()[1]}/"
    print(json.dumps({"url": server.url}), flush=True)  # noqa: T201  # the one who started it reads this
    await listening.serve_forever()


def main() -> None:
    parser = argparse.ArgumentParser(description=str(__doc__).partition(":")[0])
    parser.add_argument("--rows", type=int, default=20_000)
    parser.add_argument("--real-rows", type=int, default=300)
    parser.add_argument("--kills", type=int, default=10)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--asynchronous", action="store_true", help="with AsyncClient")
    roles = parser.add_subparsers(dest="role")
    serving = roles.add_parser("serve")
    serving.add_argument("url")
    working = roles.add_parser("work")
    for name in ("url", "journal", "count", "endpoint"):
        working.add_argument(name, type=int if name == "count" else str)
    working.add_argument("--asynchronous", action="store_true")
    working.add_argument("--resubmit", action="store_true")
    given = parser.parse_args()
    if given.role == "serve":
        asyncio.run(serve(given.url))
        return
    if given.role == "work":
        work = Work(given.url, Path(given.journal), given.count, given.endpoint, given.asynchronous)
        run(work, resubmit=given.resubmit)
        return
    server = Server("base")
    try:
        stubbed = on_stub(server, given.rows, given.kills, given.seed, asynchronous=given.asynchronous)
        print(f"the minimal server\n{stubbed.text()}", flush=True)  # noqa: T201  # what it is for
        real = on_real_server(server, given.real_rows, given.kills, given.seed)
        print(f"a real app\n{real.text()}")  # noqa: T201
    finally:
        server.stop()
    if stubbed.failures or real.failures:
        raise SystemExit(f"this should not be: {stubbed.failures} {real.failures}")


if __name__ == "__main__":
    main()
