"""Every program in docs/testing.md does what it says."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "testing.md").read_text("utf-8")
BLOCKS = re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL)
TESTS = [block for block in BLOCKS if "def test_" in block]
WITH_GRADIO = [block for block in BLOCKS if "import gradio" in block and block not in TESTS]
PROGRAMS = [block for block in BLOCKS if block not in [*TESTS, *WITH_GRADIO]]


def test_there_are_programs_and_tests() -> None:
    assert (len(PROGRAMS), len(WITH_GRADIO), len(TESTS)) == (6, 1, 2)


@pytest.mark.parametrize("program", PROGRAMS, ids=range(len(PROGRAMS)))
def test_program(program: str) -> None:
    exec(compile(program, "docs/testing.md", "exec", dont_inherit=True), {"__name__": "__main__"})  # noqa: S102


@pytest.mark.live
@pytest.mark.timeout(400)
@pytest.mark.parametrize("program", WITH_GRADIO, ids=range(len(WITH_GRADIO)))
def test_program_with_gradio(program: str) -> None:
    # Gradio leaves event loops open, for which the tests of this process would be blamed.
    subprocess.run([sys.executable, "-c", program], cwd=ROOT, check=True, timeout=300)


@pytest.mark.live
@pytest.mark.timeout(400)
@pytest.mark.parametrize("test", TESTS, ids=range(len(TESTS)))
def test_with_pytest(test: str, tmp_path: Path) -> None:
    (tmp_path / "test_it.py").write_text(test, "utf-8")
    # Whether the package is installed with its entry point or not.
    plugin = ("-p", "no:gradlink", "-p", "gradlink.testing.plugin", "-p", "no:cacheprovider")
    arguments = [sys.executable, "-m", "pytest", *plugin, "--rootdir", str(tmp_path), str(tmp_path)]
    done = subprocess.run(arguments, cwd=ROOT, check=False, timeout=300, capture_output=True, text=True)
    assert (done.returncode, "1 passed" in done.stdout) == (0, True), done.stdout
