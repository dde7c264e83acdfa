"""``python -m benches.many --rows 1000000``: how fast a map is, and how its memory grows with the rows.

The minimal server is used, so that the client is what limits it. A line is printed every few seconds.
"""

from __future__ import annotations

import argparse
import asyncio
import os
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from benches.servers import running
from gradlink import AsyncClient, Client

EVERY_SECONDS = 20.0


class Told:
    """Prints how many rows there are, how fast they come, and how much memory they take above the start."""

    def __init__(self, seconds: float) -> None:
        self._start = resident()
        self._began = self._said = time.monotonic()
        self._until = self._began + seconds
        self.rows = 0
        self.most = 0.0

    def row(self) -> bool:
        """Count one more; False if the time is over."""
        self.rows += 1
        now = time.monotonic()
        if now - self._said >= EVERY_SECONDS:
            self._said = now
            self.say()
        return now < self._until

    def say(self) -> None:
        """Print a line."""
        grown = (resident() - self._start) / (1 << 20)
        self.most = max(self.most, grown)
        rate = self.rows / (time.monotonic() - self._began)
        print(f"{self.rows:>10,} rows, {rate:6.0f}/s, {grown:6.1f} MiB above the start", flush=True)


def resident() -> int:
    """Return how many bytes of this process are in memory."""
    pages = Path("/proc/self/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")


def texts(count: int) -> Iterator[str]:
    """Yield rows."""
    return (f"row {number}" for number in range(count))


def main() -> None:
    """Run a map of so many rows."""
    parser = argparse.ArgumentParser(prog="python -m benches.many", description=str(__doc__))
    parser.add_argument("--rows", type=int, default=1_000_000)
    parser.add_argument("--seconds", type=float, default=float("inf"), help="end after so long")
    parser.add_argument("--no-journal", action="store_true")
    parser.add_argument("--asynchronous", action="store_true", help="with AsyncClient, on asyncio")
    arguments = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="gradlink-many-") as folder, running(folder) as servers:
        journal = None if arguments.no_journal else Path(folder, "many.db")
        if arguments.asynchronous:
            told = asyncio.run(asynchronous(servers.stub, arguments.rows, journal, arguments.seconds))
        else:
            told = synchronous(servers.stub, arguments.rows, journal, arguments.seconds)
        told.say()
        print(f"at most {told.most:.1f} MiB above the start")
    sys.exit(told.rows != arguments.rows and arguments.seconds == float("inf"))


def synchronous(url: str, rows: int, journal: Path | None, seconds: float) -> Told:
    """Run it with a Client."""
    with Client(url, verbose=False) as client:
        list(client.map("/echo", texts(100)))  # what is loaded and started once
        told = Told(seconds)
        for row in client.map("/echo", texts(rows), journal=journal):
            assert row.value == row.row
            if not told.row():
                break
    return told


async def asynchronous(url: str, rows: int, journal: Path | None, seconds: float) -> Told:
    """Run it with an AsyncClient."""
    async with AsyncClient(url, verbose=False) as client:
        async for _ in client.map("/echo", texts(100)):
            pass
        told = Told(seconds)
        async with client.map("/echo", texts(rows), journal=journal) as results:
            async for row in results:
                assert row.value == row.row
                if not told.row():
                    break
    return told


if __name__ == "__main__":
    main()
