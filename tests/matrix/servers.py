"""Servers of real Gradio releases, started when first asked for."""

from __future__ import annotations

import contextlib
import importlib.util
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Iterator
from functools import cache
from pathlib import Path
from typing import Any

PROJECT = Path(__file__).resolve().parents[2]
TOOL = PROJECT / "tools" / "releases.py"
FORKING = PROJECT / "tests" / "releases" / "forking.py"
REFUSED = PROJECT / "tests" / "releases" / "refused.py"
START_SECONDS = 180.0  # Six is usual; the first start of an environment also compiles every module.
# What releases say of a port that somebody else has.
PORT_TAKEN = ("Cannot find empty port", "address already in use")


@cache
def tool() -> Any:
    """Return tools/releases.py as a module."""
    spec = importlib.util.spec_from_file_location("gradlink_releases", TOOL)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module  # dataclasses look their module up
    spec.loader.exec_module(module)
    return module


class Release:
    """A process that has imported one release of Gradio, and the apps that it has forked.

    ``program`` is what it runs: tests/releases/forking.py, or another one that says when it is ready.
    """

    def __init__(self, name: str, program: Path = FORKING, **variables: str) -> None:
        self.name = name
        self._urls: dict[str, str] = {}
        tool().install([name])
        self._folder = Path(tempfile.mkdtemp(prefix="gradlink-release-"))
        self._log = self._folder / "log"
        python, environment = tool().interpreter(name)
        # Gradio before 3.20 knows only TMPDIR.
        environment |= {"TMPDIR": str(self._folder), "GRADIO_TEMP_DIR": str(self._folder / "gradio")}
        with self._log.open("wb") as log:
            self._process = subprocess.Popen(
                [python, str(program)],
                env={**environment, **variables},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                cwd=self._folder,
            )
        self.said = self._await("imported" if program == FORKING else "ready")

    def url(self, variant: str) -> str:
        """Return the URL of a variant of the uniform app, which all who ask for it share."""
        if variant not in self._urls:
            _, self._urls[variant] = self._start(variant)
        return self._urls[variant]

    @contextlib.contextmanager
    def own(self, variant: str) -> Iterator[str]:
        """Give the URL of a variant that nobody else uses, and end it."""
        pid, url = self._start(variant)
        try:
            yield url
        finally:
            os.kill(pid, signal.SIGKILL)

    def close(self) -> None:
        """End all of its apps and remove their files."""
        self._process.kill()  # the apps end with it
        self._process.communicate()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _start(self, variant: str) -> tuple[int, str]:
        assert self._process.stdin is not None
        for last in (False, True):
            self._process.stdin.write(f"{variant}\n".encode())
            self._process.stdin.flush()
            try:
                return int(self._await("pid")), self._await("ready")
            except RuntimeError as exc:
                # It was free when the app looked for one, and another process had it when Gradio listened.
                if last or not any(words in str(exc) for words in PORT_TAKEN):
                    raise
        raise AssertionError("the loop above returns or raises")

    def _await(self, word: str) -> str:
        """Return what the process says after ``word``, on a line of its own."""
        assert self._process.stdout is not None
        alarm = threading.Timer(START_SECONDS, self._process.kill)
        alarm.start()
        try:
            for line in self._process.stdout:
                said, _, rest = line.decode().strip().partition(" ")
                if said == word:
                    return rest
                if said == "failed":
                    break
        finally:
            alarm.cancel()
        log = self._log.read_text(errors="replace")[-2000:]
        raise RuntimeError(f"the app did not start on {self.name}:\n{log}")


class ReleaseServers:
    """The release whose turn it is; it ends when another one is asked for."""

    def __init__(self) -> None:
        self._running: Release | None = None

    def __call__(self, name: str) -> Release:
        """Return the release of this name, running."""
        if self._running is None or self._running.name != name:
            self.close()
            self._running = Release(name)
        return self._running

    def close(self) -> None:
        """End what runs."""
        if self._running is not None:
            self._running.close()
            self._running = None
