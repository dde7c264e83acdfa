"""The servers that the benches talk to: a real one, and a minimal one of the same wire format."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).parents[1]


@dataclass(frozen=True, slots=True)
class Servers:
    """Where they are."""

    real: str
    stub: str


@contextmanager
def running(folder: str) -> Iterator[Servers]:
    """Run both, with all files in ``folder``."""
    environment = {
        **os.environ,
        "GRADIO_TEMP_DIR": folder,
        "TMPDIR": folder,
        # Gradio sums up all past events after each one; the more benches have run, the longer that takes.
        "GRADIO_ANALYTICS_CACHE_FREQUENCY": "1000000",
    }
    with (
        serving(["-m", "tests.apps.everything"], environment) as real,
        serving(["-m", "benches.stub", real], environment) as stub,
    ):
        yield Servers(real, stub)


@contextmanager
def serving(arguments: list[str], environment: dict[str, str]) -> Iterator[str]:
    """Run a Python program that prints a line of JSON with its URL and serves."""
    with subprocess.Popen(
        [sys.executable, *arguments], cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True
    ) as process:
        try:
            line = process.stdout.readline() if process.stdout else ""
            if not line:
                raise RuntimeError(f"{arguments} ended before it served")
            yield json.loads(line)["url"]
        finally:
            process.kill()
