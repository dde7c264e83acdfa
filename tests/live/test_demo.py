"""What a newcomer sees first."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]


def test_the_demo_goes_through_all_its_steps() -> None:
    environment = {**os.environ, "PYTHONUNBUFFERED": "1"}
    environment.pop("FORCE_COLOR", None)
    demo = subprocess.run(
        [sys.executable, "-m", "demo"],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=100,
        check=False,
    )
    assert demo.returncode == 0, demo.stdout + demo.stderr
    assert "11 of 11 steps" in demo.stdout
    assert [line for line in demo.stdout.splitlines() if len(line) > 80] == []
    assert "\033" not in demo.stdout, "colours are for terminals"
