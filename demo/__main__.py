"""``make demo``: start the app beside this file, and show in half a minute what gradlink does with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from demo.terminal import Terminal
from demo.tour import STEPS, StepFailed
from gradlink import Client, GradlinkError

START_SECONDS = 60.0
TOUR_SECONDS = 120.0  # it takes ten; without a server to talk to, no step hangs any longer


@contextmanager
def running_app(folder: str) -> Iterator[str]:
    """Run the demo app, with all its files in ``folder``, and give its URL."""
    log = Path(folder, "app.log")
    environment = {
        **os.environ,
        "GRADIO_ANALYTICS_ENABLED": "False",
        "GRADIO_TEMP_DIR": folder,
        "HF_HUB_OFFLINE": "1",
        "TMPDIR": folder,
    }
    with (
        log.open("wb") as errors,
        subprocess.Popen(
            [sys.executable, Path(__file__).with_name("app.py")],
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
            text=True,
        ) as process,
    ):
        try:
            with killed_after(START_SECONDS, process):
                line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise StepFailed(f"the app did not start:\n{log.read_text(encoding='utf-8')}")
            with killed_after(TOUR_SECONDS, process):
                yield json.loads(line)["url"]
        finally:
            process.kill()


@contextmanager
def killed_after(seconds: float, process: subprocess.Popen[str]) -> Iterator[None]:
    """End the process if what follows takes too long."""
    impatience = threading.Timer(seconds, process.kill)
    impatience.daemon = True
    impatience.start()
    try:
        yield
    finally:
        impatience.cancel()


def tour(terminal: Terminal, folder: str) -> list[str]:
    """Go through all steps; return the names of those that failed."""
    started = time.monotonic()
    terminal.note("Starting the demo app, a real Gradio server ...")
    with running_app(folder) as url:
        terminal.note(f"It answers at {url} after {time.monotonic() - started:.1f} s.")
        failed = []
        with Client(url, verbose=False) as client:
            for number, (name, step) in enumerate(STEPS.items(), start=1):
                terminal.heading(f"{number}. {name}")
                try:
                    step(client, terminal, Path(folder))
                except Exception as error:  # whatever a step dies of is its failure
                    failed.append(name)
                    terminal.failure(f"{type(error).__name__}: {error}")
    terminal.heading("Done" if not failed else "Not everything went well")
    terminal.note(f"{len(STEPS) - len(failed)} of {len(STEPS)} steps in {time.monotonic() - started:.0f} s.")
    return failed


def main() -> int:
    terminal = Terminal(sys.stdout)
    with tempfile.TemporaryDirectory(prefix="gradlink-demo-", ignore_cleanup_errors=True) as folder:
        try:
            failed = tour(terminal, folder)
        except (StepFailed, GradlinkError) as error:
            terminal.failure(f"{type(error).__name__}: {error}")
            return 1
    for name in failed:
        terminal.failure(f"failed: {name}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
