"""The benches run, and what a call costs is in proportion."""

from __future__ import annotations

import sys
import threading
from collections.abc import Callable
from typing import Any

import pytest

from benches.__main__ import BENCHES
from benches.clients import Async, gradlink
from benches.pair import AsyncPair, Pair
from benches.rival import Rival
from benches.scale import TINY
from benches.servers import Servers as Addresses
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
    "connect": [["floor", "pair", "gradlink", "gradlink async", "gradio_client"]],
    "predict": [["floor", "pair", "pair, again", *PAIRS[1:], "gradio_client"]] * 2,
    "crowd": [[*PAIRS, "gradio_client"], [*PAIRS, "gradio_client"] * 2],
    "streams": [["floor", *PAIRS, "gradio_client"]] * 4,
    "files": [["floor", "pair", "gradlink", "gradio_client"]] * 4,
    "idle": [["pair", "gradlink", "gradlink async", "gradio_client"]],
}
CALLS = 20


@pytest.mark.timeout(300)  # every rival is a process, and imports what it measures
@pytest.mark.parametrize("name", BENCHES)
def test_every_bench_runs(server: Servers, stub_url: str, name: str) -> None:
    # A wrong answer of a rival raises.
    tables = BENCHES[name](Addresses(server().url, stub_url), TINY)
    assert [[row[0] for row in table.rows] for table in tables] == ROWS[name]
    for table in tables:
        assert {len(row) for row in table.rows} == {len(table.columns)}


def test_many_calls_of_gradlink_are_all_right(server: Servers, stub_url: str) -> None:
    (real, stub) = BENCHES["crowd"](Addresses(server().url, stub_url), TINY)
    right = [
        (row[0], row[2]) for table in (real, stub) for row in table.rows if row[0].startswith("gradlink")
    ]
    assert right == [
        ("gradlink", "3"),
        ("gradlink async", "3"),
        ("gradlink", "3"),
        ("gradlink async", "3"),
        ("gradlink", "4"),
        ("gradlink async", "4"),
    ]


@pytest.mark.parametrize(
    ("make", "make_pair"), [(gradlink, Pair), (Async, AsyncPair)], ids=["sync", "asyncio"]
)
def test_a_trivial_predict_makes_few_more_calls_than_the_two_requests_that_it_is(
    stub_url: str, make: Callable[[str], Rival], make_pair: Callable[[str], Rival]
) -> None:
    # Calls of functions are what a program in Python spends its time with, and can be counted on any machine.
    pair = function_calls(make_pair, stub_url)
    assert function_calls(make, stub_url) < 1.3 * pair


def function_calls(make: Callable[[str], Rival], url: str) -> int:
    """Return how many functions are called, in all threads, to make ``CALLS`` calls of an echo."""
    count = 0

    def note(_frame: Any, event: str, _argument: Any) -> None:
        nonlocal count
        count += event in {"call", "c_call"}

    # The threads that are started from here on; those of a client are.
    threading.setprofile(note)
    rival = make(url)
    try:
        rival.predicts(CALLS)
        count = 0
        sys.setprofile(note)
        right = rival.predicts(CALLS)
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        rival.close()
    assert right == CALLS
    return count
