"""What connecting and calling cost: one after the other, and many at once."""

from __future__ import annotations

import statistics
from contextlib import closing

from benches.scale import Scale
from benches.servers import Servers
from benches.tables import Table, Task, base_of, compare, costs, mebibytes, number
from benches.worker import Worker

# The existing client takes so much longer that it does less of the same.
SHARE_OF_EXISTING = 10


def connect(servers: Servers, scale: Scale) -> list[Table]:
    """Connect to the real server, again and again; imports are paid before."""
    tasks = {
        rival: Task("connect", (), 1, None)
        for rival in ("floor", "pair", "gradlink", "gradlink async", "gradio_client")
    }
    columns, rows = costs(compare(servers.real, tasks, scale.rounds), tasks)
    note = (
        "A new client until it can call; what is imported is already there. The hand-written ones fetch only `/config` "
        "and read nothing but the names, gradlink and gradio_client also fetch and read `/info`."
    )
    return [Table("Connect", note, columns, rows)]


def predict(servers: Servers, scale: Scale) -> list[Table]:
    """Call a function that does nothing, one call after the other."""
    rivals = ("floor", "pair", "pair, again", "gradlink", "async pair", "gradlink async", "gradio_client")
    tables = []
    for name, url in (("real server", servers.real), ("minimal server", servers.stub)):
        tasks = {}
        for rival in rivals:
            calls = max(1, scale.calls // (SHARE_OF_EXISTING if rival == "gradio_client" else 1))
            tasks[rival] = Task("predicts", (calls,), calls, calls)
        columns, rows = costs(compare(url, tasks, scale.rounds), tasks)
        note = f"`predict` of an echo, {scale.calls} calls in a row, {scale.rounds} rounds; figures are per call."
        tables.append(Table(f"A trivial predict, {name}", note, columns, rows))
    return tables


def doors(servers: Servers, scale: Scale) -> list[Table]:
    """Call and stream through each of the two doors to the network that a client has."""
    paced = max(1, scale.updates // 4)
    text = "".join(f"paced{step} " for step in range(paced))
    sync = ("pair", "gradlink", "gradlink by httpx2")
    rivals = (*sync, "async pair", "gradlink async", "gradlink async by httpx2")
    tables = []
    for title, task, unit in (
        ("predict", Task("predicts", (scale.calls,), scale.calls, scale.calls), "ms"),
        ("paced updates", Task("stream", ("/count", ["paced", paced]), paced, (paced, text)), "µs"),
    ):
        tasks = dict.fromkeys(rivals, task)
        columns, rows = costs(compare(servers.stub, tasks, scale.rounds), tasks, unit)
        note = (
            "What the client sends its requests with: sockets of its own, or httpx2 (docs/architecture.md)."
        )
        tables.append(Table(f"The doors, {title}, minimal server", note, columns, rows))
    return tables


def crowd(servers: Servers, scale: Scale) -> list[Table]:
    """Submit many calls at once and take all results."""
    columns = ["client", "calls", "right", "calls/s", "CPU ms per call", "vs pair", "threads", "memory MiB"]
    note = (
        "All submitted at once, then all results taken. The pair has 40 threads or tasks, each making one call after "
        "the other. The real server computes 4 at a time."
    )
    tables = []
    for name, url, counts in (
        ("real server", servers.real, scale.crowds[:1]),
        ("minimal server", servers.stub, scale.crowds),
    ):
        table = Table(f"Many calls at once, {name}", note, columns)
        for count in counts:
            table.rows.extend(crowd_rows(url, count, scale.crowd_rounds))
        tables.append(table)
    return tables


def crowd_rows(url: str, count: int, rounds: int) -> list[list[str]]:
    """Return a row for each rival: the median round, and the worst number of right results."""
    rows: list[list[str]] = []
    cpus: dict[str, float] = {}
    for rival in ("pair", "gradlink", "async pair", "gradlink async", "gradio_client"):
        with closing(Worker(rival, url)) as worker:
            worker.call("predicts", 1)
            times = 1 if rival == "gradio_client" else rounds
            samples = [worker.call_and_count_threads("crowd", count) for _ in range(times)]
        cpu = cpus[rival] = statistics.median(measured.cpu_seconds for measured, _ in samples) / count
        wall = statistics.median(measured.wall_seconds for measured, _ in samples)
        rows.append(
            [
                rival,
                f"{count:,}",
                f"{min(measured.value for measured, _ in samples):,}",
                number(count / wall),
                number(cpu * 1e3),
                number(cpu / cpus[base_of(rival, cpus)]),
                str(max(threads for _, threads in samples)),
                mebibytes(max(measured.grown_bytes for measured, _ in samples)),
            ]
        )
    return rows
