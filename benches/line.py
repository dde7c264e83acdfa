"""What a call costs over a long line, in round trips."""

from __future__ import annotations

import asyncio
import socket
import statistics
import threading
from collections.abc import Iterator
from contextlib import closing, contextmanager
from urllib.parse import urlsplit

from benches.scale import Scale
from benches.servers import Servers
from benches.tables import Table, number
from benches.worker import Worker

ROUND_TRIP_SECONDS = 0.05
BLOCK = 1 << 16


class Line:
    """Passes bytes on late, in both directions, and a new connection one round trip later.

    Attributes:
        url: where the server behind it is reached.
        connections: how many were made.
    """

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._server = (parts.hostname, parts.port)
        self._ready = threading.Event()
        self._ended: asyncio.Event | None = None
        self._loop: asyncio.AbstractEventLoop | None = None
        self.url = ""
        self.connections = 0

    def run(self) -> None:
        """Serve until it is stopped."""
        asyncio.run(self._run())

    def wait(self) -> None:
        """Wait until it can be used."""
        self._ready.wait()

    def stop(self) -> None:
        """End it."""
        if self._loop is not None and self._ended is not None:
            self._loop.call_soon_threadsafe(self._ended.set)

    async def _run(self) -> None:
        self._loop, self._ended = asyncio.get_running_loop(), asyncio.Event()
        server = await asyncio.start_server(self._serve, "127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/"
        self._ready.set()
        await self._ended.wait()
        server.close()

    async def _serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.connections += 1
        ends = [writer]
        try:
            await asyncio.sleep(ROUND_TRIP_SECONDS)  # the handshake
            there, back = await asyncio.open_connection(*self._server)
            ends.append(back)
            for end in ends:
                end.get_extra_info("socket").setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            await asyncio.gather(self._pass(reader, back), self._pass(there, writer))
            await asyncio.sleep(ROUND_TRIP_SECONDS)  # what is still on the line
        except asyncio.CancelledError:
            pass  # the line is stopped
        finally:
            for end in ends:
                end.transport.abort()

    async def _pass(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        loop = asyncio.get_running_loop()
        try:
            while data := await reader.read(BLOCK):
                loop.call_later(ROUND_TRIP_SECONDS / 2, writer.write, data)
        except OSError:
            pass
        loop.call_later(ROUND_TRIP_SECONDS / 2, writer.close)


@contextmanager
def long_line(url: str) -> Iterator[Line]:
    """Give a line to ``url`` that bytes take long over."""
    one = Line(url)
    thread = threading.Thread(target=one.run, daemon=True)
    thread.start()
    one.wait()
    try:
        yield one
    finally:
        one.stop()
        thread.join()


def line(servers: Servers, scale: Scale) -> list[Table]:
    """Call a function that does nothing over a long line, one call after the other, in several runs."""
    columns = ["client", "round trips per call: least run", "median run", "worst run", "new connections"]
    note = (
        f"`predict` of an echo, {scale.calls} warm calls in a row, {scale.line_runs} runs with a new client each, over "
        f"{ROUND_TRIP_SECONDS * 1e3:.0f} ms; the minimal server takes no time itself. A call cannot cost less than one. "
        "The pair asks for the stream when the join was answered."
    )
    table = Table("A trivial predict over a long line, minimal server", note, columns)
    for rival in ("pair", "gradlink", "async pair", "gradlink async"):
        runs: list[float] = []
        made = 0
        for _ in range(scale.line_runs):
            with long_line(servers.stub) as way, closing(Worker(rival, way.url)) as worker:
                worker.call("predicts", 3)
                before = way.connections
                measured = worker.call("predicts", scale.calls)
                runs.append(measured.wall_seconds / scale.calls / ROUND_TRIP_SECONDS)
                made += way.connections - before
        table.rows.append([rival, *map(number, (min(runs), statistics.median(runs), max(runs))), str(made)])
    return [from_nothing(servers, scale), table]


def from_nothing(servers: Servers, scale: Scale) -> Table:
    """Connect over a long line and call once, several times."""
    columns = ["client", "round trips: connecting", "first predict", "both", "connections"]
    note = (
        f"A new client, which connects and calls an echo at once; medians of {scale.line_runs} runs over "
        f"{ROUND_TRIP_SECONDS * 1e3:.0f} ms, with what is imported already there. The floor fetches /config alone."
    )
    table = Table("From nothing to the first answer over a long line, minimal server", note, columns)
    for rival in ("floor", "pair", "gradlink", "gradlink async", "gradio_client"):
        runs: list[tuple[float, float, int]] = []
        with long_line(servers.stub) as way, closing(Worker(rival, way.url)) as worker:
            for _ in range(scale.line_runs):
                before = way.connections
                connecting = worker.call("connect").wall_seconds / ROUND_TRIP_SECONDS
                first = worker.call("predicts", 1).wall_seconds / ROUND_TRIP_SECONDS
                runs.append((connecting, first, way.connections - before))
        connects, firsts, made = zip(*runs, strict=True)
        both = [one + other for one, other in zip(connects, firsts, strict=True)]
        medians = map(statistics.median, (connects, firsts, both))
        table.rows.append([rival, *map(number, medians), str(max(made))])
    return table
