"""What CONTRIBUTING says about adding a protocol: one file of the package is touched, and whole calls go over it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.vectors.cases import cases

pytestmark = pytest.mark.slow("starts programs that have another package")

PROJECT = Path(__file__).resolve().parents[2]
TABLE = Path("gradlink/_protocol/dialect.py")
# A made-up protocol that comes after sse_v3: values in full again, and streams that just end.
ADDED = {
    '"sse_v2.1", "sse_v3")': '"sse_v2.1", "sse_v3", "sse_v4")',
    'sends_edits=wire(False, ("sse_v2", True))': 'sends_edits=wire(False, ("sse_v2", True), ("sse_v4", False))',
    'closes_explicitly=wire(False, ("sse_v3", True))': 'closes_explicitly=wire(False, ("sse_v3", True), ("sse_v4", False))',
}
# Released servers that speak so, under another name.
RELEASE = "4.9.1"
CALLS = [case for case in cases("calls") if case.given["app"] == RELEASE]

PLAY = """
import json, sys
from dataclasses import asdict
import gradlink
from gradlink._protocol.dialect import read_dialect
from tests.live.shells import AsyncShell, SyncShell
from tests.vectors import callers
from tests.vectors.cases import app, cases

release = sys.argv[1]
config, _ = app(release)
config["protocol"] = "sse_v4"
dialect = read_dialect(config)
played = [
    callers.play(case.given, shell)
    for case in cases("calls")
    if case.given["app"] == release
    for shell in (SyncShell(), AsyncShell("asyncio", "asyncio"))
]
print(json.dumps({"from": gradlink.__file__, "protocol": dialect.protocol, "played": played}))
"""


def play(source: Path) -> Any:
    """Return what callers see of the recorded calls if the server announces sse_v4."""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join([str(source), str(PROJECT)])}
    done = subprocess.run(
        [sys.executable, "-c", PLAY, RELEASE],
        env=env,
        cwd=PROJECT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout)
    assert Path(said["from"]).is_relative_to(source)
    return said


@pytest.fixture
def source(tmp_path: Path) -> Path:
    """A copy of the package."""
    ignored = shutil.ignore_patterns("__pycache__")
    shutil.copytree(PROJECT / "src" / "gradlink", tmp_path / "gradlink", ignore=ignored)
    return tmp_path


def results(played: Any) -> list[Any]:
    return [call["result"] for call in played]


def expected() -> list[Any]:
    return [case.expect["result"] for case in CALLS for _ in ("sync", "async")]


def test_a_protocol_is_added_in_one_file(source: Path) -> None:
    text = (source / TABLE).read_text("utf-8")
    for before, after in ADDED.items():
        assert text.count(before) == 1, before
        text = text.replace(before, after)
    (source / TABLE).write_text(text, "utf-8")
    said = play(source)
    assert said["protocol"] == "sse_v4"
    outputs = [[result.get("outputs"), result.get("values")] for result in results(said["played"])]
    assert outputs == [[result.get("outputs"), result.get("values")] for result in expected()]


def test_without_that_it_is_taken_for_the_newest(source: Path) -> None:
    said = play(source)
    assert said["protocol"] == "sse_v3"
    assert results(said["played"]) != expected()
