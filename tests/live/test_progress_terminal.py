"""What a person reads in a terminal while jobs run."""

from __future__ import annotations

import re
import subprocess
import sys

import pytest

from tests.live.programs import ROOT
from tests.live.ptys import HIDE_CURSOR, SHOW_CURSOR, in_terminal
from tests.live.servers import Servers
from tests.live.waits import new_key

BEGIN = """
import sys
from concurrent.futures import wait
from pathlib import Path
import gradlink
from gradlink import AppError, Client
client = Client(sys.argv[1], verbose=False)
key = sys.argv[2]
"""
ONE = (
    BEGIN
    + """
with gradlink.progress():
    print("printed meanwhile")
    print("result:", client.predict(3, key, api_name="/progress"))
"""
)
FILES = (
    BEGIN
    + """
with gradlink.progress():
    client.predict(gradlink.handle_file(bytes(3_000_000), "up.bin"), api_name="/file_digest")
    client.predict(2, api_name="/big_file")
    try:
        client.predict("[bold]no\\x1b[2J", api_name="/err")
    except AppError:
        pass
"""
)
MANY = (
    BEGIN
    + """
with gradlink.progress():
    jobs = [client.submit(2, 0, key, api_name="/count_10") for _ in range(20)]
    jobs += [client.submit(key, api_name="/nonsense") for _ in range(0)]
    wait(jobs)
"""
)
CALLS = (
    BEGIN
    + """
jobs = [client.submit(1, key, api_name="/progress", progress=True) for _ in range(3)]
wait(jobs)
print(client.predict(1, api_name="/big_file", progress=True) is not None)
"""
)
HELD = (
    BEGIN
    + """
{how}
"""
)
WAYS = {
    "block": 'with gradlink.progress():\n    client.predict(2, key, api_name="/progress")',
    "call": 'client.predict(2, key, api_name="/progress", progress=True)',
    "submit": 'job = client.submit(2, key, api_name="/progress", progress=True)\njob.result()',
    "async": """
import anyio
async def main():
    async with gradlink.AsyncClient(sys.argv[1], verbose=False) as other, gradlink.progress():
        await other.predict(2, key, api_name="/progress")
anyio.run(main)
""",
}


def shown(line: str) -> str:
    """Return a line without the times in it, which are those of the machine."""
    return re.sub(r"\d+(\.\d)? s\b", "N s", line)


def test_the_progress_of_an_app_is_drawn(server: Servers) -> None:
    base, key = server(), new_key()
    with in_terminal(ONE, base.url, key) as terminal:
        terminal.read_until("Working 0/3 steps")
        base.open_gate(key)
        terminal.read_until("33% Working 1/3 steps")
        assert HIDE_CURSOR in terminal.written
        # What the program prints stands above.
        assert terminal.screen()[0] == "printed meanwhile"
        assert re.match(r". /progress +running ", terminal.screen()[1])
        base.open_gate(key, 2)
        assert terminal.end() == 0
        screen = terminal.screen()
        assert terminal.written.count(HIDE_CURSOR) == terminal.written.count(SHOW_CURSOR) == 1
    assert sorted(map(shown, screen)) == ["printed meanwhile", "result: done", "✓ /progress done in N s"]


def test_files_and_failures_are_drawn(server: Servers) -> None:
    with in_terminal(FILES, server().url, "") as terminal:
        assert terminal.end() == 0
        screen = terminal.screen()
    assert list(map(shown, screen)) == [
        "✓ /file_digest done in N s",
        "✓ /big_file    done in N s",
        r"✗ /err         failed after N s: user error: [bold]no\x1b[2J",
        "2 done, 1 failed",
    ]


def test_many_jobs_are_counted(server: Servers) -> None:
    with in_terminal(MANY, server("limits").url, "") as terminal:
        assert terminal.end() == 0
        assert terminal.screen() == ["20 done"]


def test_single_calls_share_the_terminal(server: Servers) -> None:
    base, key = server(), new_key()
    with in_terminal(CALLS, base.url, key) as terminal:
        terminal.read_until("Working 0/1 steps")
        base.open_gate(key, 3)
        assert terminal.end() == 0
        screen = terminal.screen()
    assert sorted(map(shown, screen)) == ["True", "✓ /big_file done in N s", *["✓ /progress done in N s"] * 3]


@pytest.mark.parametrize("way", WAYS)
def test_ctrl_c_gives_the_cursor_back(server: Servers, way: str) -> None:
    base, key = server(), new_key()
    with in_terminal(HELD.format(how=WAYS[way]), base.url, key) as terminal:
        terminal.read_until("Working 0/2 steps")
        terminal.interrupt()
        assert terminal.end() != 0
        assert terminal.written.rindex(SHOW_CURSOR) > terminal.written.rindex(HIDE_CURSOR)
        assert "KeyboardInterrupt" in terminal.written
        assert "Exception ignored" not in terminal.written


@pytest.mark.parametrize("way", ["block", "call"])
def test_nothing_is_drawn_where_there_is_no_terminal(server: Servers, way: str) -> None:
    base, key = server(), new_key()
    base.open_gate(key, 2)
    done = subprocess.run(
        [sys.executable, "-c", HELD.format(how=WAYS[way]), base.url, key],
        capture_output=True, text=True, check=True, timeout=60, cwd=ROOT,
    )  # fmt: skip
    assert (done.stdout, done.stderr) == ("", "")


def test_nothing_is_drawn_in_a_dumb_terminal(server: Servers) -> None:
    base, key = server(), new_key()
    base.open_gate(key, 3)
    with in_terminal(ONE, base.url, key, env={"TERM": "dumb"}) as terminal:
        assert terminal.end() == 0
        assert terminal.screen() == ["printed meanwhile", "result: done"]


def test_a_terminal_of_another_encoding_has_plain_signs(server: Servers) -> None:
    base, key = server(), new_key()
    base.open_gate(key, 3)
    with in_terminal(ONE, base.url, key, env={"PYTHONIOENCODING": "ascii"}) as terminal:
        assert terminal.end() == 0
        assert "+ /progress done in N s" in map(shown, terminal.screen())
