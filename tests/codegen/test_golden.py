"""The modules in ``golden/`` are what is generated of the apps, and other projects' tools find nothing in them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.codegen.goldens import GOLDEN, modules, schemas, without_version
from tests.codegen.names import NAMES

ROOT = Path(__file__).parents[2]
# What Ruff finds in a module that follows an app; docs/command-line.md has the same list with the reasons.
NOT_OURS = "A,ANN401,ASYNC109,CPY001,D4,E501,E741,INP001,N,PLC24,PLR0913,RUF001,RUF002,S105,S106,S107"

pytestmark = pytest.mark.live


def test_the_golden_modules_are_what_is_generated(apps_url: str) -> None:
    made = {file: text for name, schema in schemas(apps_url) for file, text in modules(name, schema).items()}
    there = {path.name: path.read_text(encoding="utf-8") for path in GOLDEN.iterdir() if path.is_file()}
    assert made.keys() == there.keys()
    for file, text in made.items():
        assert without_version(text) == without_version(there[file]), (
            f"{file}: write them anew with: python -m tests.codegen.goldens"
        )


def test_there_are_enough_of_them() -> None:
    assert len(NAMES) >= 20


@pytest.mark.timeout(300)  # a checker that starts with an empty cache reads all that gradlink imports
@pytest.mark.parametrize(
    "tool",
    [
        ["ruff", "format", "--check", "--isolated", "--no-cache"],
        ["ruff", "check", "--isolated", "--no-cache", "--select", "ALL", "--ignore", NOT_OURS],
        ["mypy", "--strict", "--config-file=", "--cache-dir=/dev/null", "--follow-imports=silent"],
        ["pyright", "--pythonpath", sys.executable],
    ],
    ids=["format", "check", "mypy", "pyright"],
)
def test_no_tool_finds_anything(tool: list[str], tmp_path: Path) -> None:
    files = [str(path) for path in sorted(GOLDEN.glob("*.py"))]
    found = Path(sys.executable).parent / tool[0]
    done = subprocess.run(
        [str(found), *tool[1:], *files], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stdout + done.stderr
