"""What a pool makes of three servers, one of which is killed and one slowed in the middle.

``python -m tests.live.pooled --calls 2000`` prints it beside the best split, which knows beforehand what will happen: as many
calls go to each server, through a client of its own, as it does in that time. The servers are minimal ones that run one call after
the other, so that only the split is measured.
"""

from __future__ import annotations

import argparse
import asyncio
import subprocess
import sys
import time
from collections import Counter
from concurrent.futures import wait
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx2

from benches.stub import Headers, Session, Stub, completed, message, reply
from gradlink import Client, Pool

PROJECT = Path(__file__).resolve().parents[2]
APP = PROJECT / "vectors" / "apps" / "6.31.0"
FAST_SECONDS = 0.02
SLOW_SECONDS = 0.1


class OneByOne(Stub):
    """A server that runs one call after the other, each in as many seconds as it was told."""

    def __init__(self, config: bytes, info: bytes) -> None:
        super().__init__(config, info)
        self._seconds = FAST_SECONDS
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def _answer(
        self, target: Any, headers: Headers, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if target.path.startswith("/_seconds/"):
            self._seconds = float(target.path.rpartition("/")[2])
            await reply(writer, b"{}")
            return
        await super()._answer(target, headers, reader, writer)

    async def _run(self, session: Session, event_id: str, name: str, data: list[Any]) -> None:
        send = session.messages.put_nowait
        send(message("estimation", event_id, rank=self._waiting, queue_size=self._waiting + 1, rank_eta=None))
        self._waiting += 1
        async with self._turn:
            self._waiting -= 1
            send(message("process_starts", event_id, eta=None))
            await asyncio.sleep(self._seconds)
            send(completed(event_id, [data[0]]))
            session.pending -= 1


class Server:
    """Such a server in a process of its own."""

    def __init__(self) -> None:
        arguments = [sys.executable, "-m", "tests.live.pooled", "--serve"]
        self._process = subprocess.Popen(arguments, stdout=subprocess.PIPE, stdin=subprocess.PIPE, text=True)
        assert self._process.stdout is not None
        self.url = self._process.stdout.readline().strip()

    def take(self, seconds: float) -> None:
        """Run each call in so many seconds from now on."""
        httpx2.get(f"{self.url}_seconds/{seconds}", trust_env=False).raise_for_status()

    def kill(self) -> None:
        """End it, as a machine ends that is switched off."""
        self._process.kill()
        self._process.communicate()


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of the calls of a pool.

    Attributes:
        failed: how many have no result, or another one's.
        seconds: how long all of them took.
        per_copy: how many have their result from which server.
        attempts: how often a call was sent at the most.
    """

    failed: int
    seconds: float
    per_copy: Counter[int]
    attempts: int


def through_a_pool(calls: int) -> Outcome:
    """Make calls of a pool of three; after half of them one server is killed, and one takes five times as long."""
    servers = [Server() for _ in range(3)]
    try:
        with Pool([server.url for server in servers]) as pool:
            began = time.monotonic()
            jobs = [pool.submit(str(number), api_name="/echo", resubmit=True) for number in range(calls)]
            jobs[calls // 2].exception()
            servers[1].kill()
            servers[2].take(SLOW_SECONDS)
            failed = sum(
                job.exception() is not None or job.result() != str(number) for number, job in enumerate(jobs)
            )
            seconds = time.monotonic() - began
            per_copy = Counter(job.call.copy.number for job in jobs if job.call.copy is not None)
            return Outcome(failed, seconds, per_copy, max(job.attempts for job in jobs))
    finally:
        for server in servers:
            server.kill()


def best_split(calls: int) -> float:
    """Return the seconds that the same calls take if it is known beforehand what happens to the servers."""
    servers = [Server() for _ in range(3)]
    clients = [Client(server.url, verbose=False) for server in servers]
    try:
        began = time.monotonic()
        half = calls // 2
        wait([clients[number % 3].submit(str(number), api_name="/echo") for number in range(half)])
        servers[1].kill()
        servers[2].take(SLOW_SECONDS)
        period = round(SLOW_SECONDS / FAST_SECONDS) + 1
        wait([
            clients[2 if number % period == 0 else 0].submit(str(number), api_name="/echo")
            for number in range(calls - half)
        ])  # fmt: skip
        return time.monotonic() - began
    finally:
        for client in clients:
            client.close()
        for server in servers:
            server.kill()


async def _serve() -> None:
    stub = OneByOne((APP / "config.json").read_bytes(), (APP / "info.json").read_bytes())
    server = await asyncio.start_server(stub.serve, "127.0.0.1", 0)
    stub.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
    say(stub.url)
    # It ends with whoever has started it.
    await asyncio.to_thread(sys.stdin.read)


def main() -> None:
    """Measure both at the same time, in a process each: what else the machine does, it does to both."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--calls", type=int, default=2000)
    parser.add_argument("--serve", action="store_true", help="be one of the servers")
    parser.add_argument("--best", action="store_true", help="play the best split alone")
    options = parser.parse_args()
    if options.serve:
        asyncio.run(_serve())
    elif options.best:
        say(str(best_split(options.calls)))
    else:
        arguments = [sys.executable, "-m", "tests.live.pooled", "--best", "--calls", str(options.calls)]
        other = subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True)
        pooled = through_a_pool(options.calls)
        best = float(other.communicate()[0])
        say(f"calls: {options.calls}, failed: {pooled.failed}, sent at most {pooled.attempts} times")
        say(f"by server: {dict(sorted(pooled.per_copy.items()))}")
        say(
            f"best split {best:.1f} s, pool {pooled.seconds:.1f} s: {best / pooled.seconds:.2f} of its throughput"
        )


def say(line: str) -> None:
    """Write a line, at once."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
