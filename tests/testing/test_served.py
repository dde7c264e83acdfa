"""Real apps in one process with their clients, and scripted apps beside them, on the releases of Gradio that are supported."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from tests.matrix.servers import PROJECT, tool

pytestmark = [pytest.mark.live, pytest.mark.timeout(400)]

CHECKS = (
    "a_client_is_served",
    "a_client_of_ones_own_is_served",
    "an_async_client_is_served",
    "a_job_is_cancelled",
    "a_login_is_wanted",
    "an_app_is_served_again",
    "nothing_is_left",
    "what_fails_to_start_says_so",
    "a_function_that_runs_on_is_not_waited_for",
    "a_scripted_app_answers_as_a_real_one",
    "a_scripted_app_is_described_as_a_real_one",
)
NEWEST = "6.31.0"
# The oldest that is supported has other words in its /info; its answers are the same.
OLDEST = "5.49.1"
SAME = tuple(name for name in CHECKS if name != "a_scripted_app_is_described_as_a_real_one")


@cache
def outcomes(release: str) -> dict[str, str]:
    """Return what came of each check: nothing, or what went wrong."""
    python, variables = sys.executable, dict(os.environ)
    paths = [str(PROJECT / "src"), str(PROJECT)]
    if release != NEWEST:
        tool().install([release, "for-gradlink"])
        python, variables = tool().interpreter(release)
        paths.append(str(tool().cache_directory() / "for-gradlink"))
    variables |= {
        "PYTHONPATH": os.pathsep.join(paths),
        "GRADIO_ANALYTICS_ENABLED": "False",
        "HF_HUB_OFFLINE": "1",
        "PYTHONWARNINGS": "default",
    }
    done = subprocess.run(
        [python, "-m", "tests.testing.checks"],
        cwd=PROJECT,
        env=variables,
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert done.returncode == 0, done.stderr
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["gradio"] == release
    made: dict[str, str] = said["outcomes"]
    return made


@pytest.mark.parametrize(
    ("release", "name"), [*((NEWEST, name) for name in CHECKS), *((OLDEST, name) for name in SAME)]
)
def test_check(release: str, name: str) -> None:
    assert outcomes(release)[name] == ""


def test_all_checks_are_looked_at() -> None:
    assert set(outcomes(NEWEST)) == set(CHECKS)
    assert Path(PROJECT, "tests", "testing", "checks.py").exists()
