"""Starts many apps of one Gradio release for the price of one: imports it once, and forks a process for each.

Usage: python forking.py

A line on standard input names the variant of the uniform app to start. The process of the app prints ``pid PID``, and
then ``ready URL`` or ``failed``. All processes end with this one, which ends when its standard input does.
"""

from __future__ import annotations

import os
import signal
import sys
import traceback
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.apps import uniform


def main() -> None:
    """Fork an app for every line, until there are no more."""
    leashes: list[int] = []
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)  # nobody asks how an app ended
    print("imported", flush=True)  # noqa: T201 - that is how it speaks
    for line in sys.stdin:
        reading, writing = os.pipe()
        if os.fork() == 0:
            for leash in (*leashes, writing):
                os.close(leash)
            serve(line.strip(), reading)
        os.close(reading)
        leashes.append(writing)


def serve(variant: str, leash: int) -> None:
    """Be the app, in a process of its own: it ends when the other end of ``leash`` is closed."""
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    os.dup2(leash, 0)
    sys.stdin = os.fdopen(0)
    print("pid", os.getpid(), flush=True)  # noqa: T201
    sys.argv = ["uniform.py", "0", variant]
    os.environ["GRADLINK_APP_FOLLOWS_STDIN"] = "1"
    try:
        uniform.main()
    except BaseException:
        traceback.print_exc()
        print("failed", flush=True)  # noqa: T201
    os._exit(1)


if __name__ == "__main__":
    main()
