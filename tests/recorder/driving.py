"""Uses the pages of real apps through the recorder, and runs the programs that it writes."""

from __future__ import annotations

import os
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any

from gradlink import Client
from gradlink.cli.record import read_schema
from gradlink.codegen.snippets.calls import Target
from gradlink.recorder.files import RecordedFiles, write_atomically
from gradlink.recorder.programs.writing import Part
from gradlink.recorder.recorder import Outlet, Recorder
from gradlink.recorder.serving import Serving
from gradlink.recorder.upstream import App
from tests.matrix.servers import Release

ROOT = Path(__file__).parents[2]
KINDS = ROOT / "tests" / "apps" / "kinds.py"
SECONDS = 90
START_SECONDS = 90


class Kinds:
    """The server of tests/apps/kinds.py on one release of Gradio, None for the one that is installed."""

    def __init__(self, release: str | None = None) -> None:
        self._release = None if release is None else Release(release, KINDS)
        self._process: subprocess.Popen[bytes] | None = None
        if self._release is not None:
            self.url = self._release.said
            return
        self._process = subprocess.Popen(
            [sys.executable, str(KINDS)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
        )
        assert self._process.stdout is not None
        alarm = threading.Timer(START_SECONDS, self._process.kill)
        alarm.start()
        said = next((line for line in self._process.stdout if line.startswith(b"ready ")), b"")
        alarm.cancel()
        assert said, "the apps did not start"
        self.url = said.decode().split()[1]

    def close(self) -> None:
        if self._release is not None:
            self._release.close()
        if self._process is not None:
            self._process.kill()
            self._process.communicate()


@dataclass
class Recorded:
    """A recording while it is made."""

    recorder: Recorder
    url: str
    path: Path
    shown: list[Part] = field(default_factory=list[Part])
    changed: threading.Condition = field(default_factory=threading.Condition)

    def ended(self, *names: str) -> None:
        """Wait until calls of these endpoints have ended, in whatever order."""

        def there() -> bool:
            steps = self.recorder.recording.steps
            done = [step.endpoint.api_name for step in steps if step.ended]
            return all(done.count(f"/{name}") >= names.count(name) for name in names)

        self.wait(there)

    def wait(self, there: Callable[[], bool]) -> None:
        with self.changed:
            assert self.changed.wait_for(there, SECONDS), f"{self.recorder.recording.steps}\n{self.program}"

    @property
    def program(self) -> str:
        return self.path.read_text("utf-8")

    def run(self, **variables: str) -> str:
        """Run the program; return what it prints."""
        return run(self.path, **variables)


class Watched(Recorder):
    """One that says when it has heard something: that a call has ended may change nothing of the program."""

    changed: threading.Condition

    @contextmanager
    def hearing(self) -> Iterator[None]:
        with super().hearing():
            yield
        with self.changed:
            self.changed.notify_all()


@contextmanager
def recording(url: str, folder: Path, *, language: str = "python", login: bool = False) -> Iterator[Recorded]:
    """Record an app; ``login``: the person logs in."""
    suffix = "ts" if language == "typescript" else "py"
    path = folder / f"recorded.{suffix}"
    shown: list[Part] = []
    outlet = Outlet(language, partial(write_atomically, path), shown.append)
    recorder = Watched(Target(url, url), RecordedFiles(folder / "recorded_files", "recorded_files"), outlet)
    recorded = Recorded(recorder, "", path, shown)
    recorder.changed = recorded.changed
    if not login:
        with Client(url, verbose=False, download_files=False) as client:
            info: Any = client.view_api(all_endpoints=True, print_info=False, return_format="dict")
            recorder.described(read_schema(client.config, info))
    with Serving(App(url), recorder) as serving:
        recorded.url = serving.url
        recorder.update()
        yield recorded


def run(path: Path, **variables: str) -> str:
    """Run a program in Python or in TypeScript; return what it prints."""
    command = [sys.executable, path.name] if path.suffix == ".py" else ["node", path.name]
    environment = {
        **os.environ,
        "PYTHONPATH": str(ROOT / "src"),
        "XDG_CACHE_HOME": str(path.parent),
        **variables,
    }
    done = subprocess.run(
        command, cwd=path.parent, env=environment, capture_output=True, timeout=SECONDS, check=False
    )
    assert done.returncode == 0, f"{path.read_text('utf-8')}\n{done.stderr.decode()}"
    return done.stdout.decode()
