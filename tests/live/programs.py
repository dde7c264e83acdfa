"""Programs that a test runs in an interpreter of their own: to interrupt, fork, forget, or watch them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

from tests.live.waits import END_SECONDS

ROOT = Path(__file__).parents[2]
# Python 3.12 and newer say so of each fork beside threads, whoever's they are.
FORK_WARNING = "ignore:This process:DeprecationWarning"


def start(program: str, *arguments: str) -> subprocess.Popen[str]:
    """Run a program, with pipes to it and from it."""
    return subprocess.Popen(
        [sys.executable, "-W", FORK_WARNING, "-c", program, *arguments],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def ended(process: subprocess.Popen[str], last_line: str = "") -> list[str]:
    """Wait until the program ends, without an error or a word of complaint; return what it printed."""
    try:
        output, errors = process.communicate(last_line or None, END_SECONDS)
    finally:
        process.kill()
    assert (errors, process.returncode) == ("", 0), output
    return output.splitlines()


def run(program: str, *arguments: str) -> list[str]:
    """Run a program to its end; return what it printed."""
    with start(program, *arguments) as process:
        return ended(process)
