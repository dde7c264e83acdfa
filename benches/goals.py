"""What gradlink is meant to cost at most, and whether the figures of a run keep to it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from benches.tables import Table, number

GOALS_TITLE = "Goals"
IMPORT = "Import"
COLD = "From an import to the first answer, minimal server"
PREDICT = "A trivial predict, minimal server"
CROWD = "Many calls at once, minimal server"
FIRST = "From nothing to the first answer over a long line, minimal server"
WARM = "A trivial predict over a long line, minimal server"
PACED = "A text whose updates come one by one, minimal server"
BURST = "A long text in a burst, minimal server"
CHAT = "An answer in a chat of {} messages, minimal server"
MESSAGE = "A large message, minimal server"
DOWNLOAD = "A large download, {} server"
SMALL = "Small files, real server"
CPU = "CPU ms: median"
# What the tables call the two clients.
CLIENTS = {"Client": "gradlink", "AsyncClient": "gradlink async"}


class Figures:
    """The figures of a run."""

    def __init__(self, tables: Sequence[Table]) -> None:
        self._tables = {table.title: table for table in tables}

    def __call__(self, title: str, row: str, column: str) -> float:
        """Return a figure, of the last row of that name. Raises KeyError if there is no such table."""
        table = self._tables[title]
        found = [cells for cells in table.rows if cells[0] == row]
        return float(found[-1][list(table.columns).index(column)].replace(",", ""))


@dataclass(frozen=True, slots=True)
class Goal:
    """One of them.

    Attributes:
        what: what is measured, in words.
        value: takes it from the figures.
        most: what it may be.
    """

    what: str
    value: Callable[[Figures], float]
    most: float


def _ratio(title: str, row: str, other: str) -> Callable[[Figures], float]:
    return lambda figures: figures(title, row, CPU) / figures(title, other, CPU)


def _figure(title: str, row: str, column: str) -> Callable[[Figures], float]:
    return lambda figures: figures(title, row, column)


def _at_once(row: str) -> Callable[[Figures], float]:
    return lambda figures: figures(CROWD, row, "CPU ms per call") / figures(PREDICT, row, CPU)


def _crowds() -> list[Goal]:
    what = "CPU of one of 1,000 calls at once, of one of 50 in a row"
    return [Goal(f"`{client}`: {what}", _at_once(row), 0.5) for client, row in CLIENTS.items()]


def _streams() -> list[Goal]:
    goals = []
    for client, row in CLIENTS.items():
        for what, title in (
            ("a long text in a burst", BURST),
            ("a text whose updates come one by one", PACED),
            ("an answer in a chat of 200 messages", CHAT.format(200)),
            ("an answer in a chat of 2,000 messages", CHAT.format("2,000")),
        ):
            goals.append(
                Goal(
                    f"`{client}`: CPU of an update of {what}, of the pair's",
                    _figure(title, row, "vs pair"),
                    1.1,
                )
            )
    return goals


GOALS = (
    Goal("`from gradlink import Client`: CPU, of `import httpx2` and a client", _ratio(IMPORT, "from gradlink import Client", "import httpx2, make a Client"), 1.1),
    Goal("`from gradlink import Client`: modules", _figure(IMPORT, "from gradlink import Client", "modules"), 120),
    Goal("`Client`, from an import to the first answer: CPU, of gradio_client's", _figure(COLD, "gradlink", "vs gradio_client"), 0.25),
    Goal("`Client`: CPU of a `predict`, of the pair's", _figure(PREDICT, "gradlink", "vs pair"), 0.6),
    *_crowds(),
    Goal("`Client`: threads with 1,000 calls at once", _figure(CROWD, "gradlink", "threads"), 4),
    Goal("round trips of the first `predict` after connecting", _figure(FIRST, "gradlink", "first predict"), 2.1),
    Goal("round trips from nothing to the first result", _figure(FIRST, "gradlink", "both"), 6.5),
    Goal("round trips of a warm `predict`, worst run", _figure(WARM, "gradlink", "worst run"), 1.1),
    *_streams(),
    Goal("a download of 100 MiB from the real server: CPU, of the pair's", _figure(DOWNLOAD.format("real"), "gradlink", "vs pair"), 1.1),
    Goal("a small file: CPU, of a `predict`", _ratio(SMALL, "gradlink, a file", "gradlink, a predict"), 2),
    Goal("a message of 100 MB: CPU, of reading and parsing it", _ratio(MESSAGE, "gradlink", "floor"), 1.5),
)  # fmt: skip


def goals(tables: Sequence[Table]) -> Table:
    """Return the goals with what was measured; those of benches that were not run are left out."""
    figures = Figures(tables)
    rows: list[list[str]] = []
    for goal in GOALS:
        try:
            value = goal.value(figures)
        except KeyError:
            continue
        rows.append([goal.what, f"≤ {goal.most:g}", number(value), "yes" if value <= goal.most else "no"])
    note = "What was set as a goal for this version, and what this run has measured of it."
    return Table(GOALS_TITLE, note, ["what", "goal", "measured", "reached"], rows)
