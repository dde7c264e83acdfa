"""The command itself: what it says, how it ends, and what it leaves."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.recorder.driving import ROOT, SECONDS, run
from tests.recorder.scenarios import click, picture, send, shown, visit

pytestmark = pytest.mark.live


class Command:
    """A recording by the command, in a process of its own."""

    def __init__(self, folder: Path, *arguments: str) -> None:
        environment = {**os.environ, "PYTHONPATH": str(ROOT / "src"), "PYTHONUNBUFFERED": "1"}
        self._process = subprocess.Popen(
            [sys.executable, "-m", "gradlink", "record", *arguments],
            cwd=folder,
            env=environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        assert self._process.stderr is not None
        self.first = self._process.stderr.readline().decode()
        assert self.first.startswith("Open http://127.0.0.1:"), self.first
        self.url = self.first.split()[1]

    def read(self, what: str) -> None:
        """Read what the terminal shows until ``what`` is there."""
        assert self._process.stdout is not None
        assert any(what in line.decode() for line in self._process.stdout), f"{what} is not shown"

    def end(self) -> tuple[int, str]:
        """Press Ctrl-C; return the exit code and what is said at the end."""
        self._process.send_signal(signal.SIGINT)
        _, said = self._process.communicate(timeout=SECONDS)
        return self._process.returncode, said.decode()

    def close(self) -> None:
        self._process.kill()
        self._process.communicate()


@contextmanager
def command(folder: Path, *arguments: str) -> Iterator[Command]:
    started = Command(folder, *arguments)
    try:
        yield started
    finally:
        started.close()


def test_a_session_becomes_a_test_that_passes(kinds: str, page: Any, tmp_path: Path) -> None:
    with command(tmp_path, f"{kinds}/image/", "--test") as recording:
        visit(page, recording.url)
        send(page, "up.png", picture())
        page.locator("img[src*='file=']").first.wait_for()
        click(page, "Turn")
        recording.read("print(turn)")
        page.locator("img[src*='file=']").nth(1).wait_for()
        click(page, "Measure")
        shown(page, "Size", "(20, 30)")
        recording.read("print(measure)")
        code, said = recording.end()
    assert code == 0, said
    assert said == "Recorded 2 calls, in test_recorded.py.\n"
    written = (tmp_path / "test_recorded.py").read_text()
    assert 'assert turn.endswith(".png")' in written
    assert 'assert measure == "(20, 30)"' in written
    passed = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "test_recorded.py"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONPATH": str(ROOT / "src")},
        capture_output=True,
        check=False,
    )
    assert passed.returncode == 0, passed.stdout.decode()


def test_a_session_becomes_typescript_that_runs(kinds: str, page: Any, tmp_path: Path) -> None:
    package = ROOT / "js" / "dist"
    if not package.exists():
        pytest.skip("js/dist is not built: npm run build in js/")
    modules = tmp_path / "node_modules"
    modules.mkdir()
    (modules / "gradlink").symlink_to(ROOT / "js")
    with command(tmp_path, f"{kinds}/basic/", "-o", "recorded.mjs") as recording:
        visit(page, recording.url)
        page.get_by_label("Name").fill("Ada")
        click(page, "Greet")
        shown(page, "Out", "Hello AdaHello Ada")
        click(page, "Measure")
        shown(page, "Size", "18")
        recording.read("measure.data")
        assert recording.end()[0] == 0
    assert run(tmp_path / "recorded.mjs").split("\n")[-3:] == ["[ 'Hello AdaHello Ada' ]", "[ 18 ]", ""]


def test_the_terminal_alone(kinds: str, page: Any, tmp_path: Path) -> None:
    with command(tmp_path, f"{kinds}/batched/", "-o", "-") as recording:
        visit(page, recording.url)
        page.get_by_label("Word").fill("summer")
        click(page, "Trim")
        recording.read('words="summer"')
        code, said = recording.end()
    assert (code, said) == (0, "Recorded 1 call.\n")
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["--lang", "typescript", "--test"], "--test writes a test for pytest, which is Python"),
        (["--lang", "perl"], "'perl' is not one of"),
    ],
)
def test_what_cannot_be(tmp_path: Path, arguments: list[str], said: str) -> None:
    environment = {**os.environ, "PYTHONPATH": str(ROOT / "src")}
    done = subprocess.run(
        [sys.executable, "-m", "gradlink", "record", "http://127.0.0.1:9/", *arguments],
        cwd=tmp_path,
        env=environment,
        capture_output=True,
        check=False,
    )
    assert done.returncode == 2
    assert said in done.stderr.decode()
