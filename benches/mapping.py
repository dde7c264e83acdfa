"""What finding out the concurrency of a map costs, beside the best number that somebody could have given."""

from __future__ import annotations

import os
import statistics
import time

from benches.scale import Scale
from benches.servers import Servers, serving
from benches.tables import Table, number
from gradlink import Client
from gradlink.mapping.options import Width

# The numbers that are tried for each kind, and how many rows for each of `Scale.map_rows`.
KINDS: dict[str, tuple[tuple[int, ...], float]] = {
    "/one": ((1, 2, 4), 0.2),
    "/eight": ((8, 12, 16), 1.5),
    "/batch": ((16, 32, 40), 2),
}
NAMES = {
    "/one": "one call at a time",
    "/eight": "eight calls at a time",
    "/batch": "sixteen calls together",
}


def mapping(servers: Servers, scale: Scale) -> list[Table]:
    """Map rows with fixed numbers and with "auto", in turn."""
    del servers  # these functions take their time
    columns = ["the app runs", "rows", "best number", "rows/s", "auto: rows/s", "of the best"]
    note = (
        'Functions of a real app that take 0.2 s, mapped with numbers from 1 to 40 and with "auto", which begins anew each time; '
        f"medians of {scale.map_rounds} rounds, in each of which every one has its turn, and the median of the ratios of the rounds."
    )
    table = Table("How many at a time: auto beside the best fixed number", note, columns)
    with serving(["-m", "benches.paced"], dict(os.environ)) as url:
        for kind, (fixed, share) in KINDS.items():
            table.rows.append(_row(url, kind, fixed, int(scale.map_rows * share), scale.map_rounds))
    return [table]


def _row(url: str, kind: str, fixed: tuple[int, ...], rows: int, rounds: int) -> list[str]:
    widths: tuple[Width, ...] = (*fixed, "auto")
    rates: dict[Width, list[float]] = {width: [] for width in widths}
    with Client(url, verbose=False) as client:
        list(client.map(kind, map(str, range(16)), concurrency=16))  # so that all have warm connections
        for turn in range(rounds):
            first = turn % len(widths)
            for width in (*widths[first:], *widths[:first]):
                began = time.perf_counter()
                right = sum(
                    row.value == row.row for row in client.map(kind, map(str, range(rows)), concurrency=width)
                )
                assert right == rows
                rates[width].append(rows / (time.perf_counter() - began))
    best = max(fixed, key=lambda width: statistics.median(rates[width]))
    ratio = statistics.median(auto / given for auto, given in zip(rates["auto"], rates[best], strict=True))
    return [
        NAMES[kind],
        f"{rows:,}",
        str(best),
        number(statistics.median(rates[best])),
        number(statistics.median(rates["auto"])),
        number(ratio),
    ]
