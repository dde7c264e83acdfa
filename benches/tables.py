"""Rivals side by side: alternating rounds, and the table that comes out."""

from __future__ import annotations

import statistics
from collections.abc import Container, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

from benches.worker import Measure, Worker


@dataclass(frozen=True, slots=True)
class Task:
    """What a rival is asked to do in each round, how many units of work that is, and what must come back."""

    method: str
    args: tuple[Any, ...]
    units: int
    expected: Any


@dataclass(frozen=True, slots=True)
class Table:
    """A table of figures, with what one has to know about it."""

    title: str
    note: str
    columns: Sequence[str]
    rows: list[list[str]] = field(default_factory=list[list[str]])

    def lines(self) -> list[str]:
        """Return the table in Markdown that can be read as it is."""
        cells = [list(self.columns), *([str(cell) for cell in row] for row in self.rows)]
        widths = [max(len(row[place]) for row in cells) for place in range(len(self.columns))]
        padded = [
            [
                cell.ljust(width) if place == 0 else cell.rjust(width)
                for place, (cell, width) in enumerate(zip(row, widths, strict=True))
            ]
            for row in cells
        ]
        rule = ["-" * width if place == 0 else "-" * (width - 1) + ":" for place, width in enumerate(widths)]
        body = [f"| {' | '.join(row)} |" for row in (padded[0], rule, *padded[1:])]
        return [f"## {self.title}", "", self.note, "", *body, ""]


def written(text: str) -> list[Table]:
    """Return the tables of a page that :meth:`Table.lines` has written."""
    tables: list[Table] = []
    for part in text.split("\n## ")[1:]:
        title, _, rest = part.partition("\n")
        note, *cells = [line for line in rest.splitlines() if line.strip()]
        rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in cells if line.startswith("|")]
        tables.append(Table(title, note, rows[0], rows[2:]))
    return tables


def compare(url: str, tasks: Mapping[str, Task], rounds: int) -> dict[str, list[Measure]]:
    """Let every rival do its task once a round, in an order that turns round each time.

    Each does it once before, unmeasured. Raises ValueError for a wrong answer.
    """
    samples: dict[str, list[Measure]] = {rival: [] for rival in tasks}
    with ExitStack() as stack:
        workers = []
        for rival in tasks:
            worker = Worker(rival, url)
            stack.callback(worker.close)
            workers.append(worker)
        for number in range(rounds + 1):
            for worker in workers if number % 2 else reversed(workers):
                task = tasks[worker.rival]
                measured = worker.call(task.method, *task.args)
                check(worker.rival, task, measured.value)
                if number > 0:
                    samples[worker.rival].append(measured)
    return samples


def check(rival: str, task: Task, value: Any) -> None:
    """Raise ValueError for a wrong answer."""
    if value != task.expected:
        raise ValueError(f"{rival}: {task.method} gave {str(value)[:200]}, not {str(task.expected)[:200]}")


def base_of(rival: str, among: Container[str]) -> str:
    """Return the hand-written pair that a rival is compared with."""
    return "async pair" if rival.startswith("gradlink async") and "async pair" in among else "pair"


def costs(
    samples: Mapping[str, list[Measure]], tasks: Mapping[str, Task], unit: str = "ms"
) -> tuple[list[str], list[list[str]]]:
    """Return columns and rows: CPU and wall time of a unit of work, and how they compare with the pair's.

    The ratio is the median of the ratios of the rounds, so that a slow minute of the machine hits both sides.
    """
    factor = {"s": 1, "ms": 1e3, "µs": 1e6}[unit]
    columns = ["client"]
    for kind in ("CPU", "wall"):
        columns += [f"{kind} {unit}: median", "min", "vs pair"]
    rows: list[list[str]] = []
    for rival in samples:
        row = [rival]
        for attribute in ("cpu_seconds", "wall_seconds"):
            own, others = (
                [getattr(measured, attribute) / tasks[name].units for measured in samples[name]]
                for name in (rival, base_of(rival, samples))
            )
            ratio = statistics.median(mine / theirs for mine, theirs in zip(own, others, strict=True))
            row += [number(statistics.median(own) * factor), number(min(own) * factor), number(ratio)]
        rows.append(row)
    return columns, rows


def number(value: float) -> str:
    """Return three significant digits."""
    if value == 0:
        return "0"
    digits = 0 if value >= 100 else 1 if value >= 10 else 2 if value >= 0.1 else 4
    return f"{value:,.{digits}f}"


def mebibytes(count: float) -> str:
    """Return a number of bytes in MiB."""
    return number(count / (1 << 20))
