"""The picture at the top of docs/performance.md: what things cost, drawn from the tables of a run."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

from benches.tables import Table

WIDTH, LEFT, RIGHT = 728, 130, 80
BAR, GAP, HEADING, EDGE = 16, 5, 44, 16
# A bar is as long as its figure says, and the shortest one is still seen.
SHORTEST = 3
# Blue for gradlink, greys for the others, in the reader's theme; the page around it may be of the other one.
STYLE = """
text { font: 13px system-ui, sans-serif; fill: #1f2328 }
.title { font-weight: 600 }
.note { font-size: 12px; fill: #59636e }
.page { fill: #ffffff }
.bar { fill: #b4bcc6 }
.own { fill: #2f6feb }
@media (prefers-color-scheme: dark) {
  text { fill: #e6edf3 }
  .note { fill: #9198a1 }
  .page { fill: #14181d }
  .bar { fill: #57606a }
  .own { fill: #4c8dff }
}
"""


class Bar(NamedTuple):
    """One figure."""

    client: str
    figure: float
    shown: str


class Panel(NamedTuple):
    """What one thing costs every client."""

    title: str
    unit: str
    bars: list[Bar]


# The panels: title, unit, table, column, and what its rows are called there.
_CLIENTS = {"gradlink": "gradlink", "floor": "floor", "pair": "pair", "gradio_client": "gradio_client"}
_PANELS = (
    (
        "Importing it", "ms of CPU", "Import", 1,
        {
            "from gradlink import Client": "gradlink",
            "import httpx2, make a Client": "pair",
            "import gradio_client": "gradio_client",
        },
    ),
    ("A predict that does nothing", "ms of CPU", "A trivial predict, real server", 1, _CLIENTS),
    ("Each of 1,000 calls at once", "ms of CPU", "Many calls at once, minimal server", 4, _CLIENTS),
    ("A token of a stream in a burst", "µs of CPU", "A long text in a burst, minimal server", 1, _CLIENTS),
)  # fmt: skip


def panels(tables: Sequence[Table]) -> list[Panel]:
    """Return what the picture shows of these tables: nothing of those that are not there."""
    by_title = {table.title: table for table in tables}
    found: list[Panel] = []
    for title, unit, table, column, names in _PANELS:
        if table in by_title:
            # Of several rows of a client the last one is of the largest number.
            rows = {row[0]: row for row in by_title[table].rows}
            bars = [
                Bar(name, float(rows[row][column].replace(",", "")), rows[row][column])
                for row, name in names.items()
                if row in rows
            ]
            found.append(Panel(title, unit, bars))
    return found


def drawn(shown: Sequence[Panel]) -> str:
    """Return the picture, as SVG."""
    parts: list[str] = []
    y = 8
    for panel in shown:
        parts.append(f'<text class="title" x="0" y="{y + 16}">{panel.title}</text>')
        parts.append(f'<text class="note" x="0" y="{y + 33}">{panel.unit}, less is better</text>')
        y += HEADING
        most = max(bar.figure for bar in panel.bars)
        for bar in panel.bars:
            width = max(round((WIDTH - LEFT - RIGHT) * bar.figure / most), SHORTEST)
            kind = "own" if bar.client == "gradlink" else "bar"
            parts.append(f'<text x="{LEFT - 10}" y="{y + 13}" text-anchor="end">{bar.client}</text>')
            parts.append(f'<rect class="{kind}" x="{LEFT}" y="{y}" width="{width}" height="{BAR}" rx="2"/>')
            parts.append(f'<text x="{LEFT + width + 8}" y="{y + 13}">{bar.shown}</text>')
            y += BAR + GAP
        y += 12
    note = "pair: the same requests by hand, with httpx2; floor: by hand over one blocking socket"
    parts.append(f'<text class="note" x="0" y="{y + 10}">{note}</text>')
    summary = "; ".join(
        f"{panel.title}, {panel.unit}: " + ", ".join(f"{bar.client} {bar.shown}" for bar in panel.bars)
        for panel in shown
    )
    box = f"{-EDGE} {-EDGE} {WIDTH + 2 * EDGE} {y + 20 + 2 * EDGE}"
    head = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="{box}" role="img" aria-label="{summary}">'
    return "\n".join(
        [
            head,
            f"<style>{STYLE}</style>",
            f'<rect class="page" x="{-EDGE}" y="{-EDGE}" width="100%" height="100%" rx="8"/>',
            *parts,
            "</svg>\n",
        ]
    )
