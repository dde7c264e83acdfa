"""``make demo``: start the app beside this file, and show in half a minute what gradlink does with it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from functools import partial
from pathlib import Path
from typing import Self

from demo.terminal import Terminal
from demo.tour import STEPS, StepFailed, lose_the_server
from gradlink import Client, GradlinkError

LONGEST_SECONDS = 180.0  # it takes fifteen; without a server to talk to, no step hangs any longer


class App:
    """The demo app in a process of its own, with all its files in ``folder``; it is being started."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir()
        self._log = folder / "app.log"
        environment = {
            **os.environ,
            "GRADIO_ANALYTICS_ENABLED": "False",
            "GRADIO_TEMP_DIR": str(folder),
            "HF_HUB_OFFLINE": "1",
            "TMPDIR": str(folder),
        }
        with self._log.open("wb") as errors:
            self._process = subprocess.Popen(
                [sys.executable, Path(__file__).with_name("app.py")],
                env=environment,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=errors,
                text=True,
            )
        self._impatience = threading.Timer(LONGEST_SECONDS, self._process.kill)
        self._impatience.daemon = True
        self._impatience.start()

    def url(self) -> str:
        """Wait until it answers, and return where. Raises StepFailed if it does not start."""
        line = self._process.stdout.readline() if self._process.stdout else ""
        if not line:
            raise StepFailed(f"the app did not start:\n{self._log.read_text(encoding='utf-8')}")
        return str(json.loads(line)["url"])

    def kill(self) -> None:
        """End it at once, as a crash does; it may have ended before."""
        self._process.kill()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.kill()
        self._impatience.cancel()
        with self._process:  # closes its pipe, and waits for it
            pass


def tour(terminal: Terminal, folder: str) -> list[str]:
    """Go through all steps; return the names of those that failed."""
    started = time.monotonic()
    terminal.note("Starting the demo app, a real Gradio server ...")
    steps = dict(STEPS)
    # Another one starts meanwhile, to be killed.
    with App(Path(folder, "app")) as app, App(Path(folder, "victim")) as victim:
        url = app.url()
        terminal.note(f"It answers at {url} after {time.monotonic() - started:.1f} s.")
        failed = []
        steps["A server that is killed in the middle"] = partial(lose_the_server, victim)
        with Client(url, verbose=False) as client:
            for number, (name, step) in enumerate(steps.items(), start=1):
                terminal.heading(f"{number}. {name}")
                try:
                    step(client, terminal, Path(folder))
                except Exception as error:  # whatever a step dies of is its failure
                    failed.append(name)
                    terminal.failure(f"{type(error).__name__}: {error}")
    terminal.heading("Done" if not failed else "Not everything went well")
    terminal.note(f"{len(steps) - len(failed)} of {len(steps)} steps in {time.monotonic() - started:.0f} s.")
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
