"""``python -m benches``: measure gradlink beside the bare minimum and the existing client."""

from __future__ import annotations

import argparse
import os
import platform
import sys
import tempfile
from collections.abc import Callable
from importlib.metadata import PackageNotFoundError, version

from benches.calls import connect, crowd, doors, predict
from benches.files import files, small_files
from benches.goals import GOALS_TITLE, goals
from benches.line import line
from benches.mapping import mapping
from benches.messages import messages
from benches.picture import drawn, panels
from benches.processes import cold, idle, imports
from benches.scale import FULL, QUICK, QUICK_NAMES, TINY, Scale
from benches.servers import ROOT, Servers, running
from benches.streams import streams
from benches.tables import Table, written

BENCHES: dict[str, Callable[[Servers, Scale], list[Table]]] = {
    "imports": imports,
    "cold": cold,
    "connect": connect,
    "predict": predict,
    "doors": doors,
    "line": line,
    "crowd": crowd,
    "map": mapping,
    "streams": streams,
    "messages": messages,
    "files": files,
    "small": small_files,
    "idle": idle,
}
PAGE = ROOT / "docs" / "performance.md"
PICTURE = ROOT / "docs" / "performance.svg"
INTRODUCTION = """\
# Performance

What gradlink costs, beside the bare minimum and beside `gradio_client`, each table measured in one run.

![What an import, a call, many calls and a token cost](performance.svg)

- **floor**: hand-written HTTP over one blocking socket, standard library only;
- **pair**: the two requests that a call is (join and stream), hand-written over pooled connections of httpx2;
  **pair, again** is the same once more: how far its figures differ from the pair's is the noise of the run;
- **async pair**: the same on asyncio, with httpx2's asynchronous client;
- **gradlink**, **gradlink async**: `Client`, and `AsyncClient` on asyncio, which is compared with the async pair;
- **gradio_client**: the existing client.

Each runs in a process of its own. In every round each does the same once, in an order that turns round, and every
answer is checked. Times are medians and minima over the rounds; a ratio is the median of the ratios of the
rounds. CPU is the time of all threads of the client's process, wall time also has the server's share.
"""


def main() -> int:
    """Run the benches that the command line names."""
    parser = argparse.ArgumentParser(prog="python -m benches", description=str(__doc__))
    parser.add_argument("names", nargs="*", metavar="NAME", help=f"which ones: {', '.join(BENCHES)}")
    parser.add_argument(
        "--tiny", action="store_true", help="with tiny counts, only to see that all of it works"
    )
    parser.add_argument("--quick", action="store_true", help="the most important ones, in about a minute")
    parser.add_argument(
        "--write", action="store_true", help="put the tables into docs/performance.md, and leave its others"
    )
    arguments = parser.parse_args()
    names = arguments.names or list(QUICK_NAMES if arguments.quick else BENCHES)
    scale = TINY if arguments.tiny else QUICK if arguments.quick else FULL
    if unknown := [name for name in names if name not in BENCHES]:
        parser.error(f"there is no {', '.join(unknown)}, but: {', '.join(BENCHES)}")
    tables: list[Table] = []
    before = os.getloadavg()[0]
    with (
        tempfile.TemporaryDirectory(prefix="gradlink-benches-", ignore_cleanup_errors=True) as folder,
        running(folder) as servers,
    ):
        for name in names:
            for table in BENCHES[name](servers, scale):
                tables.append(table)
                print("\n".join(table.lines()), flush=True)
    load = f"The machine's load was {before:.1f} before the run and {os.getloadavg()[0]:.1f} after it."
    print(load)
    if arguments.write:
        before_it = PAGE.read_text(encoding="utf-8")
        shown = merged(written(before_it), tables)
        PICTURE.write_text(drawn(panels(shown)), encoding="utf-8")
        lines = [
            INTRODUCTION,
            *machine(),
            *(line for table in [*shown, goals(shown)] for line in table.lines()),
        ]
        PAGE.write_text("\n".join([*lines, *notes(before_it), load, ""]), encoding="utf-8")
    return 0


def merged(old: list[Table], new: list[Table]) -> list[Table]:
    """Return the tables of a page with those of a run in their places, and those that are new behind them, without the goals."""
    found = {table.title: table for table in new}
    kept = [found.pop(table.title, table) for table in old if table.title != GOALS_TITLE]
    return [*kept, *found.values()]


def notes(page: str) -> list[str]:
    """Return what somebody has written below the goals."""
    below = page.partition(f"\n## {GOALS_TITLE}\n")[2].splitlines()
    last = max((place for place, line in enumerate(below) if line.startswith("|")), default=-1)
    text = "\n".join(line for line in below[last + 1 :] if not line.startswith("The machine's load was "))
    return [text.strip("\n"), ""] if text.strip() else []


def machine() -> list[str]:
    """Return where and with what this runs."""
    packages = ", ".join(f"{name} {_version(name)}" for name in ("gradio", "gradio_client", "httpx2"))
    made = (
        f"Made by `python -m benches --write`, which also writes single tables anew (`make bench` prints the same), with Python {platform.python_version()}, {packages}, on "
        f"{os.cpu_count()} cores that others use as well."
    )
    return [made, ""]


def _version(name: str) -> str:
    try:
        return version(name)
    except PackageNotFoundError:
        return "(not installed)"


if __name__ == "__main__":
    sys.exit(main())
