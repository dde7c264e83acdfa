"""What large files cost."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benches.scale import Scale
from benches.servers import Servers
from benches.tables import Table, Task, compare, costs, mebibytes

RIVALS = ("floor", "pair", "gradlink", "gradio_client")


def files(servers: Servers, scale: Scale) -> list[Table]:
    """Send and fetch a large file."""
    size = scale.mebibytes << 20
    tables = []
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "file.bin")
        with path.open("wb") as file:
            file.truncate(size)
        for name, url in (("real server", servers.real), ("minimal server", servers.stub)):
            for what, method, argument, more in (
                ("upload", "upload", str(path), ""),
                (
                    "download",
                    "download",
                    scale.mebibytes,
                    " gradio_client computes its SHA-256 on the way, by which it keeps it.",
                ),
            ):
                tasks = {rival: Task(method, (argument,), 1, size) for rival in RIVALS}
                samples = compare(url, tasks, scale.file_rounds)
                columns, rows = costs(samples, tasks)
                for row in rows:
                    row.append(mebibytes(max(measured.grown_bytes for measured in samples[row[0]])))
                note = f"A file of {scale.mebibytes} MiB, with the call it belongs to.{more}"
                tables.append(Table(f"A large {what}, {name}", note, [*columns, "memory MiB"], rows))
    return tables


def small_files(servers: Servers, scale: Scale) -> list[Table]:
    """Take a result of many small files, and as many trivial ones."""
    count = scale.small_files
    rows: list[list[str]] = []
    columns: list[str] = []
    for what, method in (("a predict", "predicts"), ("a file", "fetch")):
        tasks = {
            rival: Task(method, (count,), count, count) for rival in ("pair", "gradlink", "gradio_client")
        }
        columns, some = costs(compare(servers.real, tasks, scale.rounds), tasks)
        rows += [[f"{row[0]}, {what}", *row[1:]] for row in some]
    note = f"`predict` of an echo, {count} in a row, and one call whose result is {count} files; figures are per call and per file."
    return [Table("Small files, real server", note, columns, rows)]
