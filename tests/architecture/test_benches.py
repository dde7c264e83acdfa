"""The benches run, and what a call costs is in proportion."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any
from xml.etree import ElementTree as ET

import pytest

from benches.__main__ import BENCHES, PAGE, merged, notes
from benches.clients import Async, gradlink
from benches.goals import GOALS_TITLE, goals
from benches.pair import AsyncPair, Pair
from benches.picture import drawn, panels
from benches.rival import Rival
from benches.scale import TINY
from benches.servers import Servers as Addresses
from benches.tables import Table, written
from tests.live.servers import Servers

pytestmark = pytest.mark.live

PAIRS = ["pair", "gradlink", "async pair", "gradlink async"]
# The first cells of each table's rows.
ROWS = {
    "imports": [
        [
            "bare Python",
            "import gradlink",
            "from gradlink import Client",
            "from gradlink import AsyncClient",
            "import httpx2",
            "import httpx2, make a Client",
            "import gradio_client",
        ]
    ],
    "cold": [["floor", "pair", "gradlink", "gradlink async", "gradio_client"]],
    "connect": [["floor", "pair", "gradlink", "gradlink async", "gradio_client"]],
    "predict": [["floor", "pair", "pair, again", *PAIRS[1:], "gradio_client"]] * 2,
    "doors": [
        ["pair", "gradlink", "gradlink by httpx2", "async pair", "gradlink async", "gradlink async by httpx2"]
    ]
    * 2,
    "line": [["floor", "pair", "gradlink", "gradlink async", "gradio_client"], PAIRS],
    "crowd": [[*PAIRS, "gradio_client"], [*PAIRS, "gradio_client"] * 2],
    "map": [["one call at a time", "eight calls at a time", "sixteen calls together"]],
    "streams": [["floor", *PAIRS, "gradio_client"]] * 5,
    "messages": [["floor", "pair", "gradlink", "gradlink[fast]", "async pair", "gradlink async"]],
    "files": [["floor", "pair", "gradlink", "gradio_client"]] * 4,
    "small": [
        [
            f"{rival}, {what}"
            for what in ("a predict", "a file")
            for rival in ("pair", "gradlink", "gradio_client")
        ]
    ],
    "idle": [["pair", "gradlink", "gradlink async", "gradio_client"]],
}
Make = Callable[[str], Rival]


@pytest.mark.timeout(300)  # every rival is a process, and imports what it measures
@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_runs(server: Servers, stub_url: str, name: str) -> None:
    # A wrong answer of a rival raises.
    tables = BENCHES[name](Addresses(server().url, stub_url), TINY)
    assert [[row[0] for row in table.rows] for table in tables] == ROWS[name]
    for table in tables:
        assert {len(row) for row in table.rows} == {len(table.columns)}
    # Each goal finds its figures.
    assert {row[3] for row in goals(tables).rows} <= {"yes", "no"}
    if name == "crowd":
        # The existing client may lose some, gradlink none.
        rows = [row for table in tables for row in table.rows if row[0].startswith("gradlink")]
        assert [row[2] for row in rows] == [row[1] for row in rows] == ["3", "3", "3", "3", "4", "4"]


BOTH = pytest.mark.parametrize(
    ("make", "make_pair"), [(gradlink, Pair), (Async, AsyncPair)], ids=["sync", "asyncio"]
)


@BOTH
def test_a_trivial_predict_makes_few_more_calls_than_the_two_requests_that_it_is(
    stub_url: str, make: Make, make_pair: Make
) -> None:
    def predict(rival: Rival) -> None:
        assert rival.predicts(20) == 20

    # Calls of functions are what a program in Python spends its time with, and can be counted on any machine.
    assert function_calls(make, stub_url, predict) < 1.3 * function_calls(make_pair, stub_url, predict)


@BOTH
@pytest.mark.parametrize("call", [("/count", ["word", 200]), ("/chat", ["200 200"])], ids=["text", "chat"])
def test_an_update_makes_few_more_calls_than_reading_it_by_hand(
    stub_url: str, make: Make, make_pair: Make, call: tuple[str, list[Any]]
) -> None:
    def stream(rival: Rival) -> None:
        assert rival.stream(*call)[0] == 200

    # The pair reads each by itself and edits one value; a client has to give each update a value of its own.
    assert function_calls(make, stub_url, stream) < 1.8 * function_calls(make_pair, stub_url, stream)


@pytest.mark.parametrize("make", [gradlink, Async], ids=["sync", "asyncio"])
def test_an_update_of_a_long_chat_makes_no_more_calls_than_one_of_a_short_chat(
    stub_url: str, make: Make
) -> None:
    def stream(length: int) -> Callable[[Rival], None]:
        def follow(rival: Rival) -> None:
            assert rival.stream("/chat", [f"{length} 200"])[0] == 200

        return follow

    short, long = (function_calls(make, stub_url, stream(length)) for length in (2, 200))
    # Updates that come one by one take twice the calls of those that come together, whatever they bring; a walk through
    # the chat would take some for each of its messages.
    assert long < 2.5 * short


def function_calls(make: Make, url: str, task: Callable[[Rival], None]) -> int:
    """Return how many functions are called, in all threads, while a new rival does ``task`` a second time."""
    count = 0

    def note(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    # The threads that are started from here on; those of a client are.
    threading.setprofile(note)
    rival = make(url)
    try:
        task(rival)
        count = 0
        sys.setprofile(note)
        task(rival)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        rival.close()
    return count


def test_the_picture_shows_the_figures_of_the_tables() -> None:
    call = Table("A trivial predict, real server", "", ["client", "CPU"])
    call.rows.extend(
        [["pair", "2.40"], ["gradlink", "1.20"], ["gradlink async", "3.00"], ["gradio_client", "60"]]
    )
    many = Table("Many calls at once, minimal server", "", ["client", "calls", "right", "calls/s", "CPU"])
    many.rows.extend([["gradlink", "200", "200", "500", "9"], ["gradlink", "1,000", "1,000", "500", "1,500"]])
    shown = panels([call, Table("Connect", "", ["client"]), many])
    assert [(panel.title, [bar.shown for bar in panel.bars]) for panel in shown] == [
        ("A predict that does nothing", ["1.20", "2.40", "60"]),
        ("Each of 1,000 calls at once", ["1,500"]),
    ]
    picture = ET.fromstring(drawn(shown))  # noqa: S314 - made just now
    bars = picture.findall("{http://www.w3.org/2000/svg}rect")
    page, *bars = bars
    one, two, longest, alone = (int(bar.attrib["width"]) for bar in bars)
    assert alone == longest
    # To the pixel.
    assert abs(two - longest * 2.4 / 60) < 1
    assert abs(one - longest * 1.2 / 60) < 1
    assert [bar.get("class") for bar in bars] == ["own", "bar", "bar", "own"]
    assert page.get("class") == "page"
    assert "gradlink 1.20, pair 2.40, gradio_client 60" in picture.attrib["aria-label"]


def test_a_page_is_read_as_it_was_written() -> None:
    tables = [
        Table("Import", "A new process each.", ["program", "CPU ms"], [["bare", "1.0"], ["other", "20.0"]]),
        Table("Goals", "What was meant.", ["what", "goal"], [["threads", "≤ 4"]]),
    ]
    page = "\n".join(["# Performance", "", *(line for table in tables for line in table.lines()), "Notes."])
    assert written(page) == tables
    assert notes(page) == ["Notes.", ""]


def test_tables_of_a_run_take_the_places_of_those_before() -> None:
    old, goal = Table("A", "", ["x"]), Table(GOALS_TITLE, "", ["what"])
    new, other, more = Table("A", "new", ["x"]), Table("B", "", ["x"]), Table("C", "", ["x"])
    assert merged([old, other, goal], [more, new]) == [new, other, more]


def test_the_goals_of_the_page_are_those_of_its_tables() -> None:
    tables = written(PAGE.read_text(encoding="utf-8"))
    assert tables[-1] == goals(tables[:-1])
